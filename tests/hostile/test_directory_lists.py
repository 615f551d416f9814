"""Lists of bodies that were made to hurt: refused in bounded memory, never a defect."""

import json

import pytest

from edoc_connector.directory import raw, read
from edoc_connector.directory.read import read_list
from edoc_connector.errors import EdocError, ListUnfit
from tests.support.lists import HEADINGS, csv_list
from tests.support.memory import growth

MEGABYTE = 1 << 20


@pytest.fixture
def listed(tmp_path):
    def write(content):
        path = tmp_path / "list"
        path.write_bytes(content)
        return path

    return write


def test_a_line_of_100_megabytes_is_not_read(tmp_path):
    path = tmp_path / "list"
    with path.open("wb") as file:
        file.write(f"{HEADINGS}\nH53,".encode())
        for _ in range(100):
            file.write(b"x" * MEGABYTE)

    with growth() as grown, pytest.raises(ListUnfit, match="line 2 is too long"):
        read_list(path)

    assert grown.megabytes < 10


def test_a_quote_that_never_ends_does_not_swallow_the_list(listed):
    body = b'H53,"' + b"x" * 1000 + b"\n" + b"y" * 1000 + b"\n"

    with growth() as grown, pytest.raises(ListUnfit):
        read_list(listed(f"{HEADINGS}\n".encode() + body + b"z,z\n" * MEGABYTE))

    assert grown.megabytes < 20


def test_ten_million_rows_are_not_held(tmp_path, monkeypatch):
    monkeypatch.setattr(read, "MOST_ROWS", 20_000)
    path = tmp_path / "list"
    with path.open("wb") as file:
        file.write(f"{HEADINGS}\n".encode())
        for _ in range(10):
            file.write(b"H53,A\n" * 1_000_000)

    with growth() as grown, pytest.raises(ListUnfit, match="more than 20000 rows"):
        read_list(path)

    assert grown.megabytes < 30


def test_a_file_without_an_end_is_not_opened(tmp_path):
    path = tmp_path / "list"
    with path.open("wb") as file:
        file.truncate(raw.MOST_BYTES + 1)

    with growth() as grown, pytest.raises(ListUnfit, match="more than"):
        read_list(path)

    assert grown.megabytes < 5


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "cp1258"])
def test_another_encoding_is_refused_and_never_guessed(listed, encoding):
    text = f"{HEADINGS}\nH53,Uỷ ban nhân dân\n".replace("ỷ", "y\u0309")
    text = text if encoding != "cp1258" else f"{HEADINGS}\nH53,Đắk\u0301\n"
    content = text.encode(encoding, errors="replace")

    with pytest.raises(ListUnfit):
        read_list(listed(content))


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b'[{"code": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]",
        b'{"data":' * 50_000,
        b'[{"code":"H53","name":"A","x":'
        + b'{"y":' * 90_000
        + b"1"
        + b"}" * 90_000
        + b"}]",
        b'[{"code":"\\ud800","name":"\\u0000"}]',
        b'[{"code":1e999,"name":true}]',
        b'[{"code":["H53"],"name":{"a":1}}]',
        b"[null, 1, [], {}]",
        b"\xef\xbb\xbf[]",
    ],
)
def test_json_that_nests_or_lies_is_left_out_or_refused(listed, content):
    try:
        found = read_list(listed(content))
    except EdocError:
        return
    assert found.listed == ()


@pytest.mark.parametrize("name", ["=cmd|'/c calc'!A0", "+1+1", "@SUM(1)", "=1"])
def test_a_formula_is_no_name(tmp_path, name):
    found = read_list(csv_list(tmp_path, f"H53,{name}"))

    assert [it.kind.value for it in found.flaws] == ["name-formula"]
    assert found.listed == ()


def test_a_nul_is_taken_out_and_said(tmp_path):
    found = read_list(csv_list(tmp_path, "H5\x003,Sở\x00 Nội vụ"))

    assert [(it.code, it.name) for it in found.listed] == [("H53", "Sở Nội vụ")]
    assert [it.kind.value for it in found.flaws] == ["code-cleaned", "name-invisible"]


def test_a_value_without_end_leaves_its_row_out(listed):
    entries = [
        {"code": "H53", "name": "x" * raw.MOST_FIELD * 2},
        {"code": "H20", "name": "B"},
    ]

    found = read_list(listed(json.dumps(entries).encode()))

    assert [it.code for it in found.listed] == ["H20"]
