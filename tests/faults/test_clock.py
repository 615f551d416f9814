"""A clock that goes back an hour or on a day, between any two commits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.effects import Kind
from tests.support.world import ONE_PDF, RECEIVER, World

JUMPS = {
    "back an hour": timedelta(hours=-1),
    "on a day": timedelta(days=1),
}
PATIENCE = timedelta(hours=2)
"""After a clock was put right nobody waits longer than this, and mostly not at all."""

PARTS = 3
MOST_COMMITS = 400

pytestmark = pytest.mark.timeout(300)


class Jump:
    """Puts the clock elsewhere before the nth commit."""

    def __init__(self, world, at, by):
        self.world, self.at, self.by, self.commits = world, at, by, 0

    def __call__(self, effect):
        if effect.kind is Kind.COMMIT:
            if self.commits == self.at:
                self.world.now += self.by
            self.commits += 1


def play(folder, at, by):
    """A document, a broken row, and a wrong clock; then hours pass."""
    folder.mkdir()
    world = World(folder)
    world.sender.write(7, RECEIVER)
    world.sender.write(8, RECEIVER, so=None)
    jump = Jump(world, at, by)
    world.effects.before = jump
    world.run()
    begun, commits = world.now, jump.commits
    while world.now < begun + PATIENCE:
        world.now += timedelta(minutes=10)
        world.run()
    world.effects.before = None
    return world, commits


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("jump", JUMPS)
def test_a_clock_that_jumps_loses_doubles_and_holds_up_nothing(ground, jump, part):
    wrong = []
    for at in range(part, MOST_COMMITS, PARTS):
        world, commits = play(ground / f"{at}", at, JUMPS[jump])
        found = (
            world.receiver.arrived() == [("7", "V/v kiểm kê văn bản 7", ONE_PDF)],
            world.sender.states()[:1] == ["Đã đến"],
            world.sender.facts().count("receipt:accepted") == 1,
            world.receiver.facts().count("document:delivered") == 1,
        )
        if not all(found):
            wrong.append((at, found, world.sender.states()))
        world.close()
        if commits <= at:  # it came too late to matter: all of them were tried
            break
    else:
        raise AssertionError("there are more")

    assert not wrong
