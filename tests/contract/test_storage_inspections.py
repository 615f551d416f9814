"""What is kept of attached PDFs, the same on SQLite and on PostgreSQL."""

from datetime import timedelta

from edoc_connector.model.delivery import DocumentState
from edoc_connector.model.pdf_signatures import (
    PdfMark,
    PdfOutcome,
    PdfReport,
    PdfSignature,
    PdfState,
)
from edoc_connector.storage.records import Uninspected
from tests.support.storage import BOTH, NOW, arrival, digest, outgoing, receive

pytest_plugins = ("tests.support.databases",)

FILE, PACKET = digest("file"), digest("m-1")
REPORT = PdfReport(
    state=PdfState.CHECKED,
    signatures=(
        PdfSignature(
            field="Chữ ký 1",
            mark=PdfMark.SIGNATURE,
            sub_filter="adbe.pkcs7.detached",
            outcome=PdfOutcome.INTACT,
            signer="Người ký",
            claimed_at=NOW,
            judged_at=NOW,
        ),
    ),
)
EXPLAIN = "EXPLAIN QUERY PLAN SELECT id FROM {} ORDER BY id DESC LIMIT 1"
LATER = NOW + timedelta(days=1)


def test_a_report_comes_back_as_it_was(storage):
    with storage.work() as work:
        work.inspections.record(FILE, REPORT, NOW)
        work.inspections.attach(PACKET, 1, "công văn.pdf", FILE)

    with storage.reading() as work:
        (found,) = work.inspections.of(PACKET)
        assert work.inspections.report(FILE) == REPORT
    assert (found.number, found.name, found.sha256) == (1, "công văn.pdf", FILE)
    assert (found.report, found.checked_at) == (REPORT, NOW)


def test_a_later_report_takes_the_place_of_the_first(storage):
    unreadable = PdfReport(state=PdfState.UNREADABLE)
    with storage.work() as work:
        work.inspections.record(FILE, REPORT, NOW)
        work.inspections.record(FILE, unreadable, LATER)
        work.inspections.attach(PACKET, 1, "a.pdf", FILE)
        work.inspections.attach(PACKET, 1, "a.pdf", FILE)

    with storage.reading() as work:
        (found,) = work.inspections.of(PACKET)
    assert (found.report, found.checked_at) == (unreadable, LATER)


def test_what_nobody_looked_at_has_no_report(storage):
    with storage.reading() as work:
        assert work.inspections.report(FILE) is None
        assert work.inspections.of(PACKET) == ()


def test_what_arrived_and_what_was_sealed_waits_and_then_no_more(storage):
    with storage.work() as work:
        received = receive(work)
        work.arrivals.add(arrival(received))
        sealed = outgoing(state=DocumentState.SEALED, packet=digest("sent"))
        work.documents.add(sealed, BOTH)
        work.documents.add(outgoing("18"), BOTH)

    with storage.work() as work:
        waiting = work.inspections.waiting(10)
        for uninspected in waiting:
            work.inspections.finish(uninspected, NOW)

    with storage.reading() as work:
        (entry,) = work.inbox.recent("edoc", 10)
    assert [it.seen_at for it in waiting] == [entry.accepted_at, NOW]
    assert [(it.is_received, it.packet) for it in waiting] == [
        (True, digest("m-1")),
        (False, digest("sent")),
    ]
    with storage.reading() as work:
        assert work.inspections.waiting(10) == ()


def test_no_more_is_given_out_than_was_asked_for(storage):
    with storage.work() as work:
        for number in range(3):
            received = receive(work, f"m-{number}")
            work.arrivals.add(arrival(received, key=digest(f"key {number}")))
        sealed = outgoing(state=DocumentState.SEALED, packet=digest("sent"))
        work.documents.add(sealed, BOTH)

    with storage.reading() as work:
        waiting = work.inspections.waiting(2)

    assert [it.packet for it in waiting] == [digest("m-2"), digest("m-1")]
    assert all(isinstance(it, Uninspected) for it in waiting)


def test_the_question_what_waits_reads_no_history(storage):
    """By its index: what was inspected is not in it."""
    import sqlalchemy as sa

    if storage._engine.dialect.name != "sqlite":
        return
    with storage._engine.connect() as connection:
        plans = [
            connection.execute(sa.text(EXPLAIN.format(query))).all()
            for query in (
                "arrivals WHERE inspected_at IS NULL",
                "documents WHERE inspected_at IS NULL AND packet IS NOT NULL",
            )
        ]

    assert "ix_arrivals_uninspected" in str(plans[0])
    assert "ix_documents_uninspected" in str(plans[1])
