"""Who is away is asked for a tenth of the time at the most."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from edoc_connector.daemon.desk import Desk
from edoc_connector.daemon.sparing import MOST_SECONDS, Sparing
from edoc_connector.errors import StorageUnavailable


class Database:
    """Answers, or lets those who ask wait for nothing."""

    server = "db:5432"

    def __init__(self):
        self.time, self.asked, self.patience = 0.0, 0, 10.0
        self.is_away = True

    def question(self):
        self.asked += 1
        if self.is_away:
            self.time += self.patience
            raise StorageUnavailable(problem="timeout expired")
        return True

    @contextmanager
    def reading(self):
        self.question()
        yield


@pytest.fixture
def database():
    return Database()


@pytest.fixture
def sparing(database):
    return Sparing(now=lambda: database.time)


def failing(sparing, database, server="db:5432"):
    with pytest.raises(StorageUnavailable):
        sparing.ask(server, database.question)


def test_what_took_long_and_brought_nothing_is_not_asked_again_at_once(
    sparing, database
):
    failing(sparing, database)
    for later in range(89):
        database.time = 11.0 + later
        failing(sparing, database)
    assert database.asked == 1

    database.time = 100.0
    failing(sparing, database)

    assert database.asked == 2


def test_twenty_databases_of_one_server_let_nobody_wait_longer_than_one(
    sparing, database
):
    for _ in range(20):
        failing(sparing, database)

    assert (database.asked, database.time) == (1, 10.0)


def test_another_server_is_asked(sparing, database):
    failing(sparing, database)
    database.is_away = False

    assert sparing.ask("other:5432", database.question)


def test_who_is_back_after_the_rest_answers_each_time(sparing, database):
    failing(sparing, database)
    database.time, database.is_away = 100.0, False

    assert [sparing.ask("db:5432", database.question) for _ in range(3)] == [True] * 3


def test_who_refuses_at_once_is_asked_at_once(sparing, database):
    database.patience = 0.0
    for _ in range(3):
        failing(sparing, database)

    assert database.asked == 3


def test_an_hour_in_which_we_stood_still_is_not_followed_by_nine(sparing, database):
    database.patience = 3600.0
    failing(sparing, database)
    database.is_away = False
    database.time += MOST_SECONDS

    assert sparing.ask("db:5432", database.question)


def test_the_desks_of_a_house_ask_sparingly(sparing, database):
    """Of the server that all have, the first is kept waiting and the others are not."""
    desks = [Desk(SimpleNamespace(code="A"), None, (), None, sparing) for _ in range(3)]
    for desk in desks:
        desk._storage = database
        with pytest.raises(StorageUnavailable):
            desk.recognises(["H53.95"])

    assert database.asked == 1
