"""A broker that has no room, restarts, changes its mind, or gives up on a message."""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager

import pytest

from edoc_connector.axis.names import EXCHANGE, dead_queue, inbox_queue
from edoc_connector.bus.rabbit import RabbitConsumer, RabbitPublisher
from edoc_connector.cli.status_look import blocked_of
from edoc_connector.errors import BusUnavailable
from edoc_connector.language import say
from edoc_connector.model.identifiers import MessageId
from tests.support.broker import (
    address_of,
    changed_queue,
    control,
    declare_again,
    operating,
    password_of,
)
from tests.support.messages import message
from tests.support.world import ONE_PDF, RECEIVER, SENDER, World

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]

WAIT_SECONDS = 15.0

ALARMS = {
    "memory": ("set_vm_memory_high_watermark", "0.00001", "0.6"),
    "disk": ("set_disk_free_limit", "9000GB", "1MB"),
}


@contextmanager
def alarm(broker, name):
    """Make the broker believe that it has no room."""
    command, on, off = ALARMS[name]
    control(broker, command, on)
    try:
        yield
    finally:
        control(broker, command, off)


@pytest.fixture
def publisher(axis):
    publisher = RabbitPublisher(address_of(axis, "H20.14"))
    yield publisher
    publisher.close()


@pytest.fixture
def consumer(axis):
    consumer = RabbitConsumer(address_of(axis, "H20"), inbox_queue("H20"), prefetch=8)
    yield consumer
    consumer.close()


@pytest.fixture
def world(ground, axis):
    """Two departments whose axis is the real broker."""

    def connect(code):
        address = address_of(axis, code, timeout_seconds=3.0)
        return (
            RabbitPublisher(address),
            RabbitConsumer(address, inbox_queue(code), prefetch=4),
        )

    folder = ground / "world"
    folder.mkdir()
    world = World(folder, connect=connect)
    yield world
    for department in (world.sender, world.receiver):
        department.publisher.close()
    world.close()


def write_some(world, first=1, last=3):
    for number in range(first, last + 1):
        world.sender.write(number, RECEIVER)


def wait_for_all(world, number=3):
    """Work until every document has its receipt, and hold the books against it."""
    world.work_until(lambda: world.sender.states() == ["Đã đến"] * number, seconds=60)
    arrived = world.receiver.arrived()
    assert sorted(it for it, _, _ in arrived) == [f"{n + 1}" for n in range(number)]
    assert {data for _, _, data in arrived} == {ONE_PDF}
    assert world.receiver.facts().count("document:delivered") == number


# --- no room ------------------------------------------------------------------


@pytest.mark.parametrize("name", ALARMS)
def test_a_broker_without_room_is_known_at_once_and_documents_wait(
    axis, world, consumer, caplog, name
):
    caplog.set_level(logging.INFO)
    publisher = RabbitPublisher(address_of(axis, "H20.14"))
    publisher.publish(message())
    write_some(world)

    with alarm(axis, name):
        begun = time.monotonic()
        with pytest.raises(BusUnavailable, match="takes nothing for now"):
            publisher.publish(message(message_id=MessageId("too much")))
        waited = time.monotonic() - begun
        for _ in range(3):
            world.sender.steps_of_a_service()
        waiting = waiting_of(world)
        delivery = consumer.receive(WAIT_SECONDS)  # who reads is not held up
        consumer.acknowledge(delivery)

    assert waited < publisher._address.timeout_seconds  # it was told, not timed out
    assert any(it.msg == "broker_blocked" for it in caplog.records)
    assert len(waiting) == 3
    told = blocked_of(waiting)
    assert "tạm thời không nhận gì, từ" in say(told, "vi")
    assert "documents wait" in say(told, "en")
    assert delivery.message == message()
    publisher.publish(message(message_id=MessageId("afterwards")))
    publisher.close()
    wait_for_all(world)
    assert blocked_of(waiting_of(world)) is None


def waiting_of(world):
    """What has not left the sender, in the order in which it is to leave."""
    with world.sender.storage.reading() as work:
        return work.outbox.list_waiting(10)


def test_a_mailbox_that_is_full_is_waited_for(axis, world):
    write_some(world, last=6)
    world.awake = (world.sender,)

    with changed_queue(axis, inbox_queue(RECEIVER), **{"x-max-length": 1}):
        for _ in range(4):
            world.sender.steps_of_a_service()
        waiting = waiting_of(world)
        world.awake = (world.sender, world.receiver)
        wait_for_all(world, 6)

    assert waiting
    assert {it.reason.code for it in waiting if it.reason} == {"mailbox-busy"}


# --- a message it gives up ----------------------------------------------------


def test_a_message_that_was_delivered_too_often_is_set_aside_and_the_next_comes(
    axis, publisher, consumer
):
    """Who dies of a message dies of it again and again: the broker counts."""
    with changed_queue(axis, inbox_queue("H20"), **{"x-delivery-limit": 2}):
        publisher.publish(message(message_id=MessageId("poison")))
        for _ in range(3):
            victim = RabbitConsumer(address_of(axis, "H20"), inbox_queue("H20"), 1)
            assert victim.receive(WAIT_SECONDS) is not None
            victim.close()
        publisher.publish(message(message_id=MessageId("next")))

        delivery = consumer.receive(WAIT_SECONDS)
        consumer.acknowledge(delivery)
        assert delivery.message.message_id == "next"
        assert consumer.receive(0.5) is None
        assert first_of(axis, dead_queue("H20")) == message().body
        consumer.close()


def first_of(axis, queue):
    with operating(axis) as channel:
        latest = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < latest:
            method, _, body = channel.basic_get(queue, auto_ack=True)
            if method is not None:
                return body
            channel.connection.sleep(0.05)
    raise AssertionError(f"nothing came into {queue}")


# --- a broker that is not what it was -----------------------------------------


def test_a_broker_that_is_killed_and_started_in_the_middle_loses_nothing(axis, world):
    write_some(world, last=2)
    world.sender.steps()
    world.receiver.steps()  # one is accepted, and perhaps not acknowledged

    axis.kill()
    write_some(world, first=3)
    for department in world.awake:
        department.steps_of_a_service()
    axis.start()

    wait_for_all(world)


def test_credentials_that_are_refused_while_running_delay_and_lose_nothing(axis, world):
    write_some(world, last=1)
    wait_for_all(world, 1)
    control(axis, "change_password", SENDER, "another")
    for department in world.awake:
        department.publisher.close()
        department.consumer.close()
    write_some(world, first=2)
    for _ in range(3):
        world.sender.steps_of_a_service()
    first, _ = waiting_of(world)

    control(axis, "change_password", SENDER, password_of(SENDER))

    assert first.reason.code == "bus-unavailable"
    assert "another" not in str(first.reason)
    wait_for_all(world)


def test_a_channel_that_the_server_closes_is_opened_again(axis, world):
    """As it does when the exchange is made anew under a publisher."""
    write_some(world, last=1)
    wait_for_all(world, 1)
    with operating(axis) as channel:
        channel.exchange_delete(EXCHANGE)
    write_some(world, first=2)
    for _ in range(2):
        world.sender.steps_of_a_service()
    first, _ = waiting_of(world)

    declare_again(axis)

    assert "NOT_FOUND" in str(first.reason)
    wait_for_all(world)
