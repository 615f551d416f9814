"""Packets that come together: what they share, and what none does to another."""

from __future__ import annotations

import re
from contextlib import contextmanager
from unittest.mock import Mock

import pytest

from edoc_connector.errors import StorageUnavailable
from edoc_connector.flows.incoming.accept import accept
from edoc_connector.model.delivery import InboxState
from edoc_connector.storage.content import ContentStore
from tests.support.effects import Kind
from tests.support.world import RECEIVER, World

MAILBOX = f"edoc.inbox.{RECEIVER}"


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def sent(world, count):
    """Let so many documents lie in the mailbox of the receiver; their ids."""
    for number in range(count):
        world.sender.write(number, RECEIVER)
    while world.sender.steps():
        pass
    return [it.properties.message_id for it in world.axis.queues[MAILBOX]]


def take_in(world):
    receiver = world.receiver
    return accept(
        receiver.site, receiver.consumer, receiver.storage, wait_seconds=0, limit=20
    )


def inbox(world):
    with world.receiver.storage.reading() as work:
        found = work.inbox.in_state(InboxState.ACCEPTED, 99)
    return [it.message_id for it in found]


def facts(world):
    with world.receiver.storage.reading() as work:
        return [it.subject for it in work.ledger.entries()]


ROWS = re.compile(r" \d+ rows$")
NO_FILES = {Kind.SQL, Kind.COMMIT, Kind.BUS}


def effects_of(world, act, kinds):
    """What it does to the world outside, in its order, however many rows it has."""
    seen = []

    def note(effect):
        if effect.kind in kinds and not effect.name.startswith("PRAGMA"):
            seen.append(ROWS.sub("", effect.name))

    world.effects.before = note
    try:
        act()
    finally:
        world.effects.before = world.fuse.burn
    return seen


def test_they_enter_in_their_order_and_each_with_its_fact(world):
    ids = sent(world, 3)

    assert take_in(world) == 3

    assert inbox(world) == facts(world) == ids
    assert not world.axis.queues[MAILBOX]


def test_many_cost_no_more_statements_commits_and_words_to_the_broker_than_two(world):
    seen = {}
    for count in (2, 7):
        sent(world, count)
        seen[count] = effects_of(world, lambda: take_in(world), kinds=NO_FILES)

    assert seen[7] == seen[2]
    assert (seen[7].count("COMMIT"), seen[7].count("acknowledge")) == (3, 1)


def test_one_that_is_here_already_is_answered_again_and_the_others_enter(world):
    known, *_ = sent(world, 2)
    queue = world.axis.queues[MAILBOX]
    copy = queue[0]
    world.run()
    before = facts(world)
    queue.append(copy)
    ids = sent(world, 2)

    assert take_in(world) == 3

    assert ids[0] == known
    assert inbox(world) == ids[1:]
    assert facts(world) == before + ids[1:]
    with world.receiver.storage.reading() as work:
        assert work.outbox.waiting() == 1


def test_where_the_disk_has_no_room_for_all_the_first_of_them_are_kept(
    world, monkeypatch
):
    ids = sent(world, 3)
    batch, kept = ContentStore.batch, []

    @contextmanager
    def with_room_for_one(store):
        added = []

        def add(chunks):
            if kept or added:
                raise StorageUnavailable(problem="No space left on device")
            added.append(whole.add(chunks))
            return added[0]

        with batch(store) as whole:
            yield Mock(add=add)
        kept.extend(added)

    monkeypatch.setattr(ContentStore, "batch", with_room_for_one)
    with pytest.raises(StorageUnavailable):
        take_in(world)

    assert inbox(world) == ids[:1]
    assert [it.properties.message_id for it in world.axis.queues[MAILBOX]] == ids[1:]
