"""What the broker has taken waits for others, and not for long."""

from __future__ import annotations

import pytest

from edoc_connector.bus.memory import MemoryPublisher
from edoc_connector.errors import BusUnavailable
from edoc_connector.flows.backoff import Backoff
from edoc_connector.flows.outgoing import custody as custody_module
from edoc_connector.flows.outgoing import passage as passage_module
from edoc_connector.flows.outgoing.custody import (
    GATHER_SECONDS,
    MOST_COMPANIES,
    Custody,
)
from edoc_connector.flows.outgoing.relay import relay
from edoc_connector.flows.outgoing.seal import seal
from edoc_connector.flows.outgoing.settling import settle
from edoc_connector.flows.outgoing.take import take
from tests.support.world import RECEIVER, SENDER, World

STEADY = Backoff(10.0, 40.0, chance=lambda: 0.0)


class Clock:
    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def custody(clock):
    return Custody(now=clock)


def test_the_first_waits_for_others_for_a_moment(custody, clock):
    custody.add(("one",))
    clock.seconds = GATHER_SECONDS / 2
    custody.add(("two",))

    assert not custody.is_due
    assert custody.patience == pytest.approx(GATHER_SECONDS / 2)

    clock.seconds = GATHER_SECONDS
    assert custody.is_due
    assert custody.patience == 0


def test_many_wait_for_nobody(custody):
    for number in range(MOST_COMPANIES - 1):
        custody.add((number,))
    assert not custody.is_due

    custody.add(("the last",))

    assert custody.is_due


def test_what_was_taken_out_is_in_it_no_more(custody, clock):
    custody.add(("one",))
    assert custody.take() == [("one",)]

    assert custody.take() == []
    clock.seconds = 3.0
    custody.add(("two",))
    assert not custody.is_due


class Trickling(MemoryPublisher):
    """Hears of one message at a time, of each after the others were sent."""

    def __init__(self, axis):
        super().__init__(axis, SENDER)
        self.heard, self.most = 0, None

    def outcomes(self, wait_seconds=0.0):
        if self.heard == self.most:
            raise BusUnavailable(address="memory", problem="cut")
        self.heard += 1
        known = super().outcomes(wait_seconds)
        self._known = list(known[1:])
        return known[:1]


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    for number in range(1, 6):
        world.sender.write(number, RECEIVER)
    take(world.sender.site, world.sender.dms, world.sender.storage, limit=50)
    while seal(world.sender.site, world.sender.storage, limit=50):
        pass
    yield world
    world.close()


@pytest.fixture
def settled(monkeypatch):
    """How many are written down at a time."""
    sizes = []

    def watched(means, items, *given):
        sizes.append(len(items))
        settle(means, items, *given)

    monkeypatch.setattr(passage_module, "settle", watched)
    return sizes


def relay_at(world, publisher):
    site, storage = world.sender.site, world.sender.storage
    return relay(site, publisher, storage, limit=50, backoff=STEADY)


def test_what_is_confirmed_one_after_the_other_is_written_down_together(world, settled):
    relay_at(world, Trickling(world.axis))

    assert settled == [5]
    assert world.sender.facts().count("document:sent") == 5


def test_nobody_waits_for_long_for_a_slow_line(world, settled, monkeypatch):
    monkeypatch.setattr(custody_module, "GATHER_SECONDS", 0.0)

    relay_at(world, Trickling(world.axis))

    assert settled == [1] * 5


def test_what_was_confirmed_before_a_cut_is_written_down_as_sent(world):
    publisher = Trickling(world.axis)
    publisher.most = 3

    with pytest.raises(BusUnavailable):
        relay_at(world, publisher)

    assert world.sender.facts().count("document:sent") == 3
    with world.sender.storage.reading() as work:
        assert len(work.outbox.list_waiting(100)) == 2
