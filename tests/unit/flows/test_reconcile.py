"""Two departments tell each other of their days, and what differs becomes a case."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from edoc_connector.model.reconciliation import CaseKind
from tests.support.world import NOWHERE, RECEIVER, SENDER, World

DAY = timedelta(days=1)
WAIT = timedelta(hours=7)


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    world.sender.reconciles = world.receiver.reconciles = True
    yield world
    world.close()


def cases_of(department):
    with department.storage.reading() as work:
        return {(it.kind, it.label) for it in work.cases.still_open()}


def key_of(department, number):
    with department.storage.reading() as work:
        found = {it.label: it.key for it in work.documents.recent(20)}
    return found[f"{number}/UBND-VX"]


def lose(world, code=RECEIVER):
    """What lies in the queue of a department is deleted by somebody."""
    world.axis.queues[f"edoc.inbox.{code}"].clear()


def send(world, number):
    """Send a document as far as the axis."""
    world.sender.write(number, RECEIVER)
    for _ in range(4):
        world.sender.steps()


def let_days_pass(world, count=2):
    for _ in range(count):
        world.now += DAY
        world.run()


def test_where_nothing_is_lost_both_days_fit(world):
    world.sender.write(7, RECEIVER)
    world.run()

    let_days_pass(world)

    assert cases_of(world.sender) == cases_of(world.receiver) == set()
    for department in (world.sender, world.receiver):
        facts = department.facts()
        assert facts.count("reconciliation:stated") == 1
        assert facts.count("reconciliation:compared") == 1
        assert department.facts().count("reconciliation:case") == 0


def test_what_somebody_deleted_from_the_axis_is_a_case_on_both_sides(world, caplog):
    send(world, 7)
    lose(world)
    send(world, 8)
    world.run()

    let_days_pass(world)
    world.now += WAIT
    world.run()
    let_days_pass(world)

    lost = f"{SENDER},2026/11/20,7/UBND-VX"
    assert cases_of(world.receiver) == {(CaseKind.NOT_RECEIVED_HERE, lost)}
    assert cases_of(world.sender) == {(CaseKind.NOT_RECEIVED_THERE, lost)}
    differs = [it for it in caplog.records if it.message == "reconciliation_differs"]
    assert [it.levelno for it in differs] == [logging.ERROR] * 2
