"""What the numbers of the standard mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edoc_connector.model import tables
from edoc_connector.model.document import BusinessType, Priority, SteeringType, Unread
from edoc_connector.model.status import StatusCode
from edoc_connector.model.tables import (
    ARCHIVE,
    KINDS,
    OTHER,
    TABLE_A,
    TABLE_B,
    Change,
    DocumentClass,
    Paper,
    ReceiverChange,
    archive_number,
    document_type,
    folded,
)


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (tables.PRIORITIES, Priority),
        (tables.STEERING, SteeringType),
        (tables.BUSINESS, BusinessType),
        (tables.REASONS, BusinessType),
        (tables.PAPERS, Paper),
        (tables.CHANGES, Change),
        (tables.RECEIVER_CHANGES, ReceiverChange),
        (tables.STATUSES, StatusCode),
        (tables.CLASSES, DocumentClass),
    ],
)
def test_every_code_has_its_words_and_no_two_have_the_same(table, codes):
    assert list(table) == list(codes)
    assert len(set(table.values())) == len(codes)


def test_tables_a_and_b_and_the_list_of_archives_are_whole():
    assert (len(TABLE_A), len(TABLE_B), len(ARCHIVE)) == (13, 32, 32)
    assert (TABLE_A[7 - 1], TABLE_B[18 - 1]) == ("Nghị định", "Công văn")
    assert (ARCHIVE[22 - 1], ARCHIVE[OTHER - 1]) == ("Công văn", "Khác")


@pytest.mark.parametrize(
    ("stated", "meant"),
    [
        # the name, however it is written
        (("Công văn",), (2, 18)),
        (("CÔNG VĂN", 2, 18), (2, 18)),
        (("cong van",), (2, 18)),
        (("Co\u0302ng va\u0306n",), (2, 18)),
        (("  Công  văn ",), (2, 18)),
        (("Công văn (hỏa tốc)",), (2, 18)),
        (("Bản thoả thuận",), (2, 22)),
        (("Nghị định",), (1, 7)),
        # the name against the numbers of others
        (("Công văn", 1, 0), (2, 18)),
        (("Công văn", 18), (2, 18)),
        (("Công văn", 71), (2, 18)),
        (("Thông tư", 2, 5), (1, 9)),
        # one name in both tables
        (("Quyết định",), (2, 2)),
        (("Quyết định", 1), (1, 8)),
        (("Quyết định", 1, 8), (1, 8)),
        (("Quyết định", 2, 0), (2, 2)),
        (("Quyết định", 71), (2, 2)),
        (("Quyết định (cá biệt)", 1, 8), (2, 2)),
        (("Quyết định cá biệt",), (2, 2)),
        (("Nghị quyết", Unread("x"), Unread("y")), (2, 1)),
        (("Chỉ thị",), (2, 3)),
        (("Chỉ thị", 1), (1, 11)),
        (("Chỉ thị (UBND)",), (1, 11)),
        # numbers alone
        (("", 2, 18), (2, 18)),
        (("", 1, 13), (1, 13)),
        (("", 18), (2, 18)),
        (("", 18, 0), (2, 18)),
        (("Văn bản điện tử mới", 2, 14), (2, 14)),
    ],
)
def test_a_type_is_known_by_its_name_and_then_by_its_numbers(stated, meant):
    kind = document_type(*stated)

    assert kind is not None
    assert (kind.type, kind.detail) == meant


@pytest.mark.parametrize(
    "stated",
    [
        ("",),
        ("Văn bản điện tử mới", 2),
        ("", 2, 0),
        ("", 2, 33),
        ("", 71),
        ("", 18, 3),
        ("", None, 18),
        ("", Unread("18"), None),
        ("Phiếu báo",),
    ],
)
def test_a_type_that_nothing_says_is_not_guessed(stated):
    assert document_type(*stated) is None


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_found_by_its_name_and_by_its_numbers(kind):
    assert document_type(kind.name, kind.type, kind.detail) == kind
    assert document_type(kind.name.upper(), kind.type) == kind
    assert document_type("", kind.type, kind.detail) == kind


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("Công văn", 22),
        ("Quyết định (cá biệt)", 2),
        ("Quyết định", 2),
        ("Chỉ thị (UBND)", 3),
        ("thông tư liên tịch", 6),
        ("Phiếu báo", 19),
        ("Bản đồ", 30),
        ("Nghị định", OTHER),
        ("Quy chế", OTHER),
        ("Nghị quyết liên tịch", OTHER),
        ("", OTHER),
    ],
)
def test_archives_have_a_number_for_every_name(name, number):
    assert archive_number(name) == number


def test_a_kind_of_document_knows_its_number_in_archives():
    letter = document_type("Công văn")

    assert letter is not None
    assert letter.archive == 22


@given(st.text())
def test_what_was_folded_stays_as_it_is(text):
    assert folded(folded(text)) == folded(text)
