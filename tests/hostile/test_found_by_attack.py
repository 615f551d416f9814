"""Attacks that once worked; each stands here so that it does not work again."""

from __future__ import annotations

import base64
import struct
import tracemalloc
import zlib
from contextlib import nullcontext
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from edoc_connector.envelope.found_seal import find_seal
from edoc_connector.envelope.salvage import salvage
from edoc_connector.envelope.skeleton import read_skeleton
from edoc_connector.envelope.wrapping import CENTRAL, END, LOCAL
from edoc_connector.errors import AttachmentDamaged, EnvelopeMalformed, SenderMismatch
from edoc_connector.flows.incoming.opening import _check
from edoc_connector.flows.inspecting.telling import tell_story
from edoc_connector.model.file_names import safe_names
from edoc_connector.model.identifiers import DocumentId
from edoc_connector.model.stages import Envelope, ReceivedEnvelope, TraceStamp
from edoc_connector.signature.sign import seal
from edoc_connector.signature.verify import verify
from tests.support import builders, pki
from tests.support.dialects import carrying, changed, received
from tests.support.world import RECEIVER, SENDER, World


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def test_a_zip_whose_stream_ends_early_is_refused_before_its_tail_is_copied():
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = stream.compress(b"hello") + stream.flush() + bytes(20 << 20)
    sizes = (zlib.crc32(b"hello"), len(data), 5, 1)
    local = LOCAL.pack(b"PK\x03\x04", 20, 0, 8, 0, 0, *sizes, 0) + b"x"
    entry = CENTRAL.pack(b"PK\x01\x02", 20, 20, 0, 8, 0, 0, *sizes, 0, 0, 0, 0, 0, 0)
    directory = entry + b"x"
    place = len(local) + len(data)
    end = END.pack(b"PK\x05\x06", 0, 0, 1, 1, len(directory), place, 0)
    bomb = local + data + directory + end
    assert struct.calcsize("<4s4H2LH") == len(end)

    with pytest.raises(AttachmentDamaged):
        received(carrying(base64.b64encode(bomb)))


def test_twenty_thousand_files_of_one_name_are_named_in_a_moment():
    names = list(safe_names(["văn bản.pdf"] * 20_000))

    assert len({name.casefold() for name in names}) == 20_000


def test_nobody_seals_for_nobody():
    """An OrganId that looks empty, and a trusted certificate that names no body."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Một công dân")])
    key = pki.p256_key(5)
    citizen = pki.sealer(key, pki.certificate(subject=name, key=key))
    document = builders.document(sender=builders.organization("\u00a0"))
    stamps = tuple(TraceStamp(code, builders.SENT_AT) for code in ("\u00a0", ""))
    envelope = Envelope(document, stamps)
    packet = builders.packet_of(envelope, seal=seal(envelope, citizen).seal)
    found = find_seal(read_skeleton(packet, element="ContentTransferEncoded").root)
    unread = ReceivedEnvelope(envelope, found, builders.contents())

    with pytest.raises(EnvelopeMalformed, match="From has no OrganId"):
        received(packet)
    with pytest.raises(SenderMismatch):
        verify(
            unread,
            pki.policy(),
            account=None,
            received_at=builders.SENT_AT,
            now=builders.SENT_AT,
            revocation=pki.revocation(),
        )


def test_what_a_packet_says_of_a_files_type_reaches_no_register(world):
    world.sender.write(7, RECEIVER)
    for _ in range(3):
        world.sender.steps()
    (held,) = world.axis.queues[f"edoc.inbox.{RECEIVER}"]
    held.body = held.body.replace(b"application/pdf", b"text/html")

    world.run()

    assert world.receiver.ask("SELECT kieu_tep FROM tep_dinh_kem_van_ban_den") == [
        ("application/pdf",)
    ]


def test_a_damaged_copy_of_what_was_delivered_does_not_undo_the_arrival(world):
    world.sender.write(7, RECEIVER)
    for _ in range(3):
        world.sender.steps()
    queue = world.axis.queues[f"edoc.inbox.{RECEIVER}"]
    copy = replace(queue[0], body=queue[0].body[:-5])
    world.run()
    queue.append(copy)

    world.run()

    assert world.sender.recipients() == {RECEIVER: "Đã đến"}


def test_garbage_under_the_same_message_id_does_not_hide_the_document(world):
    world.sender.write(7, RECEIVER)
    for _ in range(3):
        world.sender.steps()
    queue = world.axis.queues[f"edoc.inbox.{RECEIVER}"]
    stolen = replace(queue[0].properties, user_id="H20.77")
    garbage = replace(queue[0], properties=stolen, body=b"garbage")
    world.run()
    queue.append(garbage)
    world.run()

    with world.receiver.storage.reading() as work:
        story = tell_story(work, "7/UBND-VX")

    assert (story.state, story.sender) == ("delivered", SENDER)
    assert {it.kind for it in story.timeline} == {
        "envelope:accepted",
        "seal:judged",
        "document:delivered",
    }


def test_a_receipt_sealed_for_another_body_does_not_count_for_us(world):
    """A co-recipient replays to us what the receiver once sealed for it."""
    world.sender.write(7, RECEIVER)
    for _ in range(3):
        world.sender.steps()
    queue = world.axis.queues[f"edoc.inbox.{RECEIVER}"]
    while len(queue):
        queue.pop()
    with world.sender.storage.reading() as work:
        story = tell_story(work, "7/UBND-VX")
    for_another = builders.status(
        sender=builders.organization(RECEIVER),
        response_for=replace(builders.status().response_for, organization="H20.66"),
    )
    sealed = seal(Envelope(for_another), pki.p256_sealer(RECEIVER))
    body = builders.packet_of(Envelope(for_another), seal=sealed.seal)
    properties = properties_of(
        sender=RECEIVER, recipient=SENDER, kind="status", body=body, answers=story.id
    )
    world.axis.route(RECEIVER, f"status.{SENDER}", properties, body)

    world.run()

    assert world.sender.recipients() == {RECEIVER: "Đã gửi"}


def properties_of(**changes):
    from edoc_connector.bus.properties import write_properties
    from tests.support.messages import message

    made = message(**changes)
    return write_properties(made, made.sender)


@pytest.mark.parametrize("name", ["OrganId", "Subject", "Mood"])
def test_marks_piled_up_on_a_letter_cost_no_time(name):
    """Python sorts the marks of a letter by insertion: 125 KB once took 47 seconds."""
    marks = "a" + "\u0301" * 500_000 + "\u0323" * 500_000
    packet = changed(
        builders.packet(),
        "<edXML:Subject>",
        f"<edXML:{name}>{marks}</edXML:{name}><edXML:Subject>",
    )
    if name == "Subject":
        packet = packet.replace(b"<edXML:Subject>V", b"<edXML:Mood>V", 1)

    with pytest.raises(EnvelopeMalformed) if name == "Subject" else nullcontext():
        assert received(packet).envelope
    assert salvage(packet, max_bytes=1 << 26).deviations is not None


def test_a_copy_of_the_statement_that_nobody_wrote_costs_no_memory():
    """Paths of 50 KB for each of 40 000 values: 4 MB once wanted 72 GB."""
    deep = "".join(f"<{'n' * 500}>" for _ in range(100))
    end = "".join(f"</{'n' * 500}>" for _ in range(100))
    copy = f"<Object><Statement>{deep}{'<b>1</b>' * 20_000}{end}</Statement></Object>"
    seal = f'<ds:Signature xmlns:ds="urn:x"><ds:x>1</ds:x>{copy}</ds:Signature>'

    tracemalloc.start()
    found = received(builders.packet(seal=seal.encode()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert found.seal.statement == ()
    assert peak < 100_000_000


def test_names_that_differ_only_in_capitals_are_told_apart_in_a_moment():
    names = [
        f"{'công văn'[: n % 9].upper()}{'công văn'[n % 9 :]}.pdf" for n in range(9)
    ]

    safe = list(safe_names(names * 2_000))

    assert len({name.casefold() for name in safe}) == 18_000


CROWD = " ".join(f'a{number:05}="1"' for number in range(45_000))


def test_a_signature_with_a_crowd_of_attributes_is_salvaged_without_it():
    """Their order is found one by one: 45 000 once took 21 seconds."""
    seal = f'<ds:Signature xmlns:ds="urn:x"><x {CROWD}>1</x></ds:Signature>'

    found = salvage(builders.packet(seal=seal.encode()), max_bytes=1 << 26)

    assert found.seal_xml == ""


def test_an_id_too_long_for_a_property_is_refused_before_it_is_delivered(world):
    """100 letters of three bytes each: the answer to it could never leave."""
    document = builders.document(
        recipients=(builders.organization(RECEIVER),),
        document_id=DocumentId("Ế" * 100),
    )

    with pytest.raises(EnvelopeMalformed, match="cannot be answered"):
        _check(world.receiver.site, world.receiver.storage, document)
