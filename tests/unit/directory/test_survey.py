from datetime import date

import pytest

from edoc_connector.directory.normalise import normalised
from edoc_connector.directory.raw import Raw
from edoc_connector.directory.survey import surveyed
from edoc_connector.model.organization_code import OrganizationCode

TODAY = date(2026, 11, 23)


def survey(*rows, knows=None, ids=None):
    listed = [
        normalised(Raw(line, {"name": "Sở", **row}))[0]
        for line, row in enumerate(rows, start=2)
    ]
    known = {OrganizationCode(code): is_open for code, is_open in (knows or {}).items()}
    return surveyed(
        listed,
        on=TODAY,
        knowledge=lambda codes: {it: known[it] for it in codes if it in known},
        ids_to_codes=lambda wanted: {
            it: OrganizationCode(ids[it]) for it in wanted if ids and it in ids
        },
    )


def flaws(*rows, **more):
    return [(it.line, it.kind.value) for it in survey(*rows, **more).flaws]


def test_the_first_of_two_rows_of_a_code_is_taken_in_whatever_writing():
    same = survey({"code": "H53"}, {"code": "H53"})
    other = survey({"code": "H53"}, {"code": "000.00.00.H53", "name": "Khác"})

    assert [(it.kind.value, it.value) for it in same.flaws] == [("code-twice", "2")]
    assert [(it.kind.value, it.other) for it in other.flaws] == [
        ("code-twice-different", "Khác")
    ]
    assert [it.line for it in other.listed] == [2]


def test_rows_that_follow_one_another_in_time_are_a_history():
    found = survey(
        {"code": "H53", "until": "2020-01-01", "successor": "H20"},
        {"code": "H53", "since": "2020-01-01"},
    )

    assert len(found.listed) == 2


def test_a_parent_is_known_by_the_list_the_directory_or_the_table_of_level_1():
    rows = ({"code": "H53.1", "parent": "H53"}, {"code": "H20.1.2", "parent": "H20.1"})

    assert flaws(*rows) == [(3, "parent-unknown")]
    assert flaws(*rows, knows={"H20.1": True}) == []
    assert flaws(*rows, {"code": "H20.1"}) == []


def test_who_stands_under_himself_stands_where_his_code_says():
    found = survey(
        {"code": "H53.1", "parent": "H53.2"},
        {"code": "H53.2", "parent": "H53.3"},
        {"code": "H53.3", "parent": "H53.1"},
        {"code": "H53.4", "parent": "H53.3"},
        {"code": "H53.5", "parent": "H53.5"},
        {"code": "H53.6", "parent": "H53.6.1"},
    )

    assert [(it.line, it.kind.value) for it in found.flaws] == [
        *((line, "parent-circular") for line in (2, 3, 4, 6, 7)),
        (7, "parent-unknown"),
    ][:5]
    assert [it.parent for it in found.listed] == [
        "H53",
        "H53",
        "H53",
        "H53.3",
        "H53",
        "H53",
    ]


def test_a_parent_may_be_named_by_the_id_the_axis_gave_it():
    found = survey(
        {"code": "H53.1", "axis_id": "2", "parent_id": "9"},
        {"code": "H53.7", "axis_id": "9", "parent_id": "0"},
        {"code": "H53.1.1", "axis_id": "3", "parent_id": "8"},
        {"code": "H53.2", "axis_id": "4", "parent_id": "77"},
        ids={"8": "H53.7"},
    )

    assert [it.parent for it in found.listed] == ["H53.7", "H53", "H53.7", "H53"]
    assert [(it.line, it.kind.value, it.value) for it in found.flaws] == [
        (5, "parent-unknown", "77")
    ]


@pytest.mark.parametrize(
    ("successor", "knows", "flaw"),
    [
        ("", {}, "closed-without-successor"),
        ("H20.1", {}, "successor-unknown"),
        ("H20.1", {"H20.1": False}, "successor-closed"),
        ("H53.2", {}, "successor-closed"),
    ],
)
def test_what_is_wrong_with_a_successor_is_said(successor, knows, flaw):
    rows = (
        {"code": "H53.1", "closed": "true", "successor": successor},
        {"code": "H53.2", "until": "2020-01-01", "successor": "H53"},
    )

    assert flaws(*rows, knows=knows) == [(2, flaw)]


def test_a_successor_that_goes_on_is_no_flaw():
    assert flaws({"code": "H53.1", "closed": "1", "successor": "H20"}) == []


def test_another_code_is_that_of_one_open_body():
    rows = (
        {"code": "H53.1", "aliases": "H53.2"},
        {"code": "H53.2"},
        {"code": "H53.3", "aliases": "H53.9"},
        {"code": "H53.4", "aliases": "H53.9;H53.5"},
        {"code": "H53.5", "closed": "1", "successor": "H53.4"},
    )

    assert flaws(*rows) == [(2, "alias-taken"), (5, "alias-taken")]


def test_who_the_government_has_closed_is_not_open():
    assert flaws({"code": "G14"}, {"code": "G14.1"}) == [(2, "closed-by-decision")]
