"""How long may still be waited for others: all who are asked for one seal share it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

TIMEOUTS: Final = 2
"""How often somebody may be waited for in full."""


@dataclass(slots=True)
class Patience:
    """Seconds that are left.  What is done between two questions takes none."""

    timeout_seconds: float
    left: float
    ticks: Callable[[], float]

    @classmethod
    def of(
        cls, timeout_seconds: float, ticks: Callable[[], float] = time.monotonic
    ) -> Patience:
        """Begin anew, where one question may take so long."""
        return cls(timeout_seconds, TIMEOUTS * timeout_seconds, ticks)

    @property
    def seconds(self) -> float:
        """How long the next question may take; too little is nothing at all."""
        is_fair = self.left >= self.timeout_seconds / 2
        return min(self.timeout_seconds, self.left) if is_fair else 0.0

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Count the time that the block takes."""
        begun = self.ticks()
        try:
            yield
        finally:
            self.left -= self.ticks() - begun
