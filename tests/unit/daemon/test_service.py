"""The service ends when it is told to, and when it must."""

from __future__ import annotations

import os
import signal
import threading
from threading import Event

import pytest

from edoc_connector.daemon.loop import Loop
from edoc_connector.daemon.service import LOOK_SECONDS, STOP_SECONDS, Service
from edoc_connector.errors import LedgerBroken
from edoc_connector.flows.backoff import Backoff


def loop(name, step, **changes):
    given = {"rest_seconds": 0.01, "backoff": Backoff(0.01, 0.01)} | changes
    return Loop(name=name, step=step, **given)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_service_in_order(number):
    def step():
        os.kill(os.getpid(), number)
        return 0

    before = signal.getsignal(number)
    service = Service([loop("one", step), loop("two", lambda: 0)])

    service.run()

    assert service.stop.is_set()
    assert signal.getsignal(number) is before


def test_a_step_in_hand_is_finished_before_the_service_ends():
    finished = []
    begun = Event()

    def long_step():
        begun.set()
        service.stop.wait(5)
        finished.append("whole")
        return 1

    def other_step():
        begun.wait(5)
        os.kill(os.getpid(), signal.SIGTERM)
        return 0

    service = Service([loop("long", long_step), loop("other", other_step)])

    service.run()

    assert finished == ["whole"]


def test_a_fatal_error_of_one_loop_ends_the_service_and_is_told():
    def step():
        raise LedgerBroken(position=1, problem="changed")

    with pytest.raises(LedgerBroken):
        Service([loop("bad", step), loop("good", lambda: 0)]).run()


def test_work_in_one_loop_wakes_those_it_feeds_and_no_others():
    steps = {"take": 0, "seal": 0}
    results = iter([1])

    def take():
        steps["take"] += 1
        return next(results, 0)

    def seal():
        steps["seal"] += 1
        if steps["seal"] > 1:
            os.kill(os.getpid(), signal.SIGTERM)
        return 0

    service = Service(
        [
            loop("take", take, rest_seconds=3600, feeds=("seal",)),
            loop("seal", seal, rest_seconds=3600),
        ]
    )

    service.run()

    assert steps["seal"] >= 2
    assert steps["take"] == 2


def test_a_second_signal_does_not_cut_the_step_in_hand_off():
    finished = []
    begun = Event()

    def long_step():
        begun.set()
        service.stop.wait(5)
        os.kill(os.getpid(), signal.SIGTERM)
        finished.append("whole")
        return 1

    def other_step():
        begun.wait(5)
        os.kill(os.getpid(), signal.SIGTERM)
        return 0

    service = Service([loop("long", long_step), loop("other", other_step)])

    service.run()

    assert finished == ["whole"]


def test_a_step_that_never_ends_does_not_keep_the_service(monkeypatch):
    monkeypatch.setattr("edoc_connector.daemon.service.STOP_SECONDS", 0.2)
    release = Event()

    def endless():
        os.kill(os.getpid(), signal.SIGTERM)
        release.wait(30)
        return 0

    Service([loop("endless", endless)]).run()  # comes back, or the test times out

    release.set()


def test_systemd_is_answered_within_ten_seconds():
    assert STOP_SECONDS + LOOK_SECONDS < 10


def test_a_sleeper_is_woken_to_end():
    def step():
        os.kill(os.getpid(), signal.SIGTERM)
        return 0

    sleeper = loop("sleeper", lambda: 0, rest_seconds=3600)
    service = Service([loop("other", step), sleeper])

    service.run()

    assert sleeper.wake.is_set() or service.stop.is_set()
    assert not any(thread.name == "sleeper" for thread in threading.enumerate())
