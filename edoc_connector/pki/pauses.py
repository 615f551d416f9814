"""Who was just asked in vain, or was slow, and is left alone for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Final

FIRST_SECONDS: Final = 5.0
MOST_SECONDS: Final = 300.0
SLOW_RESTS: Final = 10
"""How many times as long as it took us to wait: so it has a tenth of our time."""
MOST_KNOWN: Final = 10_000
"""After so many all is forgotten: asking once too often costs one timeout."""


@dataclass(frozen=True, slots=True)
class _Pause:
    until: float
    seconds: float
    problem: str


@dataclass(frozen=True, slots=True)
class Pauses:
    """Threads may share it; each process has its own."""

    ticks: Callable[[], float] = time.monotonic
    _known: dict[Hashable, _Pause] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def problem(self, key: Hashable) -> str:
        """Say what went wrong there if it is too early to ask again, or nothing."""
        pause = self._known.get(key)
        return pause.problem if pause and self.ticks() < pause.until else ""

    def failed(self, key: Hashable, problem: str) -> None:
        """Leave it alone: for twice as long as the last time."""
        with self._lock:
            before = self._known.get(key)
            seconds = min(2 * before.seconds, MOST_SECONDS) if before else FIRST_SECONDS
            self._rest(key, _Pause(self.ticks() + seconds, seconds, problem))

    def slow(self, key: Hashable, took_seconds: float, problem: str) -> None:
        """Leave alone for a while who did answer, but had us wait so long."""
        seconds = min(SLOW_RESTS * took_seconds, MOST_SECONDS)
        with self._lock:
            self._rest(key, _Pause(self.ticks() + seconds, FIRST_SECONDS, problem))

    def _rest(self, key: Hashable, pause: _Pause) -> None:
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[key] = pause

    def answered(self, key: Hashable) -> None:
        """Ask there again whenever there is something to ask."""
        with self._lock:
            self._known.pop(key, None)
