"""What a document says of itself."""

from __future__ import annotations

from datetime import date

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
