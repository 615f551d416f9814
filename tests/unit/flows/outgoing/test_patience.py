"""When a recipient is left alone, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from edoc_connector.flows.backoff import Backoff
from edoc_connector.flows.outgoing.patience import Breaker
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.storage.records import Destination

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
BREAKER = Breaker(3, Backoff(60.0, 300.0, chance=lambda: 0.0))


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(1, None), (2, None), (3, 60), (4, 120), (5, 240), (6, 300), (99, 300)],
)
def test_after_some_failures_in_a_row_it_rests_ever_longer(failures, seconds):
    pause = BREAKER.pause(failures)

    assert pause == (timedelta(seconds=seconds) if seconds else None)


@pytest.mark.parametrize(
    ("seconds", "is_open"),
    [(None, False), (0, False), (-1, False), (1, True), (300, True), (301, False)],
)
def test_it_rests_until_then_and_never_longer_than_the_longest_pause(seconds, is_open):
    until = None if seconds is None else NOW + timedelta(seconds=seconds)
    destination = Destination(
        recipient=OrganizationCode("H20"),
        failures=3,
        reason=None,
        failing_since=NOW,
        open_until=until,
    )

    assert BREAKER.is_open(destination, NOW) is is_open
