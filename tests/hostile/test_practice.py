"""How exchange fails elsewhere, case by case, and that it does not fail so here.

The cases are those seen in public code, logs and notes of other systems;
`docs/practice.md` has a line for each, with the tests that answer it.
"""

from __future__ import annotations

import ast
import re
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from edoc_connector.bus.properties import read_message
from edoc_connector.envelope.read import read
from edoc_connector.errors import DmsRefused, StorageUnavailable
from edoc_connector.flows.incoming.accept import accept
from edoc_connector.flows.inspecting.standing import Actor
from edoc_connector.flows.inspecting.telling import tell_story
from edoc_connector.flows.outgoing.post import resend
from edoc_connector.flows.sealing.packing import pack
from edoc_connector.model.delivery import DeliveryState, InboxState
from edoc_connector.model.document import BusinessType, ResponseFor
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from edoc_connector.model.status import Status, StatusCode
from tests.support.builders import attachment, document, organization
from tests.support.world import NOWHERE, ONE_PDF, RECEIVER, SENDER, World

ROOT = Path(__file__).parents[2]
LINES = re.findall(
    r"^\| (7\.\w+|F[12]\.\w+) \| (.+) \| (.+) \| (.*) \|$",
    (ROOT / "docs" / "practice.md").read_text("utf-8"),
    re.MULTILINE,
)
CASES = """
7.1a 7.1b 7.2a 7.2b 7.2c 7.3a 7.3b 7.4a 7.4b 7.4c 7.5a 7.5b 7.5c 7.6a 7.6b 7.6c
7.7a 7.7b 7.7c 7.7d 7.7e 7.7f 7.8a 7.8b 7.9 7.10
F1.1 F1.2a F1.2b F1.2c F1.2d F1.3a F1.3b F1.4 F1.5a F1.5b F1.5c F1.6a F1.6b F1.7
F1.8a F1.8b F1.8c F1.9a F1.9b F1.9c F1.10a F1.10b F1.10c F1.10d F1.10e F1.11
F1.12a F1.12b F1.12c F1.12d F1.12e F1.12f F1.13a F1.13b F1.13c F1.13d F1.14a F1.14b
F1.15a F1.15b F1.15c F1.15d F1.16a F1.16b
F2.1 F2.2 F2.3 F2.4 F2.5a F2.5b F2.5c F2.6a F2.6b F2.7 F2.8
"""
"""Every failure that was seen, by its place in the notes about other systems."""

DOCUMENT_ID = "H20.14,2026/11/20,7/UBND-VX"
MANGLED = b"%PDF-1.7\r\n--boundary\r\n\xef\xbf\xbd\x80\x9e\x27\x24\x00\xff]]>&amp;\r\n"
"""What a reader of text cuts, replaces or decodes."""


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def story(department, text="7/UBND-VX"):
    with department.storage.reading() as work:
        return tell_story(work, text)


def sent(world, *recipients, **columns):
    """A document that was sent, and has arrived where it can."""
    world.sender.write(7, *(recipients or (RECEIVER,)), **columns)
    world.run()
    return story(world.sender, "1")


def queue_of(world, code):
    return world.axis.queues[f"edoc.inbox.{code}"]


def leave(world):
    """The sender's loops alone, until its packet is on the axis."""
    for _ in range(3):
        world.sender.steps()


def messages(world, code=RECEIVER):
    """What lies in a mailbox, as its owner would read it."""
    return [
        read_message(it.properties, it.body, tag=1, redelivered=False).message
        for it in queue_of(world, code)
    ]


def say(world, code, *, number=1, **changes):
    """Let the receiver say a status by hand, and the sender hear it."""
    receiver = world.receiver
    response = ResponseFor(organization=SENDER, document_id=DOCUMENT_ID)
    given = {
        "sender": organization(RECEIVER),
        "response_for": response,
        "code": StatusCode(code),
        "at": (world.now + timedelta(minutes=number)).replace(microsecond=0),
    }
    packed = pack(receiver.site, receiver.storage, Status(**given | changes))
    with receiver.storage.work() as work:
        work.outbox.add(
            message_id=f"by-hand-{number}",
            kind=Kind.STATUS,
            sender=RECEIVER,
            recipient=SENDER,
            correlation_id=DOCUMENT_ID,
            business_type=0,
            priority=0,
            packet=packed.packet,
            packet_bytes=packed.packet_bytes,
            answers="",
            at=world.clock(),
        )
    world.now += timedelta(minutes=number + 1)
    world.run()


# --- the page ------------------------------------------------------------------------


def test_every_failure_has_its_line_and_none_has_two():
    assert sorted(case for case, *_ in LINES) == sorted(CASES.split())


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0])
def test_every_line_names_tests_that_exist(line):
    named = re.findall(r"`(test_\w+)`", line[3])

    assert named
    assert set(named) <= written()


@cache
def written():
    """The name of every test there is."""
    sources = (path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    return {name for text in sources for name in re.findall(r"def (test_\w+)", text)}


# --- lost, and nobody knows ----------------------------------------------------------


def test_no_recipient_is_ever_without_a_state_and_somebody_who_must_act(world):
    """A DMS wrote an outbox table and forgot: "Chưa gửi" was shown for ever."""
    good = world.receiver.site
    other = OrganizationCode("H20.77")
    world.axis.attach(other, f"edoc.inbox.{other}", f"edoc.{other}")

    legs = {leg.recipient: leg for leg in sent(world, RECEIVER, NOWHERE, other).legs}

    assert good.serves(RECEIVER)
    assert legs[RECEIVER].state is DeliveryState.DELIVERED
    assert legs[NOWHERE].must_act is Actor.CLERK
    assert (legs[other].state, legs[other].must_act) == ("sent", Actor.RECEIVER)
    assert legs[other].due_at is not None
    shown = dict(world.sender.recipients())
    assert "Chờ gửi" not in shown.values()


def test_a_document_may_be_sent_again_as_often_as_anybody_wants(world):
    """vOffice stops, and says nothing, once NUMBERSEND is above 5."""
    document = sent(world)

    for _ in range(7):
        world.now += timedelta(minutes=1)
        resend(world.sender.storage, document.id, at=world.clock())
        world.run()

    facts = world.sender.facts()
    assert facts.count("document:resent") == 7
    assert facts.count("document:sent") == 8
    assert len(world.receiver.arrived()) == 1


def test_what_is_sent_again_is_the_same_packet_and_no_update(world):
    """A resend to the same recipient went out as business type 2 (update)."""
    world.sender.write(7, RECEIVER)
    leave(world)
    (first,) = messages(world)
    world.run()

    resend(world.sender.storage, story(world.sender).id, at=world.clock())
    leave(world)

    (again,) = messages(world)
    assert again.business_type == BusinessType.NEW
    assert (again.body, again.message_id) == (first.body, first.message_id)


def test_a_message_stays_on_the_axis_until_its_bytes_are_ours(world, monkeypatch):
    """The official example acknowledges straight after getEdoc, unparsed."""
    world.sender.write(7, RECEIVER)
    leave(world)
    receiver = world.receiver

    def full(*_):
        raise StorageUnavailable(problem="the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(receiver.storage.content, "batch", full)
        with pytest.raises(StorageUnavailable):
            accept(receiver.site, receiver.consumer, receiver.storage, wait_seconds=0)

    receiver.consumer.close()
    assert len(queue_of(world, RECEIVER)) == 1
    world.restart()
    world.run()
    assert len(receiver.arrived()) == 1


def test_no_receipt_is_given_for_what_the_register_did_not_take(world, monkeypatch):
    """A province sent "01 đã đến" also where an attachment could not be stored."""
    receiver = world.receiver

    def refuse(*_, **__):
        raise DmsRefused(statement="incoming.insert_attachment", problem="too large")

    with monkeypatch.context() as patch:
        patch.setattr(receiver.dms, "put", refuse)
        sent(world)

    with receiver.storage.reading() as work:
        assert work.answers.of(1) == ()
    assert world.sender.recipients() == {RECEIVER: "Đã gửi"}
    assert receiver.arrived() == []


@pytest.mark.parametrize("code", StatusCode)
def test_every_status_is_taken_off_the_axis_and_kept(world, code):
    """An adapter looked at 06 only; all others came again for ever."""
    document = sent(world)

    say(world, code)

    assert not queue_of(world, SENDER)
    with world.sender.storage.reading() as work:
        kept = [it.status for it in work.receipts.of(document.id)]
        assert work.inbox.in_state(InboxState.ACCEPTED, 9) == ()
    assert kept == ["01", code]


def test_a_receipt_settles_its_own_document_and_no_other(world):
    """Bkav's confirmReceived switches all pending traces of the organisation off."""
    world.receiver.stop()
    world.sender.write(7, RECEIVER)
    world.sender.write(8, RECEIVER)
    for _ in range(4):
        world.sender.steps()
    queue_of(world, RECEIVER).pop()  # the second one is on its way still
    world.receiver.start()
    world.run()

    states = {
        label: [leg.state for leg in story(world.sender, label).legs]
        for label in ("7/UBND-VX", "8/UBND-VX")
    }

    assert states == {"7/UBND-VX": ["delivered"], "8/UBND-VX": ["sent"]}


def test_a_document_of_any_age_is_delivered_and_shown(world):
    """A job acknowledged documents older than 90 or 180 days unseen."""
    sent(world, ngay_ban_hanh="2024-01-02")

    assert len(world.receiver.arrived()) == 1
    assert story(world.receiver, "7/UBND-VX").state == "delivered"


def test_an_outage_is_never_taken_for_an_empty_mailbox(world):
    """The SDK turns a reply it cannot read into OK with an empty list: "no mail"."""
    from edoc_connector.errors import BusUnavailable

    world.sender.write(7, RECEIVER)
    leave(world)
    world.axis.available = False
    receiver = world.receiver

    with pytest.raises(BusUnavailable):
        accept(receiver.site, receiver.consumer, receiver.storage, wait_seconds=0)

    world.axis.available = True
    world.run()
    assert len(receiver.arrived()) == 1


def test_the_service_has_no_axis_that_only_pretends(world):
    """A gateway kept an in-memory "mock store" and said that it had received."""
    sources = (ROOT / "edoc_connector").rglob("*.py")
    importing = [
        path.name
        for path in sources
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        and node.module == "edoc_connector.bus.memory"
    ]

    assert importing == []
    assert world.axis.queues  # it is for tests


# --- altered -------------------------------------------------------------------------


def test_bytes_that_are_no_text_arrive_as_they_left(world):
    """A gateway split at the first `\\r\\n--` and sent PDFs decoded as text."""
    sent(world, data=MANGLED)

    ((_, _, data),) = world.receiver.arrived()
    assert data == MANGLED


@pytest.mark.parametrize(
    ("number", "notation"),
    [("28/2018", "QĐ-TTg"), ("01/2020", "NQ-HĐND"), ("7816", "VPCP-TTĐT")],
)
def test_a_number_is_carried_and_answered_as_it_is_written(world, number, notation):
    """One split at every "/" (28 and 2018), one failed at "01/2020"."""
    document = sent(world, so=number, ky_hieu=notation)

    assert world.receiver.ask("SELECT so, ky_hieu FROM van_ban_den") == [
        (number, notation)
    ]
    assert document.label == f"{number}/{notation}"
    assert [leg.status for leg in document.legs] == ["01"]


@pytest.mark.parametrize(
    "subject",
    [
        "V/v ]]> kết thúc",
        "V/v </edXML:Subject><edXML:Subject>khác",
        "V/v R&D < 5 > 4 &amp; \"nháy\" 'đơn'",
    ],
)
def test_markup_in_a_subject_is_text(world, subject):
    """Builders concatenated metadata unescaped; `]]>` ended the CDATA of another."""
    sent(world, trich_yeu=subject)

    ((_, arrived, _),) = world.receiver.arrived()
    assert arrived == subject


def test_what_a_clerk_changes_in_what_arrived_leaves_the_sealed_original(world):
    """Received metadata was editable by the clerk without a trace."""
    document = sent(world)

    world.receiver.ask("UPDATE van_ban_den SET trich_yeu = 'V/v khác', so = '99'")
    world.run()

    kept = story(world.receiver, document.id)
    assert kept.packet == document.packet
    with world.receiver.storage.content.mapped(kept.packet) as body:
        subject = read(body, max_bytes=1 << 20).envelope.content.subject
    assert subject == "V/v kiểm kê văn bản 7"
    assert len(world.receiver.arrived()) == 1


# --- sent and answered wrongly -------------------------------------------------------


def test_a_status_names_the_document_as_its_sender_does(world):
    """A province answered with the number of copies, and today as the day."""
    sent(world)

    with world.sender.storage.reading() as work:
        (entry,) = work.inbox.recent(Kind.STATUS, 5)
    with world.sender.storage.content.mapped(entry.packet) as body:
        answered = read(body, max_bytes=1 << 20).envelope.content.response_for

    assert answered == ResponseFor(
        organization=SENDER,
        code="7/UBND-VX",
        document_id=DOCUMENT_ID,
        promulgation_date=date(2026, 11, 20),
    )


def test_we_are_found_wherever_we_stand_among_the_recipients(world):
    """A worker read the first To only."""
    sender = world.sender
    sender.storage.content.add([ONE_PDF])
    content = document(
        sender=organization(SENDER),
        recipients=tuple(map(organization, ("H20.13", "H20.15", RECEIVER))),
        attachments=(attachment(ONE_PDF),),
    )
    packed = pack(sender.site, sender.storage, content)
    with sender.storage.work() as work:
        work.outbox.add(
            message_id="by-hand",
            kind=Kind.STATUS,
            sender=SENDER,
            recipient=RECEIVER,
            correlation_id=content.document_id,
            business_type=0,
            priority=0,
            packet=packed.packet,
            packet_bytes=packed.packet_bytes,
            answers="",
            at=world.clock(),
        )
        (item,) = work.leases.claim(
            5, worker="test", now=world.clock(), lease_seconds=60
        )
        work.outbox.settle(item.id, at=world.clock())
    publish_as_document(sender, item)
    world.receiver.accept_and_deliver()

    assert len(world.receiver.arrived()) == 1


def publish_as_document(sender, item):
    """Put a packet on the axis without the books of a document that was never taken."""
    from dataclasses import replace

    from edoc_connector.flows.outgoing.parcel import Parcel

    parcel = Parcel.of(sender.site, (replace(item, kind=Kind.EDOC),), 0)
    sender.publisher.publish(parcel.message(sender.site, sender.storage))


LONG = OrganizationCode("H20.14.28.05.07.11.13.15.17.19.21.2")
PARTY = OrganizationCode("A05.14")


@pytest.mark.parametrize("code", [LONG, PARTY])
def test_a_code_is_carried_whole_and_whoever_it_names(world, code):
    """One cut codes to 13 characters, others left those of the Party out."""
    world.axis.attach(code, f"edoc.inbox.{code}", f"edoc.{code}")
    assert len(LONG) == 35

    document = sent(world, code)

    (message,) = messages(world, code)
    assert message.recipient == code
    assert f"<edXML:OrganId>{code}</edXML:OrganId>".encode() in message.body
    assert world.sender.recipients() == {code: "Đã gửi"}
    assert document.legs[0].must_act is Actor.RECEIVER


def test_a_message_says_when_it_left_and_not_when_it_was_made(world):
    """The SDK kept the stamp of its first call for hours."""
    world.sender.write(7, RECEIVER)
    world.axis.available = False
    from edoc_connector.errors import BusUnavailable

    with pytest.raises(BusUnavailable):
        leave(world)
    world.now += timedelta(hours=5)
    world.axis.available = True
    leave(world)

    (message,) = messages(world)
    assert abs(message.sent_at - world.now) < timedelta(minutes=1)


# --- secrets -------------------------------------------------------------------------


def test_a_packet_carries_a_certificate_and_no_secret(world):
    """A static token stood in the KeyInfo of every packet of a provincial axis."""
    world.sender.write(7, RECEIVER)
    leave(world)

    (message,) = messages(world)

    assert message.body.count(b"X509Certificate>") == 2
    lowered = message.body.lower()
    assert not any(word in lowered for word in (b"token", b"password", b"secret"))
