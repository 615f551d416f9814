"""The way in: accept, judge, deliver, answer, and what comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest.mock import Mock

import pytest

from edoc_connector.bus.memory import Held
from edoc_connector.errors import (
    Ambiguous,
    DmsRefused,
    DmsUnavailable,
    NotFound,
    StorageUnavailable,
)
from edoc_connector.flows.incoming import entering
from edoc_connector.flows.incoming.accept import accept
from edoc_connector.flows.incoming.deliver import deliver
from edoc_connector.flows.incoming.mailbag import Mailbag
from edoc_connector.flows.incoming.unfinished import NEVER_CAME
from edoc_connector.flows.inspecting.listed import incoming, outgoing
from edoc_connector.flows.inspecting.standing import Actor
from edoc_connector.flows.inspecting.telling import tell_story
from edoc_connector.flows.outgoing.parcel import Parcel
from edoc_connector.flows.outgoing.post import resend
from edoc_connector.flows.sealing.packing import pack
from edoc_connector.model.delivery import InboxState
from edoc_connector.model.document import (
    ResponseFor,
    Unread,
)
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.own_key import KeyState
from edoc_connector.model.stages import Kind
from edoc_connector.model.status import Status, StatusCode
from tests.support import pki
from tests.support.builders import attachment, document, organization
from tests.support.world import ONE_PDF, RECEIVER, SENDER, World


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def send(  # noqa: PLR0913  (each with a default)
    world, content, *, to=RECEIVER, kind=Kind.EDOC, answers="", number=1
):
    """Let the sender's outbox carry any content, sealed with the sender's key."""
    sender = world.sender if to == RECEIVER else world.receiver
    sender.storage.content.add([ONE_PDF])
    packed = pack(sender.site, sender.storage, content)
    with sender.storage.work() as work:
        work.outbox.add(
            message_id=f"made-by-hand-{number}",
            kind=kind,
            sender=sender.code,
            recipient=to,
            correlation_id="H20.14,2026/11/20,7/UBND-VX",
            business_type=0,
            priority=0,
            packet=packed.packet,
            packet_bytes=packed.packet_bytes,
            answers=answers,
            at=world.clock(),
        )


def publish(world, department):
    """Relay without the books of a document that was never taken."""
    with department.storage.work() as work:
        items = work.leases.claim(
            10, worker="test", now=world.clock(), lease_seconds=60
        )
        for item in items:
            work.outbox.settle(item.id, at=world.clock())
    for item in items:
        parcel = Parcel.of(department.site, (item,), 0)
        while parcel.sent < parcel.total:
            message = parcel.message(department.site, department.storage)
            department.publisher.publish(message)
            parcel = parcel.one_more()


def made(**changes):
    given = {
        "sender": organization(SENDER),
        "recipients": (organization(RECEIVER),),
        "attachments": (attachment(ONE_PDF),),
    }
    return document(**given | changes)


def kept(world, department=None):
    """The one packet that was not delivered, and why."""
    with (department or world.receiver).storage.reading() as work:
        (entry,) = work.inbox.in_state(InboxState.QUARANTINED, 10)
    return entry


def test_a_document_for_somebody_else_is_refused(world):
    send(world, made(recipients=(organization("H20.55"),)))
    publish(world, world.sender)

    world.receiver.steps()

    assert kept(world).reason.code == "not-for-us"
    assert world.receiver.arrived() == []


def test_what_could_not_be_kept_comes_again_when_there_is_room(world):
    """Else it would stay with a reader who has no room for it, and be read by none."""
    world.sender.write(7, RECEIVER)
    world.sender.steps()
    content = world.receiver.storage.content
    world.receiver.storage.content = Mock()
    full = StorageUnavailable(problem="No space left on device")
    world.receiver.storage.content.batch.side_effect = full
    with pytest.raises(StorageUnavailable):
        world.receiver.accept_and_deliver()

    world.receiver.storage.content = content
    world.run()

    assert len(world.receiver.arrived()) == 1


def test_a_recipient_in_the_old_form_of_our_code_is_us(world):
    old = organization("000.05.28.H20")
    send(world, made(recipients=(old,)))
    publish(world, world.sender)

    world.receiver.steps()

    assert len(world.receiver.arrived()) == 1


def test_a_document_that_says_it_is_a_status_is_refused(world):
    send(world, made(), kind=Kind.STATUS)
    publish(world, world.sender)

    world.receiver.steps()

    assert kept(world).reason.code == "envelope-malformed"
    with world.receiver.storage.reading() as work:
        assert work.outbox.waiting() == 0  # no status is answered


class Register:
    """A register that does as it is told and then works."""

    def __init__(self, dms, error):
        self.dms, self.error = dms, error

    def __getattr__(self, name):
        return getattr(self.dms, name)

    def put(self, *arguments, **options):
        if self.error:
            raise self.error
        return self.dms.put(*arguments, **options)

    def put_all(self, *arguments, **options):
        if self.error:
            raise self.error
        return self.dms.put_all(*arguments, **options)


def test_while_the_register_is_away_the_document_waits(world):
    world.sender.write(7, RECEIVER)
    for _ in range(3):
        world.sender.steps()
    receiver = world.receiver
    away = Register(receiver.dms, DmsUnavailable(problem="down"))
    receiver.dms = away
    with pytest.raises(DmsUnavailable):
        receiver.steps()

    away.error = None
    deliver(receiver.site, away, receiver.storage, limit=10)

    assert len(receiver.arrived()) == 1


def test_what_our_register_refuses_is_set_aside_and_a_resend_tries_again(world):
    world.sender.write(7, RECEIVER)
    receiver, dms = world.receiver, world.receiver.dms
    refusal = DmsRefused(statement="incoming.insert", problem="a trigger says no")
    receiver.dms = moody = Register(dms, refusal)
    world.run()
    aside = kept(world)
    with receiver.storage.reading() as work:
        story = tell_story(work, aside.message_id)

    moody.error = None
    with world.sender.storage.reading() as work:
        sent = tell_story(work, "7/UBND-VX")
    resend(world.sender.storage, sent.id, at=world.clock())
    world.run()

    assert aside.reason.code == "dms-refused"
    assert story.must_act is Actor.OPERATOR
    assert sent.legs[0].state == "sent"  # it is not the sender's fault
    assert len(receiver.arrived()) == 1
    assert world.sender.recipients() == {RECEIVER: "Đã đến"}


def test_the_same_content_sealed_anew_meets_the_document_that_is_there(world):
    send(world, made(), number=1)
    publish(world, world.sender)
    world.receiver.steps()
    world.now += timedelta(hours=1)
    send(world, made(), number=2)
    publish(world, world.sender)
    world.receiver.steps()

    assert len(world.receiver.arrived()) == 1
    with world.receiver.storage.reading() as work:
        entries = work.inbox.in_state(InboxState.DELIVERED, 10)
        answers = [work.answers.of(entry.id) for entry in entries]
    assert len(entries) == 2
    assert [len(given) for given in answers] == [1, 1]  # each message has its receipt


def status(code, **changes):
    given = {
        "sender": organization(RECEIVER),
        "response_for": ResponseFor(
            organization=SENDER, document_id="H20.14,2026/11/20,7/UBND-VX"
        ),
        "code": StatusCode(code),
        "description": "Văn thư đã vào sổ",
        "at": changes.pop("at"),
    }
    return Status(**given | changes)


def answer(world, code, *, answers="", number=1, **changes):
    """Let the receiver send a status by hand."""
    at = world.clock().replace(microsecond=0)
    content = status(code, at=at, **changes)
    send(world, content, to=SENDER, kind=Kind.STATUS, answers=answers, number=number)
    publish(world, world.receiver)
    world.sender.steps()
    world.sender.steps()


def sent(world):
    world.sender.write(7, RECEIVER)
    world.run()
    with world.sender.storage.reading() as work:
        return tell_story(work, "7/UBND-VX")


def test_a_later_status_is_kept_and_leaves_the_arrival_as_it_is(world):
    story = sent(world)

    answer(world, "03")

    with world.sender.storage.reading() as work:
        receipts = work.receipts.of(story.id)
        (leg,) = tell_story(work, "7/UBND-VX").legs
    assert [it.status for it in receipts] == ["01", "03"]
    assert leg.state == "delivered"
    assert [it.kind for it in leg.timeline][-2:] == ["status:01", "status:03"]


def test_a_refusal_by_the_receivers_clerk_reaches_the_sender(world):
    sent(world)

    answer(world, "02", description="Gửi nhầm nơi nhận")

    assert world.sender.recipients() == {RECEIVER: "Bị từ chối"}
    with world.sender.storage.reading() as work:
        (leg,) = tell_story(work, "7/UBND-VX").legs
    assert "Gửi nhầm nơi nhận" in leg.reason.details["description"]


def test_a_status_that_means_nothing_for_the_way_is_kept_all_the_same(world):
    story = sent(world)

    answer(world, "15")

    with world.sender.storage.reading() as work:
        assert [it.status for it in work.receipts.of(story.id)] == ["01", "15"]
    assert world.sender.recipients() == {RECEIVER: "Đã đến"}


def test_a_status_is_found_by_the_message_it_answers(world):
    story = sent(world)

    unknown = ResponseFor(organization=SENDER, document_id="changed on the way")
    answer(world, "02", answers=story.id, response_for=unknown)

    assert world.sender.recipients() == {RECEIVER: "Bị từ chối"}


def test_a_status_about_nothing_we_sent_is_kept_with_that_reason(world):
    unknown = ResponseFor(organization=SENDER, document_id="never sent")

    answer(world, "01", response_for=unknown)

    with world.sender.storage.reading() as work:
        (entry,) = work.inbox.in_state(InboxState.RECORDED, 10)
    assert entry.reason.code == "not-found"


def test_a_status_speaks_only_for_the_body_that_sealed_it(world):
    story = sent(world)
    before = world.sender.recipients()

    # The receiver claims that another body, whose key it has not, refused.
    content = status("02", at=world.clock().replace(microsecond=0))
    content = replace(content, sender=organization("H20.77"))
    send(world, content, to=SENDER, kind=Kind.STATUS, answers=story.id)
    publish(world, world.receiver)
    world.sender.steps()

    assert world.sender.recipients() == before
    assert kept(world, world.sender).reason.code == "sender-mismatch"


def test_lists_show_what_was_sent_and_what_came(world):
    sent(world)

    with world.sender.storage.reading() as work:
        (gone,) = outgoing(work, 10)
        assert incoming(work, 10) == ()
    with world.receiver.storage.reading() as work:
        (came,) = incoming(work, 10)

    assert (gone.label, gone.must_act) == ("7/UBND-VX", Actor.NOBODY)
    assert (came.label, came.sender, came.state) == ("7/UBND-VX", SENDER, "delivered")


def test_what_nobody_knows_is_not_found(world):
    with world.sender.storage.reading() as work, pytest.raises(NotFound):
        tell_story(work, "99/UBND-VX")


def test_a_text_that_means_two_documents_names_both(world):
    world.sender.write(7, RECEIVER)
    world.sender.write(7, RECEIVER, trich_yeu="Văn bản khác cùng số")
    world.run()

    with world.sender.storage.reading() as work, pytest.raises(Ambiguous) as found:
        tell_story(work, "7/UBND-VX")

    assert len(found.value.details["found"].split(", ")) == 2


def test_a_packet_that_waits_to_be_judged_is_ours_to_act_on(world):
    world.sender.write(7, RECEIVER)
    for _ in range(3):
        world.sender.steps()
    from edoc_connector.flows.incoming.accept import accept

    accept(
        world.receiver.site,
        world.receiver.consumer,
        world.receiver.storage,
        wait_seconds=0,
    )

    with world.receiver.storage.reading() as work:
        (came,) = incoming(work, 10)
    assert came.must_act is Actor.CONNECTOR


def test_one_recipient_cannot_answer_for_another(world):
    """Both have the document; the second one's receipt says nothing of the first."""
    other = "H20.55"
    world.axis.attach(other, f"edoc.inbox.{other}", f"edoc.{other}")
    world.sender.write(7, other, RECEIVER)
    world.run()

    states = world.sender.recipients()

    assert states == {other: "Đã gửi", RECEIVER: "Đã đến"}


def test_a_refusal_goes_to_the_organisation_the_account_speaks_for(world):
    """An account of two bodies: the one that sent is told, and no third one."""
    policy = pki.policy(accounts={SENDER: (OrganizationCode("H20.13"), SENDER)})
    world.receiver.site = replace(world.receiver.site, policy=policy)
    send(world, made(recipients=(organization("H20.66"),)))
    publish(world, world.sender)
    world.receiver.steps()

    entry = kept(world)
    with world.receiver.storage.reading() as work:
        (given,) = work.answers.of(entry.id)

    assert given.recipient == SENDER


def test_a_repeated_packet_is_answered_with_the_receipt_it_had(world):
    story = sent(world)
    before = world.sender.facts().count("receipt:accepted")
    with world.receiver.storage.reading() as work:
        first = work.answers.of(1)

    resend(world.sender.storage, story.id, at=world.clock())
    for _ in range(3):
        world.sender.steps()
    for _ in range(2):
        world.receiver.steps()

    with world.receiver.storage.reading() as work:
        assert work.answers.of(1) == first
    assert len(world.axis.queues[f"edoc.inbox.{SENDER}"]) == 1
    world.run()
    assert world.sender.facts().count("receipt:accepted") == before


def test_many_repetitions_at_once_get_one_answer(world):
    story = sent(world)
    for _ in range(5):
        resend(world.sender.storage, story.id, at=world.clock())
    for _ in range(3):
        world.sender.steps()
    world.axis.available = False
    world.axis.available = True
    from edoc_connector.flows.incoming.accept import accept

    receiver = world.receiver
    while accept(receiver.site, receiver.consumer, receiver.storage, wait_seconds=0):
        pass

    with receiver.storage.reading() as work:
        assert work.outbox.waiting() == 1


def test_a_receipt_that_finds_no_mailbox_waits_for_one(world):
    keys = world.axis.bindings.pop(f"status.{SENDER}")
    world.sender.write(7, RECEIVER)
    world.run()
    before = world.sender.recipients()

    world.axis.bindings[f"status.{SENDER}"] = keys
    world.now += timedelta(minutes=5)
    world.run()

    assert before == {RECEIVER: "Đã gửi"}
    assert world.sender.recipients() == {RECEIVER: "Đã đến"}


def test_a_refused_document_that_is_resent_and_refused_again_shows_as_refused(world):
    good = world.receiver.site
    world.receiver.site = replace(good, policy=pki.policy(anchors=()))
    story = sent(world)
    resend(world.sender.storage, story.id, at=world.clock())
    world.run()
    again = world.sender.recipients()

    world.receiver.site = good
    resend(world.sender.storage, story.id, at=world.clock())
    world.run()

    assert again == {RECEIVER: "Bị từ chối"}
    assert world.sender.recipients() == {RECEIVER: "Đã đến"}
    assert len(world.receiver.arrived()) == 1


def test_the_time_of_an_arrival_is_not_changed_by_a_resend(world):
    story = sent(world)
    since = story.legs[0].since
    world.now += timedelta(hours=1)

    resend(world.sender.storage, story.id, at=world.clock())
    world.run()

    with world.sender.storage.reading() as work:
        assert tell_story(work, story.id).legs[0].since == since


def test_two_rows_of_one_document_id_are_answered_each(world):
    world.sender.write(7, RECEIVER)
    world.sender.write(7, RECEIVER, data=b"%PDF-1.7 the second of that number")
    world.run()

    with world.sender.storage.reading() as work:
        states = [leg.state for story in outgoing(work, 9) for leg in story.legs]
        facts = [story.id for story in outgoing(work, 9)]
        kinds = [[it.status for it in work.receipts.of(key)] for key in facts]

    assert states == ["delivered", "delivered"]
    assert kinds == [["01"], ["01"]]


@pytest.mark.parametrize("value", ["\uffff", "x" * 255, "\u202egnorw"])
def test_an_id_that_no_packet_can_carry_does_not_stop_the_post(world, value):
    world.sender.write(7, RECEIVER)
    for _ in range(3):
        world.sender.steps()
    queue = world.axis.queues[f"edoc.inbox.{RECEIVER}"]
    bad = replace(queue[0].properties, correlation_id=value, message_id="bad-one")
    queue.appendleft(Held(bad, b"garbage"))

    world.run()

    assert len(world.receiver.arrived()) == 1


def test_a_defect_of_ours_sets_one_packet_aside_and_not_the_post(world, monkeypatch):
    from edoc_connector.flows.incoming import opening as module

    real = module.read
    calls = []

    def stumble(body, **options):
        calls.append(body)
        if len(calls) == 1:
            raise ZeroDivisionError
        return real(body, **options)

    monkeypatch.setattr(module, "read", stumble)
    world.sender.write(7, RECEIVER)
    world.sender.write(8, RECEIVER)

    world.run()

    assert len(world.receiver.arrived()) == 1
    assert kept(world).reason.code == "failed"


def test_a_stamp_at_the_beginning_of_time_is_refused_like_any_other(world, monkeypatch):
    monkeypatch.setattr(
        "edoc_connector.pki.ring.RingKey.state", lambda *_: KeyState.READY
    )
    far = world.sender.site
    old = replace(far, clock=lambda: datetime(1, 1, 2, tzinfo=UTC))
    world.sender.site = old
    send(world, made())
    world.sender.site = far
    publish(world, world.sender)

    world.receiver.steps()

    assert kept(world).reason.code == "certificate-untrusted"


@pytest.mark.parametrize("segment_bytes", [1500, 1 << 22])
def test_a_packet_that_is_cut_anew_on_its_way_arrives_as_it_was_cut_last(
    tmp_path, segment_bytes
):
    world = World(tmp_path, segment_bytes=2048)
    world.sender.write(7, RECEIVER)
    for _ in range(3):
        world.sender.steps()
    with world.sender.storage.work() as work:
        item = work.outbox.of(packet_ids(world)[0], RECEIVER)
    queue = world.axis.queues[f"edoc.inbox.{RECEIVER}"]
    queue.pop()
    parcel = Parcel.of(world.sender.site, (item,), segment_bytes)
    while parcel.sent < parcel.total:
        message = parcel.message(world.sender.site, world.sender.storage)
        world.sender.publisher.publish(message)
        parcel = parcel.one_more()

    world.run()

    assert world.sender.recipients() == {RECEIVER: "Đã đến"}
    assert [data for _, _, data in world.receiver.arrived()] == [ONE_PDF]
    assert world.receiver.is_spool_empty()
    world.close()


def packet_ids(world):
    """The messages of the documents that were sent."""
    with world.sender.storage.reading() as work:
        return [it.key for it in work.documents.recent(10)]


def test_segments_of_more_bytes_than_were_announced_do_not_fill_the_disk(tmp_path):
    world = World(tmp_path, segment_bytes=2048)
    world.sender.write(7, RECEIVER)
    for _ in range(3):
        world.sender.steps()
    queue = world.axis.queues[f"edoc.inbox.{RECEIVER}"]
    queue[0].body += bytes(1 << 20)

    world.run()

    assert kept(world).reason.code == "envelope-malformed"
    world.close()


def half_a_packet(tmp_path, missing=1):
    """A world in which the last segments of a document are lost on the way."""
    world = World(tmp_path, segment_bytes=2048)
    world.sender.write(7, RECEIVER)
    for _ in range(3):
        world.sender.steps()
    queue = world.axis.queues[f"edoc.inbox.{RECEIVER}"]
    lost = [queue.pop() for _ in range(missing)]
    accept_all(world)
    return world, lost


def accept_all(world):
    receiver = world.receiver
    while accept(receiver.site, receiver.consumer, receiver.storage, wait_seconds=0):
        pass


def spooled(world):
    return [*world.receiver.storage.spool.digests()]


def test_segments_whose_rest_never_comes_are_given_up_after_a_week_and_said(
    tmp_path, caplog
):
    world, _ = half_a_packet(tmp_path)
    world.now += timedelta(days=6)
    accept_all(world)
    assert spooled(world)

    world.now += timedelta(days=1)
    accept_all(world)

    assert spooled(world) == []
    entry = kept(world)
    assert (entry.state, entry.account) == (InboxState.QUARANTINED, SENDER)
    assert entry.reason.details["problem"] == NEVER_CAME
    assert world.receiver.facts()[-1] == "document:refused"
    (logged,) = [it for it in caplog.records if it.message == "segments_given_up"]
    assert (logged.message_id, logged.segments > 0) == (entry.message_id, True)
    accept_all(world)
    assert world.receiver.facts().count("document:refused") == 1
    world.close()


def test_what_was_given_up_arrives_when_it_is_sent_once_more(tmp_path):
    world, _ = half_a_packet(tmp_path)
    world.now += timedelta(days=7)
    accept_all(world)
    with world.sender.storage.reading() as work:
        (story,) = outgoing(work, 1)

    resend(world.sender.storage, story.id, at=world.clock())
    world.run()

    assert len(world.receiver.arrived()) == 1
    assert spooled(world) == []
    world.close()


def test_a_segment_that_comes_late_gives_the_rest_a_week_of_its_own(tmp_path):
    world, lost = half_a_packet(tmp_path, missing=2)
    queue = world.axis.queues[f"edoc.inbox.{RECEIVER}"]
    for segment in lost:
        world.now += timedelta(days=6)
        accept_all(world)
        queue.append(segment)
        accept_all(world)

    world.run()

    assert len(world.receiver.arrived()) == 1
    assert spooled(world) == []
    world.close()


def test_segments_whose_bytes_are_lost_do_not_keep_the_post(tmp_path):
    world, _ = half_a_packet(tmp_path)
    for digest in spooled(world):
        world.receiver.storage.spool.remove(digest)
    world.now += timedelta(days=7)

    accept_all(world)

    assert kept(world).reason.details["problem"] == NEVER_CAME
    world.close()


# --- packets of other people --------------------------------------------------

SOAP = (
    b'<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Header>'
    b'<e:MessageHeader xmlns:e="http://www.e-doc.vn/Schema/"/></S:Header></S:Envelope>'
)


def send_bytes(world, data):
    """Let the sender's outbox carry any bytes at all."""
    sender = world.sender
    stored = sender.storage.content.add([data])
    with sender.storage.work() as work:
        work.outbox.add(
            message_id="made-by-hand",
            kind=Kind.EDOC,
            sender=sender.code,
            recipient=RECEIVER,
            correlation_id="H20.14,2026/11/20,7/UBND-VX",
            business_type=0,
            priority=0,
            packet=stored.digest,
            packet_bytes=stored.size,
            answers="",
            at=world.clock(),
        )


def test_a_packet_of_another_generation_is_quarantined_by_its_name(world):
    send_bytes(world, SOAP)

    publish(world, world.sender)
    world.run()

    with world.receiver.storage.reading() as work:
        (story,) = incoming(work, 10)
    assert (story.state, story.reason.code) == ("quarantined", "envelope-foreign")
    assert "SOAP" in story.reason.details["generation"]
    assert b"".join(world.receiver.storage.content.chunks(story.packet)) == SOAP
    assert world.receiver.arrived() == []


def test_who_writes_otherwise_than_we_do_is_logged_without_what_he_wrote(world, caplog):
    caplog.set_level("INFO")
    own = f"{SENDER},2026/11/20,7/UBND-VX"
    send(world, made(document_id=own, promulgation_date=Unread("hôm qua")))

    publish(world, world.sender)
    world.run()

    (logged,) = (it for it in caplog.records if it.message == "packet_deviates")
    assert logged.deviations == "date-unreadable"
    assert logged.account == SENDER


def test_a_receipt_that_is_not_believed_here_is_ours_to_act_on(world):
    nobody = replace(world.sender.site.policy, anchors=())
    world.sender.site = replace(world.sender.site, policy=nobody)
    world.sender.write(7, RECEIVER)

    world.run()

    with world.sender.storage.reading() as work:
        story = tell_story(work, "7/UBND-VX")
    (leg,) = story.legs
    assert (leg.state, leg.must_act) == ("sent", Actor.OPERATOR)
    assert story.must_act is Actor.OPERATOR
    assert leg.reason.code == "certificate-untrusted"
    assert leg.timeline[-1].kind == "receipt:refused"


def test_of_a_backlog_several_are_accepted_at_once_and_only_the_first_waited_for_long(
    world,
):
    from edoc_connector.flows.incoming.accept import NEXT_SECONDS, accept

    for number in range(7, 10):
        world.sender.write(number, RECEIVER)
    world.sender.steps()
    receiver, waited = world.receiver, []

    def receive(seconds):
        waited.append(seconds)
        return receiver.consumer.receive(0)

    consumer = Mock(receive=receive, acknowledge=receiver.consumer.acknowledge)
    accepted = [
        accept(receiver.site, consumer, receiver.storage, wait_seconds=9, limit=2)
        for _ in range(3)
    ]

    assert accepted == [2, 1, 0]
    assert waited == [9, NEXT_SECONDS, 9, NEXT_SECONDS, 9]


def test_a_defect_at_one_message_keeps_none_that_came_before_it_unacknowledged(
    world, monkeypatch
):
    for number in (7, 8, 9):
        world.sender.write(number, RECEIVER)
    while world.sender.steps():
        pass
    receiver = world.receiver
    last = world.axis.queues[f"edoc.inbox.{RECEIVER}"][2].properties.message_id
    add, acknowledged = Mailbag.add, []

    def stumble(bag, delivery):
        if delivery.message.message_id == last:
            raise ZeroDivisionError
        add(bag, delivery)

    monkeypatch.setattr(Mailbag, "add", stumble)
    acknowledge = lambda *several: acknowledged.extend(several)  # noqa: E731
    consumer = Mock(receive=receiver.consumer.receive, acknowledge=acknowledge)
    with pytest.raises(ZeroDivisionError):
        accept(receiver.site, consumer, receiver.storage, wait_seconds=0, limit=3)

    assert len(acknowledged) == 2


def test_a_packet_that_cannot_enter_keeps_none_that_came_with_it(world, monkeypatch):
    for number in (7, 8, 9):
        world.sender.write(number, RECEIVER)
    while world.sender.steps():
        pass
    queue = world.axis.queues[f"edoc.inbox.{RECEIVER}"]
    bad = queue[0].properties.message_id
    fact_of = entering.accepted

    def broken(delivery, stored):
        if delivery.message.message_id == bad:
            raise ZeroDivisionError
        return fact_of(delivery, stored)

    monkeypatch.setattr(entering, "accepted", broken)
    receiver = world.receiver
    with pytest.raises(ZeroDivisionError):
        accept(
            receiver.site, receiver.consumer, receiver.storage, wait_seconds=0, limit=5
        )
    receiver.consumer.close()

    assert [it.properties.message_id for it in queue] == [bad]


def test_packets_that_come_together_enter_in_one_commit_and_a_copy_among_them_once(
    world,
):
    for number in (7, 8, 9):
        world.sender.write(number, RECEIVER)
    while world.sender.steps():
        pass
    queue = world.axis.queues[f"edoc.inbox.{RECEIVER}"]
    queue.append(queue[0])

    world.run()

    assert len(world.receiver.arrived()) == 3
    assert not queue
