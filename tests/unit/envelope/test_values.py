from datetime import UTC, date, datetime

import pytest

from edoc_connector.clock import VIETNAM
from edoc_connector.envelope.values import (
    date_text,
    is_ambiguous,
    read_date,
    read_number,
    read_stamp,
    read_truth,
    stamp_text,
    truth_text,
    value_text,
)
from edoc_connector.model.document import Unread


@pytest.mark.parametrize(
    "text",
    [
        "2026/09/28",
        "2026-09-28",
        "2026.9.28",
        "28/09/2026",
        "28-9-2026",
        "28.09.2026",
        "9/28/2026",
        "2026/09/28 23:59:59",
        "2026-09-28T00:00:00",
        "28/09/2026 7:30",
        "2026-09-27T17:00:00Z",
        "2026-09-27T17:00:00.000+0000",
        "2026-09-28T00:00:00+07:00",
        "2026-09-28T01:00:00.1234567+08:00",
        "2026-09-27 12:00:00 -05:00",
    ],
)
def test_a_date_that_can_mean_one_day_is_that_day(text):
    assert read_date(text) == date(2026, 9, 28)


def test_day_and_month_of_one_number_are_not_ambiguous():
    assert read_date("05/05/2026") == date(2026, 5, 5)


@pytest.mark.parametrize(
    "text",
    [
        "05/06/2026",
        "2014/02/30",
        "2026/13/01",
        "13/13/2026",
        "2026/09/28 24:00:00",
        "0001/01/01 00:00:00 +23:59",
        "2026/09/28 00:00:00 +99:00",
        "2026/09-28",
        "26/09/28",
        "1538092800000",
        "2026/09/28(ngày ban hành)",
        "２０２６/09/28",
    ],
)
def test_a_date_that_cannot_be_read_stays_the_text_it_is(text):
    assert read_date(text) == read_stamp(text) == Unread(text)
    assert value_text(Unread(text)) == text


@pytest.mark.parametrize(
    ("text", "ambiguous"),
    [
        ("05/06/2026", True),
        ("5-6-2026 08:00", True),
        ("05/05/2026", False),
        ("13/06/2026", False),
        ("06/13/2026", False),
        ("2026/05/06", False),
        ("5/6", False),
    ],
)
def test_only_what_can_be_two_days_is_ambiguous(text, ambiguous):
    assert is_ambiguous(text) is ambiguous


def test_an_absent_date_is_none():
    assert read_date("") is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("QĐ-TTg", "QĐ-TTg"),
        (7, "7"),
        (0, "0"),
        (-1, ""),
        (date(2026, 1, 2), "2026/01/02"),
        (datetime(2026, 11, 23, 23, 5, 9, tzinfo=UTC), "2026/11/24 06:05:09"),
        (Unread("hôm qua"), "hôm qua"),
    ],
)
def test_every_value_has_one_spelling(value, text):
    assert value_text(value) == text


def test_a_stamp_without_a_zone_is_in_vietnam_time():
    at = read_stamp("2026/11/23 08:30:01")

    assert at == datetime(2026, 11, 23, 1, 30, 1, tzinfo=UTC)
    assert at.tzinfo is VIETNAM


def test_a_stamp_is_written_in_vietnam_time():
    at = datetime(2026, 11, 23, 23, 5, 9, tzinfo=UTC)

    assert stamp_text(at) == "2026/11/24 06:05:09"


def test_early_years_keep_their_four_digits():
    assert date_text(date(34, 3, 11)) == "0034/03/11"


def test_a_naive_time_is_not_written():
    with pytest.raises(ValueError, match="time zone"):
        stamp_text(datetime(2026, 11, 23))  # noqa: DTZ001  (naive is the point)


@pytest.mark.parametrize(
    ("text", "number"), [("", None), ("0", 0), ("071", 71), ("-1", None)]
)
def test_numbers_are_whole_and_absent_ones_none(text, number):
    assert read_number(text) == number


@pytest.mark.parametrize("text", ["1.5", "１", "1_0", "9999999999", "0(Thường)"])
def test_what_is_no_number_stays_the_text_it_is(text):
    assert read_number(text) == Unread(text)


@pytest.mark.parametrize(
    ("text", "truth"), [("", False), ("False", False), ("1", True), ("TRUE", True)]
)
def test_truths_have_several_spellings(text, truth):
    assert read_truth(text) is truth


def test_what_is_no_truth_stays_the_text_it_is():
    assert read_truth("perhaps") == Unread("perhaps")


@pytest.mark.parametrize(
    ("truth", "text"),
    [(True, "true"), (False, "false"), (Unread("perhaps"), "perhaps")],
)
def test_truths_have_one_spelling_of_ours(truth, text):
    assert truth_text(truth) == text
