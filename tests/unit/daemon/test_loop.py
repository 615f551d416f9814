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
