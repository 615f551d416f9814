"""What a file does to the checker, it does not do to the connector: real processes."""

import contextlib
import os
import signal
from pathlib import Path
from threading import Event, Thread

import pytest

from edoc_connector.errors import PdfCheckUnavailable
from edoc_connector.model.pdf_signatures import PdfOutcome, PdfState, not_checked
from edoc_connector.pdf import child as child_module
from edoc_connector.pdf.child import CLOSED, DIED, LATE, Child, Limits
from edoc_connector.pdf.inspector import ChildInspector
from edoc_connector.pdf.wire import send_file
from edoc_connector.pdf.worker import MEMORY
from tests.support import pdfs
from tests.support.builders import SENT_AT
from tests.support.computing import Others

SIGNED = pdfs.signed(pdfs.letter())


@pytest.fixture
def inspectors(tmp_path):
    made = []

    def make(**limits):
        made.append(ChildInspector(pdfs.anchors(), tmp_path, Limits(**limits)))
        return made[-1]

    yield make
    for inspector in made:
        inspector.close()


def process_of(inspector):
    return inspector._child._running.process


def outcome(report):
    assert report.state is PdfState.CHECKED, report
    return report.signatures[0].outcome


def test_one_worker_serves_many_files(inspectors):
    inspector = inspectors()

    first = outcome(inspector.inspect([SIGNED], SENT_AT))
    pid = process_of(inspector).pid
    second = outcome(inspector.inspect([SIGNED], SENT_AT))

    assert first is second is PdfOutcome.TRUSTED
    assert process_of(inspector).pid == pid


def test_an_unsigned_letter_never_meets_the_parser(inspectors):
    inspector = inspectors()

    report = inspector.inspect([pdfs.letter()], SENT_AT)

    assert report.state is PdfState.CHECKED
    assert report.signatures == ()
    assert inspector._child._running is None


def test_a_signature_whose_name_is_spelled_otherwise_is_seen(inspectors):
    """`/Byte#52ange` is `/ByteRange` (ISO 32000-1, 7.3.5): readers show a signature."""
    start = SIGNED.index(b"/ByteRange")
    end = SIGNED.index(b"]", start) + 1
    spelled = SIGNED[start:end].replace(b"/ByteRange", b"/Byte#52ange")
    assert SIGNED[end : end + 2] == b"  "
    hidden = SIGNED[:start] + spelled + SIGNED[end + 2 :]

    report = inspectors().inspect([hidden], SENT_AT)

    assert outcome(report) is PdfOutcome.BROKEN


def test_a_file_that_takes_too_long_is_given_up_and_the_next_one_is_not(
    inspectors, caplog
):
    inspector = inspectors(seconds=1.0)
    inspector.inspect([SIGNED], SENT_AT)
    late = process_of(inspector)
    os.kill(late.pid, signal.SIGSTOP)

    report = inspector.inspect([SIGNED], SENT_AT)

    assert report == not_checked(LATE)
    assert late.poll() == -signal.SIGKILL
    (record,) = caplog.records
    assert (record.message, record.reason) == ("pdf_checker_lost", "pdf-check-late")
    assert outcome(inspector.inspect([SIGNED], SENT_AT)) is PdfOutcome.TRUSTED


@pytest.fixture
def handed(monkeypatch):
    """Set when a file has been handed to a worker."""
    done = Event()

    def hand(*arguments):
        send_file(*arguments)
        done.set()

    monkeypatch.setattr(child_module, "send_file", hand)
    return done


def test_a_file_over_which_the_checker_dies_is_not_checked_and_the_next_one_is(
    inspectors, handed, caplog
):
    inspector = inspectors()
    inspector.inspect([SIGNED], SENT_AT)
    dying = process_of(inspector)
    os.kill(dying.pid, signal.SIGSTOP)
    reports = []
    handed.clear()

    asking = Thread(target=lambda: reports.append(inspector.inspect([SIGNED], SENT_AT)))
    asking.start()
    assert handed.wait(30)
    os.kill(dying.pid, signal.SIGKILL)
    asking.join()

    assert reports == [not_checked(DIED)]
    assert [it.reason for it in caplog.records] == ["pdf-checker-died"]
    assert outcome(inspector.inspect([SIGNED], SENT_AT)) is PdfOutcome.TRUSTED


def test_a_worker_that_died_between_two_files_harms_neither(inspectors):
    inspector = inspectors()
    inspector.inspect([SIGNED], SENT_AT)
    process_of(inspector).kill()
    process_of(inspector).wait()

    assert outcome(inspector.inspect([SIGNED], SENT_AT)) is PdfOutcome.TRUSTED


def test_a_worker_nobody_asks_goes_by_itself_and_is_started_again(inspectors):
    inspector = inspectors(idle_seconds=0.2)
    inspector.inspect([SIGNED], SENT_AT)
    process_of(inspector).wait(10)

    assert process_of(inspector).returncode == 0
    assert outcome(inspector.inspect([SIGNED], SENT_AT)) is PdfOutcome.TRUSTED


def test_a_worker_that_goes_in_the_moment_it_is_asked_is_no_fault_of_the_file(
    inspectors, monkeypatch
):
    inspector = inspectors(idle_seconds=0.2)
    inspector.inspect([SIGNED], SENT_AT)
    process_of(inspector).wait(10)
    seen = [False]  # it is looked at just before it goes

    def ended(running):
        return running.process.poll() is not None if seen else seen.append(True)

    seen.clear()
    monkeypatch.setattr(child_module._Running, "has_ended", property(ended))

    assert outcome(inspector.inspect([SIGNED], SENT_AT)) is PdfOutcome.TRUSTED


def test_after_so_many_files_a_new_worker_begins(inspectors):
    inspector = inspectors(files=1)
    inspector.inspect([SIGNED], SENT_AT)
    pid = process_of(inspector).pid

    inspector.inspect([SIGNED], SENT_AT)

    assert process_of(inspector).pid != pid


def test_a_file_that_needs_more_memory_than_allowed_is_not_checked(inspectors):
    inspector = inspectors(memory_bytes=160 * 1024 * 1024)
    huge = pdfs.with_evidence(SIGNED, [bytes(150_000_000)])

    report = inspector.inspect([huge], SENT_AT)

    assert report in (not_checked(MEMORY), not_checked(DIED))
    assert outcome(inspector.inspect([SIGNED], SENT_AT)) is PdfOutcome.TRUSTED


def test_where_no_worker_can_start_the_file_is_not_blamed(inspectors):
    inspector = inspectors(memory_bytes=16 * 1024 * 1024)

    with pytest.raises(PdfCheckUnavailable):
        inspector.inspect([SIGNED], SENT_AT)


def test_where_no_process_can_start_the_file_is_not_blamed(monkeypatch):
    def refuse(*_arguments, **_options):
        raise OSError(11, "no more processes")

    monkeypatch.setattr(child_module.subprocess, "Popen", refuse)

    with pytest.raises(PdfCheckUnavailable, match="no more processes"):
        Child(()).ask(None, SENT_AT)


def test_the_worker_knows_none_of_our_passwords_and_speaks_to_nobody(
    inspectors, monkeypatch
):
    monkeypatch.setenv("AXIS_PASSWORD", "hunter2")
    inspector = inspectors()

    inspector.inspect([SIGNED], SENT_AT)

    proc = Path(f"/proc/{process_of(inspector).pid}")
    assert b"hunter2" not in (proc / "environ").read_bytes()
    links = [str(it.readlink()) for it in (proc / "fd").iterdir()]
    assert sum(link.startswith("socket:") for link in links) == 1
    assert not any(".sqlite" in link or ".pem" in link for link in links)


def test_signals_to_the_whole_service_do_not_stop_a_file_in_hand(inspectors):
    inspector = inspectors()
    inspector.inspect([SIGNED], SENT_AT)

    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(process_of(inspector).pid, number)

    assert outcome(inspector.inspect([SIGNED], SENT_AT)) is PdfOutcome.TRUSTED


def test_closing_ends_the_worker(inspectors):
    inspector = inspectors()
    inspector.inspect([SIGNED], SENT_AT)
    process = process_of(inspector)

    inspector.close()
    inspector.close()

    assert process.poll() is not None
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.pid, 0)
        pytest.fail("it is still there")


def test_closing_does_not_wait_for_a_file_in_hand_and_blames_it_for_nothing(
    inspectors, handed
):
    inspector = inspectors(seconds=600.0)
    inspector.inspect([SIGNED], SENT_AT)
    slow = process_of(inspector)
    os.kill(slow.pid, signal.SIGSTOP)
    said = []
    handed.clear()
    asking = Thread(target=lambda: said.append(refused(inspector)))
    asking.start()
    assert handed.wait(30)

    closing = Thread(target=inspector.close, daemon=True)
    closing.start()
    closing.join(30)

    assert not closing.is_alive()
    asking.join(30)
    assert slow.poll() == -signal.SIGKILL
    assert said == [CLOSED]


def refused(inspector):
    """Why a file is not looked at, in the words of the error."""
    with pytest.raises(PdfCheckUnavailable) as caught:
        inspector.inspect([SIGNED], SENT_AT)
    return caught.value.details["problem"]


def test_what_is_closed_starts_no_worker_any_more(inspectors):
    inspector = inspectors()
    inspector.close()

    assert refused(inspector) == CLOSED
    assert inspector._child._running is None


def test_others_compute_while_a_worker_reads(inspectors, monkeypatch):
    others, computed = Others(monkeypatch, child_module), []
    receive = child_module.receive

    def heard(*of, **named):
        computed.append(others.compute())
        return receive(*of, **named)

    monkeypatch.setattr(child_module, "receive", heard)

    with others.baton.held():
        report = inspectors().inspect([SIGNED], SENT_AT)

    assert report.state is PdfState.CHECKED
    assert computed
    assert all(computed)
