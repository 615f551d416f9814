"""Asking somebody who may be away must not take the time of all the others."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from edoc_connector.errors import StorageUnavailable

Answer = TypeVar("Answer")

RESTS: Final = 9
"""For so many times as long as it took to learn nothing, nobody is asked again: a
database that lets us wait then has a tenth of our time, one that refuses at once is
asked again at once."""


@dataclass(slots=True)
class Sparing:
    """Asks a database, and after a failure not again before it has rested."""

    now: Callable[[], float] = time.monotonic
    _until: float = 0.0
    _failure: StorageUnavailable | None = None

    def ask(self, question: Callable[[], Answer]) -> Answer:
        """Return the answer.  Raises `StorageUnavailable`, without asking in a rest."""
        began = self.now()
        if self._failure is not None and began < self._until:
            raise StorageUnavailable(problem=self._failure)
        try:
            return question()
        except StorageUnavailable as error:
            ended = self.now()
            self._failure, self._until = error, ended + RESTS * (ended - began)
            raise
