"""A loop that goes round several organisations: fair, and nobody waits for another."""

import logging
from contextlib import contextmanager

import pytest

from edoc_connector.daemon import round as round_module
from edoc_connector.daemon.round import Round, Turn
from edoc_connector.errors import (
    BusUnavailable,
    DmsUnavailable,
    LedgerBroken,
    StorageRefused,
)
from edoc_connector.flows.backoff import Backoff
from edoc_connector.logs import WHOSE
from tests.support.computing import NOT_LONG_SECONDS, Others

LONG = 1000.0


class Desk:
    """An organisation that does what it is told, and what it has done."""

    def __init__(self, code, *results):
        self.code, self.results = code, list(results)
        self.done = 0
        self.stopped = None

    def step(self, _name):
        return self._step if self.stopped is None else None

    def _step(self):
        self.done += 1
        result = self.results.pop(0) if self.results else 0
        if isinstance(result, Exception):
            raise result
        return result

    def stop(self, error):
        self.stopped = error

    @contextmanager
    def speaking(self):
        token = WHOSE.set(self.code)
        yield
        WHOSE.reset(token)


def round_of(*desks, is_stopping=lambda: False):
    turns = [
        Turn(desk=it, rest_seconds=LONG, backoff=Backoff(LONG, LONG), wakes=True)
        for it in desks
    ]
    rung = []
    made = Round("take", turns, ring=rung.append, is_stopping=is_stopping)
    return made, rung


def test_who_has_much_to_do_has_one_turn_like_the_others():
    busy, idle = Desk("A", 20, 20, 20), Desk("B", 1)
    each, rung = round_of(busy, idle)

    assert each.step() == 21

    assert (busy.done, idle.done) == (1, 1)
    assert {it.code for it in rung} == {"A", "B"}


def test_who_has_done_something_is_due_at_once_and_who_has_not_rests():
    busy, idle = Desk("A", 1, 1), Desk("B")
    each, _ = round_of(busy, idle)

    for _ in range(3):
        each.step()

    assert (busy.done, idle.done) == (3, 1)


def test_who_is_rung_for_has_a_turn():
    desk = Desk("A")
    each, _ = round_of(desk)
    each.step()
    each.step()
    assert desk.done == 1

    each.turns[0].wake()
    each.step()

    assert desk.done == 2


@pytest.mark.parametrize(
    ("error", "level"),
    [
        (DmsUnavailable(problem="away"), logging.WARNING),
        (StorageRefused(problem="no"), logging.ERROR),
        (ZeroDivisionError(), logging.ERROR),
    ],
)
def test_what_fails_for_one_pauses_that_one(error, level, caplog):
    lost, other = Desk("A", error), Desk("B", 1, 1)
    each, _ = round_of(lost, other)

    each.step()
    each.turns[0].wake()
    each.step()

    assert (lost.done, other.done) == (1, 2)
    assert [(it.levelno, it.msg) for it in caplog.records] == [(level, "step_failed")]


def test_a_pause_ends_and_the_next_one_counts_from_there():
    lost = Desk("A", DmsUnavailable(problem="away"), 1)
    each, _ = round_of(lost)
    each.step()
    assert each.turns[0].failures == 1

    each.turns[0].due = 0.0
    each.step()

    assert each.turns[0].failures == 0


def test_after_a_fatal_error_only_that_one_is_stopped():
    error = LedgerBroken(position=1, problem="changed")
    broken, other = Desk("A", error), Desk("B", 1)
    each, _ = round_of(broken, other)

    assert each.step() == 1

    assert broken.stopped is error


def test_the_broker_is_everybodys():
    each, _ = round_of(Desk("A", BusUnavailable(address="b", problem="away")))

    with pytest.raises(BusUnavailable):
        each.step()


def test_who_fails_for_all_is_not_always_the_first():
    away = BusUnavailable(address="b", problem="away")
    failing, other = Desk("A", away, away, away), Desk("B")
    each, _ = round_of(failing, other)

    for _ in range(2):
        each.turns[0].due = 0.0
        with pytest.raises(BusUnavailable):
            each.step()

    assert other.done == 1


def test_a_service_that_ends_takes_no_further_turn():
    desk = Desk("A", 1)
    each, _ = round_of(desk, is_stopping=lambda: True)

    assert each.step() == 0

    assert desk.done == 0


def test_others_compute_between_two_organisations_and_not_beside_one(monkeypatch):
    others, beside = Others(monkeypatch, round_module), []
    first, second = Desk("A", 1), Desk("B", 1)
    for desk in (first, second):
        step = desk._step
        desk._step = lambda step=step: (
            beside.append(others.compute(NOT_LONG_SECONDS)),
            step(),
        )[1]
    made, _ = round_of(first, second)

    assert made.step() == 2
    assert beside == [False, False]
    assert others.compute()
