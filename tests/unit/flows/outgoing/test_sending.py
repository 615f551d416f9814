"""The way out: take, seal, relay, and what the clerk is told of it."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from edoc_connector.errors import (
    BusRefused,
    BusUnavailable,
    CertificateOutOfDate,
    DmsRefused,
    DmsUnavailable,
    LostRace,
    MailboxBusy,
    NotFound,
)
from edoc_connector.flows.backoff import Backoff
from edoc_connector.flows.inspecting.listed import outgoing
from edoc_connector.flows.inspecting.standing import Actor
from edoc_connector.flows.inspecting.telling import tell_story
from edoc_connector.flows.outgoing.post import resend
from edoc_connector.flows.outgoing.relay import relay
from edoc_connector.flows.outgoing.seal import seal
from edoc_connector.flows.outgoing.take import take
from edoc_connector.flows.statuses.progress import progress
from edoc_connector.model.delivery import DocumentEvent, DocumentState
from tests.support.lists import csv_list, imported
from tests.support.publishers import OneByOne
from tests.support.world import NOWHERE, RECEIVER, World


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def take_at(sender, limit=10):
    return take(sender.site, sender.dms, sender.storage, limit=limit)


def seal_at(sender):
    return seal(sender.site, sender.storage, limit=10)


def relay_at(sender):
    return relay(
        sender.site,
        sender.publisher,
        sender.storage,
        limit=10,
        backoff=Backoff(10.0, 10.0),
    )


def progress_at(sender):
    return progress(
        sender.site, sender.dms, sender.storage, limit=10, backoff=Backoff(10.0, 10.0)
    )


def story_of(sender, text):
    with sender.storage.reading() as work:
        return tell_story(work, text)


class Refusing(OneByOne):
    """A publisher whose broker answers in one way only."""

    def __init__(self, error):
        super().__init__()
        self.error = error

    def publish(self, _message):
        raise self.error


def test_a_row_is_taken_once_however_often_it_is_seen(world):
    world.sender.write(7, RECEIVER)

    assert take_at(world.sender) == 1
    assert take_at(world.sender) == 0


def test_a_code_that_somebody_pasted_is_cleaned_and_the_log_says_so(world, caplog):
    world.sender.write(7, f"{RECEIVER}\u200b")

    world.run()

    (logged,) = (it for it in caplog.records if it.message == "codes_cleaned")
    assert (logged.row, logged.reason) == ("1", "invisible")
    assert len(world.receiver.arrived()) == 1


def test_rows_the_register_was_not_told_of_do_not_hide_the_others(world):
    for number in range(6):
        world.sender.write(number + 1, RECEIVER)

    taken = [take_at(world.sender, limit=2) for _ in range(4)]

    assert taken == [2, 2, 2, 0]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"so": None}, "field-missing"),
        ({"trich_yeu": None}, "field-missing"),
        ({"trich_yeu": "x" * 501}, "field-too-long"),
        ({"do_mat": "Mật"}, "state-secret"),
        ({"data": b""}, "attachment-empty"),
        ({"ngay_ban_hanh": "2026-11-24"}, "date-in-future"),
        ({"ngay_ban_hanh": "0206-11-20"}, "date-too-early"),
        ({"ky_hieu": None}, "field-missing"),
        ({"trich_yeu": "Báo cáo (MẬT)"}, "secret-stamp"),
        ({"so": None, "trich_yeu": None}, "several-problems"),
    ],
)
def test_a_broken_row_is_refused_with_its_reason_and_the_rest_go_on(
    world, changes, code
):
    world.sender.write(7, RECEIVER, **changes)
    world.sender.write(8, RECEIVER)

    world.run()

    (state, reason) = world.sender.ask(
        "SELECT trang_thai_lien_thong, ly_do FROM van_ban_di WHERE id = 1"
    )[0]
    assert state == "Không gửi được"
    assert reason
    with world.sender.storage.reading() as work:
        refused = work.documents.in_state(DocumentState.REFUSED, 10)
    assert [it.reason.code for it in refused] == [code]
    assert len(world.receiver.arrived()) == 1


def test_a_file_that_is_named_and_not_there_refuses_only_its_row(world):
    world.sender.write(7, RECEIVER)
    world.sender.ask(
        "UPDATE tep_dinh_kem_van_ban_di SET noi_dung = NULL, duong_dan = 'gone.pdf'"
    )

    take_at(world.sender)

    story = story_of(world.sender, "7/UBND-VX")
    assert story.reason.code == "attachment-missing"
    assert story.must_act is Actor.CLERK


def test_a_clerk_reads_all_that_is_wrong_at_once(world):
    world.sender.write(7, "G23", so=None, trich_yeu=" ", ngay_ban_hanh="2026-11-24")
    world.sender.ask("UPDATE tep_dinh_kem_van_ban_di SET noi_dung = NULL")

    world.run()

    story = story_of(world.sender, "UBND-VX")
    assert [cause.code for cause in story.reason.causes] == [
        "field-missing",
        "field-missing",
        "attachment-missing",
        "recipient-closed",
        "date-in-future",
    ]
    ((text,),) = world.sender.ask("SELECT ly_do FROM van_ban_di")
    assert "(1) thiếu Số của văn bản" in text
    assert "(2) thiếu Trích yếu" in text
    assert "(3)" in text
    assert "G23" in text
    assert "(5) Ngày ban hành" in text
    assert world.sender.facts() == ["row:refused"]


def test_we_ourselves_are_no_successor_to_send_to(world, tmp_path):
    path = csv_list(
        tmp_path,
        "H53.14,Sở Nội vụ,H20.14,2026-01-01",
        "H20.14,Sở Nội vụ tỉnh Đồng Tháp,,",
        headings="code,name,successor,closed_on",
    )
    imported(world.sender.storage, path)
    world.sender.write(7, "000.00.14.H53")

    world.run()

    assert story_of(world.sender, "7/UBND-VX").reason.code == "recipient-closed"
    ((text,),) = world.sender.ask("SELECT ly_do FROM van_ban_di")
    assert "H20.14 (Sở Nội vụ tỉnh Đồng Tháp)" in text


def test_what_may_be_a_secret_does_not_come_into_our_store(world):
    world.sender.write(7, RECEIVER, trich_yeu="TUYỆT MẬT")

    world.run()

    store = world.sender.folder / "content"
    assert [path for path in store.rglob("*") if path.is_file()] == []
    assert "TUYỆT MẬT" in str(story_of(world.sender, "7/UBND-VX").reason.details)


def test_a_file_too_large_for_a_packet_is_not_kept(world):
    good = world.sender.site
    world.sender.site = replace(good, max_packet_bytes=4000)
    world.sender.write(7, RECEIVER, data=b"%PDF" + bytes(3000))

    world.run()

    reason = story_of(world.sender, "7/UBND-VX").reason
    assert reason.code == "attachment-too-large"
    assert reason.details["limit"] == "3000"
    store = world.sender.folder / "content"
    assert [path for path in store.rglob("*") if path.is_file()] == []


def test_what_is_wrong_with_each_file_is_told(world):
    world.sender.write(7, RECEIVER)
    (row,) = world.sender.dms.pending(5)
    (file,) = row.attachments
    files = (
        replace(file, open=lambda: io.BytesIO(b"")),
        replace(
            file, name="b.pdf", open=lambda: (_ for _ in ()).throw(OSError(5, "x"))
        ),
    )
    pending = [replace(row, attachments=files)]
    source = SimpleNamespace(
        pending=lambda *_, **__: iter(pending), reading=world.sender.dms.reading
    )

    take(world.sender.site, source, world.sender.storage, limit=5)

    story = story_of(world.sender, "7/UBND-VX")
    assert [(it.code, it.details["name"]) for it in story.reason.causes] == [
        ("attachment-unreadable", "b.pdf"),
        ("attachment-empty", "van-ban.pdf"),
    ]


def test_a_mended_row_is_sent_as_a_new_revision(world):
    world.sender.write(7, RECEIVER, trich_yeu=None)
    world.run()

    world.sender.ask(
        "UPDATE van_ban_di SET trich_yeu = 'V/v kiểm kê',"
        " trang_thai_lien_thong = 'Chờ gửi'"
    )
    world.run()

    assert [row[1] for row in world.receiver.arrived()] == ["V/v kiểm kê"]


def test_a_document_that_cannot_be_sealed_is_set_aside_and_blocks_nothing(world):
    world.sender.write(7, RECEIVER)
    take_at(world.sender)
    with world.sender.storage.reading() as work:
        (taken,) = work.documents.in_state(DocumentState.TAKEN, 10)
    world.sender.storage.content.remove(taken.document.attachments[0].sha256)
    world.sender.write(8, RECEIVER, data=b"%PDF-1.7 another")

    world.run()

    story = story_of(world.sender, "7/UBND-VX")
    assert story.state == "parked"
    assert story.legs[0].state == "parked"
    assert story.must_act is Actor.OPERATOR
    assert len(world.receiver.arrived()) == 1


def test_two_sealers_of_one_document_seal_it_once(world):
    world.sender.write(7, RECEIVER)
    take_at(world.sender)
    with world.sender.storage.reading() as work:
        (taken,) = work.documents.in_state(DocumentState.TAKEN, 10)

    seal_at(world.sender)
    with pytest.raises(LostRace), world.sender.storage.work() as work:
        work.documents.move(taken.key, DocumentEvent.SEAL, seen=taken.state)

    assert world.sender.facts().count("document:sealed") == 1


def test_while_the_broker_is_away_everything_waits(world):
    world.sender.write(7, RECEIVER)
    take_at(world.sender)
    seal_at(world.sender)
    world.axis.available = False

    with pytest.raises(BusUnavailable):
        relay_at(world.sender)
    world.axis.available = True

    assert relay_at(world.sender) == 1
    assert story_of(world.sender, "7/UBND-VX").legs[0].state == "sent"


def test_a_packet_the_broker_will_never_take_is_set_aside(world):
    world.sender.write(7, RECEIVER)
    take_at(world.sender)
    seal_at(world.sender)

    relay(
        world.sender.site,
        Refusing(BusRefused(problem="too large")),
        world.sender.storage,
        limit=10,
        backoff=Backoff(10.0, 10.0),
    )

    leg = story_of(world.sender, "7/UBND-VX").legs[0]
    assert (leg.state, leg.reason.code) == ("parked", "bus-refused")
    assert "document:parked" in world.sender.facts()


def test_an_unknown_receiver_does_not_keep_the_others_waiting(world):
    world.sender.write(7, NOWHERE, RECEIVER)

    world.run()

    states = {
        leg.recipient: leg.state for leg in story_of(world.sender, "7/UBND-VX").legs
    }
    assert states == {NOWHERE: "unroutable", RECEIVER: "delivered"}


def test_a_resend_to_one_recipient_goes_to_that_one(world):
    world.sender.write(7, NOWHERE, RECEIVER)
    world.run()
    story = story_of(world.sender, "7/UBND-VX")

    chosen = resend(world.sender.storage, story.id, [RECEIVER], at=world.clock())
    world.run()

    assert chosen == (RECEIVER,)
    assert len(world.receiver.arrived()) == 1
    assert world.sender.facts().count("document:resent") == 1
    assert story_of(world.sender, "7/UBND-VX").legs[0].state == "delivered"


def test_a_resend_to_somebody_who_never_was_a_recipient_is_refused(world):
    world.sender.write(7, RECEIVER)
    world.run()
    story = story_of(world.sender, "7/UBND-VX")

    with pytest.raises(NotFound):
        resend(world.sender.storage, story.id, [NOWHERE], at=world.clock())


def test_a_document_without_a_packet_cannot_be_resent(world):
    world.sender.write(7, RECEIVER)
    take_at(world.sender)
    story = story_of(world.sender, "7/UBND-VX")

    with pytest.raises(NotFound):
        resend(world.sender.storage, story.id, at=world.clock())


def test_a_step_the_register_refuses_waits_and_is_told_later(world):
    world.sender.write(7, RECEIVER)
    take_at(world.sender)

    class Moody:
        is_bad = True

        def mark(self, step):
            if self.is_bad:
                raise DmsRefused(statement="marks", problem="a trigger says no")
            world.sender.dms.mark(step)

    moody = Moody()
    refused = progress(
        world.sender.site,
        moody,
        world.sender.storage,
        limit=10,
        backoff=Backoff(10.0, 10.0),
    )
    moody.is_bad = False
    too_early = progress_at(world.sender)
    world.now += timedelta(seconds=60)
    later = progress_at(world.sender)

    assert (refused, too_early, later) == (1, 0, 1)
    assert world.sender.ask("SELECT trang_thai_lien_thong FROM van_ban_di") == [
        ("Đã chuyển liên thông",)
    ]


def test_an_urgent_document_overtakes_those_that_wait(world):
    world.sender.write(7, RECEIVER)
    world.sender.write(8, RECEIVER, do_khan="Hỏa tốc")

    world.run()

    assert [row[0] for row in world.receiver.arrived()] == ["8", "7"]


def test_nothing_is_sealed_with_a_certificate_that_is_out_of_date(world):
    world.sender.write(7, RECEIVER)
    take_at(world.sender)
    world.now += timedelta(days=3650)

    with pytest.raises(CertificateOutOfDate):
        seal_at(world.sender)

    with world.sender.storage.reading() as work:
        (waiting,) = work.documents.in_state(DocumentState.TAKEN, 10)
    assert waiting.label == "7/UBND-VX"


def test_a_document_set_aside_unsealed_is_sealed_after_all_when_resent(world):
    world.sender.write(7, RECEIVER)
    take_at(world.sender)
    good = world.sender.site
    world.sender.site = replace(good, max_packet_bytes=100)
    seal_at(world.sender)
    parked = story_of(world.sender, "7/UBND-VX")
    world.sender.site = good

    chosen = resend(world.sender.storage, parked.id, at=world.clock())
    world.run()

    assert (parked.state, parked.reason.code) == ("parked", "envelope-too-large")
    assert chosen == (RECEIVER,)
    assert len(world.receiver.arrived()) == 1


def test_a_refusal_that_was_corrected_asks_nobody_any_more(world):
    world.sender.write(7, RECEIVER, trich_yeu=None)
    world.run()
    world.sender.ask(
        "UPDATE van_ban_di SET trich_yeu = 'V/v kiểm kê',"
        " trang_thai_lien_thong = 'Chờ gửi'"
    )
    world.run()

    with world.sender.storage.reading() as work:
        actors = [story.must_act for story in outgoing(work, 10)]

    assert actors == [Actor.NOBODY, Actor.NOBODY]


def test_a_busy_mailbox_keeps_only_its_own_mail_waiting(world):
    world.sender.write(7, RECEIVER)
    take_at(world.sender)
    seal_at(world.sender)
    busy = Refusing(MailboxBusy(address="a", recipient=RECEIVER))

    relay(
        world.sender.site, busy, world.sender.storage, limit=10, backoff=Backoff(5, 5)
    )
    too_early = relay_at(world.sender)
    world.now += timedelta(seconds=10)

    assert too_early == 0
    assert relay_at(world.sender) == 1


def test_a_file_that_cannot_be_read_breaks_only_its_row(world, monkeypatch):
    world.sender.write(7, RECEIVER)
    (row,) = world.sender.dms.pending(5)

    class Broken(io.BytesIO):
        def read(self, *_):
            raise OSError(5, "Input/output error")

    files = tuple(replace(it, open=Broken) for it in row.attachments)
    monkeypatch.setattr(
        world.sender.dms,
        "pending",
        lambda *_, **__: iter([replace(row, attachments=files)]),
    )

    assert take_at(world.sender) == 1
    assert story_of(world.sender, "7/UBND-VX").reason.code == "attachment-unreadable"


def test_what_was_told_before_the_register_went_away_is_not_told_again(world):
    world.sender.write(7, RECEIVER)
    world.sender.write(8, RECEIVER)
    take_at(world.sender)
    dms, marked = world.sender.dms, []

    def mark(*steps):
        if len(steps) > 1:
            raise DmsRefused(statement="marks", problem="a trigger says no to one")
        if marked:
            raise DmsUnavailable(problem="locked")
        marked.append(steps[0].row_id)
        dms.mark(*steps)

    with pytest.raises(DmsUnavailable):
        progress(
            world.sender.site,
            SimpleNamespace(mark=mark),
            world.sender.storage,
            limit=10,
            backoff=Backoff(10.0, 10.0),
        )

    with world.sender.storage.reading() as work:
        (left,) = work.progress.due(10, world.clock())
    assert left.row_id not in marked


def test_several_steps_are_written_into_the_register_at_once(world):
    world.sender.write(7, RECEIVER)
    world.sender.write(8, RECEIVER)
    take_at(world.sender)
    dms, marked = world.sender.dms, []

    def mark(*steps):
        marked.append(sorted(step.row_id for step in steps))
        dms.mark(*steps)

    done = progress(
        world.sender.site,
        SimpleNamespace(mark=mark),
        world.sender.storage,
        limit=10,
        backoff=Backoff(10.0, 10.0),
    )

    assert (done, marked) == (2, [["1", "2"]])
    assert progress_at(world.sender) == 0
