"""What an account of the axis sends as somebody else: set aside, and the mail goes on.

The two departments are whole connectors, over TLS and the brokers of an axis.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import count
from typing import Any

import pika.exceptions
import pytest

from edoc_connector.axis.names import dead_queue, inbox_queue
from edoc_connector.bus.message import Message
from edoc_connector.model.delivery import InboxState
from edoc_connector.model.document import ResponseFor
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.stages import Kind
from edoc_connector.model.status import Status, StatusCode
from tests.support import pki
from tests.support.asking import ID, Asker
from tests.support.builders import organization
from tests.support.enemies import (
    ENEMY,
    FAR_ENEMY,
    LINKS,
    SECONDS,
    Ground,
    Honest,
    publish_as,
    wait_until,
)
from tests.support.messages import message
from tests.support.world import ONE_PDF, RECEIVER, SENDER, Department, World

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]

NUMBERS = count(100)
ENEMIES = (ENEMY, FAR_ENEMY)
COPIES: dict[str, dict[str, Any]] = {
    "alone": {},
    "CC to another kind, and the express mailbox": {
        "CC": [f"status.{RECEIVER}", f"express.{RECEIVER}"]
    },
    "BCC to the sender himself": {"BCC": [f"edoc.{SENDER}", f"status.{SENDER}"]},
    "CC to what is no mailbox": {
        "CC": [
            f"edoc.dead.{RECEIVER}",
            "edoc.link.quoc-gia",
            f"edoc.inbox.{RECEIVER}",
            "edoc.lost",
        ]
    },
}


@pytest.fixture
def world(ground: Ground, tmp_path: Any) -> Iterator[World]:
    world = World(tmp_path, connect=ground.connect)
    for it in world.awake:
        it.site = replace(it.site, policy=pki.policy(links=LINKS))
    yield world
    for it in world.awake:
        it.publisher.close()
    world.close()


def reasons(department: Department) -> Counter[str]:
    """Why what is set aside there is set aside."""
    with department.storage.reading() as work:
        entries = work.inbox.in_state(InboxState.QUARANTINED, 10_000)
    return Counter(it.reason.code for it in entries if it.reason)


def send_honestly(world: World) -> None:
    """A document of the sender: it arrives once, and its sender reads that it did."""
    number = str(next(NUMBERS))
    world.sender.write(number, RECEIVER)
    world.work_until(
        lambda: (
            "Chờ gửi" not in world.sender.states()
            and set(world.sender.states()) == {"Đã đến"}
        ),
        SECONDS,
    )
    arrived = [row for row in world.receiver.arrived() if row[0] == number]
    assert [data for _, _, data in arrived] == [ONE_PDF]


def send_as(ground: Ground, account: str, *messages: Message, **changes: Any) -> None:
    with ground.channel(account) as channel:
        for it in messages:
            publish_as(channel, account, it, **changes)


def refused_by(world: World, code: str, number: int = 1) -> None:
    """The receiver has set so many aside for this reason, and delivered none."""
    before = len(world.receiver.arrived())
    world.work_until(lambda: reasons(world.receiver)[code] >= number, SECONDS)
    assert len(world.receiver.arrived()) == before


@pytest.mark.parametrize("copies", COPIES)
@pytest.mark.parametrize("enemy", ENEMIES)
def test_a_letter_in_the_name_of_another_is_refused(world, ground, enemy, copies):
    """It says From the sender, and whoever wrote it has no key of the sender."""
    forged = Asker(world, code=SENDER, key=enemy).original()

    send_as(ground, enemy, forged, headers=COPIES[copies])

    refused_by(world, "sender-mismatch")
    send_honestly(world)
    assert world.sender.arrived() == []


@pytest.mark.parametrize("copies", COPIES)
@pytest.mark.parametrize("enemy", ENEMIES)
def test_an_own_letter_in_a_message_of_another_is_refused(world, ground, enemy, copies):
    forged = replace(Asker(world, code=enemy, key=enemy).original(), sender=SENDER)

    send_as(ground, enemy, forged, headers=COPIES[copies])

    refused_by(world, "message-foreign")
    send_honestly(world)
    assert world.sender.arrived() == []


def refusal_by(world: World, enemy: str, code: str) -> Message:
    """A status: the letter of the sender was refused by its recipient."""
    status = Status(
        sender=organization(code),
        response_for=ResponseFor(organization=SENDER, code="7/UBND-VX", document_id=ID),
        code=StatusCode.REFUSED,
        description="Không nhận",
        at=world.clock().replace(microsecond=0),
    )
    asker = Asker(world, code=code, key=enemy)
    return asker.seal(status, kind=Kind.STATUS, recipient=SENDER)


@pytest.mark.parametrize("enemy", ENEMIES)
def test_a_status_in_the_name_of_the_recipient_is_refused(world, ground, enemy):
    send_as(ground, enemy, refusal_by(world, enemy, RECEIVER))

    world.work_until(lambda: reasons(world.sender)["sender-mismatch"], SECONDS)
    send_honestly(world)


@pytest.mark.parametrize("enemy", ENEMIES)
def test_a_letter_as_a_status_is_refused_by_the_copy_too(world, ground, enemy):
    """CC leads where its writer wants; what a message is says the seal."""
    letter = replace(Asker(world, code=enemy, key=enemy).original(), kind=Kind.STATUS)

    send_as(ground, enemy, letter, headers={"CC": [f"edoc.{RECEIVER}"]})

    refused_by(world, "envelope-malformed")
    send_honestly(world)


# --- what was overheard --------------------------------------------------------


def overheard(world: World, *, recipient: str) -> Message:
    """A genuine letter of the sender, to this recipient."""
    asker = Asker(world)
    letter = asker.letter(recipients=(organization(recipient),))
    return asker.seal(letter, recipient=RECEIVER)


@pytest.mark.parametrize(
    ("enemy", "code"), [(ENEMY, "account-mismatch"), (FAR_ENEMY, "not-for-us")]
)
def test_a_letter_that_was_for_the_enemy_is_not_passed_on(world, ground, enemy, code):
    send_as(ground, enemy, overheard(world, recipient=enemy))

    refused_by(world, code)
    send_honestly(world)


def test_a_letter_that_was_overheard_is_not_brought_by_another_account(world, ground):
    heard = overheard(world, recipient=RECEIVER)

    send_as(ground, ENEMY, heard)
    refused_by(world, "account-mismatch")
    send_as(ground, SENDER, heard)

    world.work_until(lambda: len(world.receiver.arrived()) == 1, SECONDS)


def test_a_letter_that_was_overheard_arrives_once_however_often_it_comes(world, ground):
    """Beyond a link the seal alone counts: the letter is genuine, and there already."""
    heard = overheard(world, recipient=RECEIVER)
    send_as(ground, SENDER, heard)
    world.work_until(world.receiver.arrived, SECONDS)

    copies = [replace(heard, message_id=MessageId(f"again-{it}")) for it in range(3)]
    send_as(ground, FAR_ENEMY, heard, *copies)
    world.work_until(lambda: accepted(world) == 1 + len(copies) + 1, SECONDS)
    send_honestly(world)

    assert len(world.receiver.arrived()) == 2


def accepted(world: World) -> int:
    """How many letters the receiver has judged, none of them waiting."""
    with world.receiver.storage.reading() as work:
        entries = work.inbox.recent(Kind.EDOC, 100)
        waiting = work.inbox.in_state(InboxState.ACCEPTED, 100)
    return 0 if waiting else len(entries)


def test_what_was_refused_is_refused_again_under_any_message_id(world, ground):
    forged = Asker(world, code=SENDER, key=ENEMY).original()
    again = [forged, replace(forged, message_id=MessageId("another"))]

    send_as(ground, ENEMY, forged)
    refused_by(world, "sender-mismatch")
    send_as(ground, ENEMY, *again)

    refused_by(world, "sender-mismatch", 2)
    send_honestly(world)


# --- forged dead letters ------------------------------------------------------


def turned_round(ground: Ground, *, bound: bool) -> None:
    """The enemy makes its mailbox anew: what comes into it goes on to the receiver."""
    with ground.channel(ENEMY) as channel:
        channel.queue_delete(inbox_queue(ENEMY))
        channel.queue_declare(
            inbox_queue(ENEMY),
            durable=True,
            arguments={
                "x-queue-type": "quorum",
                "x-message-ttl": 0,
                "x-dead-letter-exchange": "edoc.axis",
                "x-dead-letter-routing-key": f"edoc.{RECEIVER}",
            },
        )
    if bound:
        ground.broker_of(ENEMY).import_definitions()


@pytest.mark.usefixtures("as_planned")
def test_a_mailbox_that_was_made_anew_gets_nothing(ground, honest):
    """Its bindings went with it, and no node can bind."""
    turned_round(ground, bound=False)

    with (
        honest.going_on(),
        ground.channel(SENDER) as channel,
        pytest.raises(pika.exceptions.UnroutableError),
    ):
        publish_as(channel, SENDER, honest_letter(ENEMY))


def honest_letter(recipient: str) -> Message:
    return message(sender=SENDER, recipient=recipient)


@pytest.mark.usefixtures("as_planned")
def test_what_a_node_lets_die_on_to_another_is_refused(world, ground):
    """Even where the operator has loaded the plan again, which binds it again."""
    turned_round(ground, bound=True)

    send_as(ground, SENDER, overheard(world, recipient=ENEMY), key=f"edoc.{ENEMY}")

    refused_by(world, "envelope-malformed")
    send_honestly(world)


FORGED_DEATHS: dict[str, Any] = {
    "in the mailbox of another": [
        {"queue": inbox_queue(SENDER), "reason": "rejected", "count": 1}
    ],
    "of another form": "died",
    "a list of texts": ["died", "died"],
    "without a queue": [{"reason": "rejected", "count": 2**62}],
}


@pytest.mark.parametrize("deaths", FORGED_DEATHS)
def test_a_death_that_was_made_up_is_refused(world, ground, deaths):
    own = Asker(world, code=ENEMY, key=ENEMY).original()

    send_as(ground, ENEMY, own, headers={"x-death": FORGED_DEATHS[deaths]})

    refused_by(world, "envelope-malformed")
    send_honestly(world)


@pytest.mark.parametrize("deaths", ["in the mailbox of another", "of another form"])
def test_a_made_up_death_keeps_no_mailbox_from_setting_aside(ground, honest, deaths):
    """It expires in the mailbox of another, whose dead letters must go on."""
    dead = f"edoc.dead.{RECEIVER}"
    headers = {"x-death": FORGED_DEATHS[deaths]}

    with ground.channel(ENEMY) as channel:
        for more in (headers, {}):
            publish_as(
                channel, ENEMY, honest_letter(RECEIVER), headers=more, expiration="0"
            )

    wait_until(lambda: ground.held().get(dead) == 2)
    ground.empty()
    with honest.going_on():
        pass


def test_a_made_up_death_that_stops_dead_letters_stops_no_mail(doomed):
    """A defect of RabbitMQ (seen in 3.10.8), which its log shows: see what stays.

    It lasts, and no mailbox of that broker sets anything aside any more.  RabbitMQ 4
    has it no more, and sets the message aside.
    """
    before, dead = len(doomed.log(ENEMY)), dead_queue(SENDER)
    headers = {"x-death": FORGED_DEATHS["a list of texts"]}
    send_as(doomed, ENEMY, honest_letter(SENDER), headers=headers, expiration="0")
    wait_until(
        lambda: "x-death" in doomed.log(ENEMY)[before:] or doomed.held().get(dead)
    )
    doomed.empty()

    answering = Honest(doomed, sender=RECEIVER, recipient=SENDER)
    with closing(answering), answering.going_on():
        pass
