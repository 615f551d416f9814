"""Stalls, cuts and lost confirms between a connector and a real broker."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from threading import Lock

import pytest

from edoc_connector.axis.names import inbox_queue
from edoc_connector.bus.message import Delivery
from edoc_connector.bus.rabbit import RabbitConsumer, RabbitPublisher
from edoc_connector.errors import BusUnavailable, MessageTooLarge
from edoc_connector.model.identifiers import MessageId
from tests.support.broker import address_of
from tests.support.messages import message
from tests.support.proxy import Fate, Frame, Once, Proxy, Way
from tests.support.world import ONE_PDF, RECEIVER, World

pytestmark = [pytest.mark.broker, pytest.mark.timeout(120)]

TIMEOUT_SECONDS = 1.0
"""How long a connector waits for a word of the broker here."""

LATEST_SECONDS = 8.0
"""After that it must have given up: the timeout, and the goodbyes nobody hears."""

LARGE = bytes(range(256)) * 1024


@pytest.fixture
def wire(axis):
    with Proxy(axis.port) as proxy:
        yield proxy


@pytest.fixture
def through(axis, wire):
    """Addresses that lead over the wire which can be made to fail."""

    def address(account, **changes):
        values = {"port": wire.port, "timeout_seconds": TIMEOUT_SECONDS}
        return address_of(axis, account, **values | changes)

    return address


@pytest.fixture
def publisher(through):
    publisher = RabbitPublisher(through("H20.14"))
    yield publisher
    publisher.close()


@pytest.fixture
def consumer(through):
    consumer = RabbitConsumer(through("H20"), inbox_queue("H20"), prefetch=8)
    yield consumer
    consumer.close()


def received(axis, seconds=3.0):
    """All that is in the queue, over a wire that does not fail."""
    reader = RabbitConsumer(address_of(axis, "H20"), inbox_queue("H20"), prefetch=8)
    found = []
    while (delivery := reader.receive(seconds)) is not None:
        assert isinstance(delivery, Delivery)
        reader.acknowledge(delivery)
        found.append(delivery.message)
        seconds = 0.5
    reader.close()
    return found


def refused(attempt):
    begun = time.monotonic()
    with pytest.raises(BusUnavailable) as error:
        attempt()
    assert time.monotonic() - begun < LATEST_SECONDS
    return error.value


# --- out ----------------------------------------------------------------------


def test_a_wire_cut_within_a_message_loses_it_whole_and_it_is_sent_again(
    axis, wire, publisher
):
    sent = message(body=LARGE)
    wire.judge = Once(lambda it: it.way is Way.OUT and it.is_body, Fate.CUT)

    refused(lambda: publisher.publish(sent))
    publisher.publish(sent)

    assert received(axis) == [sent]


@pytest.mark.parametrize(
    ("code", "text"), [(311, "CONTENT_TOO_LARGE"), (406, "message size is too much")]
)
def test_a_broker_that_keeps_its_limit_for_itself_is_sent_half_next(
    axis, wire, publisher, code, text
):
    """A real refusal, of which the wire changes the words."""
    size = 16 * 1024 * 1024 + 2
    wire.judge = lambda it: it.refusing(code, text) if it.is_refusal else Fate.PASS

    with pytest.raises(MessageTooLarge):
        publisher.publish(message(body=bytes(size)))

    assert publisher.most_bytes == size // 2
    half = message(body=bytes(publisher.most_bytes))
    publisher.publish(half)
    assert received(axis) == [half]


@pytest.mark.parametrize("fate", [Fate.LOSE, Fate.CUT, Fate.STALL])
def test_a_confirm_that_does_not_come_makes_a_copy_and_no_loss(
    axis, wire, publisher, fate
):
    sent = message(body=LARGE)
    wire.judge = Once(lambda it: it.is_confirm, fate)

    refused(lambda: publisher.publish(sent))
    publisher.publish(sent)

    assert received(axis) == [sent, sent]


def test_a_confirm_that_comes_before_the_wire_is_cut_counts(axis, wire, publisher):
    sent, next_one = message(), message(message_id=MessageId("next"))
    wire.judge = Once(lambda it: it.is_confirm, Fate.CUT_AFTER)

    publisher.publish(sent)
    with suppress(BusUnavailable):  # it may be noticed in the middle of the next
        publisher.publish(next_one)
    publisher.publish(next_one)

    assert received(axis)[0] == sent
    assert wire.connections == 2


def test_a_wire_that_swallows_all_that_is_sent_holds_nobody_for_ever(
    axis, wire, publisher
):
    sent = message()
    wire.judge = lambda it: Fate.STALL if it.is_publish else Fate.PASS

    refused(lambda: publisher.publish(sent))
    wire.judge = lambda _: Fate.PASS
    publisher.publish(sent)

    assert received(axis) == [sent]


def test_a_slow_wire_delivers_all_the_same(wire, publisher, consumer):
    wire.delay_seconds = 0.05
    sent = [message(message_id=MessageId(f"m-{number}")) for number in range(3)]

    for each in sent:
        publisher.publish(each)

    found = [consumer.receive(10) for _ in sent]
    for delivery in found:
        consumer.acknowledge(delivery)
    assert [delivery.message for delivery in found] == sent


def test_a_wire_cut_at_rest_is_made_again_and_nobody_hears_of_it(axis, wire, publisher):
    publisher.publish(message())
    wire.cut()

    publisher.publish(message(message_id=MessageId("next")))

    assert [it.message_id for it in received(axis)][1:] == ["next"]
    assert wire.connections == 2


# --- in -----------------------------------------------------------------------


def is_part_of_delivery(frame: Frame) -> bool:
    return frame.way is Way.IN and frame.is_body


@pytest.mark.parametrize("fate", [Fate.CUT, Fate.CUT_AFTER])
def test_a_wire_cut_within_a_delivery_brings_it_again(axis, wire, consumer, fate):
    direct = RabbitPublisher(address_of(axis, "H20.14"))
    sent = message(body=LARGE)
    direct.publish(sent)
    direct.close()
    wire.judge = once = Once(is_part_of_delivery, fate)

    def receive_and_acknowledge():
        delivery = consumer.receive(10)
        consumer.acknowledge(delivery)
        consumer.receive(10)

    refused(receive_and_acknowledge)
    again = consumer.receive(10)

    assert once.done.is_set()
    assert again.redelivered
    assert again.message == sent
    consumer.acknowledge(again)
    assert consumer.receive(0.2) is None


@pytest.mark.parametrize("fate", [Fate.LOSE, Fate.CUT, Fate.STALL])
def test_an_acknowledgement_that_is_lost_brings_the_message_again(
    axis, wire, consumer, fate
):
    direct = RabbitPublisher(address_of(axis, "H20.14"))
    direct.publish(message())
    direct.close()
    wire.judge = Once(lambda it: it.is_ack, fate)

    delivery = consumer.receive(10)
    try:
        consumer.acknowledge(delivery)
    except BusUnavailable:
        assert fate is Fate.CUT
    consumer.close()

    again = consumer.receive(10)
    assert again.redelivered
    consumer.acknowledge(again)


def test_a_reader_on_a_dead_wire_notices_by_the_heartbeat(wire, through):
    consumer = RabbitConsumer(
        through("H20", heartbeat_seconds=1), inbox_queue("H20"), prefetch=8
    )
    assert consumer.receive(0.1) is None
    wire.judge = lambda _: Fate.STALL

    refused(lambda: consumer.receive(30))

    consumer.close()


# --- two departments on a bad day ---------------------------------------------


class OneIn:
    """Does it to every so many of the frames that fit, as long as there are any."""

    def __init__(self, number, fits, fate):
        self.number, self.fits, self.fate = number, fits, fate
        self.seen = self.done = 0
        self._lock = Lock()

    def __call__(self, frame):
        if not self.fits(frame):
            return Fate.PASS
        with self._lock:
            self.seen += 1
            if self.seen % self.number != 1:
                return Fate.PASS
            self.done += 1
        return self.fate


BAD_DAYS = {
    "cut in a publish": (3, lambda it: it.is_publish, Fate.CUT),
    "cut in a confirm": (3, lambda it: it.is_confirm, Fate.CUT),
    "lost confirms": (3, lambda it: it.is_confirm, Fate.LOSE),
    "cut in a delivery": (3, lambda it: it.is_delivery, Fate.CUT),
    # Not 3: after each stall the sender acknowledges two answers that came again, and
    # the receiver's next acknowledgement would be the one to stall, for ever.
    "stalled acknowledgements": (4, lambda it: it.is_ack, Fate.STALL),
    "cut behind an acknowledgement": (3, lambda it: it.is_ack, Fate.CUT_AFTER),
    "stalled publishes": (4, lambda it: it.is_publish, Fate.STALL),
}
"""Which frames, how many of them, and what befalls these."""


@pytest.mark.parametrize("day", BAD_DAYS)
def test_nothing_is_lost_or_doubled_on_a_bad_wire(ground, wire, through, day):
    def connect(code):
        address = through(code, timeout_seconds=0.5, heartbeat_seconds=1)
        return (
            RabbitPublisher(address),
            RabbitConsumer(address, inbox_queue(code), prefetch=2),
        )

    folder = ground / "world"
    folder.mkdir()
    world = World(folder, connect=connect)
    numbers = [str(number) for number in range(1, 5)]
    for number in numbers:
        world.sender.write(number, RECEIVER)
    wire.judge = fault = OneIn(*BAD_DAYS[day])

    world.work_until(
        lambda: (
            set(world.sender.states()) == {"Đã đến"}
            and len(world.sender.states()) == len(numbers)
        ),
        seconds=60,
    )

    wire.judge = lambda _: Fate.PASS
    assert fault.done > 0
    arrived = world.receiver.arrived()
    assert sorted(number for number, _, _ in arrived) == numbers
    assert {data for _, _, data in arrived} == {ONE_PDF}
    facts = world.sender.facts(), world.receiver.facts()
    assert facts[0].count("receipt:accepted") == len(numbers)
    assert facts[1].count("document:delivered") == len(numbers)
    world.close()


# --- one packet of many segments ----------------------------------------------


class Counted:
    """Counts what goes to the broker, and cuts the line in one of the segments."""

    def __init__(self, cut_in):
        self.publishes = self.bytes = 0
        self.cut_in = cut_in
        self._lock = Lock()

    def __call__(self, frame):
        if frame.way is not Way.OUT:
            return Fate.PASS
        with self._lock:
            self.publishes += frame.is_publish
            self.bytes += len(frame.data) if frame.is_body else 0
            if frame.is_body and self.publishes == self.cut_in:
                self.cut_in = 0
                return Fate.CUT
        return Fate.PASS


@pytest.mark.parametrize("cut_in", [1, 5, 12])
def test_a_line_cut_within_a_packet_costs_no_more_than_a_segment(
    ground, wire, through, cut_in
):
    def connect(code):
        address = through(code)
        return (
            RabbitPublisher(address),
            RabbitConsumer(address, inbox_queue(code), prefetch=2),
        )

    segment = 256 * 1024
    folder = ground / "world"
    folder.mkdir()
    world = World(folder, connect=connect, segment_bytes=segment)
    large = ONE_PDF + os.urandom(3 * 1024 * 1024)
    world.sender.write(1, RECEIVER, data=large)
    for step in world.sender.loops()[:4]:
        step()
    with world.sender.storage.reading() as work:
        (item,) = work.outbox.list_waiting(10)
    assert item.packet_bytes > 12 * segment
    wire.judge = counted = Counted(cut_in)

    with suppress(BusUnavailable):
        world.sender.loops()[4]()
    assert counted.cut_in == 0, "the line was cut"
    world.sender.loops()[4]()

    assert counted.bytes <= item.packet_bytes + segment + 20_000  # and the frames
    wire.judge = lambda _: Fate.PASS
    world.work_until(lambda: world.receiver.arrived() != [], seconds=30)
    assert [data for _, _, data in world.receiver.arrived()] == [large]
    world.close()
