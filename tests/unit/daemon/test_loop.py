"""A loop works, rests, is woken, and survives what it can."""

from __future__ import annotations

import logging
from threading import Event

import pytest

from edoc_connector.daemon.loop import Loop
from edoc_connector.errors import BusUnavailable, DmsRefused, LedgerBroken
from edoc_connector.flows.backoff import Backoff


class Script:
    """A step that plays a list of results and then stops the loop."""

    def __init__(self, *results):
        self.results = list(results)
        self.stop = Event()
        self.rung = 0

    def step(self):
        result = self.results.pop(0)
        if not self.results:
            self.stop.set()
        if isinstance(result, Exception):
            raise result
        return result

    def ring(self):
        self.rung += 1

    def play(self):
        loop = Loop(
            name="test", step=self.step, rest_seconds=0.0, backoff=Backoff(0.001, 0.002)
        )
        loop.run(self.stop, self.ring)


def test_a_loop_tells_the_others_when_it_has_done_something():
    script = Script(1, 0, 2)

    script.play()

    assert script.rung == 2


@pytest.mark.parametrize(
    ("error", "level"),
    [
        (BusUnavailable(address="a", problem="p"), logging.WARNING),
        (DmsRefused(statement="s", problem="p"), logging.ERROR),
        (ZeroDivisionError("a defect of ours"), logging.ERROR),
    ],
)
def test_a_loop_goes_on_after_an_error_and_says_so(error, level, caplog):
    script = Script(error, 1)

    script.play()

    assert script.rung == 1
    assert [(r.levelno, r.msg) for r in caplog.records] == [(level, "step_failed")]


def test_a_broken_ledger_stops_the_loop():
    script = Script(LedgerBroken(position=7, problem="changed"), 1)

    with pytest.raises(LedgerBroken):
        script.play()

    assert script.results == [1]


def test_a_stopped_loop_does_not_finish_its_rest():
    stop = Event()
    loop = Loop(name="t", step=lambda: 0, rest_seconds=3600, backoff=Backoff(1, 1))
    stop.set()
    loop.wake.set()

    loop.run(stop, lambda: None)


class Pauses(Event):
    """A stop that remembers how long it was asked to wait."""

    def __init__(self):
        super().__init__()
        self.asked = []

    def wait(self, timeout=None):
        self.asked.append(timeout)
        return super().wait(0)


def paused(*results):
    """How long a loop pauses after each of these failures."""
    script = Script(*results)
    script.stop = Pauses()
    backoff = Backoff(1.0, 300.0, chance=lambda: 0.0)
    loop = Loop(name="t", step=script.step, rest_seconds=0.0, backoff=backoff)
    loop.run(script.stop, script.ring)
    return script.stop.asked


AWAY = BusUnavailable(address="a", problem="p")
REFUSED = DmsRefused(statement="s", problem="p")


def test_pauses_grow_while_a_partner_is_away_and_begin_anew_when_it_was_there():
    assert paused(AWAY, AWAY, AWAY, 1, AWAY) == [1.0, 2.0, 4.0, 1.0]


def test_what_needs_a_person_is_tried_again_after_the_longest_pause():
    assert paused(REFUSED, 1) == [300.0]


def gathered(*results):
    """How long a loop pauses after each of these steps, of which 5 is a full one."""
    script = Script(*results)
    script.stop = Pauses()
    loop = Loop(
        name="t",
        step=script.step,
        rest_seconds=0.0,
        backoff=Backoff(1, 1),
        gather_seconds=0.25,
        full=5,
    )
    loop.run(script.stop, script.ring)
    return script.stop.asked


def test_work_gathers_behind_a_step_that_found_little_and_not_behind_a_full_one():
    assert gathered(1, 5, 4) == [0.25, 0.25]


def test_a_loop_that_has_rested_for_nothing_gathers_nothing():
    assert gathered(0, 0) == []


def test_a_pause_ends_when_the_service_does():
    stop = Event()

    def step():
        stop.set()
        raise AWAY

    loop = Loop(name="t", step=step, rest_seconds=0.0, backoff=Backoff(3600, 3600))

    loop.run(stop, lambda: None)  # comes back at once, or the test times out
