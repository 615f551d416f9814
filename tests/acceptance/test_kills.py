"""Kill a connector or the broker at a random moment, restart it, count the books."""

from __future__ import annotations

import random
import time
from dataclasses import replace

import pytest

from edoc_connector.demo import dms
from edoc_connector.demo.outcome import judge, settled
from edoc_connector.demo.scene import Scene, scene
from edoc_connector.demo.stage import Stage, wait_until

KILLS = 20
LATEST_SECONDS = 3.0
"""A round's documents are exchanged in about that time when nobody is killed."""

PATIENCE_SECONDS = 60.0

pytestmark = [pytest.mark.broker, pytest.mark.timeout(900)]


def round_of(number: int) -> Scene:
    """The demo's documents once more, under numbers of their own."""
    first = scene()
    documents = tuple(
        replace(
            document,
            row_id=document.row_id + 1000 * number,
            number=document.number and f"{document.number}{number:02}",
        )
        for document in first.documents
    )
    return replace(first, documents=documents)


def fill(stage: Stage, added: Scene) -> None:
    for site in stage.sites:
        dms.fill(site.dms, added, site.organization)


def kill_one(stage: Stage, chance: random.Random) -> str:
    """Kill one of the five processes and start it again."""
    site = chance.choice([*stage.sites, None])
    time.sleep(chance.uniform(0.0, LATEST_SECONDS))  # the random moment itself
    victim = site or stage.broker
    victim.kill()
    victim.start()
    return site.account if site else "broker"


def test_a_kill_at_any_moment_changes_no_total(stage):
    seed = random.SystemRandom().randrange(1 << 32)
    chance = random.Random(seed)  # noqa: S311  (a printed seed, to play it again)
    so_far = stage.scene
    victims = []
    stage.start_connectors()

    for number in range(1, KILLS + 1):
        added = round_of(number)
        so_far = replace(so_far, documents=so_far.documents + added.documents)
        fill(stage, added)
        victims.append(kill_one(stage, chance))

        done = wait_until(
            lambda: settled(stage.sites, so_far) == len(so_far.expected),  # noqa: B023
            PATIENCE_SECONDS,
            lambda: None,
        )

        result = judge(stage.sites, so_far, seconds=0, peak_megabytes=0)
        story = f"seed {seed}, killed {victims}, {result.totals}"
        assert done, story
        assert result.is_as_expected, story
        assert result.totals.confirmed == 14 * number, story
        assert result.totals.refused == 2 * number, story
        assert result.totals.lost == result.totals.duplicated == 0, story
    assert all(site.is_running() for site in stage.sites)
