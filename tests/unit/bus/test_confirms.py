"""Whenever the broker confirms a message, its sender hears of it once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from edoc_connector.bus import line, outward
from edoc_connector.bus.address import RabbitAddress
from edoc_connector.bus.rabbit import RabbitPublisher
from edoc_connector.errors import BusUnavailable
from tests.support.messages import message

ADDRESS = RabbitAddress(host="broker", port=5672, vhost="edoc", account="H20.14")


class QuickWire:
    """A wire on which each message is confirmed before it is looked at again."""

    is_blocked = False

    def __init__(self, *_: object) -> None:
        self.published = 0

    def open(self) -> None: ...

    def close(self) -> None: ...

    def check_certificates(self) -> None: ...

    def publish(self, *_: Any) -> None:
        self.published += 1
        self.glance()

    def glance(self) -> None: ...


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> RabbitPublisher:
    publisher = RabbitPublisher(ADDRESS)

    def glance(self: QuickWire) -> None:
        publisher._window.confirm(self.published, up_to=False, is_taken=True)

    monkeypatch.setattr(QuickWire, "glance", glance)
    monkeypatch.setattr(line, "Wire", QuickWire)
    return publisher


def test_a_confirm_that_comes_while_the_last_message_is_written_is_heard(publisher):
    for ticket in (1, 2, 3):
        publisher.send(ticket, message())

    outcomes = publisher.outcomes()

    assert [(it.ticket, it.refusal) for it in outcomes] == [
        (1, None),
        (2, None),
        (3, None),
    ]
    assert list(publisher.outcomes()) == []


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds


class SilentWire(QuickWire):
    """A wire on which nothing is ever confirmed."""

    clock = Clock()

    def wait(self, is_done: Any, seconds: float) -> bool:
        del is_done
        self.clock.seconds += seconds
        return False

    def unavailable(self, problem: str) -> BusUnavailable:
        return BusUnavailable(address=ADDRESS, problem=problem)


def test_who_waits_for_a_slow_broker_looks_up_now_and_then(monkeypatch):
    monkeypatch.setattr(line, "Wire", SilentWire)
    monkeypatch.setattr(outward, "time", SilentWire.clock)
    publisher = RabbitPublisher(replace(ADDRESS, timeout_seconds=25.0))
    publisher.send(1, message())
    began = SilentWire.clock.seconds

    assert [list(publisher.outcomes(10.0)) for _ in range(2)] == [[], []]
    with pytest.raises(BusUnavailable, match="not confirmed within 25"):
        publisher.outcomes(10.0)

    assert SilentWire.clock.seconds - began == pytest.approx(25.0, abs=0.1)
