"""Pauses grow, stay bounded and differ."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from edoc_connector.flows.backoff import Backoff


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 1.0), (1, 2.0), (2, 4.0), (5, 32.0), (9, 300.0)]
)
def test_a_pause_doubles_up_to_the_longest(failures, seconds):
    backoff = Backoff(1.0, 300.0, chance=lambda: 0.0)

    assert backoff.seconds(failures) == seconds


def test_a_pause_is_shortened_by_chance_to_no_less_than_half():
    backoff = Backoff(8.0, 300.0, chance=lambda: 0.999)

    assert 4.0 <= backoff.seconds(0) < 4.1


def test_a_year_of_failures_is_no_arithmetic_problem():
    assert Backoff(1.0, 300.0, chance=lambda: 0.0).seconds(10**9) == 300.0


def test_the_coming_attempts_are_data_and_each_comes_then_at_the_latest():
    now = datetime(2026, 11, 23, tzinfo=UTC)

    coming = Backoff(1.0, 300.0).coming(7, now, most=4)

    assert [(at - now).total_seconds() for at in coming] == [0, 128, 384, 684]


def test_no_attempt_is_announced_for_after_the_deadline():
    now = datetime(2026, 11, 23, tzinfo=UTC)

    coming = Backoff(1.0, 300.0).coming(0, now, until=now + timedelta(seconds=4))

    assert [(at - now).total_seconds() for at in coming] == [0, 1, 3]
