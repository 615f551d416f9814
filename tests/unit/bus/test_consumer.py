"""What is asked of the broker while somebody cannot take what has come."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from edoc_connector.bus import line
from edoc_connector.bus.address import RabbitAddress
from edoc_connector.bus.properties import Properties, write_properties
from edoc_connector.bus.rabbit import RabbitConsumer
from tests.support.messages import message

ADDRESS = RabbitAddress(host="broker", port=5672, vhost="edoc", account="H20")
PREFETCH = 4
SIZE = len(message().body)
ROOM = 3 * SIZE


class PatientWire:
    """A wire that brings what is put on it, and knows how long it was waited at."""

    def __init__(
        self,
        address: RabbitAddress,
        refusals: frozenset[int],
        prepare: Callable[..., None],
        is_full: Callable[[], bool],
    ) -> None:
        del address, refusals
        self.is_full = is_full
        self.waited = 0.0
        self.coming: list[tuple[Any, Properties, bytes]] = []
        self.asked: list[int] = []
        self.acknowledged: list[Any] = []
        self.ask(prepare)

    def open(self) -> None: ...

    def close(self) -> None: ...

    def check(self) -> None: ...

    def check_certificates(self) -> None: ...

    def ask(self, prepare: Callable[..., None]) -> None:
        prepare(self, lambda _: None)

    def basic_qos(self, prefetch_count: int) -> None:
        self.asked.append(prefetch_count)

    def basic_consume(self, _: str, arrive: Any, callback: Any) -> None:
        self.arrive = arrive
        callback(None)

    def acknowledge(self, up_to: int, others: tuple[int, ...]) -> None:
        self.acknowledged.append((up_to, others))

    def wait(self, is_done: Callable[[], bool], seconds: float) -> bool:
        while self.coming and not (is_done() or self.is_full()):
            self.arrive(None, *self.coming.pop(0))
        if not is_done():
            self.waited += seconds
        return is_done()


@pytest.fixture
def consumer(monkeypatch: pytest.MonkeyPatch) -> RabbitConsumer:
    monkeypatch.setattr(line, "Wire", PatientWire)
    consumer = RabbitConsumer(ADDRESS, "inbox", PREFETCH, prefetch_bytes=ROOM)
    assert consumer.receive(0) is None
    return consumer


def wire_of(consumer: RabbitConsumer) -> PatientWire:
    wire = consumer._line.wire
    assert isinstance(wire, PatientWire)
    return wire


def mail(tag: int) -> tuple[Any, Properties, bytes]:
    method = SimpleNamespace(
        delivery_tag=tag, redelivered=False, exchange="edoc.axis", routing_key="edoc"
    )
    return method, write_properties(message(), "H20.14"), message().body


def taken(consumer: RabbitConsumer, *tags: int) -> list[Any]:
    wire_of(consumer).coming += map(mail, tags)
    return [consumer.receive(1) for _ in tags]


def test_who_has_room_for_nothing_waits_as_if_nothing_came(consumer):
    taken(consumer, 1, 2, 3)
    wire = wire_of(consumer)
    wire.coming.append(mail(4))

    assert wire.is_full()
    assert consumer.receive(5) is None

    assert wire.waited == 5
    assert len(wire.coming) == 1


def test_what_is_set_aside_makes_room_and_can_be_acknowledged_all_the_same(consumer):
    first, second, third = taken(consumer, 1, 2, 3)
    consumer.set_aside(first, second)
    wire = wire_of(consumer)

    fourth = taken(consumer, 4)[0]
    assert fourth is not None
    consumer.acknowledge(third, fourth)
    consumer.acknowledge(first)

    assert wire.acknowledged == [(0, (3, 4)), (1, ())]


def test_who_is_held_up_by_what_was_set_aside_gets_more_by_the_next_line(consumer):
    consumer.set_aside(*taken(consumer, 1, 2))
    assert not consumer.is_held_up
    consumer.set_aside(*taken(consumer, 3))
    assert consumer.is_held_up

    consumer.close()

    assert not consumer.is_held_up
    assert prefetch_now(consumer) == 2 * PREFETCH


def prefetch_now(consumer: RabbitConsumer) -> int:
    consumer.receive(0)
    (asked,) = wire_of(consumer).asked
    return asked


def test_it_stays_so_while_something_is_set_aside_and_is_as_ever_after_that(consumer):
    consumer.set_aside(*taken(consumer, 1, 2, 3))
    consumer.close()
    prefetch_now(consumer)
    first = taken(consumer, 1)[0]
    consumer.set_aside(first)
    consumer.close()
    assert prefetch_now(consumer) == 2 * PREFETCH

    consumer.close()
    assert prefetch_now(consumer) == PREFETCH


def test_a_line_that_was_gone_already_says_nothing_of_what_is_set_aside(consumer):
    consumer.set_aside(*taken(consumer, 1, 2, 3))
    consumer.close()

    consumer.close()

    assert prefetch_now(consumer) == 2 * PREFETCH


def test_there_is_an_end_to_how_much_may_come(consumer):
    for _ in range(40):
        prefetch_now(consumer)
        for tag in range(1, 70_000):
            consumer._intake._aside.add(tag)
        consumer.close()

    assert prefetch_now(consumer) == 65_535
    consumer._intake._aside.update(range(70_000))
    assert not consumer.is_held_up


def test_what_is_set_aside_twice_or_came_another_way_changes_nothing(consumer):
    first = taken(consumer, 1)[0]
    for _ in range(20):
        consumer.set_aside(first)
    assert not consumer.is_held_up
    assert consumer._intake.bytes == 0

    consumer.close()
    consumer.receive(0)
    taken(consumer, 1)
    consumer.set_aside(first)

    assert consumer._intake.bytes == SIZE
