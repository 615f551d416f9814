"""How long to wait before the next try: growing, bounded, not in step with others."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, takewhile
from typing import Final

MOST_COMING: Final = 10
"""How many attempts are named ahead; after them it goes on at the longest pause."""


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
        return self._whole(failures) * (1 - self.chance() / 2)

    def coming(
        self,
        failures: int,
        next_at: datetime,
        *,
        until: datetime | None = None,
        most: int = MOST_COMING,
    ) -> tuple[datetime, ...]:
        """Return when the coming attempts are, from the next one on.

        The next one is fixed; each after it comes then at the latest, if all before it
        fail.  None is later than `until`.
        """
        moments = islice(self._moments(failures, next_at), most)
        return tuple(takewhile(lambda at: until is None or at <= until, moments))

    def _moments(self, failures: int, at: datetime) -> Iterator[datetime]:
        while True:
            yield at
            at += timedelta(seconds=self._whole(failures))
            failures += 1

    def _whole(self, failures: int) -> float:
        doublings = min(failures, 32)
        return min(self.most_seconds, self.first_seconds * 2.0**doublings)
