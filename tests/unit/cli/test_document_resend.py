"""`edoc document resend`: a plan first, one question, and then the packets."""

from __future__ import annotations

import json

import pytest

from edoc_connector.cli import document_resend as command_module
from edoc_connector.errors import ExitCode, StorageUnavailable
from edoc_connector.model.change import ChangeState
from edoc_connector.model.delivery import DeliveryEvent
from edoc_connector.storage import Storage
from edoc_connector.storage.records import Change
from tests.support.shell import edoc
from tests.support.storage import COMMUNE, DEPARTMENT, NOW, outgoing
from tests.unit.cli.test_document import SITE
from tests.unit.cli.test_document_change import add


@pytest.fixture
def storage(tmp_path, monkeypatch):
    """Two documents at the department; one had no mailbox at the commune."""
    path = tmp_path / "edoc.toml"
    path.write_text(SITE, encoding="utf-8")
    monkeypatch.setenv("EDOC_SETTINGS", str(path))
    opened = Storage(f"sqlite:///{tmp_path}/edoc.sqlite", None, tmp_path / "content")
    opened.migrate()
    first, _ = add(opened, "17", "15"), add(opened, "18", "16")
    with opened.work() as work:
        move = work.deliveries.move
        move(first.key, COMMUNE, DeliveryEvent.RETURN, at=NOW)
        move(first.key, DEPARTMENT, DeliveryEvent.ARRIVE, at=NOW)
    yield opened
    opened.close()


def waiting(storage):
    with storage.reading() as work:
        return work.outbox.waiting()


@pytest.mark.parametrize(
    ("language", "again"), [("en", "it is sent again"), ("vi", "gửi lại")]
)
def test_it_is_shown_what_the_receiver_has_and_what_will_happen(
    storage, capsys, language, again
):
    done = edoc(capsys, "--lang", language, "document", "resend", "15", "--dry-run")

    assert done.code == 0, done.err
    (line,) = (it for it in done.out.splitlines() if COMMUNE in it)
    assert again in line
    (known,) = (it for it in done.out.splitlines() if f" {DEPARTMENT} " in it)
    assert {"en": "yes: it will get a repeat", "vi": "bản lặp"}[language] in known
    assert waiting(storage) == 0


def test_it_is_done_after_a_yes(storage, capsys):
    refused = edoc(capsys, "document", "resend", "15")
    done = edoc(capsys, "document", "resend", "15", "--yes")

    assert refused.code == ExitCode.USAGE
    assert done.code == 0, done.err
    assert "is queued again for" in done.err
    assert waiting(storage) == 2


def test_all_that_failed_goes_again_without_an_id(storage, capsys):
    done = edoc(capsys, "document", "resend", "--failed", "--yes", "--json")

    (line,) = (json.loads(it) for it in done.out.splitlines())
    assert line["recipients"] == [COMMUNE]
    (told,) = line["plan"]
    assert (told["state"], told["told_twice"]) == ("unroutable", False)
    assert (told["seal"], told["fate"]) == ("unknown", "again")
    assert waiting(storage) == 1


def turn_down(storage, row="17"):
    """A clerk at the department refuses what had arrived there."""
    key = outgoing(row).key
    with storage.work() as work:
        seen = work.deliveries.get(key, DEPARTMENT)
        work.deliveries.show(seen, status="02", at=NOW)


def test_what_a_clerk_there_turned_down_is_shown_and_left_out(storage, capsys):
    turn_down(storage)

    shown = edoc(capsys, "document", "resend", "--failed", "--dry-run")
    done = edoc(capsys, "document", "resend", "--failed", "--yes", "--json")

    (line,) = (it for it in shown.out.splitlines() if f" {DEPARTMENT} " in it)
    assert "would only answer 02 again" in line
    assert "it is there" in line
    assert "will get a repeat" not in line
    assert "edoc document replace" in line
    (told,) = (json.loads(it) for it in done.out.splitlines())
    assert told["recipients"] == [COMMUNE]
    assert [it["fate"] for it in told["plan"]] == ["turned-down", "again"]
    assert waiting(storage) == 1


def test_who_is_named_gets_it_once_more_after_a_warning(storage, capsys):
    turn_down(storage)

    done = edoc(capsys, "document", "resend", "15", "--to", DEPARTMENT, "--yes")

    assert "and only answers 02 again" in done.out
    assert waiting(storage) == 1


def test_what_failed_before_a_day_is_left_alone(storage, capsys):
    done = edoc(
        capsys, "document", "resend", "--failed", "--since", "2026-11-24", "--yes"
    )

    assert "nothing to send again" in done.err
    assert waiting(storage) == 0


def test_several_documents_and_one_recipient(storage, capsys):
    done = edoc(capsys, "document", "resend", "15", "16", "--to", DEPARTMENT, "--yes")

    assert done.code == 0, done.err
    assert waiting(storage) == 2


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_where_one_fails_it_is_told_which_were_queued_before(
    storage, capsys, monkeypatch, options
):
    real = command_module.resend

    def resend_some(*given, **options):
        if waiting(storage):
            raise StorageUnavailable(problem="it is switched off")
        return real(*given, **options)

    monkeypatch.setattr(command_module, "resend", resend_some)
    done = edoc(capsys, "document", "resend", "15", "16", "--yes", *options)

    assert done.code == ExitCode.UNAVAILABLE
    assert "[storage-unavailable]" in done.err
    if options:
        lines = [json.loads(it) for it in done.out.splitlines()]
        assert [len(it["recipients"]) for it in lines] == [2, 0]
    else:
        assert done.err.count("is queued again for") == 1
        assert "15/UBND-VX is queued again" in done.err


def test_what_waits_already_is_not_asked_about(storage, capsys):
    edoc(capsys, "document", "resend", "15", "--yes")

    done = edoc(capsys, "document", "resend", "15")

    assert done.code == 0
    assert "a copy waits already" in done.out
    assert waiting(storage) == 2


@pytest.mark.usefixtures("storage")
@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "name a document, or say --failed"),
        (("15", "--since", "2026-11-24"), "--since goes with --failed only"),
    ],
)
def test_what_means_nothing_is_a_mistake_of_the_caller(capsys, options, said):
    done = edoc(capsys, "document", "resend", *options)

    assert done.code == ExitCode.USAGE
    assert said in done.err


def withdraw(storage, row="17", codes=(DEPARTMENT, COMMUNE)):
    """The document was recalled from some."""
    key = outgoing(row).key
    with storage.work() as work:
        work.changes.add(
            [
                Change(
                    change=key,
                    original=key,
                    recipient=code,
                    business_type=1,
                    state=ChangeState.ASKED,
                    reason=None,
                    changed_at=NOW,
                )
                for code in codes
            ]
        )


def test_what_was_recalled_is_shown_and_refused(storage, capsys):
    withdraw(storage)

    done = edoc(capsys, "document", "resend", "15", "--yes")
    looked = edoc(capsys, "document", "resend", "15", "--dry-run")

    assert done.code == ExitCode.FAILED
    assert "[resend-withdrawn]" in done.err
    assert "it was recalled, replaced or stopped" in looked.out
    assert looked.code == 0
    assert waiting(storage) == 0


def test_a_refusal_names_no_recipient_of_another_document(storage, capsys):
    withdraw(storage, "17", [COMMUNE])
    withdraw(storage, "18", [DEPARTMENT])
    with storage.work() as work:
        move = work.deliveries.move
        move(outgoing("18").key, DEPARTMENT, DeliveryEvent.RETURN, at=NOW)

    done = edoc(capsys, "document", "resend", "15", "16", "--failed", "--yes")

    assert done.code == ExitCode.FAILED
    assert f" for {COMMUNE};" in done.err


def test_what_was_recalled_long_ago_makes_no_failure_of_all_that_failed(
    storage, capsys
):
    withdraw(storage)

    done = edoc(capsys, "document", "resend", "--failed", "--yes")

    assert done.code == 0, done.err
    assert waiting(storage) == 0
