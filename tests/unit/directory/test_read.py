import pytest

from edoc_connector.directory import read as reading
from edoc_connector.directory.read import read_list
from edoc_connector.errors import FileUnreadable, ListUnfit
from tests.support.lists import csv_list, json_list


def written(tmp_path, content):
    path = tmp_path / "list"
    path.write_bytes(content)
    return path


def test_headings_are_known_in_both_languages_and_others_passed_over(tmp_path):
    path = csv_list(
        tmp_path,
        "Sở Nội vụ;H53.14;ghi chú;000.14.00.H53",
        headings="\ufeffTên đơn vị;Mã định danh;Ghi chú;Mã cũ",
    )

    (row,) = read_list(path).listed

    assert (row.line, row.name, row.code) == (2, "Sở Nội vụ", "H53.14")
    assert row.aliases == ("H53.00.14",)


def test_a_quoted_name_may_have_commas_and_lines(tmp_path):
    path = csv_list(tmp_path, 'H53.1,"Ban ""A"", B\nC"', "H53.2,D")

    assert [(it.line, it.name) for it in read_list(path).listed] == [
        (2, 'Ban "A", B C'),
        (4, "D"),
    ]


def test_a_row_of_other_width_is_left_out_by_its_line(tmp_path):
    found = read_list(csv_list(tmp_path, "H53.1", "", "H53.2,D"))

    assert [(it.line, it.kind.value, it.value) for it in found.flaws] == [
        (2, "row-unreadable", "1/2")
    ]
    assert (found.rows, len(found.listed)) == (2, 1)


def test_the_list_of_the_axis_is_read_with_its_own_names(tmp_path):
    entry = {
        "id": 7,
        "pid": 1,
        "code": "000.00.14.H53",
        "oldCode": "000.14.00.H53",
        "code102": "H53.14",
        "centerCode": "x",
        "name": "Sở Nội vụ",
        "mail": None,
        "version": 12,
        "deleted": False,
        "modifyDate": 1751302800000,
        "isAgency": True,
    }

    (row,) = read_list(json_list(tmp_path, entry)).listed

    assert (row.axis_id, row.parent_id, row.revision) == ("7", "1", 12)
    assert (row.code, row.aliases, row.is_closed) == ("H53.14", ("H53.00.14",), False)
    assert row.changed_on.isoformat() == "2025-07-01"


def test_an_answer_may_wrap_the_list_and_each_entry_has_its_line(tmp_path):
    entries = '{"code": "H1"},\n 5,\n {"code": "H53", "name": "a"}'
    text = f'{{"status": "OK",\n "data": [{entries}]}}'

    found = read_list(written(tmp_path, text.encode()))

    assert [(it.line, it.kind.value) for it in found.flaws] == [
        (2, "code-malformed"),
        (2, "name-missing"),
        (3, "row-unreadable"),
    ]
    assert found.listed[0].line == 4


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no column"),
        (b"a,b\n1,2\n", "no column"),
        ("code,name\nH53,Sở".encode("utf-16"), "UTF-16"),
        (b"code,name\nH53,S\xf4 N\xb5i\n", "line 2 is not written in UTF-8"),
        (b'code,name\nH53,"open\n', "unexpected end"),
        (b"[1, 2", "no JSON list"),
        (b'{"a": 1}', "no list of bodies"),
        (b'{"data": 1}', "no JSON list"),
    ],
)
def test_what_is_no_list_is_refused_as_a_whole(tmp_path, content, said):
    with pytest.raises(ListUnfit, match=said):
        read_list(written(tmp_path, content))


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(FileUnreadable):
        read_list(tmp_path / "none.csv")
    with pytest.raises(FileUnreadable, match="no file"):
        read_list(tmp_path)


def test_a_list_has_an_end(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MOST_ROWS", 2)

    with pytest.raises(ListUnfit, match="more than 2 rows"):
        read_list(csv_list(tmp_path, "H1,a", "H2,b", "H3,c"))
