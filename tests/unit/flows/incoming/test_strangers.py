"""Codes that nobody knew are not asked for again at once."""

from __future__ import annotations

import pytest

from edoc_connector.flows.incoming.strangers import KEPT_SECONDS, MOST, Strangers
from edoc_connector.model.organization_code import OrganizationCode

ONE, OTHER = OrganizationCode("G22.07"), OrganizationCode("G22.08")


class Clock:
    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def strangers(clock):
    return Strangers(now=clock)


def test_what_nobody_knew_is_left_out_in_either_writing(strangers):
    strangers.add([ONE])

    assert strangers.to_ask_for([OrganizationCode("000.00.07.G22"), OTHER]) == [OTHER]


def test_after_a_minute_it_is_asked_for_however_often_others_came(strangers, clock):
    strangers.add([ONE])
    clock.seconds = KEPT_SECONDS - 1
    strangers.add([OTHER])
    assert strangers.to_ask_for([ONE, OTHER]) == []

    clock.seconds = KEPT_SECONDS

    assert strangers.to_ask_for([ONE, OTHER]) == [ONE, OTHER]


def test_there_are_never_many_of_them(strangers):
    for number in range(MOST + 1):
        strangers.add([OrganizationCode(f"G22.{number}")])

    assert strangers.to_ask_for([OrganizationCode("G22.1")])
