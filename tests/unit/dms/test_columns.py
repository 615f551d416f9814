"""Values of strange databases."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from edoc_connector.dms.columns import Columns, NotedColumns, Notes, one_line, text_of
from edoc_connector.dms.fields import DOCUMENT
from edoc_connector.errors import FieldInvalid, FieldMissing


def columns(**values: object) -> Columns:
    return Columns(values, DOCUMENT)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("  15 ", "15"),
        (15, "15"),
        (15.0, "15"),
        (15.5, "15.5"),
        (Decimal("15.00"), "15"),
        (Decimal("15.5"), "15.5"),
        (Decimal("NaN"), "NaN"),
        (Decimal("sNaN"), "sNaN"),
        (Decimal("1E+400"), "1E+400"),
        (float("inf"), "inf"),
        (True, "1"),
        (b"s\xe1\xbb\x91", "số"),
        (memoryview(b"ab"), "ab"),
        (date(2026, 11, 23), "2026-11-23"),
    ],
)
def test_every_kind_of_value_has_one_text(value, text):
    assert text_of(value) == text


@pytest.mark.parametrize(
    ("pasted", "clean"),
    [
        ("Về việc\r\n  kết nối", "Về việc kết nối"),
        ("Về\vviệc\x00", "Về việc"),
        ("UBND\u200b tỉnh\ufeff", "UBND tỉnh"),
        ("a\u2028b", "a b"),
        ("a\u00a0\u3000b\u2003", "a b"),
        ("Hoa\u0309", "Hoả"),
        ("x\u202etxe.fdp", "xtxe.fdp"),
    ],
)
def test_what_cannot_be_seen_is_not_sent(pasted, clean):
    assert one_line(pasted) == clean


@pytest.mark.parametrize(
    "broken", ["a\ufffdb", "a\uffffb", b"a\xffb", "a" + chr(0xD800)]
)
def test_text_that_was_damaged_is_refused(broken):
    with pytest.raises(FieldInvalid, match="Subject"):
        columns(subject=broken).text("subject")


def test_a_missing_field_is_named_in_the_words_of_the_clerk():
    with pytest.raises(FieldMissing, match="Subject is missing"):
        columns(subject=" \n").required("subject")


def test_text_is_read_in_composed_characters_and_whole():
    decomposed = "o\u0309" * 501

    assert columns(subject=decomposed).text("subject") == "ỏ" * 501


def test_lines_and_parts_are_read_one_by_one():
    places = columns(to_places="Như trên;\r\n- Lưu: VT ; \n").lines("to_places")

    assert places == ("Như trên", "- Lưu: VT")


@pytest.mark.parametrize(
    ("value", "number"), [(None, None), ("", None), (3, 3), ("3", 3), (3.0, 3)]
)
def test_a_number_may_come_as_anything(value, number):
    assert columns(page_amount=value).number("page_amount") == number


@pytest.mark.parametrize("value", ["ba", "3.5", "9" * 10])
def test_what_is_no_number_is_refused_with_the_value(value):
    with pytest.raises(
        FieldInvalid, match=f"OtherInfo/PageAmount cannot be used \\({value}"
    ):
        columns(page_amount=value).number("page_amount")


@pytest.mark.parametrize(
    "value",
    [
        date(2026, 11, 23),
        datetime(2026, 11, 23, 0, 0),  # noqa: DTZ001  (as registers keep it)
        datetime(2026, 11, 22, 17, 0, tzinfo=UTC),
        datetime(2026, 11, 23, 23, 0, tzinfo=timezone(timedelta(hours=7))),
        "2026-11-23",
        "2026/11/23",
        "2026-11-23 00:00:00.000",
        "2026-11-22T17:00:00Z",
        "2026-11-22 17:00:00+00:00",
        "23/11/2026",
        "23-11-2026 08:00",
        " 23.11.2026 ",
    ],
)
def test_a_day_is_the_day_of_vietnam_however_it_is_kept(value):
    day = columns(promulgation_date=value).date("promulgation_date")

    assert day == date(2026, 11, 23)


@pytest.mark.parametrize("value", [None, "", "  "])
def test_no_day_is_none(value):
    assert columns(due_date=value).date("due_date") is None


@pytest.mark.parametrize(
    "value",
    [
        "31/02/2026",
        "hôm qua",
        "2026",
        20261123,
        "0000-00-00",
        datetime.max.replace(tzinfo=UTC),
    ],
)
def test_what_is_no_day_is_refused_with_the_value(value):
    with pytest.raises(
        FieldInvalid, match="PromulgationInfo/PromulgationDate cannot be used"
    ):
        columns(promulgation_date=value).date("promulgation_date")


def test_a_message_quotes_only_a_little():
    with pytest.raises(FieldInvalid) as error:
        columns(page_amount="x" * 1000).number("page_amount")

    assert len(error.value.details["problem"]) == 60


# --- to the end of a row ---


def test_what_is_wrong_is_noted_and_the_rest_is_read():
    broken = {
        "number": None,
        "subject": "Về việc",
        "content": "a\ufffd",
        "to_places": "b\ufffd",
        "page_amount": "ba",
        "due_date": "mai",
        "promulgation_date": None,
        "priority": "Siêu khẩn",
    }
    notes = Notes()
    noted = NotedColumns(columns(**broken), notes)

    read = (
        noted.required("number"),
        noted.required("subject"),
        noted.text("content"),
        noted.lines("to_places"),
        noted.number("page_amount"),
        noted.date("due_date"),
        noted.required_date("promulgation_date"),
        noted.coded("priority", {"Khẩn": 1}),
    )

    assert read == ("", "Về việc", "", (), None, None, None, None)
    assert [(it.code, it.details["field"]) for it in notes.problems] == [
        ("field-missing", "Code/CodeNumber"),
        ("field-invalid", "Content"),
        ("field-invalid", "ToPlaces/Place"),
        ("field-invalid", "OtherInfo/PageAmount"),
        ("field-invalid", "DueDate"),
        ("field-missing", "PromulgationInfo/PromulgationDate"),
        ("field-invalid", "OtherInfo/Priority"),
    ]


def test_a_row_without_a_mistake_leaves_no_note():
    notes = Notes()
    noted = NotedColumns(columns(promulgation_date="2026-11-23", priority=None), notes)

    assert noted.required_date("promulgation_date") == date(2026, 11, 23)
    assert noted.coded("priority", {}) is None
    assert notes.problems == []
