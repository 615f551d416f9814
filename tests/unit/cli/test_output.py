import json
from dataclasses import dataclass
from datetime import UTC, datetime
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edoc_connector.cli.invocation import Invocation
from edoc_connector.cli.output import (
    columns_of,
    print_fields,
    print_json,
    print_table,
    shown,
)
from edoc_connector.language import Language

ENGLISH = Invocation(Language.ENGLISH)


@dataclass(frozen=True)
class Row:
    code: str
    at: datetime


def test_programs_get_one_object_per_line(capsys):
    at = datetime(2026, 11, 23, 1, tzinfo=UTC)

    print_json([Row("H20", at), {"chữ": "Đã đến\n"}])

    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line) for line in lines] == [
        {"code": "H20", "at": "2026-11-23T01:00:00Z"},
        {"chữ": "Đã đến\n"},
    ]


def test_columns_stand_under_each_other(capsys):
    print_table(ENGLISH, ["Id", "State"], [["1", "đã gửi"], ["100", "lỗi"]])

    assert capsys.readouterr().out == "Id   State\n1    đã gửi\n100  lỗi\n"


def test_headings_are_translated(capsys):
    print_table(Invocation(Language.VIETNAMESE), ["Sender"], [["H20"]])

    assert capsys.readouterr().out == "Nơi gửi\nH20\n"


def test_a_terminal_gets_a_ruled_table_with_the_same_cells(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)

    print_table(ENGLISH, ["Id", "State"], [["1", "[bold]x"]])

    out = capsys.readouterr().out
    assert "─" in out
    assert "[bold]x" in out


def test_fields_stand_under_each_other(capsys):
    print_fields(ENGLISH, [("a", 1), ("long", None), ("b", "x")])

    assert capsys.readouterr().out == "a:    1\nlong:\nb:    x\n"


@given(st.text())
def test_no_text_of_a_stranger_moves_the_cursor(text):
    assert shown(text).isprintable()


@pytest.mark.parametrize(
    ("text", "columns"),
    [("Đã đến", 6), (normalize("NFD", "Đã đến"), 6), ("", 0), ("公文", 4)],
)
def test_width_is_what_a_terminal_shows(text, columns):
    assert columns_of(text) == columns


def test_a_narrow_terminal_gets_lines_of_which_none_is_broken(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "30")

    print_table(ENGLISH, ["Id", "Document"], [["0123abcd", "643/2026/UBND-THVX-long"]])

    assert capsys.readouterr().out == (
        "Id:       0123abcd\nDocument: 643/2026/UBND-THVX-long\n\n"
    )


def test_a_table_breaks_lines_between_words_only(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "45")

    row = ["0123abcd", "643/2026/UBND-VX", "a reason of many words"]
    print_table(ENGLISH, ["Id", "Document", "Reason"], [row])

    out = capsys.readouterr().out
    assert "0123abcd" in out
    assert "643/2026/UBND-VX" in out
