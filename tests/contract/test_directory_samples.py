"""The directory of a real province, read in place; skipped where it is not."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from edoc_connector.directory.level_one import body_of
from edoc_connector.flows.directory.lookup import lookup
from edoc_connector.model.invisible import without_invisible
from edoc_connector.model.organization_code import (
    Form,
    OrganizationCode,
    Problem,
    cleaned,
)
from edoc_connector.storage.directory import Asked
from tests.support.lists import TODAY, imported

DIRECTORY = (
    Path(__file__).parents[2]
    / "../shared/samples/directory/tayninh_H53_455_org_codes.csv"
)

pytest_plugins = ("tests.support.databases",)

pytestmark = pytest.mark.skipif(not DIRECTORY.is_file(), reason="no directory here")


@pytest.fixture(scope="module")
def rows():
    with DIRECTORY.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def codes(rows):
    return [OrganizationCode(row["organ_id"]) for row in rows]


def test_of_455_codes_exactly_the_malformed_one_is_reported(codes):
    reported = {code: code.problems for code in codes if code.problems}

    assert len(codes) == 455
    assert reported == {"000.1137.H53": (Problem.UNKNOWN_FORM,)}


def test_the_malformed_code_still_says_to_which_province_it_belongs():
    assert OrganizationCode("000.1137.H53").level_one == "H53"


def test_the_others_are_old_codes_of_bodies_on_three_levels(codes):
    levels = Counter(code.level for code in codes if code.form is Form.OLD)

    assert levels == {1: 27, 2: 108, 3: 318, 4: 1}


def test_the_seven_codes_that_stand_there_twice_are_found(codes):
    times = Counter(code.canonical for code in codes)

    assert sorted(code for code, count in times.items() if count == 2) == [
        *("G14.20", "G14.22", "G14.23", "G14.25", "G14.26", "G14.29", "G15"),
    ]
    assert max(times.values()) == 2


def test_all_codes_are_clean_and_185_names_are_not(rows):
    names = [row["organ_name"] for row in rows]
    soiled = [name for name in names if without_invisible(name) != name]

    assert {cleaned(row["organ_id"])[1] for row in rows} == {()}
    assert len(soiled) == 185
    assert "Phòng Y tế huyện Tân Châu" in map(without_invisible, soiled)


def test_every_body_belongs_to_one_of_level_one_whose_name_we_know(codes):
    bodies = {code: body_of(code, date(2020, 1, 1)) for code in codes}

    assert all(body and body.name for body in bodies.values())
    assert bodies["000.00.20.G14"].name == "Bộ Thông tin và Truyền thông"


def test_it_is_imported_and_each_of_its_flaws_is_reported_by_its_line(storage, rows):
    done = imported(storage, DIRECTORY)

    lines = {kind: lines_of(done, kind) for kind in {it.kind for it in done.flaws}}
    soiled = [
        line
        for line, row in enumerate(rows, start=2)
        if without_invisible(row["organ_name"]) != row["organ_name"]
    ]
    assert lines["code-malformed"] == [183]
    assert lines["code-twice-different"] == [449, 450, 451, 453, 454, 455, 456]
    assert lines["name-invisible"] == soiled
    assert len(lines["name-spaces"]) == 23
    assert lines["closed-by-decision"] == [375, 376, 378, 384, 385, 394]
    assert len(lines) == 5
    assert (done.summary.new, done.summary.refused) == (447, 8)


def lines_of(done, kind):
    return [it.line for it in done.flaws if it.kind == kind]


def test_its_names_are_found_as_people_type_them(storage):
    imported(storage, DIRECTORY)

    with storage.reading() as work:
        found = lookup(work, "van phong ubnd tinh", Asked(TODAY), 5)

    assert found[0].name == "Văn phòng UBND tỉnh"


def test_imported_again_it_changes_nothing(storage):
    imported(storage, DIRECTORY)

    again = imported(storage, DIRECTORY, is_full=True, root="H53", may_close=0)

    assert (again.summary.changes, again.summary.unchanged) == (0, 447)
