"""`edoc run`: all loops, some of them, or each of them until nothing is left to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from edoc_connector.app.connector import BATCH, LOOPS, Connector, Step, open_connector
from edoc_connector.app.post import Post, opened_post
from edoc_connector.baton import baton
from edoc_connector.daemon.lock import only_one
from edoc_connector.daemon.loop import Loop
from edoc_connector.daemon.service import Service
from edoc_connector.errors import EdocError
from edoc_connector.flows.mend import mend
from edoc_connector.settings import Settings

Wait = Callable[[], float]
"""How many seconds `accept` waits for a message."""

WATCH_SECONDS: Final = 3600.0
"""How often certificates are looked at; what is said of them is counted in days."""

DEADLINE_SECONDS: Final = 10.0
"""How often deadlines are looked at; they are counted in minutes at the least."""

RECONCILE_SECONDS: Final = 600.0
"""How often statements are looked at; what is under way has hours to arrive."""

REST_SECONDS: Final = 1.0
"""How long a loop sleeps that nobody rings: other processes may have left it work."""

GLANCE_SECONDS: Final = 0.2
"""How long who waits for one thing looks at the mailbox at a time."""

GATHER_SECONDS: Final = 0.03
"""How long work may gather before a loop takes it up; nobody notices the wait."""

FEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "take": ("seal", "relay", "progress"),
    "seal": ("relay", "stamp", "inspect", "progress"),
    "relay": ("seal", "progress"),
    "accept": ("deliver",),
    "deliver": ("seal", "relay", "progress", "inspect", "recheck"),
    "decide": ("seal", "relay", "progress"),
    "recheck": ("deliver", "progress"),
    "report": ("seal", "relay"),
    "deadlines": ("seal", "relay", "progress"),
    "reconcile": ("relay",),
    "watch": ("seal", "stamp", "deliver"),
    "inspect": ("deliver",),
}
"""For whom a loop may leave work.  Where it leaves some for another one, that takes it
up after its own rest."""

MOST_INSPECTED: Final = 100
"""Packets whose PDFs `--once` looks at.  After an upgrade all that was ever sent and
received waits for it; the newest come first, and the rest next time."""


def run(settings: Settings, only: Sequence[str] = ()) -> None:
    """Run the loops until SIGTERM.  Raises `AlreadyRunning`, or what stopped them."""
    names = tuple(only) or LOOPS
    settings.state.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (
        only_one(settings.state.folder, names),
        open_connector(settings) as connector,
        opened_post(settings) as post,
    ):
        _mend(connector, names)
        Service(_loops(connector, post, names)).run()


def run_once(settings: Settings, only: Sequence[str] = ()) -> int:
    """Repeat all steps until a whole round does nothing; return how much was done."""
    names = tuple(only) or LOOPS
    settings.state.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (
        only_one(settings.state.folder, names),
        open_connector(settings) as connector,
        opened_post(settings) as post,
    ):
        _mend(connector, names)
        return repeat(lambda wait: _steps(connector, post, wait), names)


@contextmanager
def accepting(settings: Settings) -> Iterator[Step]:
    """Give a step that takes in what waits in our mailbox, as the service would.

    All of it is kept as ever and waits for the service.  Raises `AlreadyRunning` where
    the service, or somebody else, does it already.
    """
    settings.state.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (
        only_one(settings.state.folder, ("accept",)),
        open_connector(settings) as connector,
        opened_post(settings) as post,
    ):
        _mend(connector, ("accept",))
        yield connector.steps(post, lambda: GLANCE_SECONDS)["accept"]


def _steps(connector: Connector, post: Post, wait: Wait) -> Mapping[str, Step]:
    steps = connector.steps(post, wait, inspected=BATCH)
    return steps | {"inspect": bounded(steps["inspect"], MOST_INSPECTED)}


def repeat(steps_of: Callable[[Wait], Mapping[str, Step]], names: Sequence[str]) -> int:
    """Take rounds until one does nothing that had waited for the axis.

    After a round in which something was done there may be more in hand, so nobody
    waits; a message that is under way is waited for before the end.
    """
    seconds, total = REST_SECONDS, 0
    steps = steps_of(lambda: seconds)
    while (done := _round(steps, names)) or not seconds:
        seconds = 0.0 if done else REST_SECONDS
        total += done
    return total


def bounded(step: Step, most: int) -> Step:
    """Return a step that does nothing more once it has done so much."""
    left = most

    def within() -> int:
        nonlocal left
        done = step() if left > 0 else 0
        left -= done
        return done

    return within


def _round(steps: Mapping[str, Step], names: Sequence[str]) -> int:
    """Take every step once; one that fails does not keep the others from theirs."""
    done, failure = 0, None
    for name in names:
        try:
            done += steps[name]()
        except EdocError as error:
            failure = failure or error
    if failure is not None:
        raise failure
    return done


def _mend(connector: Connector, names: Sequence[str]) -> None:
    """Clean up after a crash; only who accepts may, for nobody else writes segments."""
    if "accept" in names:
        mend(connector.storage)


def _loops(connector: Connector, post: Post, names: Sequence[str]) -> list[Loop]:
    steps = connector.steps(post, lambda: REST_SECONDS)
    rests = rests_of(connector.settings)
    return [
        Loop(
            name=name,
            step=with_baton(steps[name]),
            rest_seconds=rests.get(name, REST_SECONDS),
            backoff=connector.backoff(),
            feeds=FEEDS.get(name, ()),
            gather_seconds=GATHER_SECONDS,
            full=full_step(connector.settings, name),
        )
        for name in names
    ]


def with_baton(step: Step) -> Step:
    """Return a step that computes while the others do not."""

    def alone() -> int:
        with baton.held():
            return step()

    return alone


def full_step(settings: Settings, name: str) -> int:
    """Return how much a step of this loop does at the most."""
    return settings.poll.batch if name in ("take", "report") else BATCH


def rests_of(settings: Settings) -> Mapping[str, float]:
    """Return how long each of those loops rests that nobody wakes."""
    poll = settings.poll.every_seconds
    return {
        "take": poll,
        "report": poll,
        "decide": poll,
        "accept": 0.0,
        "deadlines": DEADLINE_SECONDS,
        "reconcile": RECONCILE_SECONDS,
        "watch": WATCH_SECONDS,
    }
