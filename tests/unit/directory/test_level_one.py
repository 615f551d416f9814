"""Who a code belongs to, until when, and who came after."""

import csv
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files
from itertools import pairwise

import pytest

from edoc_connector.directory import level_one
from edoc_connector.directory.level_one import body_of, successor_of
from edoc_connector.model.organization_code import OrganizationCode

MERGER = date(2025, 7, 1)
DECISION = date(2025, 4, 14)
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)

with (files("edoc_connector.directory") / "level_one.csv").open(encoding="utf-8") as it:
    ROWS = list(csv.DictReader(it))


def body(code, on=None):
    return body_of(OrganizationCode(code), on)


def successor(code, on=TODAY):
    return successor_of(OrganizationCode(code), on)


def codes(letter):
    return {row["code"] for row in ROWS if row["code"][0] == letter}


# --- whose a code is ----------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("G22", "Văn phòng Chính phủ"),
        ("000.00.14.H20", "Ủy ban nhân dân tỉnh Đồng Tháp"),
        ("H29.15.01", "Ủy ban nhân dân thành phố Hồ Chí Minh"),
        ("01.K36", "Hội đồng nhân dân tỉnh Lâm Đồng"),
        ("h57\u200b", "Ủy ban nhân dân thành phố Huế"),
        ("I06", "Trung ương Hội Nông dân Việt Nam"),
    ],
)
def test_a_code_in_any_form_leads_to_its_ministry_or_province(code, name):
    assert body(code).name == name
    assert body(code).code == OrganizationCode(code).level_one


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("000.A53.000", "Cơ quan của Đảng Cộng sản Việt Nam"),
        ("C99", "Cơ quan của Quốc hội"),
        ("J28.01", "Hội, tổ chức xã hội"),
    ],
)
def test_of_some_only_the_group_is_known(code, name):
    assert body(code).name == name


@pytest.mark.parametrize(
    "code",
    ["H64", "G99", "J29", "A00", "D77", "02.29.W00", "020100107370", "null", "", "Sở"],
)
def test_a_code_that_no_table_has_belongs_to_nobody_we_know(code):
    assert body(code) is None
    assert successor(code) is None


# --- days ---------------------------------------------------------------------


def test_a_province_is_what_it_was_until_the_day_of_the_merger():
    assert body("H58", MERGER - DAY).name == "Ủy ban nhân dân tỉnh Tiền Giang"
    assert body("H58", MERGER) is None


def test_without_a_day_a_closed_body_is_still_known():
    closed = body("000.00.01.H58")

    assert closed.name == "Ủy ban nhân dân tỉnh Tiền Giang"
    assert closed.closed_on == MERGER
    assert closed.is_closed(MERGER)
    assert not closed.is_closed(MERGER - DAY)


@pytest.mark.parametrize(
    ("code", "day", "before", "after"),
    [
        (
            "G10",
            date(2025, 3, 1),
            "Bộ Nông nghiệp và Phát triển nông thôn",
            "Bộ Nông nghiệp và Môi trường",
        ),
        ("G21", date(2025, 3, 1), "Ủy ban Dân tộc", "Bộ Dân tộc và Tôn giáo"),
        (
            "H57",
            date(2025, 1, 1),
            "Ủy ban nhân dân tỉnh Thừa Thiên Huế",
            "Ủy ban nhân dân thành phố Huế",
        ),
    ],
)
def test_a_body_that_was_renamed_is_called_as_on_that_day(code, day, before, after):
    assert body(code, day - DAY).name == before
    assert body(code, day).name == body(code).name == after
    assert successor(code) is None


# --- successors ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("closed", "follows"),
    [
        ("000.00.14.H58", "H20"),
        ("H22", "H60"),
        ("H51.02", "H13"),
        ("K58", "K20"),
        ("G14", "G06"),
        ("000.00.27.G14", "G06"),
        ("G05", "G12"),
    ],
)
def test_a_closed_code_has_a_successor_at_level_one(closed, follows):
    assert successor(closed) == follows
    assert type(successor(closed)) is OrganizationCode


def test_nobody_follows_before_the_code_is_closed():
    assert successor("H58", MERGER - DAY) is None
    assert successor("H58", MERGER) == "H20"
    assert successor("G14", DECISION - DAY) is None
    assert successor("G14", DECISION) == "G06"


@pytest.mark.parametrize("code", ["H20", "G22", "H37.02.02", "A53"])
def test_nobody_follows_who_is_still_there(code):
    assert successor(code) is None


@pytest.mark.parametrize("code", ["G23", "G25", "G26", "G34", "G37"])
def test_a_successor_that_no_source_names_is_not_guessed(code):
    assert body(code).is_closed(TODAY)
    assert successor(code) is None


def test_a_successor_that_was_closed_too_is_followed_on(monkeypatch):
    table = {
        "H58": (body("H58"),),
        "H20": (
            replace(body("H20"), closed_on=TODAY, successor=OrganizationCode("H61")),
        ),
    }
    monkeypatch.setattr(level_one, "_bodies", lambda: table)

    assert successor("H58", TODAY - DAY) == "H20"
    assert successor("H58", TODAY) == "H61"  # of which this table knows nothing


# --- the table ----------------------------------------------------------------


@pytest.mark.parametrize("letter", ["H", "K"])
def test_all_63_provinces_are_there_of_which_34_live_on(letter):
    assert codes(letter) == {f"{letter}{number:02}" for number in range(1, 64)}
    live = {code for code in codes(letter) if not body(code).is_closed(TODAY)}
    assert len(live) == 34
    assert {successor(code) for code in codes(letter) - live} <= live


def test_councils_go_the_way_of_their_provinces():
    for number in range(1, 64):
        province, council = body(f"H{number:02}"), body(f"K{number:02}")

        assert council.closed_on == province.closed_on
        assert (council.successor or "")[1:] == (province.successor or "")[1:]


def test_the_ministries_and_agencies_of_2025_are_those_of_the_decision():
    live = {code for code in codes("G") if not body(code).is_closed(TODAY)}

    assert sorted(int(code[1:]) for code in live) == [
        *(1, 2, 3, 6, 8, 9, 10, 11, 12, 15, 16, 17, 18, 19, 20, 21, 22),
        *(27, 28, 30, 31, 32, 35, 36, 38, 39, 40),
    ]
    assert codes("G") - live == {
        *("G04", "G05", "G07", "G13", "G14", "G23", "G24", "G25", "G26", "G34", "G37")
    }


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["code"])
def test_every_row_can_be_read_and_says_how_well_it_is_known(row):
    known = body(row["code"].partition("-")[0])

    assert None not in row
    assert None not in row.values()
    assert any(tag in row["source"] for tag in ("[R]", "[C]", "[M]"))
    assert row["name"] or "name not in the sources" in row["source"]
    assert not row["successor"] or row["closed_on"]
    assert not row["successor"] or body(row["successor"]) is not None
    assert known.source


def test_the_names_of_one_code_follow_each_other_without_a_gap():
    for row in ROWS:
        same = [other for other in ROWS if other["code"] == row["code"]]
        for earlier, later in pairwise(same):
            assert earlier["closed_on"] == later["valid_from"]
            assert earlier["successor"] == row["code"]
