"""What people see of days, and of what differs."""

from __future__ import annotations

import json

import pytest

from edoc_connector.cli import reconciliation_show
from edoc_connector.errors import ExitCode
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.reconciliation import CaseKind, Difference
from edoc_connector.storage import Storage
from tests.contract.test_storage_reconciliations import statement
from tests.support.shell import edoc
from tests.support.storage import COMMUNE, DEPARTMENT, NOW
from tests.unit.cli.test_document import SITE


@pytest.fixture
def storage(tmp_path, monkeypatch):
    """Two days with one partner; of the second four documents differ."""
    path = tmp_path / "edoc.toml"
    path.write_text(SITE, encoding="utf-8")
    monkeypatch.setenv("EDOC_SETTINGS", str(path))
    storage = Storage(f"sqlite:///{tmp_path}/edoc.sqlite", None, tmp_path / "content")
    storage.migrate()
    with storage.work() as work:
        work.reconciliations.add(statement(day="2026-11-22", compared_at=NOW))
        work.reconciliations.add(statement(day="2026-11-22", is_ours=True, sent=5))
        work.reconciliations.add(statement(day="2026-11-23", compared_at=NOW))
        work.reconciliations.add(statement(day="2026-11-23", peer=COMMUNE))
        work.reconciliations.add(statement(day="2026-11-21", is_ours=True))
        for kind in CaseKind:
            found = Difference(
                kind=kind, message_id=MessageId(f"m-{kind}"), document_id=f"7,{kind}"
            )
            work.cases.open(DEPARTMENT, "2026-11-23", found, at=NOW)
    yield storage
    storage.close()


@pytest.mark.usefixtures("storage")
def test_each_day_with_each_partner_says_whether_it_fits(capsys):
    done = edoc(capsys, "reconciliation", "list", "--json")

    lines = [json.loads(line) for line in done.out.splitlines()]
    assert [(it["day"], it["peer"], it["state"]) for it in lines] == [
        ("2026-11-23", DEPARTMENT, "differs"),
        ("2026-11-23", COMMUNE, "waiting"),
        ("2026-11-22", DEPARTMENT, "fits"),
        ("2026-11-21", DEPARTMENT, "silent"),
    ]
    assert lines[2]["ours"]["sent"] == 5
    assert lines[0]["open_cases"] == 4


@pytest.mark.usefixtures("storage")
@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("They sent", "fits")), ("vi", ("Bên kia gửi", "khớp"))],
)
def test_people_read_the_days_in_both_languages(capsys, language, words):
    out = edoc(capsys, "--lang", language, "reconciliation", "list").out

    assert [word for word in words if word not in out] == []


@pytest.mark.usefixtures("storage")
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("edoc document resend m-not-received-there", "ask the partner")),
        ("vi", ("edoc document resend m-not-received-there", "đề nghị bên kia")),
    ],
)
def test_each_difference_says_what_to_do(capsys, language, words):
    out = edoc(capsys, "--lang", language, "reconciliation", "show").out

    assert [word for word in words if word not in out] == []
    assert out.count("7,") == 4


@pytest.mark.usefixtures("storage")
def test_only_those_with_one_partner_are_shown(capsys):
    done = edoc(capsys, "reconciliation", "show", "--peer", COMMUNE)

    assert (done.code, done.out) == (0, "")
    assert "no differences" in done.err


@pytest.mark.usefixtures("storage")
def test_a_person_closes_a_difference_with_a_reason(capsys):
    closed = edoc(capsys, "reconciliation", "close", "1", "--reason", "sent by post")
    again = edoc(capsys, "reconciliation", "close", "1", "--reason", "x")
    shown = edoc(capsys, "reconciliation", "show", "--all").out
    left = edoc(capsys, "reconciliation", "show", "--json").out

    assert closed.code == 0, closed.err
    assert again.code == ExitCode.NOT_FOUND
    assert "settled by people: sent by post" in shown
    assert len(left.splitlines()) == 3


def test_with_the_closed_ones_no_open_one_is_missing(storage, capsys, monkeypatch):
    monkeypatch.setattr(reconciliation_show, "MOST", 1)
    with storage.work() as work:
        for number in ("8", "9"):
            found = Difference(
                kind=CaseKind.UNKNOWN_HERE,
                message_id=MessageId(number),
                document_id=number,
            )
            work.cases.open(COMMUNE, "2026-11-23", found, at=NOW)
        work.cases.close(work.cases.get(2), at=NOW)
        work.cases.close(work.cases.get(4), at=NOW)

    def shown(*options):
        out = edoc(capsys, "reconciliation", "show", "--all", "--json", *options).out
        return [json.loads(line)["id"] for line in out.splitlines()]

    assert shown() == [6, 5, 3, 1]
    assert shown("--peer", COMMUNE) == [6, 5]
    assert shown("--peer", DEPARTMENT) == [4, 3, 1]


def test_what_fits_again_is_told_as_such(storage, capsys):
    with storage.work() as work:
        work.cases.close(work.cases.get(1), at=NOW)

    assert "it fits again" in edoc(capsys, "reconciliation", "show", "--all").out


@pytest.mark.usefixtures("storage")
def test_a_closed_difference_is_written_for_programs(capsys):
    options = ("--reason", "sent by post", "--json")
    done = edoc(capsys, "reconciliation", "close", "2", *options)

    assert json.loads(done.out)["reason"]["details"] == {"text": "sent by post"}


def test_where_nothing_was_reconciled_yet_it_says_so(tmp_path, monkeypatch, capsys):
    path = tmp_path / "edoc.toml"
    path.write_text(SITE, encoding="utf-8")
    monkeypatch.setenv("EDOC_SETTINGS", str(path))
    Storage(f"sqlite:///{tmp_path}/edoc.sqlite", None, tmp_path / "content").migrate()

    english = edoc(capsys, "reconciliation", "list")
    vietnamese = edoc(capsys, "--lang", "vi", "reconciliation", "list")

    assert (english.code, english.out) == (0, "")
    assert english.err == "there is no day with any partner yet\n"
    assert vietnamese.err == "chưa có ngày nào được đối soát với nơi nào\n"
