"""`edoc document recall`, `update`, `replace`: shown, asked once, then done."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from edoc_connector.errors import ExitCode, LostRace
from edoc_connector.flows.changes.change import change
from edoc_connector.model.change import ChangeState
from edoc_connector.model.delivery import (
    DeliveryEvent,
    DeliveryState,
    DocumentEvent,
    DocumentState,
    InboxState,
)
from edoc_connector.model.document import Code
from edoc_connector.model.identifiers import DocumentId
from edoc_connector.storage import Storage
from tests.support import pki
from tests.support.builders import document
from tests.support.shell import Terminal, edoc
from tests.support.storage import (
    BOTH,
    COMMUNE,
    DEPARTMENT,
    NOW,
    digest,
    outgoing,
    receive,
)
from tests.unit.cli.test_document import SITE

TEXT = ("--reason", "Ban hành nhầm")


@pytest.fixture
def storage(tmp_path, monkeypatch):
    """A document to two recipients: one has it, for the other it waits in the queue."""
    path = tmp_path / "edoc.toml"
    path.write_text(SITE, encoding="utf-8")
    (tmp_path / "root.pem").write_bytes(pki.pem(pki.root()))
    monkeypatch.setenv("EDOC_SETTINGS", str(path))
    opened = Storage(f"sqlite:///{tmp_path}/edoc.sqlite", None, tmp_path / "content")
    opened.migrate()
    add(opened, "17", "15")
    add(opened, "18", "16")
    yield opened
    opened.close()


def add(storage, row_id, number):
    """A sealed document that has arrived at the department."""
    code = Code(number, "UBND-VX")
    document_id = DocumentId(f"H20,2026/11/23,{code.text}")
    content = document(recipients=BOTH, code=code, document_id=document_id)
    kept = outgoing(row_id, document=content, label=code.text, document_id=document_id)
    with storage.work() as work:
        work.documents.add(kept, BOTH)
        work.documents.move(
            kept.key, DocumentEvent.SEAL, packet=digest(row_id), packet_bytes=1
        )
        for code_ in (DEPARTMENT, COMMUNE):
            work.deliveries.move(kept.key, code_, DeliveryEvent.SEAL, at=NOW)
        work.deliveries.move(kept.key, DEPARTMENT, DeliveryEvent.CONFIRM, at=NOW)
    return kept


def changed(storage):
    with storage.reading() as work:
        newest = work.documents.recent(1)[0]
        rows = work.changes.of(newest.key)
    return newest, {it.recipient: it.state for it in rows}


@pytest.mark.parametrize(
    ("language", "asked", "stopped"),
    [
        ("en", "it is asked to give it back", "it is stopped here, unseen"),
        ("vi", "yêu cầu nơi nhận trả lại", "dừng gửi tại đây"),
    ],
)
def test_a_recall_says_what_happens_at_each_recipient(
    storage, capsys, language, asked, stopped
):
    done = edoc(capsys, "--lang", language, "document", "recall", "15", *TEXT, "--yes")

    assert done.code == 0, done.err
    (line,) = (it for it in done.out.splitlines() if DEPARTMENT + " " in it)
    assert asked in line
    (line,) = (it for it in done.out.splitlines() if COMMUNE in it)
    assert stopped in line
    assert "15/UBND-VX" in done.err
    newest, states = changed(storage)
    assert newest.revision == "recall:1"
    assert newest.row_id == "17"
    assert newest.document.business.reason == "Ban hành nhầm"
    assert states == {DEPARTMENT: ChangeState.ASKED, COMMUNE: ChangeState.STOPPED}


def test_where_nobody_can_be_asked_yes_has_to_be_said(storage, capsys):
    done = edoc(capsys, "document", "recall", "15", *TEXT)
    vietnamese = edoc(capsys, "--lang", "vi", "document", "recall", "15", *TEXT)

    assert done.code == ExitCode.USAGE
    assert "say --yes" in done.err
    assert "hãy thêm --yes" in vietnamese.err
    assert changed(storage)[1] == {}


def test_a_person_is_asked_once(storage, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))

    done = edoc(capsys, "document", "recall", "15", *TEXT)

    assert done.code == 0, done.err
    assert done.err.count("Recall 15/UBND-VX?") == 1
    assert len(changed(storage)[1]) == 2


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "nothing was done"), ("vi", "chưa làm gì")],
)
def test_a_no_does_nothing_and_does_not_look_like_done(
    storage, capsys, monkeypatch, language, told
):
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))

    done = edoc(capsys, "--lang", language, "document", "recall", "15", *TEXT)

    assert done.code == ExitCode.FAILED
    assert told in done.err
    assert changed(storage)[1] == {}


@pytest.mark.parametrize(
    ("answer", "rows"),
    [
        *((yes, 2) for yes in ("c", "C", "có", "CÓ", "co\u0301", "y", "Yes")),
        *((no, 0) for no in ("k", "không", "KHÔNG", "n", "No", "")),
    ],
)
def test_yes_and_no_are_understood_in_both_languages(
    storage, capsys, monkeypatch, answer, rows
):
    monkeypatch.setattr("sys.stdin", Terminal(f"{answer}\n"))

    done = edoc(capsys, "--lang", "vi", "document", "recall", "15", *TEXT)

    assert done.code == (ExitCode.OK if rows else ExitCode.FAILED), done.err
    assert "[c/K]: " in done.err
    assert len(changed(storage)[1]) == rows


def test_what_is_neither_yes_nor_no_is_asked_again(storage, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", Terminal("được\n", "c\n"))

    done = edoc(capsys, "--lang", "vi", "document", "recall", "15", *TEXT)

    assert "hãy trả lời c (có) hoặc k (không)" in done.err
    assert done.err.count("[c/K]") == 2
    assert len(changed(storage)[1]) == 2


def test_a_program_gets_a_line_for_each_recipient(storage, capsys):
    done = edoc(
        capsys, "document", "recall", "15", *TEXT, "--to", COMMUNE, "--yes", "--json"
    )

    (line,) = (json.loads(it) for it in done.out.splitlines())
    assert line["recipient"] == COMMUNE
    assert (line["state"], line["gets_packet"]) == ("stopped", False)
    assert line["change"] == changed(storage)[0].key


def test_a_replacement_sends_the_other_document_to_those_of_the_first(storage, capsys):
    done = edoc(capsys, "document", "replace", "15", "--by", "16", *TEXT, "--yes")

    assert done.code == 0, done.err
    newest, states = changed(storage)
    assert newest.label == "16/UBND-VX"
    assert [it.code for it in newest.document.recipients] == [DEPARTMENT, COMMUNE]
    assert newest.document.attachments
    assert states == {DEPARTMENT: ChangeState.ASKED, COMMUNE: ChangeState.STOPPED}


def test_an_update_needs_the_same_number(storage, capsys):
    done = edoc(capsys, "document", "update", "15", "--by", "16", *TEXT, "--yes")

    assert "[update-of-another]" in done.err
    assert changed(storage)[1] == {}


def refused(storage, done):
    """Nothing is written, and the code says why."""
    assert done.code == ExitCode.FAILED
    assert changed(storage)[1] == {}
    return done.err.rpartition("[")[2].strip("]\n")


@pytest.mark.parametrize("row", ["17", "15/UBND-VX"])
def test_a_document_is_not_updated_by_itself(storage, capsys, row):
    done = edoc(capsys, "document", "update", "17", "--by", row, *TEXT, "--yes")

    assert refused(storage, done) == "updated-by-itself"


@pytest.mark.parametrize("verb", ["update", "replace"])
def test_what_was_recalled_gives_its_content_to_no_other(storage, capsys, verb):
    by = add(storage, "19", "15" if verb == "update" else "19")
    with storage.work() as work:
        work.documents.freeze(by.key, NOW)

    done = edoc(capsys, "document", verb, "17", "--by", "19", *TEXT, "--yes")

    assert refused(storage, done) == "content-taken-back"


def test_a_change_gives_its_content_to_no_other_document(storage, capsys):
    edoc(capsys, "document", "replace", "15", "--by", "16", *TEXT, "--yes")
    add(storage, "21", "21")
    with storage.reading() as work:
        change_ = work.documents.recent(2)[1].key

    done = edoc(capsys, "document", "replace", "21", "--by", change_, *TEXT, "--yes")

    assert refused(storage, done) == "content-is-change"


def test_an_update_goes_to_all_who_have_it_or_will(storage, capsys):
    again = replace(add(storage, "19", "15"), key="")
    assert again.label == "15/UBND-VX"

    done = edoc(capsys, "document", "update", "17", "--by", "19", *TEXT, "--yes")

    assert done.code == 0, done.err
    newest, states = changed(storage)
    assert newest.revision == "update:1"
    assert set(states.values()) == {ChangeState.ASKED}


@pytest.mark.parametrize(
    ("reason", "code"), [("x" * 501, "field-too-long"), ("MẬT", "secret-stamp")]
)
def test_a_reason_that_cannot_be_sent_is_refused_before_anything_is_done(
    storage, capsys, reason, code
):
    done = edoc(capsys, "document", "recall", "15", "--reason", reason, "--yes")

    assert f"[{code}]" in done.err
    assert changed(storage)[1] == {}


@pytest.mark.usefixtures("storage")
def test_a_second_recall_is_refused(capsys):
    edoc(capsys, "document", "recall", "15", *TEXT, "--yes")

    done = edoc(capsys, "document", "recall", "15", *TEXT, "--yes")

    assert "[changed-already]" in done.err
    assert done.code == ExitCode.FAILED


def test_the_story_of_both_tells_of_the_recall(storage, capsys):
    edoc(capsys, "document", "recall", "15", *TEXT, "--yes")
    key = changed(storage)[0].key

    original = edoc(capsys, "document", "show", "15")
    recall = edoc(capsys, "--lang", "vi", "document", "show", key)
    told = json.loads(edoc(capsys, "document", "show", "15", "--json").out)

    assert "Frozen since:" in original.out
    assert f"Recall  {key[:8]}  {DEPARTMENT}  asked, no answer yet" in original.out
    assert f"{COMMUNE}  stopped here before it left" in original.out
    assert "Thu hồi văn bản:" in recall.out
    assert "15/UBND-VX" in recall.out
    assert {it["state"] for it in told["changes"]} == {"asked", "stopped"}


def test_what_was_recalled_for_all_before_it_was_sealed_ends_here(storage, capsys):
    code = Code("20", "UBND-VX")
    document_id = DocumentId("H20,2026/11/23,20/UBND-VX")
    content = document(recipients=BOTH, code=code, document_id=document_id)
    kept = outgoing("20", document=content, label=code.text, document_id=document_id)
    with storage.work() as work:
        work.documents.add(kept, BOTH)

    done = edoc(capsys, "document", "recall", "20", *TEXT, "--yes")

    assert done.code == 0, done.err
    with storage.reading() as work:
        assert work.documents.get(kept.key).state is DocumentState.WITHDRAWN
        states = {it.state for it in work.deliveries.of(kept.key)}
    assert states == {DeliveryState.WITHDRAWN}


@pytest.mark.parametrize(("losses", "code"), [(1, 0), (9, ExitCode.FAILED)])
def test_what_moves_at_the_same_moment_is_looked_at_again(
    storage, capsys, monkeypatch, losses, code
):
    left = [losses]

    def slow(*arguments):
        left[0] -= 1
        if left[0] >= 0:
            raise LostRace(key="the original")
        return change(*arguments)

    monkeypatch.setattr("edoc_connector.cli.change_text.change", slow)

    done = edoc(capsys, "document", "recall", "15", *TEXT, "--yes")

    assert done.code == code
    assert bool(changed(storage)[1]) is (code == 0)


def test_what_was_received_is_not_recalled_by_us(storage, capsys):
    with storage.work() as work:
        receive(
            work,
            "0123456789",
            state=InboxState.QUARANTINED,
            correlation_id="H20,2026/11/23,643/UBND-THVX",
        )

    done = edoc(capsys, "document", "recall", "643", *TEXT, "--yes")

    assert "[received-not-sent]" in done.err
