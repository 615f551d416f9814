"""What of a stranger's statement is believed, and which days are stated when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edoc_connector.clock import VIETNAM
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.reconciliation import (
    CATCH_UP,
    CaseKind,
    DayStatement,
    Difference,
    Listed,
    bounds_of,
    days_to_state,
    digest_of,
    missing,
    problem_of,
    side_of,
)

US, THEM = OrganizationCode("H20.14"), OrganizationCode("000.00.28.H20")
ENTRY = Listed(
    message_id="m-1", document_id="H20,7/UBND", packet="ab" * 32, at="2026-11-23"
)
FOUND = Difference(kind=CaseKind.UNKNOWN_HERE, message_id="m-1", document_id="7")
WHOLE = DayStatement(
    version=1,
    sender=OrganizationCode("H20.28"),
    recipient=US,
    day="2026-11-23",
    stated_at="2026-11-24T00:30:00+07:00",
    sent=side_of([ENTRY]),
    received=side_of([]),
    differences=(FOUND,),
)


NOW = datetime(2026, 11, 24, tzinfo=UTC)


def problem(**changes):
    return problem_of(replace(WHOLE, **changes), sender=THEM, recipient=US, now=NOW)


def one(**changes):
    return side_of([replace(ENTRY, **changes)])


def test_a_whole_statement_of_the_sealed_sender_fits_in_whatever_form_of_its_code():
    assert problem() == ""


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"version": 2}, "version"),
        ({"sender": OrganizationCode("H20.29")}, "sender"),
        ({"recipient": OrganizationCode("H20.29")}, "recipient"),
        ({"day": "2026-02-30"}, "day"),
        ({"day": "20261123"}, "day"),
        ({"day": "23/11/2026"}, "day"),
        ({"stated_at": "hôm qua"}, "day"),
        ({"stated_at": "2026-11-23T01:00:00"}, "day"),
        ({"sent": replace(one(), count=2)}, "sent"),
        ({"sent": replace(one(), digest="00" * 32)}, "sent"),
        ({"sent": one(message_id="../x")}, "sent"),
        ({"sent": one(message_id="x" * 129)}, "sent"),
        ({"sent": one(packet="x")}, "sent"),
        ({"sent": one(document_id="a\n")}, "sent"),
        ({"sent": one(document_id="a" * 256)}, "sent"),
        ({"sent": one(at="a" * 256)}, "sent"),
        ({"received": replace(one(), count=-1)}, "received"),
        (
            {"differences": (replace(FOUND, kind=CaseKind.UNKNOWN_THERE),)},
            "differences",
        ),
        ({"differences": (replace(FOUND, message_id=""),)}, "differences"),
        ({"differences": (replace(FOUND, document_id="\x1b"),)}, "differences"),
    ],
)
def test_what_does_not_fit_is_named(changes, part):
    assert problem(**changes) == part


def test_more_than_anybody_can_have_sent_is_refused(monkeypatch):
    both = side_of([ENTRY, replace(ENTRY, message_id="m-2")])
    monkeypatch.setattr("edoc_connector.model.reconciliation.MOST_ENTRIES", 1)

    assert problem(sent=both) == "sent"
    assert problem(sent=replace(one(), count=10**9 + 1)) == "sent"
    assert problem(differences=(FOUND, FOUND)) == "differences"


def test_of_more_than_can_be_listed_the_first_are_and_all_are_counted(monkeypatch):
    monkeypatch.setattr("edoc_connector.model.reconciliation.MOST_ENTRIES", 2)
    second, third = (replace(ENTRY, message_id=name) for name in ("m-0", "a"))

    cut = side_of([ENTRY, second, third])

    assert (cut.count, cut.entries) == (3, (second, ENTRY))
    assert cut.digest == side_of([second, ENTRY]).digest
    assert problem(sent=cut) == ""
    assert problem(sent=replace(cut, count=2)) == ""
    assert problem(sent=replace(cut, count=1)) == "sent"


def test_a_difference_seen_from_the_other_side_twice_is_itself():
    for kind in CaseKind:
        assert kind.mirrored.mirrored is kind
        assert kind.is_found_here is not kind.mirrored.is_found_here


def test_the_digest_is_one_that_anybody_can_make():
    """By hand: printf and sha256sum."""
    assert digest_of([ENTRY]) == (
        "7aad51219b2f93a6441ee58e152e75e55b60592fa0c86f1eeee30d002eaec611"
    )


def test_a_list_has_one_order_and_one_digest():
    other = replace(ENTRY, message_id="m-0")

    assert side_of([ENTRY, other]) == side_of([other, ENTRY])


def test_what_is_listed_twice_is_missing_once():
    assert list(missing([ENTRY, ENTRY], frozenset())) == [ENTRY]
    assert list(missing([ENTRY], frozenset({"m-1"}))) == []


def vietnam(text):
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("now", "last"),
    [
        ("2026-11-24 00:29:59", "2026-11-22"),
        ("2026-11-24 00:30", "2026-11-23"),
        ("2026-11-24 23:59", "2026-11-23"),
        ("2027-01-01 00:30", "2026-12-31"),
    ],
)
def test_a_day_is_stated_when_it_is_over(now, last):
    days = days_to_state(vietnam(now).astimezone(UTC), time(0, 30))

    assert days[-1] == date.fromisoformat(last)
    assert len(days) == CATCH_UP
    assert list(days) == sorted(set(days))


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_days_follow_each_other_without_a_gap(day):
    first, end = bounds_of(day)

    assert bounds_of(day + timedelta(days=1))[0] == end
    assert first.astimezone(VIETNAM).date() == day
