from datetime import date

from edoc_connector.model.body import (
    BEGINNING,
    END,
    Body,
    Stretch,
    closed,
    in_effect,
    overlaid,
)
from edoc_connector.model.organization_code import OrganizationCode

CODE = OrganizationCode("H53.14")
HEIR = OrganizationCode("H20.14")
Y15, Y20, Y25 = (date(year, 1, 1) for year in (2015, 2020, 2025))


def body(name, **changes):
    return Body(code=CODE, written=CODE, name=name, **changes)


def stretch(name, since=BEGINNING, until=END):
    return Stretch(body(name), since, until)


def test_a_new_name_holds_from_its_day_and_the_old_one_until_then():
    known = overlaid((stretch("Sở cũ"),), stretch("Sở mới", Y20))

    assert known == (stretch("Sở cũ", until=Y20), stretch("Sở mới", Y20))
    assert in_effect(known, Y15).body.name == "Sở cũ"
    assert in_effect(known, Y20).body.name == "Sở mới"


def test_what_is_stated_of_a_time_between_leaves_both_sides():
    known = overlaid((stretch("a"),), stretch("b", Y15, Y20))

    assert [it.body.name for it in known] == ["a", "b", "a"]


def test_saying_the_same_again_changes_nothing():
    known = (stretch("a", until=Y20), stretch("b", Y20))

    assert overlaid(known, stretch("b", Y25)) == known


def test_how_it_is_written_and_counted_makes_no_other_body():
    old = OrganizationCode("000.00.14.H53")

    assert Body(code=CODE, written=old, name="a", revision=7) == body("a")


def test_a_closed_body_ends_for_ever_and_names_its_successor():
    known = closed((stretch("a", until=Y20), stretch("b", Y20)), Y15, HEIR)

    assert known == (Stretch(body("a", successor=HEIR), BEGINNING, Y15),)


def test_closing_again_changes_nothing():
    known = closed((stretch("a"),), Y20, HEIR)

    assert closed(known, Y25, HEIR) == closed(known, Y25, None) == known


def test_who_is_closed_on_the_first_day_was_there_for_it():
    (known,) = closed((stretch("a", Y20),), Y20, HEIR)

    assert (known.since, known.until) == (Y20, date(2020, 1, 2))
    assert known.body.successor == HEIR


def test_of_nobody_nothing_is_closed():
    assert closed((), Y20, None) == ()
