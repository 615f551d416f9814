"""The demo from the first key to the last receipt."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

from edoc_connector.demo.clerks import Clerks
from edoc_connector.demo.outcome import Result, judge, settled
from edoc_connector.demo.stage import Stage, wait_until
from edoc_connector.errors import N_

PATIENCE_SECONDS: Final = 90.0
SECONDS_PER_DOCUMENT: Final = 1.0

Tell = Callable[[str, int, int], None]
"""Told at each step: what is done now, how many recipients are settled, of how many."""


def play(stage: Stage, now: datetime, tell: Tell) -> Result:
    """Put the stage up, let the connectors work, take it down, and hear the witnesses.

    Nothing runs afterwards, whatever happens in between.
    """
    scene = stage.scene
    total = len(scene.expected)
    with stage:
        tell(N_("making keys, certificates and four document registers"), 0, total)
        stage.create(now)
        tell(stage.starting, 0, total)
        stage.start_broker()
        tell(N_("starting four connectors"), 0, total)
        started = time.monotonic()
        stage.start_connectors()
        clerks = Clerks(stage.sites, scene)
        wait_until(
            lambda: settled(stage.sites, scene) == total,
            PATIENCE_SECONDS + SECONDS_PER_DOCUMENT * len(scene.documents),
            lambda: _exchange(stage, clerks, tell),
        )
        seconds = time.monotonic() - started
        peak = max(site.peak_megabytes() for site in stage.sites)
    return judge(stage.sites, scene, seconds=seconds, peak_megabytes=peak)


def _exchange(stage: Stage, clerks: Clerks, tell: Tell) -> None:
    """Let the clerks do what there is to do, and tell how far it is."""
    clerks.work()
    scene = stage.scene
    tell(N_("exchanging"), settled(stage.sites, scene), len(scene.expected))
