"""How long to wait before the next try: growing, bounded, not in step with others."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses that double from `first_seconds` to `most_seconds`.

    `chance` gives a number in [0, 1): a pause is shortened by up to half, so that
    connectors which lost one broker together do not come back together.
    """

    first_seconds: float
    most_seconds: float
    chance: Callable[[], float] = random.random

    def seconds(self, failures: int) -> float:
        """Return the pause after so many failures before this one."""
        doublings = min(failures, 32)
        whole = min(self.most_seconds, self.first_seconds * 2.0**doublings)
        return whole * (1 - self.chance() / 2)
