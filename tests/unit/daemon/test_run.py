"""What `edoc run --once` does before it leaves."""

from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from edoc_connector.app import post as post_module
from edoc_connector.app.connector import LOOPS
from edoc_connector.app.post import Post
from edoc_connector.daemon import house as house_module
from edoc_connector.daemon import run as run_module
from edoc_connector.daemon.house import open_house
from edoc_connector.daemon.run import (
    FEEDS,
    REST_SECONDS,
    accepting,
    bounded,
    repeat,
    run_once,
    with_baton,
)
from tests.support.computing import NOT_LONG_SECONDS, Others

NAMES = ("accept", "inspect")


class Axis:
    """Brings so many messages, each after somebody has waited for it so long."""

    def __init__(self, *after):
        self.after = list(after)
        self.waited = []

    def steps(self, wait):
        return {"accept": lambda: self.accept(wait()), "inspect": lambda: 0}

    def accept(self, seconds):
        self.waited.append(seconds)
        if self.after and self.after[0] <= seconds:
            self.after.pop(0)
            return 1
        return 0


def test_only_the_first_round_and_the_last_wait_for_a_message():
    axis = Axis(0, 0, 0)

    assert repeat(axis.steps, NAMES) == 3

    assert axis.waited == [REST_SECONDS, 0, 0, 0, REST_SECONDS]


def test_a_message_under_way_is_taken_before_the_end():
    axis = Axis(0, REST_SECONDS, REST_SECONDS)

    assert repeat(axis.steps, NAMES) == 3

    assert axis.after == []


def test_who_has_nothing_to_do_leaves_after_one_wait():
    axis = Axis()

    assert repeat(axis.steps, NAMES) == 0

    assert axis.waited == [REST_SECONDS]


def test_a_long_history_is_looked_at_in_portions():
    history = iter([20] * 50)

    step = bounded(lambda: next(history), 50)

    assert [step() for _ in range(5)] == [20, 20, 20, 0, 0]


def test_loops_feed_loops_and_never_themselves():
    assert set(FEEDS) <= set(LOOPS)
    assert all({*fed} <= {*LOOPS} - {name} for name, fed in FEEDS.items())


EACH = ["publisher", "consumer", "answers"]


class Closed(list):
    """Which connections were let go of."""

    def connection(self, name):
        return SimpleNamespace(close=lambda: self.append(name))


@pytest.fixture
def closed(monkeypatch):
    closed = Closed()
    publisher, consumer, answers = map(closed.connection, EACH)
    answering = SimpleNamespace(publisher=answers)
    post = Post(publisher, consumer, answering, check=lambda: None)
    monkeypatch.setattr(post_module, "post_of", lambda _settings: post)
    return closed


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """Of a connector that is there and has nothing to do."""
    steps = dict.fromkeys(LOOPS, lambda: 0)
    connector = SimpleNamespace(steps=lambda *_given, **_more: steps)
    monkeypatch.setattr(
        run_module, "open_connector", lambda _it: nullcontext(connector)
    )
    monkeypatch.setattr(run_module, "_mend", lambda *_given: None)
    return SimpleNamespace(state=SimpleNamespace(folder=tmp_path))


def test_who_has_run_once_leaves_no_connection_behind(settings, closed):
    assert run_once(settings) == 0

    assert closed == EACH


def test_who_has_waited_for_one_message_leaves_no_connection_behind(settings, closed):
    with accepting(settings) as step:
        assert step() == 0
        assert closed == []

    assert closed == EACH


def test_a_house_that_is_left_has_no_connection_any_more(settings, closed, monkeypatch):
    monkeypatch.setattr(
        house_module,
        "Desk",
        lambda *_given: SimpleNamespace(
            close=lambda: None, take_in=lambda: None, recognises=None
        ),
    )
    offices = SimpleNamespace(all=(SimpleNamespace(settings=settings, codes=()),))

    with open_house(offices, LOOPS):
        assert closed == []

    assert closed == EACH


def test_a_step_computes_while_the_others_do_not(monkeypatch):
    others = Others(monkeypatch, run_module)

    assert with_baton(lambda: others.compute(NOT_LONG_SECONDS))() is False
    assert others.compute()
