"""Who was just asked in vain, and is left alone for a while: longer each time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Final

FIRST_SECONDS: Final = 5.0
MOST_SECONDS: Final = 300.0
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
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[key] = _Pause(self.ticks() + seconds, seconds, problem)

    def answered(self, key: Hashable) -> None:
        """Ask there again whenever there is something to ask."""
        with self._lock:
            self._known.pop(key, None)
