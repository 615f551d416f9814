"""Who is away is asked for a tenth of the time at the most."""

from __future__ import annotations

import pytest

from edoc_connector.daemon.sparing import Sparing
from edoc_connector.errors import StorageUnavailable


class Database:
    """Answers, or lets those who ask wait for nothing."""

    def __init__(self) -> None:
        self.time, self.asked, self.patience = 0.0, 0, 10.0
        self.is_away = True

    def question(self) -> bool:
        self.asked += 1
        if self.is_away:
            self.time += self.patience
            raise StorageUnavailable(problem="timeout expired")
        return True


@pytest.fixture
def database():
    return Database()


@pytest.fixture
def sparing(database):
    return Sparing(now=lambda: database.time)


def failing(sparing, database):
    with pytest.raises(StorageUnavailable, match="timeout expired"):
        sparing.ask(database.question)


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


def test_who_is_back_after_the_rest_answers_each_time(sparing, database):
    failing(sparing, database)
    database.time, database.is_away = 100.0, False

    assert [sparing.ask(database.question) for _ in range(3)] == [True] * 3


def test_who_refuses_at_once_is_asked_at_once(sparing, database):
    database.patience = 0.0
    for _ in range(3):
        failing(sparing, database)

    assert database.asked == 3
