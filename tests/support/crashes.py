"""Kill the connectors at every effect of a scenario, and look whether they recover.

A scenario is played once.  Before each effect the process forks: the child is the
crashed one.  It sees the files as they are at that moment, starts all connectors anew
on a copy of them, and works until the scenario is over; then the books must balance.
No `finally` of the killed code ever runs, as under SIGKILL.

Where the files and the axis are what they were at an earlier effect (most statements
change nothing before their commit), the same recovery would follow and is not repeated.
Where something is not synced yet, a power cut is tried as well.
"""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.effects import Effect, Kind
from tests.support.world import World

PATIENCE_SECONDS = 60
"""After so long a recovery goes round in circles, and is killed."""

EVERY_SO_MANY = 3
"""One in so many recoveries is itself killed, at another effect each time."""

MOST_WRONG = 1 if "EDOC_MUTATED" in os.environ else 5
"""After so many there is enough to look into, and the rest is not tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What people do, act by act, and what must be so in the end.

    After each act the connectors work until nothing is left to do.  An act must not
    itself use the connectors: only what follows it is killed.  What follows the acts
    before `killed_from` is left alone, where another scenario kills it.
    """

    name: str
    acts: Sequence[Callable[[World], None]]
    check: Callable[[World], None]
    world: Mapping[str, Any] = field(default_factory=dict)
    steps: Callable[[World], None] = World.run
    killed_from: int = 0


@dataclass(slots=True)
class Explored:
    """How many effects there were, what was tried, and what went wrong."""

    effects: int = 0
    states: int = 0
    kinds: dict[Kind, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        told = "\n\n".join(self.wrong)
        counts = f"{self.effects} effects, {self.states} different states"
        return f"{counts}, {len(self.wrong)} recoveries went wrong\n{told}"


def explore(scenario: Scenario, folder: Path) -> Explored:
    """Play it once, and kill at every effect."""
    return _Explorer(scenario, folder).run()


class _Explorer:
    def __init__(self, scenario: Scenario, folder: Path):
        self.scenario, self.folder = scenario, folder
        self.seen: set[bytes] = set()
        self.found = Explored()
        self.act = 0
        self.is_changed = True
        (folder / "world").mkdir()
        self.world = World(folder / "world", is_whole=True, **scenario.world)

    def run(self) -> Explored:
        effects = self.world.effects
        with effects.watched_files():
            for number, act in enumerate(self.scenario.acts):
                self.act = number
                effects.before = None
                act(self.world)
                self.is_changed = True
                if number >= self.scenario.killed_from:
                    effects.before = self._before
                self.scenario.steps(self.world)
            self._visit("the end")
            effects.before = None
        self.scenario.check(self.world)
        self.world.close()
        return self.found

    def _before(self, effect: Effect) -> None:
        kinds = self.found.kinds
        kinds[effect.kind] = kinds.get(effect.kind, 0) + 1
        self._visit(effect)
        self.is_changed = not effect.is_harmless

    def _visit(self, effect: object) -> None:
        self.found.effects += 1
        if not self.is_changed:
            return
        state = self.world.digest() + f"{self.act}".encode()
        self._try(f"killed before effect {self.found.effects} ({effect})", state)
        lost = self.world.effects.disk.lost()
        if any(lost):
            told = f"power cut before effect {self.found.effects} ({effect})"
            self._try(told, state + repr(lost).encode(), is_power_cut=True)

    def _try(self, told: str, state: bytes, *, is_power_cut: bool = False) -> None:
        if state in self.seen or len(self.found.wrong) >= MOST_WRONG:
            return
        number = len(self.seen)
        self.seen.add(state)
        self.found.states += 1
        again = number % EVERY_SO_MANY == 0
        fuse = (7 * number) % 97 if again else None
        place = self.folder / f"{number}"
        wrong = in_child(lambda: self._recover(place, fuse, is_power_cut=is_power_cut))
        for left in (place, again_at(place)):
            shutil.rmtree(left, ignore_errors=True)
        if wrong:
            self.found.wrong.append(f"{told}: {wrong}")

    def _recover(self, place: Path, fuse: int | None, *, is_power_cut: bool) -> str:
        """Be the crashed process that is started again, and may be killed again."""
        world = self.world
        left = fuse

        def before(effect: Effect) -> None:
            nonlocal left
            if left == 0:
                world.effects.before = None
                told = f"killed again before effect {fuse} of the recovery ({effect})"
                again = lambda: self._recover(  # noqa: E731
                    again_at(place), None, is_power_cut=False
                )
                wrong = in_child(again)
                end(f"{told}: {wrong}" if wrong else "")
            left = None if left is None else left - 1

        world.effects.before = None
        shutil.copytree(world.folder, place)
        if is_power_cut:
            world.effects.disk.cut(world.folder, place)
        world.effects.before = before
        world.begin_anew(place)
        self.scenario.steps(world)
        for act in self.scenario.acts[self.act + 1 :]:
            self.act += 1
            act(world)
            self.scenario.steps(world)
        world.effects.before = None
        self.scenario.check(world)
        return ""


def again_at(place: Path) -> Path:
    """Where what was killed twice is started again."""
    return place.with_name(f"{place.name}-again")


# --- forking ------------------------------------------------------------------

_report: list[int] = []
"""Where this process says what went wrong, if it is a child."""


def in_child(work: Callable[[], str]) -> str:
    """Do the work in a copy of this process and return what went wrong there."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads of xdist
        child = os.fork()
    if not child:
        os.close(reading)
        _report.append(writing)
        _be_child(work)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    return told or ("" if not status else f"it ended with {status}")


def _be_child(work: Callable[[], str]) -> None:
    # What the dead process had open must stay open: SQLite would tidy up at its end.
    gc.freeze()
    sys.settrace(None)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(PATIENCE_SECONDS)
    try:
        told = work()
    except BaseException:  # noqa: BLE001
        told = traceback.format_exc()
    end(told)


def end(told: str) -> None:
    """End this child at once, without tidying up."""
    os.write(_report[-1], told.encode()[-60_000:])
    os._exit(0)
