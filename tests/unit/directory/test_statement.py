"""A row of a list, laid over what is known."""

from __future__ import annotations

from datetime import date

from edoc_connector.directory.statement import is_outdated, stated
from edoc_connector.model.body import BEGINNING, END, Body, Stretch
from edoc_connector.model.listing import Listed
from edoc_connector.model.organization_code import OrganizationCode

CODE, HEIR = OrganizationCode("H53.14"), OrganizationCode("H53.15")
JULY, TODAY = date(2026, 7, 1), date(2026, 11, 23)


def row(**changes):
    values = {"line": 2, "code": CODE, "written": CODE, "name": "Sở Nội vụ"} | changes
    return Listed(**values)


def body(**changes):
    values = {"code": CODE, "written": CODE, "name": "Sở Nội vụ"} | changes
    return Body(**values)


def test_of_a_body_that_was_never_known_the_beginning_is_not_invented():
    (found,) = stated((), row(), TODAY)

    assert (found.since, found.until) == (BEGINNING, END)
    assert found.body.parent == "H53"


def test_another_name_holds_from_the_day_of_its_change_on():
    known = stated((), row(), TODAY)

    before, after = stated(known, row(name="Sở Nội chính", changed_on=JULY), TODAY)

    assert (before.body.name, before.until) == ("Sở Nội vụ", JULY)
    assert (after.body.name, after.since) == ("Sở Nội chính", JULY)


def test_what_a_row_does_not_say_stays():
    known = (Stretch(body(aliases=(HEIR,), revision=4), BEGINNING, END),)

    assert stated(known, row(), TODAY) == known


def test_a_closed_row_ends_the_body_and_names_who_follows():
    known = stated((), row(), TODAY)

    (found,) = stated(known, row(until=JULY, successor=HEIR), TODAY)

    assert (found.until, found.body.successor) == (JULY, HEIR)


def test_an_older_revision_is_known_as_such():
    known = (Stretch(body(revision=4), BEGINNING, END),)

    assert is_outdated(known, row(revision=3)) == 4
    assert is_outdated(known, row(revision=4)) is None
    assert is_outdated(known, row()) is None
