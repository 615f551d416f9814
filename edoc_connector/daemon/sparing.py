"""Asking databases that may be away must not take the time of all the others."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from edoc_connector.errors import StorageUnavailable

Answer = TypeVar("Answer")

RESTS: Final = 9
"""For so many times as long as it took to learn nothing, nobody is asked again: who
lets us wait has a tenth of our time then, who refuses at once is asked at once."""

MOST_SECONDS: Final = 300.0
"""No rest is longer: an hour in which we stood still ourselves is no outage."""


@dataclass(slots=True)
class Sparing:
    """Asks the databases of some servers; one that let us wait rests with all it has.

    A server has often those of many organisations, and when it is away each of them
    would let us wait as long.
    """

    now: Callable[[], float] = time.monotonic
    _until: dict[str, float] = field(default_factory=dict, init=False)

    def ask(self, server: str, question: Callable[[], Answer]) -> Answer:
        """Return the answer.  Raises `StorageUnavailable`, without asking in a rest."""
        began = self.now()
        if began < self._until.get(server, began):
            raise StorageUnavailable(problem=server)
        try:
            return question()
        except StorageUnavailable:
            ended = self.now()
            rest = min(RESTS * (ended - began), MOST_SECONDS)
            self._until[server] = ended + rest
            raise
