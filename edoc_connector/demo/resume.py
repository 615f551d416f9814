"""A demo that was kept, running again: its brokers and its four connectors.

Nobody plays the clerks any more: whoever looks does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edoc_connector.daemon.lock import only_one
from edoc_connector.demo.axis_plot import axis_scene
from edoc_connector.demo.linked_stage import CERTIFICATES, LinkedStage
from edoc_connector.demo.scene import FIRST_DAY, scene
from edoc_connector.demo.site import DemoSite
from edoc_connector.demo.stage import Stage
from edoc_connector.errors import NoDemo

LOCK = "demo"


@contextmanager
def resumed(folder: Path) -> Iterator[Stage]:
    """Start what `edoc demo --keep` left in a folder, and stop it at the end.

    Raises `NoDemo`, or `AlreadyRunning` where it runs already.
    """
    stage = _stage(folder)
    if not all(site.settings.is_file() for site in stage.sites):
        raise NoDemo(path=folder)
    with only_one(folder, (LOCK,)), stage:
        stage.start_broker_again()
        stage.start_connectors()
        yield stage


def _stage(folder: Path) -> Stage:
    """Return what stood there: with links, if there are certificates for them."""
    if (folder / CERTIFICATES).is_dir():
        return LinkedStage(folder, axis_scene(first_day=FIRST_DAY))
    return Stage(folder, scene())


def ended(stage: Stage) -> DemoSite | None:
    """Return a site whose connector has ended by itself, if there is one."""
    return next((site for site in stage.sites if not site.is_running()), None)
