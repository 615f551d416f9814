"""What a document says of itself."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edoc_connector.model.document import (
    Code,
    OtherInfo,
    Priority,
    official_document_id,
)
from edoc_connector.model.organization_code import OrganizationCode
from tests.support.builders import document


def test_number_and_notation_are_written_with_a_slash():
    assert Code("7816", "VPCP-TTĐT").text == "7816/VPCP-TTĐT"
    assert Code("28/2018", "QĐ-TTg").text == "28/2018/QĐ-TTg"


def test_a_number_without_a_notation_has_no_slash():
    assert Code("15").text == "15"


def test_the_document_id_is_made_as_the_decision_says():
    made = official_document_id(
        OrganizationCode("H20"), date(2026, 1, 5), Code("15", "UBND-VX")
    )

    assert made == "H20,2026/01/05,15/UBND-VX"


def test_a_document_that_says_nothing_of_urgency_is_normal():
    assert document(other=OtherInfo()).priority == Priority.NORMAL
    assert document(other=OtherInfo(priority=3)).priority == Priority.EXPRESS


@pytest.mark.parametrize(
    ("text", "number", "notation"),
    [
        ("28/2018/QĐ-TTg", "28/2018", "QĐ-TTg"),
        ("01/2020/NQ-HĐND", "01/2020", "NQ-HĐND"),
        ("7816/VPCP-TTĐT", "7816", "VPCP-TTĐT"),
        ("15a/UBND", "15a", "UBND"),
        ("15đ/UBND", "15đ", "UBND"),
        ("15/2018-UBND", "15", "2018-UBND"),
        ("15/2018", "15/2018", ""),
        ("12/KH-UBND/2", "12", "KH-UBND/2"),
        ("15/2018/2019/QĐ", "15/2018", "2019/QĐ"),
        ("15", "15", ""),
        ("15-CV/TU", "", "15-CV/TU"),
        ("UBND-VX", "", "UBND-VX"),
        ("/UBND-VX", "", "/UBND-VX"),
        ("15/", "", "15/"),
        ("28/2018/", "", "28/2018/"),
        ("", "", ""),
    ],
)
def test_number_and_notation_written_as_one_are_taken_apart(text, number, notation):
    assert Code.of(text) == Code(number, notation)


@given(st.one_of(st.text(), st.from_regex(r"[0-9]{1,4}[a-z]?(/[0-9A-ZĐ-]*){0,4}")))
def test_taken_apart_and_put_together_it_is_what_it_was(text):
    assert Code.of(text).text == text
