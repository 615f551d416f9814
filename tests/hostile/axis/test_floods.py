"""An account of the axis that sends too much, too large or without end."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pika
import pika.frame
import pytest
from pika.exceptions import ChannelClosedByBroker, ConnectionClosedByBroker

from edoc_connector.bus.message import Message, Segment, probe_of
from edoc_connector.bus.ping import ping_message
from edoc_connector.bus.rabbit import RabbitPublisher
from edoc_connector.flows.incoming.accept import accept
from edoc_connector.flows.pinging.answer import Answering
from edoc_connector.flows.pinging.flood import MOST_OF_SENDER
from edoc_connector.model.delivery import InboxState
from edoc_connector.model.identifiers import Digest, MessageId
from tests.support.enemies import ENEMY, SECONDS, publish_as, wait_until
from tests.support.messages import message
from tests.support.world import RECEIVER, World

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]

MANY = 1000
MOST_BYTES = 16 * 1024 * 1024
"""What every broker of an axis takes, as planned."""


def own(**changes: Any) -> Message:
    return message(**{"sender": ENEMY, "recipient": RECEIVER} | changes)


@pytest.fixture
def world(ground, tmp_path):
    world = World(tmp_path, connect=ground.connect)
    yield world
    for it in world.awake:
        it.publisher.close()
    world.close()


def flood(ground, *messages: Message) -> None:
    """Publish them as fast as it goes, without waiting for confirms."""
    publisher = RabbitPublisher(ground.address(ENEMY))
    for number, it in enumerate(messages):
        publisher.send(number, it)
        if publisher.is_full:
            publisher.outcomes()
    while publisher.outcomes():
        pass
    publisher.close()


def take_all_in(world: World, **changes: Any) -> int:
    """Accept until nothing comes any more; how many came."""
    receiver, count = world.receiver, 0
    while found := accept(
        receiver.site,
        receiver.consumer,
        receiver.storage,
        wait_seconds=1.0,
        limit=200,
        **changes,
    ):
        count += found
    return count


def delivered_once(world: World, number: int) -> None:
    """The document of the sender has arrived behind all of it, once."""
    world.work_until(lambda: set(world.sender.states()) == {"Đã đến"}, SECONDS * 4)
    assert [row[0] for row in world.receiver.arrived()] == [str(number)]


def send_honestly(world: World, number: int) -> None:
    world.sender.write(number, RECEIVER)
    for _ in range(4):
        world.sender.steps_of_a_service()


def test_what_is_larger_than_a_broker_takes_is_refused_whole(ground, honest):
    before = len(ground.log(ENEMY))
    with (
        honest.going_on(),
        ground.channel(ENEMY) as channel,
        pytest.raises(ChannelClosedByBroker, match=r"larger than .* max size") as it,
    ):
        publish_as(channel, ENEMY, own(body=bytes(MOST_BYTES + 1)))

    assert it.value.reply_code == 406
    wait_until(lambda: f"user: '{ENEMY}'" in ground.log(ENEMY)[before:])


def test_a_message_whose_body_never_ends_stops_nobody(ground, honest):
    """It announces a terabyte; the broker keeps what came until the line is closed."""
    with ground.channel(ENEMY) as channel:
        put(channel, begun(2**40))
        with honest.going_on():
            for _ in range(64):
                put(channel, pika.frame.Body(1, bytes(65536)).marshal())
        # A word of the same channel in the middle of it is against the protocol.
        with pytest.raises(ConnectionClosedByBroker, match="UNEXPECTED_FRAME"):
            channel.basic_get(f"edoc.inbox.{ENEMY}")


def begun(size: int) -> bytes:
    publish = pika.spec.Basic.Publish(
        exchange="edoc.axis", routing_key=f"edoc.{RECEIVER}"
    )
    header = pika.frame.Header(1, size, pika.BasicProperties(user_id=ENEMY))
    return bytes(pika.frame.Method(1, publish).marshal() + header.marshal())


def put(channel: Any, data: bytes) -> None:
    channel.connection._impl._output_marshaled_frames([data])
    channel.connection.process_data_events(0)


def test_many_connections_of_one_account_keep_nobody_out(ground, honest):
    with ExitStack() as stack, honest.going_on():
        for _ in range(50):
            stack.enter_context(ground.channel(ENEMY))


def test_a_thousand_messages_that_are_none_are_kept_and_the_mail_behind_arrives(
    world, ground
):
    flood(
        ground,
        *(
            own(message_id=MessageId("x" * 128 + str(it)), body=b"%d" % it)
            for it in range(MANY)
        ),
    )
    send_honestly(world, 7)

    assert take_all_in(world) == MANY + 1
    with world.receiver.storage.reading() as work:
        held = work.inbox.in_state(InboxState.QUARANTINED, 2 * MANY)
    assert len(held) == MANY
    delivered_once(world, 7)


def test_who_says_that_all_is_express_lets_four_of_five_pass_before_others(
    ground, honest
):
    flood(
        ground,
        *(own(message_id=MessageId(f"urgent-{it}"), priority=4) for it in range(200)),
    )
    sent = honest.send()

    found = []
    while not found or found[-1] != sent:
        found.append(honest.take().message.message_id)
    while honest.take(1.0):
        pass

    assert len(found) < 50


def test_a_flood_of_pings_is_answered_a_few_times_and_the_mail_goes_on(
    world, ground, caplog
):
    caplog.set_level(logging.INFO)
    pings = [
        ping_message(
            MessageId(f"ping-{it}"),
            sender=ENEMY,
            recipient=RECEIVER,
            asked_at=world.clock(),
        )
        for it in range(200)
    ]
    flood(ground, *pings)
    send_honestly(world, 7)

    answering = Answering(RabbitPublisher(ground.address(RECEIVER)))
    assert take_all_in(world, answering=answering) == len(pings) + 1

    events = [it.message for it in caplog.records]
    # The clock of this world goes slower than the flood.
    assert events.count("ping_answered") == MOST_OF_SENDER
    assert events.count("ping_unanswered") == len(pings) - MOST_OF_SENDER
    delivered_once(world, 7)


def test_a_flood_of_probes_leaves_nothing_and_the_mail_goes_on(world, ground):
    """A probe proves that there is a mailbox, and is forgotten by whoever reads it."""
    flood(
        ground, *(probe_of(own(message_id=MessageId(f"p-{it}"))) for it in range(500))
    )
    send_honestly(world, 7)

    assert take_all_in(world) == 500 + 1

    with world.receiver.storage.reading() as work:
        assert not work.inbox.in_state(InboxState.QUARANTINED, 10)
    delivered_once(world, 7)


def endless(number: int, total: int, **changes: Any) -> Message:
    given = {
        "message_id": MessageId(f"endless-{number}"),
        "packet_digest": Digest(f"{number:064x}"),
        "packet_bytes": total * 1024,
        "segment": Segment(1, total),
        "body": b"%1024d" % number,
    }
    return own(**given | changes)


def test_packets_whose_segments_never_end_keep_nobody_waiting(world, ground, caplog):
    """What is announced to be too large is refused at its first segment."""
    flood(
        ground,
        *(endless(it, 60_000) for it in range(50)),
        *(endless(50 + it, 1_000_000) for it in range(50)),
        *(
            replace(endless(50, 1_000_000), segment=Segment(it, 1_000_000))
            for it in range(2, 100)
        ),
    )
    send_honestly(world, 7)

    take_all_in(world)
    world.receiver.steps_of_a_service()

    with world.receiver.storage.reading() as work:
        held = work.inbox.in_state(InboxState.QUARANTINED, MANY)
        kept = [
            it for it in held if it.reason and it.reason.code == "envelope-too-large"
        ]
    delivered_once(world, 7)
    assert kept
    assert [it.message for it in caplog.records].count("envelope_oversized") == 50


def tables(depth: int) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for _ in range(depth):
        table = {"": table}
    return table


BOMBS = {
    "tables within tables": tables(300),
    "ten thousand headers": {f"x-{it}": it for it in range(10_000)},
    "a header of 100 KB": {"x": "x" * 100_000},
    "five thousand copies": {"CC": [f"edoc.{RECEIVER}"] * 5_000},
    "five thousand codes": {"CC": [f"edoc.H20.{it}" for it in range(5_000)]},
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_headers_that_are_a_bomb_hurt_nobody(world, ground, bomb):
    """The copy arrives once at most, whatever is written beside it."""
    with ground.channel(ENEMY) as channel:
        publish_as(channel, ENEMY, own(body=b"bomb"), headers=BOMBS[bomb])
    send_honestly(world, 7)

    assert take_all_in(world) == 2
    delivered_once(world, 7)
