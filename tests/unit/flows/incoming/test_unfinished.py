"""What never becomes whole is looked for now and then, and not after every message."""

from __future__ import annotations

from datetime import timedelta

import pytest

from edoc_connector.flows.incoming import unfinished
from edoc_connector.flows.incoming.unfinished import (
    LOOK_EVERY,
    PATIENCE,
    LastLook,
    give_up_unfinished,
)
from edoc_connector.model.identifiers import Digest, MessageId
from tests.support.world import SENDER, World


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def half_a_packet(world, name="half"):
    """Let one of two segments of a packet be here since a week."""
    storage = world.receiver.storage
    stored = storage.spool.add([name.encode()])
    with storage.work() as work:
        work.segments.add(
            account=SENDER,
            message_id=MessageId(name),
            packet=Digest("0" * 64),
            number=1,
            total=2,
            content=stored.digest,
            size=stored.size,
            at=world.clock() - PATIENCE - timedelta(seconds=1),
        )


def waiting(world):
    return len([*world.receiver.storage.spool.digests()])


def look(world, last_look):
    give_up_unfinished(world.receiver.site, world.receiver.storage, last_look)


def test_after_a_look_nobody_looks_again_for_a_while(world):
    last_look = LastLook()
    look(world, last_look)
    half_a_packet(world)

    world.now += LOOK_EVERY - timedelta(seconds=2)
    look(world, last_look)
    assert waiting(world) == 1
    world.now += timedelta(seconds=2)
    look(world, last_look)

    assert waiting(world) == 0


def test_a_clock_that_is_put_back_puts_off_no_look(world):
    last_look = LastLook(at=world.clock() + timedelta(days=400))
    half_a_packet(world)

    look(world, last_look)

    assert waiting(world) == 0


def test_of_many_the_rest_is_given_up_at_the_next_look_at_once(world, monkeypatch):
    monkeypatch.setattr(unfinished, "MOST_AT_ONCE", 2)
    for number in range(3):
        half_a_packet(world, f"half-{number}")
    last_look = LastLook()

    look(world, last_look)
    assert waiting(world) == 1
    look(world, last_look)

    assert waiting(world) == 0
