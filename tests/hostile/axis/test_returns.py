"""Who makes a sender believe that its recipient does not exist: nobody with an account.

The brokers lead back to the sender what nobody has a mailbox for.  The enemy knows all
of a letter, because it got it as well, and has everything made that can come back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from edoc_connector.axis.names import LOST, back_exchange, link_account
from edoc_connector.bus.message import Message, probe_of
from edoc_connector.errors import Unroutable
from edoc_connector.flows.incoming.accept import accept
from edoc_connector.flows.outgoing.parcel import Parcel
from edoc_connector.ledger.facts import DocumentReturned
from edoc_connector.model.delivery import DeliveryState, InboxState
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.storage.records import OutgoingDelivery
from tests.support import pki
from tests.support.enemies import (
    AWAY,
    CENTRE,
    ENEMY,
    FAR_ENEMY,
    HERE,
    LINKS,
    SECONDS,
    Ground,
    publish_as,
    wait_until,
)
from tests.support.world import RECEIVER, SENDER, World

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]

NUMBERS = count(500)
UNKNOWN = "edoc.G22.9"
"""A key that the broker in the middle serves, and nobody there has."""

HOME = f"sender.{SENDER}"
FLOOD = 200


@pytest.fixture
def world(ground: Ground, tmp_path: Any) -> Iterator[World]:
    world = World(tmp_path, connect=ground.connect)
    for it in world.awake:
        it.site = replace(it.site, policy=pki.policy(links=LINKS))
    yield world
    for it in world.awake:
        it.publisher.close()
    world.close()


def letter_to(world: World, recipient: str) -> Message:
    """A letter that the sender's broker has, as whoever got it too knows it."""
    world.sender.write(next(NUMBERS), recipient)
    until(world, lambda: state(world, recipient) is DeliveryState.SENT)
    with world.sender.storage.reading() as work:
        item = work.outbox.of(delivery(world, recipient).document, recipient)
    assert item is not None
    return Parcel.of(world.sender.site, (item,), 0).message(
        world.sender.site, world.sender.storage
    )


def until(world: World, is_so: Any) -> None:
    """Only the sender works: no receipt tells it anything."""
    awake, world.awake = world.awake, (world.sender,)
    try:
        world.work_until(is_so, SECONDS)
    finally:
        world.awake = awake


def delivery(world: World, recipient: str) -> OutgoingDelivery:
    with world.sender.storage.reading() as work:
        newest = work.documents.recent(1)
        if not newest:
            return None  # type: ignore[return-value]  # not taken yet
        return work.deliveries.get(newest[0].key, OrganizationCode(recipient))


def state(world: World, recipient: str) -> DeliveryState | None:
    found = delivery(world, recipient)
    return found.state if found else None


def believed(world: World) -> list[dict[str, Any]]:
    """What the ledger says that was believed."""
    with world.sender.storage.reading() as work:
        entries = tuple(work.ledger.entries())
    return [it.details for it in entries if it.kind == DocumentReturned.kind]


def arrives_all_the_same(world: World) -> None:
    """The letter is with its recipient, and the sender reads that."""
    assert state(world, RECEIVER) is DeliveryState.SENT
    world.work_until(lambda: state(world, RECEIVER) is DeliveryState.DELIVERED, SECONDS)
    world.work_until(lambda: world.sender.states()[-1] == "Đã đến", SECONDS)
    assert believed(world) == []


@pytest.mark.parametrize("make", [lambda it: it, probe_of], ids=["letter", "probe"])
def test_what_ends_under_the_key_of_another_says_nothing_of_the_recipient(
    world, ground, make, caplog
):
    """It comes back by the links, with all that a genuine one has but its key."""
    forged = make(letter_to(world, RECEIVER))

    with ground.channel(ENEMY) as channel:
        publish_as(channel, ENEMY, forged, key=UNKNOWN, headers={"CC": [HOME]})

    until(world, lambda: "return_passed_over" in caplog.messages)
    arrives_all_the_same(world)


def test_from_another_side_than_the_senders_nothing_is_led_home(world, ground):
    """What did not come from there is kept where it ended."""
    forged = letter_to(world, RECEIVER)

    with ground.channel(FAR_ENEMY) as channel:
        publish_as(channel, FAR_ENEMY, forged, key=UNKNOWN, headers={"CC": [HOME]})

    wait_until(lambda: ground.held(CENTRE).get(LOST) == 1)
    arrives_all_the_same(world)


def test_a_third_key_that_ends_elsewhere_is_found(world, ground):
    """The first one is that of the recipient, and would be believed."""
    forged = letter_to(world, RECEIVER)
    keys = [UNKNOWN, HOME]

    with ground.channel(ENEMY) as channel:
        publish_as(channel, ENEMY, forged, headers={"CC": keys})

    until(world, lambda: set_aside(world) == ["envelope-malformed"])
    arrives_all_the_same(world)


def set_aside(world: World) -> list[str]:
    with world.sender.storage.reading() as work:
        entries = work.inbox.in_state(InboxState.QUARANTINED, 100)
    return [it.reason.code for it in entries if it.reason]


def test_a_third_key_that_nobody_sees_leads_nothing_home(world, ground):
    """BCC is taken off by the broker; what it led astray is not of codes out there."""
    forged = letter_to(world, RECEIVER)
    headers = {"CC": [HOME], "BCC": [UNKNOWN]}

    with ground.channel(ENEMY) as channel:
        publish_as(channel, ENEMY, forged, headers=headers)

    wait_until(lambda: ground.held(HERE).get(LOST) == 1)
    arrives_all_the_same(world)
    assert set_aside(world) == []


def test_a_broker_can_send_back_nothing_that_goes_to_codes_of_others(world, ground):
    """Not even who has its key: for a recipient of its own see what stays."""
    forged = letter_to(world, RECEIVER)
    rogue = link_account(AWAY)

    with ground.channel(rogue, at=CENTRE) as channel:
        publish_as(
            channel, rogue, forged, exchange=back_exchange(AWAY), headers={"CC": [HOME]}
        )

    wait_until(lambda: ground.held(CENTRE).get(LOST) == 1)
    arrives_all_the_same(world)


def test_what_a_broker_says_of_its_own_codes_is_believed_and_written_down(
    world, ground
):
    """It could as well drop the letter; here the clerk knows at once, and by whom."""
    letter = letter_to(world, FAR_ENEMY)
    rogue = link_account(AWAY)

    with ground.channel(rogue, at=CENTRE) as channel:
        publish_as(
            channel, rogue, letter, exchange=back_exchange(AWAY), headers={"CC": [HOME]}
        )

    until(world, lambda: state(world, FAR_ENEMY) is DeliveryState.UNROUTABLE)
    (fact,) = believed(world)
    assert (fact["recipient"], fact["account"]) == (FAR_ENEMY, link_account(CENTRE))


def test_a_flood_of_returns_leaves_nothing_and_the_mail_goes_on(world, ground, caplog):
    forged = letter_to(world, RECEIVER)
    sender = world.sender

    with ground.channel(ENEMY) as channel:
        for _ in range(FLOOD):
            publish_as(channel, ENEMY, forged, key=UNKNOWN, headers={"CC": [HOME]})

    while caplog.messages.count("return_passed_over") < FLOOD:
        # The mailbox of the sender holds nothing else, and what comes is taken at once.
        assert accept(
            sender.site, sender.consumer, sender.storage, wait_seconds=SECONDS, limit=50
        )
    arrives_all_the_same(world)
    assert ground.held(HERE) == {}
    assert set_aside(world) == []


def test_nobody_is_led_home_within_a_broker(world, ground):
    """There the key of a sender leads nowhere: what finds nobody returns at once."""
    forged = letter_to(world, RECEIVER)
    nowhere = replace(forged, recipient=OrganizationCode("H20.99"))

    with pytest.raises(Unroutable):
        world.sender.publisher.publish(nowhere)
    with ground.channel(ENEMY) as channel:
        publish_as(channel, ENEMY, forged, headers={"CC": [HOME]})

    arrives_all_the_same(world)
    assert LOST not in ground.held(HERE)
    assert set_aside(world) == []
