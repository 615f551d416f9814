"""What people and programs see of the directory."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from edoc_connector.errors import ExitCode
from edoc_connector.model.identifiers import Digest, MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from edoc_connector.storage import Storage
from tests.support.lists import NOON, csv_list
from tests.support.shell import Terminal, edoc
from tests.support.storage import BOTH, outgoing
from tests.unit.cli.test_document import SITE

ROWS = (
    "H20,UBND tỉnh Đồng Tháp",
    *(f"H20.{n},Sở số {n}" for n in range(1, 14)),
    "H20.14,Sở Nội\u200b vụ",
    "000.1137.H20,Ban lạ",
)


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A site that has never run, and a list."""
    path = tmp_path / "edoc.toml"
    path.write_text(SITE, encoding="utf-8")
    monkeypatch.setenv("EDOC_SETTINGS", str(path))
    return csv_list(tmp_path, *ROWS)


@pytest.fixture
def imported(site, capsys):
    """The same after the list was imported."""
    edoc(capsys, "directory", "import", str(site))
    return site


def lines(done):
    return [json.loads(line) for line in done.out.splitlines()]


def test_an_import_says_each_flaw_by_its_line_and_counts(site, capsys):
    done = edoc(capsys, "directory", "import", str(site), "--json")

    *flaws, summary = lines(done)
    assert done.code == ExitCode.OK
    assert [(it["line"], it["kind"], it["refuses"]) for it in flaws] == [
        (17, "code-malformed", True),
        (16, "name-invisible", False),
    ]
    assert (summary["rows"], summary["new"], summary["refused"]) == (16, 15, 1)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("17", "left out", "none of the known forms", "Rows left out: 1")),
        ("vi", ("17", "bị bỏ", "không thuộc dạng mã nào", "Dòng bị bỏ: 1")),
    ],
)
def test_people_read_it_in_both_languages(site, capsys, language, words):
    out = edoc(capsys, "--lang", language, "directory", "import", str(site)).out

    assert [word for word in words if word not in " ".join(out.split())] == []


SOILED = (
    *(f"H20.{n},Sở\u200b số {n}" for n in range(1, 41)),
    *(f"H21.{n}.1,Phòng {n}" for n in range(1, 21)),
    "000.1137.H20,Ban lạ",
    "H20.7,Sở khác",
)


@pytest.mark.parametrize(
    ("language", "group"),
    [("en", "2 and 39 more"), ("vi", "2 và 39 dòng nữa")],
)
def test_who_was_left_out_stands_first_and_what_was_cleaned_in_one_line(
    site, capsys, language, group
):
    path = csv_list(site.parent, *SOILED)

    done = edoc(capsys, "--lang", language, "directory", "import", str(path))
    every = edoc(capsys, "directory", "problems")

    table = done.out.splitlines()[1:14]
    assert [line.split()[0] for line in table] == [
        *("62", "63"),
        *map(str, range(42, 52)),
        "2",
    ]
    assert table[-1].startswith(group)
    assert "edoc directory problems" in done.err
    assert len(every.out.splitlines()) == 1 + 40 + 20 + 2 + 20


def test_a_list_that_is_none_is_refused_in_one_line(site, capsys):
    site.write_bytes(b"PK\x03\x04")

    done = edoc(capsys, "directory", "import", str(site))

    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert "list-unfit" in done.err


def test_a_full_list_that_lacks_many_asks_first(imported, capsys, monkeypatch):
    path = csv_list(imported.parent, *ROWS[:10])

    nobody = edoc(capsys, "directory", "import", str(path), "--full")
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    no = edoc(capsys, "directory", "import", str(path), "--full")
    yes = edoc(capsys, "directory", "import", str(path), "--full", "--yes", "--json")

    assert (nobody.code, no.code) == (ExitCode.USAGE, ExitCode.FAILED)
    assert lines(yes)[-1]["closed"] == 5


def test_a_full_list_that_lacks_most_wants_their_number(imported, capsys):
    path = csv_list(imported.parent, *ROWS[:5])
    asked = ("directory", "import", str(path), "--full", "--yes", "--json")

    yes = edoc(capsys, *asked)
    fewer = edoc(capsys, *asked, "--may-close", "9")
    said = edoc(capsys, *asked, "--may-close", "10")

    assert (yes.code, fewer.code) == (ExitCode.USAGE, ExitCode.USAGE)
    assert "--may-close 10" in yes.err
    assert lines(said)[-1]["closed"] == 10


def test_a_full_list_of_another_root_is_refused_with_what_to_do(imported, capsys):
    asked = ("directory", "import", str(imported), "--full", "--under", "H54", "--yes")

    done = edoc(capsys, *asked)

    assert (done.code, done.out) == (ExitCode.USAGE, "")
    said = ("bodies.csv", "at or below H54", "it names H20", "--under")
    assert [word for word in said if word not in done.err] == []


def test_a_root_is_for_full_lists(site, capsys):
    done = edoc(capsys, "directory", "import", str(site), "--under", "H20")

    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert "--full" in done.err


@pytest.mark.usefixtures("imported")
def test_a_body_is_shown_with_what_is_known_of_it(capsys):
    one = edoc(capsys, "directory", "lookup", "000.00.14.H20")
    several = edoc(capsys, "directory", "lookup", "so", "so", "1", "--limit", "3")
    nobody = edoc(capsys, "directory", "lookup", "phòng", "lạ")

    assert "Sở Nội vụ" in one.out
    assert "H20 UBND tỉnh Đồng Tháp" in one.out
    assert len(several.out.splitlines()) == 4
    assert (nobody.code, nobody.out) == (ExitCode.NOT_FOUND, "")


@pytest.mark.usefixtures("imported")
def test_nothing_is_not_looked_up(capsys):
    done = edoc(capsys, "directory", "lookup", " ")

    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert "it is empty" in done.err


@pytest.mark.usefixtures("imported")
def test_a_body_does_not_go_on_in_its_own_place(capsys):
    done = edoc(
        capsys,
        *("directory", "merge", "H20.1", "000.00.14.H20"),
        *("--into", "H20.14", "--dry-run"),
    )

    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert "H20.14 cannot end and go on in its own place" in done.err


@pytest.mark.usefixtures("imported")
def test_days_are_asked_for_as_people_write_them(capsys):
    done = edoc(
        capsys,
        *("directory", "lookup", "H20.14", "--on", "1/1/2020", "--json"),
    )
    before = edoc(capsys, "directory", "lookup", "H20.14", "--as-known", "2020-01-01")

    assert lines(done)[0]["is_open"]
    assert before.code == ExitCode.NOT_FOUND


@pytest.mark.usefixtures("imported")
def test_a_tree_is_indented_and_cut_off_with_a_word(capsys):
    done = edoc(capsys, "directory", "tree", "H20", "--limit", "3")

    assert done.out.splitlines() == [
        "H20  UBND tỉnh Đồng Tháp",
        "  H20.1  Sở số 1",
        "  H20.10  Sở số 10",
    ]
    assert "--limit" in done.err


def test_problems_say_what_is_left_and_leave_with_a_code(imported, capsys):
    done = edoc(capsys, "directory", "problems", "--json")
    edoc(
        capsys,
        "directory",
        "import",
        str(csv_list(imported.parent, ROWS[0], "H20.9,X")),
    )
    nothing = edoc(capsys, "directory", "problems")

    assert done.code == ExitCode.ATTENTION
    assert [it["line"] for it in lines(done)] == [17, 16]
    assert (nothing.code, nothing.out) == (ExitCode.OK, "")


def test_a_merger_is_shown_and_not_done(imported, capsys):
    storage = Storage(
        f"sqlite:///{imported.parent}/edoc.sqlite", None, imported.parent / "content"
    )
    with storage.work() as work:
        work.documents.add(outgoing(), BOTH)
        work.outbox.add(
            message_id=MessageId("answer-1"),
            kind=Kind.STATUS,
            sender=OrganizationCode("H53.1"),
            recipient=OrganizationCode("000.00.14.H20"),
            correlation_id="15/SNV",
            business_type=0,
            priority=0,
            packet=Digest("0" * 64),
            packet_bytes=1,
            answers="",
            at=NOON,
        )
    storage.close()
    axis = files("edoc_connector.examples") / "axis" / "national.toml"
    codes = ("000.00.00.H20", "H26")
    asked = ("directory", "merge", *codes, "--into", "H53.1", "--axis", str(axis))

    shown = edoc(capsys, *asked, "--dry-run", "--json")
    refused = edoc(capsys, *asked)
    unknown = edoc(
        capsys, *("directory", "merge", "H20.77", "--into", "H20", "--dry-run")
    )

    assert shown.code == ExitCode.OK, shown.err
    found = [(it["kind"], it["code"], it["what"]) for it in lines(shown)]
    assert found[0] == ("body-closes", "H20", "UBND tỉnh Đồng Tháp")
    assert ("body-orphaned", "H20.14", "Sở Nội vụ") in found
    assert ("successor-unknown", "H53.1", "") in found
    assert ("document-going", "H20.14", "28/2026/UBND-VX") in found
    assert ("answer-going", "000.00.14.H20", "15/SNV") in found
    assert ("setting", "H20", "organization.code") in found
    assert ("setting", "H26", "broker ha-noi: serves") in found
    assert (refused.code, refused.out) == (ExitCode.USAGE, "")
    assert unknown.code == ExitCode.NOT_FOUND
