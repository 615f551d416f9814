"""What a resend would do is shown before it is done, per document and recipient."""

from __future__ import annotations

from datetime import timedelta

import pytest

from edoc_connector.errors import NoPacket, NotARecipient, ResendWithdrawn
from edoc_connector.flows.outgoing.post import resend
from edoc_connector.flows.outgoing.resend import (
    Choice,
    Fate,
    SealStanding,
    failed_documents,
    plan_resend,
    to_send,
)
from edoc_connector.flows.sealing.packet_certificate import PacketCertificates
from edoc_connector.model.delivery import DeliveryState, DocumentEvent
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.status import StatusCode
from tests.support.changes import (
    documents,
    recall,
    relay_at,
    say,
    seal_at,
    send,
    take_at,
)
from tests.support.world import NOWHERE, RECEIVER, World

ALL = Choice()


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def planned(world, choice=ALL, *, found=None, certificates=None):
    """The plan for all that was sent, by recipient."""
    sender = world.sender
    of = certificates or PacketCertificates(sender.storage).of
    with sender.storage.reading() as work:
        some = work.documents.recent(10) if found is None else found
        return plan_resend(work, some, choice, of, now=world.clock())


def only(world, *arguments, **options):
    (one,) = planned(world, *arguments, **options)
    return one


def test_whoever_has_it_is_told_twice_and_its_last_word_is_shown(world):
    world.sender.write(7, RECEIVER)
    send(world.sender)
    say(world, StatusCode.ACCEPTED, documents(world.sender)[0])

    found = only(world)

    assert (found.state, found.status) == (DeliveryState.DELIVERED, "03")
    assert found.told_twice
    assert found.fate is Fate.AGAIN
    assert (found.seal, found.is_late) == (SealStanding.HOLDS, False)
    assert found.seal_until is not None


def test_whoever_never_got_it_is_told_once(world):
    world.sender.write(7, NOWHERE)
    send(world.sender)

    found = only(world)

    assert found.state is DeliveryState.UNROUTABLE
    assert not found.told_twice


def test_what_waits_already_is_not_queued_twice(world):
    world.sender.write(7, RECEIVER)
    take_at(world.sender)
    seal_at(world.sender)

    found = planned(world)

    assert [it.fate for it in found] == [Fate.WAITING]
    assert to_send(found) == {}


def test_what_was_recalled_is_never_sent_again(world):
    world.sender.write(7, RECEIVER)
    send(world.sender)
    recall(world.sender)
    take_at(world.sender)
    original = documents(world.sender)[0]

    found = only(world, found=[original])

    assert found.fate is Fate.WITHDRAWN
    with pytest.raises(ResendWithdrawn):
        resend(world.sender.storage, original.key, at=world.clock())


def test_what_was_stopped_for_one_is_still_released_for_the_other(world):
    world.sender.write(7, RECEIVER, NOWHERE)
    take_at(world.sender)
    original = documents(world.sender)[0]
    recall(world.sender, 1, NOWHERE)
    take_at(world.sender)
    park(world, original)

    assert {it.recipient: it.fate for it in planned(world, found=[reread(world)])} == {
        RECEIVER: Fate.RELEASED,
        NOWHERE: Fate.WITHDRAWN,
    }
    assert resend(world.sender.storage, original.key, at=world.clock()) == (RECEIVER,)


def park(world, original):
    with world.sender.storage.work() as work:
        work.documents.move(original.key, DocumentEvent.PARK)
        work.deliveries.move(original.key, RECEIVER, "park", at=world.clock())


def reread(world):
    return documents(world.sender)[0]


def test_a_certificate_that_has_ended_since_is_said_to(world):
    world.sender.write(7, RECEIVER)
    send(world.sender)
    until = only(world).seal_until
    world.now = until + timedelta(days=1)

    assert only(world).seal is SealStanding.EXPIRED


def test_a_certificate_that_was_revoked_is_said_to(world):
    world.sender.write(7, RECEIVER)
    send(world.sender)
    with world.sender.storage.work() as work:
        work.watched.revoke(documents(world.sender)[0].certificate, world.clock())

    assert only(world).seal is SealStanding.REVOKED


def test_a_packet_that_is_gone_does_not_stop_the_plan(world):
    world.sender.write(7, RECEIVER)
    send(world.sender)
    world.sender.storage.content.remove(documents(world.sender)[0].packet)

    assert only(world).seal is SealStanding.UNKNOWN


def test_a_packet_is_opened_once_for_each_certificate(world):
    for number in (7, 8):
        world.sender.write(number, RECEIVER)
    send(world.sender)
    certificates = PacketCertificates(world.sender.storage)
    planned(world, certificates=certificates.of)
    for document in documents(world.sender):
        world.sender.storage.content.remove(document.packet)

    again = planned(world, certificates=certificates.of)

    assert {it.seal for it in again} == {SealStanding.HOLDS}


def test_a_deadline_that_has_passed_is_said_to_and_begins_again(world):
    world.sender.write(7, RECEIVER)
    send(world.sender)
    world.now += timedelta(days=2)
    assert only(world).is_late

    resend(world.sender.storage, documents(world.sender)[0].key, at=world.clock())

    assert not only(world).is_late


def test_only_what_failed_and_only_since_then(world):
    world.sender.write(7, NOWHERE)
    world.sender.write(8, RECEIVER)
    send(world.sender)
    later = world.clock()
    world.sender.write(9, RECEIVER, NOWHERE)
    send(world.sender)

    with world.sender.storage.reading() as work:
        every = failed_documents(work, None, limit=10)
        newer = failed_documents(work, later, limit=10)

    assert [it.label for it in every] == ["7/UBND-VX", "9/UBND-VX"]
    assert [it.label for it in newer] == ["9/UBND-VX"]
    found = planned(world, Choice(failed=True, since=later), found=every)
    assert [(it.label, it.recipient) for it in found] == [("9/UBND-VX", NOWHERE)]


def test_a_stranger_is_no_recipient_and_a_refused_row_has_no_packet(world):
    world.sender.write(7, RECEIVER)
    send(world.sender)
    with pytest.raises(NotARecipient):
        planned(world, Choice(to=(OrganizationCode("H99"),)))
    world.sender.write(8, RECEIVER, so=None)
    take_at(world.sender)

    with pytest.raises(NoPacket):
        planned(world)


def test_who_gets_it_again_answers_with_its_first_receipt(world):
    world.sender.write(7, RECEIVER)
    world.run()
    before = world.sender.facts().count("receipt:accepted")

    for key, to in to_send(planned(world)).items():
        resend(world.sender.storage, key, to, at=world.clock())
    world.run()

    assert len(world.receiver.arrived()) == 1
    assert world.sender.facts().count("receipt:accepted") == before
    relay_at(world.sender)
    assert only(world).state is DeliveryState.DELIVERED
