"""Codes that the government has closed, and who goes on."""

from datetime import date

import pytest

from edoc_connector.directory.closures import closure_of
from edoc_connector.model.closure import Closure, never_closed
from edoc_connector.model.organization_code import OrganizationCode

TODAY = date(2026, 11, 23)
MERGER = date(2025, 7, 1)


@pytest.mark.parametrize("code", ["H58", "000.00.00.H58", "H58.14", "000.00.14.H58"])
def test_a_closed_code_names_its_day_and_its_successor(code):
    assert closure_of(OrganizationCode(code), TODAY) == Closure(
        code=OrganizationCode("H58"),
        since=MERGER,
        successor=OrganizationCode("H20"),
        name="Ủy ban nhân dân tỉnh Đồng Tháp",
    )


def test_nobody_may_be_known_to_have_followed():
    closure = closure_of(OrganizationCode("G23"), TODAY)

    assert closure is not None
    assert closure.successor is None


def test_a_code_was_open_until_it_was_closed():
    assert closure_of(OrganizationCode("H58"), date(2025, 6, 30)) is None


@pytest.mark.parametrize("code", ["H20", "H20.14", "G10", "0100107370", "", "vxp.01"])
def test_what_goes_on_or_what_nobody_knows_is_not_closed(code):
    assert closure_of(OrganizationCode(code), TODAY) is None


def test_without_a_directory_nothing_is_closed():
    assert never_closed(OrganizationCode("H58"), TODAY) is None
