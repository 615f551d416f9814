"""Which document a command is about, where several have the same name."""

from __future__ import annotations

import pytest

from edoc_connector.errors import ExitCode
from edoc_connector.model.delivery import DocumentState, InboxState
from edoc_connector.model.identifiers import DocumentId
from tests.support.shell import edoc
from tests.support.storage import arrival, outgoing, receive
from tests.unit.cli import test_document_change as changing

TEXT = ("--reason", "Ban hành nhầm")
storage = changing.storage

RECEIVED = DocumentId("G22,2026/11/23,643/VPCP-KSTT")


@pytest.fixture
def both(storage):
    """Row 17 was sent; what lies in row 17 of the other table was received."""
    with storage.work() as work:
        for name, row_id in (("0123456789", "17"), ("9876543210", "643")):
            entry = receive(work, name, state=InboxState.DELIVERED, correlation_id=name)
            came = arrival(
                entry,
                key=name,
                document_id=f"{RECEIVED}-{row_id}",
                label=f"{row_id}/VPCP-KSTT",
                row_id=row_id,
            )
            work.arrivals.add(came)
    return storage


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize("command", [("why",), ("document", "show")])
def test_who_looks_is_told_of_both_where_a_row_number_means_two(capsys, command):
    done = edoc(capsys, *command, "17")

    assert done.code == ExitCode.NOT_FOUND
    assert "15/UBND-VX" in done.err
    assert "01234567 17/VPCP-KSTT" in done.err
    assert "[ambiguous]" in done.err


def test_what_we_do_with_a_document_is_done_with_one_of_ours(both, capsys):
    done = edoc(capsys, "document", "recall", "17", *TEXT, "--yes")

    assert done.code == 0, done.err
    assert changing.changed(both)[0].label == "15/UBND-VX"


@pytest.mark.usefixtures("both")
def test_a_decision_is_about_what_was_received(capsys):
    done = edoc(capsys, "document", "agree", "17")

    assert "no request about 17/VPCP-KSTT waits" in done.err


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("recall", "643", *TEXT),
            "was received, not sent; only its sender recalls it",
        ),
        (("update", "643", "--by", "17", *TEXT), "only its sender updates it"),
        (("replace", "643", "--by", "17", *TEXT), "only its sender replaces it"),
        (("replace", "17", "--by", "643", *TEXT), "the new content is a document of"),
        (("resend", "643"), "only its sender sends it again"),
        (("statement", "643", "-o", "-"), "only about what was sent"),
        (("agree", "15"), "15/UBND-VX was sent, not received"),
        (("refuse", "15", *TEXT), "only its receivers agree to a change"),
        (("statement", "15", "--to", "ZZ", "-o", "-"), "ZZ is not a recipient of 15/"),
    ],
)
def test_what_a_command_is_not_about_is_told_in_its_own_words(capsys, arguments, words):
    done = edoc(capsys, "document", *arguments)

    assert done.code == ExitCode.NOT_FOUND
    assert words in done.err


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize(
    "arguments",
    [
        ("why", "99/XX"),
        ("document", "show", "99/XX"),
        ("document", "packet", "99/XX", "-o", "-"),
        ("document", "recall", "99/XX", *TEXT),
        ("document", "update", "15", "--by", "99/XX", *TEXT),
        ("document", "resend", "99/XX"),
        ("document", "statement", "99/XX", "-o", "-"),
        ("document", "agree", "99/XX"),
    ],
)
def test_who_names_nothing_is_told_where_the_names_stand(capsys, arguments):
    english = edoc(capsys, *arguments)
    vietnamese = edoc(capsys, "--lang", "vi", *arguments)

    assert english.code == ExitCode.NOT_FOUND
    assert "no document is called 99/XX" in english.err
    assert "edoc document list" in english.err
    assert "không tìm thấy văn bản 99/XX" in vietnamese.err
    assert "edoc document list" in vietnamese.err


@pytest.mark.parametrize("row", [("31",), ("15", "--by", "31")])
def test_a_row_that_could_not_be_sent_is_not_changed(storage, capsys, row):
    with storage.work() as work:
        work.documents.add(
            outgoing("31", state=DocumentState.REFUSED, document=None, label="UBND"), ()
        )
    command = "recall" if len(row) == 1 else "replace"

    done = edoc(capsys, "document", command, *row, *TEXT, "--yes")

    assert done.code == ExitCode.NOT_FOUND
    assert "UBND cannot be sent, and nobody has it" in done.err


def test_what_replaced_another_document_too_is_found_by_its_number(storage, capsys):
    edoc(capsys, "document", "replace", "15", "--by", "16", *TEXT, "--yes")
    newest = changing.changed(storage)[0]

    why = edoc(capsys, "why", "16/UBND-VX")
    shown = edoc(capsys, "document", "show", "16/UBND-VX")
    recalled = edoc(capsys, "document", "recall", "16/UBND-VX", *TEXT, "--yes")

    assert why.code == 0, why.err
    told = "also sent in the place of another document: edoc why"
    assert f"{told} {newest.key[:8]}" in why.out
    assert newest.key[:8] in shown.out
    # Both are out there: which one is to be recalled, a person says.
    assert newest.key[:8] in recalled.err
    assert "[several-documents]" in recalled.err


def test_what_replaced_one_document_replaces_another_one_too(storage, capsys):
    edoc(capsys, "document", "replace", "15", "--by", "16", *TEXT, "--yes")
    changing.add(storage, "21", "21")

    done = edoc(capsys, "document", "replace", "21", "--by", "16", *TEXT, "--yes")

    assert done.code == 0, done.err
    assert changing.changed(storage)[0].label == "16/UBND-VX"


@pytest.mark.usefixtures("storage")
def test_a_recipient_is_named_in_any_writing_of_its_code(capsys):
    done = edoc(
        capsys, "document", "statement", "15", "--to", "000.00.14.H20", "-o", "-"
    )

    assert "there is no statement of non-delivery of 15/UBND-VX" in done.err
