"""What is done with others on the way in, and what becomes of one that fails."""

from __future__ import annotations

import pytest

from edoc_connector.errors import DmsRefused, IllegalMove
from edoc_connector.flows.incoming.accept import accept
from edoc_connector.flows.incoming.deliver import deliver
from edoc_connector.model.delivery import InboxEvent, InboxState
from tests.support.world import RECEIVER, World


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def bring(world, *numbers):
    """Documents of these numbers, in the receiver's inbox and not judged yet."""
    receiver = world.receiver
    for number in numbers:
        world.sender.write(number, RECEIVER)
    while world.sender.steps():
        pass
    while accept(receiver.site, receiver.consumer, receiver.storage, wait_seconds=0):
        pass


def judge(world, dms=None):
    receiver = world.receiver
    return deliver(receiver.site, dms or receiver.dms, receiver.storage, limit=20)


def entries(world, state):
    with world.receiver.storage.reading() as work:
        return work.inbox.in_state(state, 100)


class Overtaken:
    """A register that refuses the first document, which another has just judged."""

    def __init__(self, receiver):
        self.receiver, self.refused = receiver, False

    def __getattr__(self, name):
        return getattr(self.receiver.dms, name)

    def put(self, *arguments, **options):
        if self.refused:
            return self.receiver.dms.put(*arguments, **options)
        self.refused = True
        with self.receiver.storage.work() as work:
            (first, *_) = work.inbox.in_state(InboxState.ACCEPTED, 1)
            work.inbox.move(first.id, InboxEvent.QUARANTINE)
        raise DmsRefused(statement="incoming.insert", problem="a trigger says no")


def test_a_failure_of_those_before_it_sets_no_packet_aside_that_has_only_just_come(
    world,
):
    bring(world, 7, 7)

    with pytest.raises(IllegalMove):
        judge(world, Overtaken(world.receiver))
    assert len(entries(world, InboxState.QUARANTINED)) == 1

    judge(world)
    assert len(entries(world, InboxState.DELIVERED)) == 1
