"""Somebody on the way changes a packet: it is refused, named, and the sender knows."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from edoc_connector.errors import ContentChanged
from edoc_connector.flows.inspecting.telling import tell_story
from edoc_connector.model.delivery import InboxState
from tests.support import pki
from tests.support.world import ONE_PDF, RECEIVER, SENDER, World


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def intercept(world, change):
    """Let a document be sent, and put another packet in its place on the way."""
    world.sender.write(7, RECEIVER)
    for _ in range(3):
        world.sender.steps()
    (held,) = world.axis.queues[f"edoc.inbox.{RECEIVER}"]
    changed = change(held.body)
    assert changed != held.body
    held.body = changed
    world.run()


def attachment_byte(packet):
    data = base64.b64encode(ONE_PDF)
    return packet.replace(data, base64.b64encode(ONE_PDF[:-1] + b"x"))


def subject(packet):
    return packet.replace("kiểm kê".encode(), "kiểm tra".encode(), 1)


def sender_code(packet):
    code = f"<edXML:OrganId>{SENDER}<".encode()
    return packet.replace(code, b"<edXML:OrganId>H20.15<", 1)


def certificate_of(code):
    """Replace the certificate by the trusted one of another organisation."""

    def change(packet):
        own = base64.b64encode(pki.p256_sealer(SENDER).certificate)
        return packet.replace(own, base64.b64encode(pki.rsa_sealer(code).certificate))

    return change


def reason_text(world):
    """What the receiver's operator reads, and the code of it."""
    with world.receiver.storage.reading() as work:
        (entry,) = work.inbox.in_state(InboxState.QUARANTINED, 10)
    return entry


@pytest.mark.parametrize(
    ("change", "code", "field", "word"),
    [
        (attachment_byte, "content-changed", "van-ban.pdf", "van-ban.pdf"),
        (subject, "content-changed", "Subject", "Trích yếu"),
        (sender_code, "content-changed", "From/OrganId", "H20.15"),
        (certificate_of(SENDER), "certificate-changed", "", "chứng thư"),
        (certificate_of("H20.15"), "certificate-changed", "", "chứng thư"),
    ],
)
def test_a_packet_changed_on_the_way_is_refused_and_the_sender_is_told_what(
    world, change, code, field, word
):
    intercept(world, change)

    assert world.receiver.arrived() == []
    assert reason_text(world).reason.code == code
    assert field in str(reason_text(world).reason.details)
    with world.sender.storage.reading() as work:
        (leg,) = tell_story(work, "7/UBND-VX").legs
    assert leg.state == "refused"
    assert leg.must_act == "clerk"
    assert word in leg.reason.details["description"]
    assert world.sender.recipients() == {RECEIVER: "Bị từ chối"}


def test_what_was_refused_is_kept_whole_as_it_came(world):
    kept = []

    def change(packet):
        kept.append(subject(packet))
        return kept[0]

    intercept(world, change)

    entry = reason_text(world)
    assert b"".join(world.receiver.storage.content.chunks(entry.packet)) == kept[0]


def test_the_original_still_arrives_after_a_changed_copy_was_refused(world):
    intercept(world, subject)
    from edoc_connector.flows.outgoing.post import resend

    with world.sender.storage.reading() as work:
        story = tell_story(work, "7/UBND-VX")
    resend(world.sender.storage, story.id, at=world.clock())
    world.run()

    assert [row[0] for row in world.receiver.arrived()] == ["7"]
    assert world.sender.recipients() == {RECEIVER: "Đã đến"}


def test_another_account_cannot_bring_a_document_of_the_sender(world):
    world.sender.write(7, RECEIVER)
    for _ in range(3):
        world.sender.steps()
    (held,) = world.axis.queues[f"edoc.inbox.{RECEIVER}"]
    held.properties = replace(held.properties, user_id="H20.77")

    world.run()

    assert world.receiver.arrived() == []
    assert reason_text(world).reason.code == "account-mismatch"


def test_a_changed_field_is_told_with_both_values(world):
    intercept(world, subject)

    details = reason_text(world).reason.details

    assert "kiểm kê" in details["expected"]
    assert "kiểm tra" in details["found"]
    assert reason_text(world).reason.code == ContentChanged.code


def test_a_message_that_is_not_of_the_contract_is_kept_and_blocks_nothing(world):
    from edoc_connector.bus.memory import Held

    world.sender.write(7, RECEIVER)
    for _ in range(3):
        world.sender.steps()
    queue = world.axis.queues[f"edoc.inbox.{RECEIVER}"]
    queue.appendleft(Held(replace(queue[0].properties, message_id=None), b"rubbish"))

    world.run()

    assert len(world.receiver.arrived()) == 1
    kept = world.receiver.storage.content.chunks(reason_text(world).packet)
    assert b"".join(kept) == b"rubbish"


def test_a_packet_over_the_limit_is_refused_without_filling_the_disk(tmp_path):
    world = World(tmp_path, segment_bytes=2048)
    big = ONE_PDF * 3000
    world.sender.write(7, RECEIVER, data=big)
    world.receiver.site = replace(world.receiver.site, max_packet_bytes=20_000)

    world.run()

    assert world.receiver.arrived() == []
    assert reason_text(world).reason.code == "envelope-too-large"
    assert world.receiver.is_spool_empty()
    assert world.sender.recipients() == {RECEIVER: "Bị từ chối"}
    world.close()


def test_the_same_changed_packet_again_is_one_packet_and_one_refusal(world):
    world.sender.write(7, RECEIVER)
    for _ in range(3):
        world.sender.steps()
    queue = world.axis.queues[f"edoc.inbox.{RECEIVER}"]
    queue[0].body = subject(queue[0].body)
    again = replace(queue[0])
    world.run()
    queue.append(again)

    world.run()

    entry = reason_text(world)  # there is one
    with world.receiver.storage.reading() as work:
        assert len(work.answers.of(entry.id)) == 1
    assert world.sender.recipients() == {RECEIVER: "Bị từ chối"}
