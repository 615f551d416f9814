"""By when: every kind of moment, for every kind of document."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edoc_connector.clock import VIETNAM
from edoc_connector.model.deadlines import (
    DEFAULT_HOURS,
    Deadlines,
    InDays,
    Weekday,
    WorkingDays,
)
from edoc_connector.model.document import Priority

TET = frozenset(date(2027, 2, day) for day in (5, 8, 9, 10))
"""Friday, and Monday to Wednesday of the week after."""

OFFICE = Deadlines(
    days=WorkingDays(holidays=TET, make_up=frozenset({date(2026, 11, 28)}))
)


def vietnam(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("comes", "due"),
    [
        ("2026-11-26 09:00", "2026-11-26 17:00"),  # a Thursday morning
        ("2026-11-26 00:00", "2026-11-26 17:00"),  # midnight begins the day
        ("2026-11-26 06:00", "2026-11-26 17:00"),  # before anybody is there
        ("2026-11-26 16:59:59", "2026-11-26 17:00"),
        ("2026-11-26 17:00", "2026-11-27 17:00"),  # the day has ended
        ("2026-11-26 23:59:59", "2026-11-27 17:00"),
        ("2026-11-20 17:30", "2026-11-23 17:00"),  # Friday evening
        ("2026-11-21 08:00", "2026-11-23 17:00"),  # Saturday
        ("2026-11-22 23:00", "2026-11-23 17:00"),  # Sunday night
        ("2026-11-27 18:00", "2026-11-28 17:00"),  # a Saturday that is worked
        ("2026-11-28 18:00", "2026-11-30 17:00"),
        ("2027-02-04 16:00", "2027-02-04 17:00"),  # the last hour before Tết
        ("2027-02-04 18:00", "2027-02-11 17:00"),  # the evening before Tết
        ("2027-02-05 09:00", "2027-02-11 17:00"),  # a holiday
        ("2027-02-07 09:00", "2027-02-11 17:00"),  # the Sunday between
        ("2026-12-31 18:00", "2027-01-01 17:00"),  # over the year
        ("2028-02-28 18:00", "2028-02-29 17:00"),  # a leap day
    ],
)
def test_a_normal_document_is_due_at_the_end_of_its_working_day(comes, due):
    for moment in (vietnam(comes), vietnam(comes).astimezone(UTC)):
        assert OFFICE.send(Priority.NORMAL, moment) == vietnam(due)
        assert OFFICE.receipt(Priority.NORMAL, moment) == vietnam(due)


@pytest.mark.parametrize(
    ("late", "last"),
    [
        ("2026-11-23 17:00:05", "2026-11-27 17:00"),  # found late on Monday evening
        ("2026-11-27 09:00", "2026-12-01 17:00"),  # over a Saturday that is worked
        ("2027-02-04 17:00:05", "2027-02-16 17:00"),  # over Tết
    ],
)
def test_nobody_waits_longer_than_three_more_working_days(late, last):
    assert OFFICE.last(Priority.NORMAL, vietnam(late)) == vietnam(last)


@pytest.mark.parametrize("priority", DEFAULT_HOURS)
@pytest.mark.parametrize("comes", ["2027-02-06 23:59", "2026-11-26 09:00"])
def test_urgent_ones_count_hours_day_and_night_also_at_tet(priority, comes):
    hours, at = DEFAULT_HOURS[priority], vietnam(comes)

    assert OFFICE.send(priority, at) == at + timedelta(hours=hours.send)
    assert OFFICE.receipt(priority, at) == at + timedelta(hours=hours.receipt)
    assert OFFICE.last(priority, at) == at + timedelta(hours=hours.last)


def test_the_more_urgent_is_never_due_later():
    at = vietnam("2026-11-26 09:00")

    for rule in (OFFICE.send, OFFICE.receipt, OFFICE.last):
        dues = [rule(priority, at) for priority in (0, 1, 2, 3, 4)]
        assert dues == sorted(dues, reverse=True)


def test_a_priority_that_nobody_knows_counts_as_normal():
    at = vietnam("2026-11-26 09:00")

    assert OFFICE.send(9, at) == OFFICE.send(Priority.NORMAL, at)


def test_days_are_counted_after_the_working_day_on_which_it_comes():
    office = Deadlines(normal=InDays(send=1, receipt=2))
    friday_evening = vietnam("2026-11-20 18:00")

    assert office.send(0, friday_evening) == vietnam("2026-11-24 17:00")
    assert office.receipt(0, friday_evening) == vietnam("2026-11-25 17:00")


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)),  # noqa: DTZ001
    st.sets(st.sampled_from(Weekday), min_size=1),
    st.sets(st.dates(date(2020, 1, 1), date(2040, 1, 1)), max_size=20),
    st.times(),
    st.integers(0, 5),
)
def test_a_deadline_is_the_end_of_a_worked_day_and_never_past(
    at, weekdays, holidays, ends, days
):
    office = WorkingDays(
        ends=ends, weekdays=tuple(weekdays), holidays=frozenset(holidays)
    )
    at = at.replace(tzinfo=VIETNAM)

    due = office.end(at, days)

    assert due > at
    assert due.time() == ends
    assert office.is_worked(due.date())
    between = (at.date() + timedelta(days=1) * n for n in range(1, 400))
    worked = [day for day in between if day < due.date() and office.is_worked(day)]
    assert len(worked) <= days


def test_an_office_may_end_its_day_at_another_hour():
    office = WorkingDays(ends=time(11, 30), weekdays=(Weekday.SATURDAY,))

    assert office.end(vietnam("2026-11-28 12:00"), 0) == vietnam("2026-12-05 11:30")
