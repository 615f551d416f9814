"""Pauses grow, stay bounded and differ."""

from __future__ import annotations

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
