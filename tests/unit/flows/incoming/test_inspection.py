"""Attached PDFs are looked at beside the post, and before it only where required."""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from edoc_connector.errors import PdfCheckUnavailable
from edoc_connector.flows.incoming import inspection
from edoc_connector.flows.incoming.inspection import inspect
from edoc_connector.flows.inspecting.telling import tell_story
from edoc_connector.model.delivery import InboxState
from edoc_connector.model.pdf_signatures import (
    PdfChanges,
    PdfCoverage,
    PdfMark,
    PdfOutcome,
    PdfReport,
    PdfRequirement,
    PdfSignature,
    PdfState,
    not_checked,
)
from tests.support.world import ONE_PDF, RECEIVER, Crash, World

SIGNATURE = PdfSignature(
    field="Cơ quan",
    mark=PdfMark.SIGNATURE,
    sub_filter="ETSI.CAdES.detached",
    outcome=PdfOutcome.TRUSTED,
    signer="Lãnh đạo đơn vị",
    coverage=PdfCoverage.WHOLE,
    changes=PdfChanges.NONE,
)
EFFECTS = 16
"""Statements and commits of one inspection, or a few more; a test sees to that."""

UNSIGNED = PdfReport(state=PdfState.CHECKED)
TRUSTED = PdfReport(state=PdfState.CHECKED, signatures=(SIGNATURE,))
BROKEN = PdfReport(
    state=PdfState.CHECKED,
    signatures=(replace(SIGNATURE, outcome=PdfOutcome.BROKEN),),
)


class Inspector:
    """Says of every file what it was told to, and remembers which it saw."""

    def __init__(self, report=TRUSTED, *, problem=""):
        self.report, self.problem = report, problem
        self.seen, self.times = [], []

    def inspect(self, chunks, seen_at):
        self.seen.append(b"".join(chunks))
        self.times.append(seen_at)
        if isinstance(self.report, BaseException):
            raise self.report
        return self.report

    def close(self):
        pass


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def inspected(department, inspector, *, limit=10):
    return inspect(department.site, inspector, department.storage, limit=limit)


def pdfs(department, text="7/UBND-VX"):
    with department.storage.reading() as work:
        return tell_story(work, text).pdfs


def require(department, required, inspector):
    department.site = replace(
        department.site, pdf_require=required, inspector=inspector
    )


def state(department):
    with department.storage.reading() as work:
        (entry,) = work.inbox.recent("edoc", 10)
    return entry.state, entry.reason


def test_what_was_delivered_is_looked_at_afterwards_and_shown(world):
    world.sender.write(7, RECEIVER, data=b"%PDF-1.7 received")
    world.run()
    inspector = Inspector()

    assert inspected(world.receiver, inspector) == 1

    (pdf,) = pdfs(world.receiver)
    assert (pdf.name, pdf.report) == ("van-ban.pdf", TRUSTED)
    assert inspector.seen == [b"%PDF-1.7 received"]


def test_what_its_signers_claim_is_judged_at_the_time_when_it_came(world):
    world.sender.write(7, RECEIVER)
    world.run()
    world.now += timedelta(days=1)
    inspector = Inspector()

    inspected(world.receiver, inspector)

    with world.receiver.storage.reading() as work:
        (entry,) = work.inbox.recent("edoc", 10)
    assert inspector.times == [entry.accepted_at]


def test_what_is_required_is_judged_at_the_time_that_is_proven_for_the_packet(world):
    require(world.receiver, PdfRequirement.INTACT, inspector := Inspector())
    world.sender.write(7, RECEIVER)

    world.run()

    with world.receiver.storage.reading() as work:
        (entry,) = work.inbox.recent("edoc", 10)
    assert inspector.times == [entry.accepted_at]


def test_what_we_send_is_looked_at_too(world):
    world.sender.write(7, RECEIVER)
    world.run()

    assert inspected(world.sender, Inspector()) == 1

    (pdf,) = pdfs(world.sender)
    assert pdf.report == TRUSTED


def test_each_packet_is_looked_at_once(world):
    world.sender.write(7, RECEIVER)
    world.run()
    inspector = Inspector()

    inspected(world.receiver, inspector)

    assert inspected(world.receiver, inspector) == 0
    assert len(inspector.seen) == 1


def test_a_file_that_two_documents_share_is_looked_at_once(world):
    world.sender.write(7, RECEIVER)
    world.sender.write(8, RECEIVER)
    world.run()
    inspector = Inspector()

    assert inspected(world.receiver, inspector) == 2

    assert len(inspector.seen) == 1
    assert pdfs(world.receiver, "7/UBND-VX")
    assert pdfs(world.receiver, "8/UBND-VX")


def test_the_newest_comes_first(world):
    world.sender.write(7, RECEIVER, data=b"%PDF old")
    world.run()
    world.sender.write(8, RECEIVER, data=b"%PDF new")
    world.run()
    inspector = Inspector()

    assert inspected(world.receiver, inspector, limit=1) == 1

    assert inspector.seen == [b"%PDF new"]


def test_files_that_are_no_pdf_are_not_shown(world):
    world.sender.write(7, RECEIVER)
    world.run()

    inspected(world.receiver, Inspector(PdfReport(state=PdfState.NO_PDF)))

    assert pdfs(world.receiver) == ()


def test_a_file_that_could_not_be_checked_says_why_and_is_not_tried_for_ever(world):
    world.sender.write(7, RECEIVER)
    world.run()

    inspected(world.receiver, Inspector(not_checked("checking it took too long")))

    (pdf,) = pdfs(world.receiver)
    assert pdf.report.problem == "checking it took too long"
    assert inspected(world.receiver, Inspector()) == 0


def test_while_nothing_is_installed_everything_waits_for_it(world):
    world.sender.write(7, RECEIVER)
    world.run()

    assert inspected(world.receiver, Inspector(problem="not installed")) == 0
    assert inspected(world.receiver, Inspector()) == 1


def test_while_no_checker_can_start_nothing_is_said_of_the_file(world):
    world.sender.write(7, RECEIVER)
    world.run()

    with pytest.raises(PdfCheckUnavailable):
        inspected(world.receiver, Inspector(PdfCheckUnavailable(problem="no memory")))

    assert inspected(world.receiver, Inspector()) == 1


def test_a_packet_that_is_gone_does_not_hold_up_the_others(world, caplog):
    world.sender.write(7, RECEIVER, data=b"%PDF kept")
    world.sender.write(8, RECEIVER, data=b"%PDF lost")
    world.run()
    with world.receiver.storage.reading() as work:
        newest, _ = work.inbox.recent("edoc", 10)
    world.receiver.storage.content.remove(newest.packet)
    inspector = Inspector()

    assert inspected(world.receiver, inspector) == 2

    assert inspector.seen == [b"%PDF kept"]
    assert "packet_not_inspected" in caplog.text


@pytest.mark.parametrize("survives", range(EFFECTS))
def test_a_crash_at_any_place_loses_no_report_and_repeats_none(world, survives):
    world.sender.write(7, RECEIVER)
    world.run()
    inspector, receiver = Inspector(), world.receiver
    world.fuse.left = survives

    try:
        inspect(receiver.site, inspector, receiver.storage, limit=10)
    except Crash:
        world.restart()
    world.fuse.left = None
    inspected(receiver, inspector)

    (pdf,) = pdfs(receiver)
    assert pdf.report == TRUSTED
    assert inspected(receiver, inspector) == 0


def test_the_fuse_covers_every_effect_of_an_inspection(world):
    world.sender.write(7, RECEIVER)
    world.run()
    before, receiver = world.fuse.burnt, world.receiver

    inspect(receiver.site, Inspector(), receiver.storage, limit=10)

    assert 0 <= EFFECTS - (world.fuse.burnt - before) < 8


def test_no_log_names_who_signed(world, caplog):
    caplog.set_level(logging.DEBUG)
    world.sender.write(7, RECEIVER)
    world.run()

    inspected(world.receiver, Inspector())

    told = [vars(record) for record in caplog.records]
    assert any(it["msg"] == "pdf_inspected" for it in told)
    assert not any("Lãnh đạo" in str(it) for it in told)


def test_by_default_a_broken_signature_does_not_hold_up_the_post(world):
    require(world.receiver, PdfRequirement.NOTHING, inspector := Inspector(BROKEN))
    world.sender.write(7, RECEIVER)

    world.run()

    assert state(world.receiver)[0] is InboxState.DELIVERED
    assert inspector.seen == []


def test_where_intact_is_required_a_broken_signature_is_refused_and_told(world):
    require(world.receiver, PdfRequirement.INTACT, Inspector(BROKEN))
    world.sender.write(7, RECEIVER)

    world.run()

    found, reason = state(world.receiver)
    assert found is InboxState.QUARANTINED
    assert reason.code == "pdf-signature-broken"
    assert reason.details["name"] == "van-ban.pdf"
    assert reason.details["signature"] == "Cơ quan"
    assert world.receiver.arrived() == []
    assert world.sender.recipients() == {RECEIVER: "Bị từ chối"}
    assert pdfs(world.receiver)[0].report == BROKEN


def test_where_intact_is_required_an_unsigned_letter_passes(world):
    require(world.receiver, PdfRequirement.INTACT, Inspector(UNSIGNED))
    world.sender.write(7, RECEIVER)

    world.run()

    assert state(world.receiver)[0] is InboxState.DELIVERED


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (UNSIGNED, "pdf-signature-untrusted"),
        (BROKEN, "pdf-signature-broken"),
        (not_checked("late"), "pdf-not-checked"),
        (PdfReport(state=PdfState.UNREADABLE), "pdf-not-checked"),
    ],
)
def test_where_trusted_is_required_less_is_refused_by_name(world, report, code):
    require(world.receiver, PdfRequirement.TRUSTED, Inspector(report))
    world.sender.write(7, RECEIVER)

    world.run()

    found, reason = state(world.receiver)
    assert (found, reason.code) == (InboxState.QUARANTINED, code)


def test_what_was_required_and_seen_is_not_looked_at_again_afterwards(world):
    inspector = Inspector()
    require(world.receiver, PdfRequirement.TRUSTED, inspector)
    world.sender.write(7, RECEIVER)
    world.run()

    inspected(world.receiver, inspector)

    assert len(inspector.seen) == 1
    assert pdfs(world.receiver)[0].report == TRUSTED


def test_an_authority_that_is_trusted_meanwhile_counts_when_the_packet_comes_again(
    world,
):
    require(world.receiver, PdfRequirement.TRUSTED, Inspector(UNSIGNED))
    world.sender.write(7, RECEIVER)
    world.run()
    require(world.receiver, PdfRequirement.TRUSTED, Inspector(TRUSTED))

    world.sender.write(8, RECEIVER)
    world.run()

    with world.receiver.storage.reading() as work:
        newest = work.inbox.recent("edoc", 1)[0]
    assert newest.state is InboxState.DELIVERED


def test_while_no_checker_can_start_what_is_required_waits(world):
    broken = Inspector(PdfCheckUnavailable(problem="no memory"))
    require(world.receiver, PdfRequirement.INTACT, broken)
    world.sender.write(7, RECEIVER)

    with pytest.raises(PdfCheckUnavailable):
        world.run()

    assert state(world.receiver)[0] is InboxState.ACCEPTED


def test_the_files_of_one_packet_together_hold_up_the_post_for_so_long_only(
    world, monkeypatch
):
    ticks = iter(range(0, 10_000, 50))
    monkeypatch.setattr(inspection, "monotonic", lambda: next(ticks))
    require(world.receiver, PdfRequirement.INTACT, inspector := Inspector())
    world.sender.write(7, RECEIVER)
    with sqlite3.connect(world.sender.register) as register:
        register.executemany(
            "INSERT INTO tep_dinh_kem_van_ban_di (van_ban_id, thu_tu, ten_tep,"
            " noi_dung) SELECT max(id), ?, ?, ? FROM van_ban_di",
            [(number, f"{number}.pdf", ONE_PDF) for number in range(2, 6)],
        )
    register.close()

    world.run()

    found, reason = state(world.receiver)
    assert (found, reason.code) == (InboxState.QUARANTINED, "pdf-not-checked")
    assert reason.details["name"] == "3.pdf"
    assert len(inspector.seen) == 2
