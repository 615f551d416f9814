"""How many pings are answered in a minute."""

from datetime import timedelta

from edoc_connector.flows.pinging.flood import (
    MOST,
    MOST_OF_ACCOUNT,
    MOST_OF_SENDER,
    WINDOW,
    Flood,
)
from edoc_connector.model.organization_code import OrganizationCode

SENDER = OrganizationCode("H20.14")


def codes(number):
    return [OrganizationCode(f"H20.{each}") for each in range(number)]


def test_a_sender_is_answered_a_few_times_and_again_after_a_minute(clock):
    flood = Flood()

    first = [flood.admits("a", SENDER, clock()) for _ in range(MOST_OF_SENDER + 1)]
    clock.forward(seconds=WINDOW.total_seconds())

    assert first == [True] * MOST_OF_SENDER + [False]
    assert flood.admits("a", SENDER, clock())


def test_who_makes_up_senders_is_stopped_by_the_account(clock):
    flood = Flood()

    admitted = [flood.admits("link", code, clock()) for code in codes(99)]

    assert admitted.count(True) == MOST_OF_ACCOUNT


def test_all_together_are_stopped_too(clock):
    flood = Flood()

    admitted = [flood.admits(code, code, clock()) for code in codes(99)]

    assert admitted.count(True) == MOST


def test_a_clock_that_is_put_back_locks_nobody_out(clock):
    flood = Flood()
    for _ in range(MOST_OF_SENDER):
        flood.admits("a", SENDER, clock())

    clock.now -= timedelta(days=1)

    assert flood.admits("a", SENDER, clock())
