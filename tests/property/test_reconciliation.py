"""Whatever the timing: what is lost is a case on both sides, and nothing else is."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from edoc_connector.model.reconciliation import CaseKind
from edoc_connector.model.stages import Kind
from tests.support.world import RECEIVER, World
from tests.unit.flows.reconciliation.test_reconcile import (
    WAIT,
    cases_of,
    let_days_pass,
    send,
)


@pytest.mark.parametrize("seed", range(6))
def test_no_timing_makes_a_case_and_no_loss_goes_without_one(tmp_path, seed):
    """Documents at any time of day, each side working when it likes, some are lost."""
    luck = Random(seed)  # noqa: S311  (a schedule, no secret)
    world = World(tmp_path)
    world.sender.reconciles = world.receiver.reconciles = True
    lost = set()
    number = 0
    for _ in range(30):
        world.now += timedelta(minutes=luck.randrange(1, 240))
        match luck.randrange(4):
            case 0:
                number += 1
                send(world, number)
                if seed % 2 and luck.random() < 0.5:
                    lost |= documents_in_queue(world)
            case 1:
                world.sender.steps()
            case 2:
                world.receiver.steps()
            case 3:
                world.run()
    world.run()
    let_days_pass(world)
    world.now += WAIT
    world.run()
    let_days_pass(world)

    told = {(CaseKind.NOT_RECEIVED_HERE, it) for it in lost}
    assert cases_of(world.receiver) == told
    assert cases_of(world.sender) == {(kind.mirrored, it) for kind, it in told}
    opened = world.receiver.facts().count("reconciliation:case")
    assert opened == len(lost)
    world.close()


def documents_in_queue(world):
    """Lose the documents under way; everything else stays."""
    queue = world.axis.queues[f"edoc.inbox.{RECEIVER}"]
    lost = {
        held.properties.correlation_id
        for held in queue
        if held.properties.type == Kind.EDOC
    }
    left = [held for held in queue if held.properties.type != Kind.EDOC]
    queue.clear()
    queue.extend(left)
    return lost
