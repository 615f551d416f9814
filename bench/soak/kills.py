"""Kills, each followed by a restart, of the connectors and of the broker, for ever.

Each of them has a thread that does nothing else, so that one dies also while another is
still coming up.  SIGKILL is what a power cut looks like to a program: no handler runs.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import Final, Protocol

AT_ONCE: Final = 0.5
"""The share of kills after which the restart does not wait."""
LONGEST_ABSENCE_SECONDS: Final = 3.0
EARLIEST: Final = 0.2
LATEST: Final = 1.8
"""Between two kills of one victim is its mean pause, times something in between."""


class Killable(Protocol):
    """What can be ended as by a power cut, and started again."""

    def kill(self) -> None:
        """End it with SIGKILL."""

    def start(self) -> None:
        """Start it on what it had on the disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Victim:
    """Who is killed, and its share of all kills."""

    name: str
    process: Killable
    share: float


class Killer:
    """Kills each victim at moments that a seed repeats, while it is `at_work`."""

    def __init__(
        self,
        victims: Sequence[Victim],
        *,
        every_seconds: float,
        seed: int,
        before: Callable[[], None] = lambda: None,
    ) -> None:
        """Kill one of them so often on average; `before` is called before each."""
        self._victims = victims
        self._every_seconds = every_seconds
        self._seed = seed
        self._before = before
        self._stop = Event()
        self._lock = Lock()
        self._kills: Counter[str] = Counter()
        self._failure: BaseException | None = None

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Kill during the block; when it has ended all victims run again."""
        threads = [
            Thread(target=self._pursue, args=(victim,), name=f"kill-{victim.name}")
            for victim in self._victims
        ]
        try:
            for thread in threads:  # who is interrupted here takes them down as well
                thread.start()
            yield
        finally:
            self._stop.set()
            for thread in threads:
                if thread.is_alive():
                    thread.join()
        self.check()

    def check(self) -> None:
        """Raise what kept a victim from being started again."""
        if self._failure is not None:
            raise self._failure

    @property
    def counts(self) -> Mapping[str, int]:
        """How often each was killed so far."""
        with self._lock:
            return {victim.name: self._kills[victim.name] for victim in self._victims}

    def _pursue(self, victim: Victim) -> None:
        chance = random.Random(f"{self._seed} {victim.name}")  # noqa: S311
        pause = self._every_seconds / victim.share
        try:
            while not self._stop.wait(pause * chance.uniform(EARLIEST, LATEST)):
                self._kill(victim, chance)
        except BaseException as error:  # noqa: BLE001  (a thread has nobody above it)
            self._failure = error

    def _kill(self, victim: Victim, chance: random.Random) -> None:
        absence = (
            0.0
            if chance.random() < AT_ONCE
            else chance.uniform(0.0, LONGEST_ABSENCE_SECONDS)
        )
        self._before()
        victim.process.kill()
        self._stop.wait(absence)
        victim.process.start()
        with self._lock:
            self._kills[victim.name] += 1
