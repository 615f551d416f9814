"""Which key has led to a mailbox a short while ago, so that nobody has to try again.

A mailbox that goes meanwhile is noticed by the deadline of the receipt, as one is that
goes between a probe and what follows it.  A line that is new knows no way.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

Keys = tuple[str, ...]
"""The keys of one recipient, which are tried in turn."""

PROVEN_SECONDS: Final = 60.0
"""How long a way counts as proven: many documents follow one another by it, and nobody
takes a mailbox away in a hurry."""

MOST: Final = 100_000
"""So many ways are remembered, a few megabytes; then all are tried anew."""


class Ways:
    """What one line has learnt of the ways."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._proven: dict[Keys, tuple[str, float]] = {}

    def to(self, keys: Keys) -> str:
        """Return the key that has led there; empty where that is not known."""
        key, until = self._proven.get(keys, ("", 0.0))
        return key if until > self._clock() else ""

    def prove(self, keys: Keys, key: str) -> None:
        """Remember the one of the keys under which a message to one was taken."""
        if len(self._proven) >= MOST:
            self._proven.clear()
        self._proven[keys] = key, self._clock() + PROVEN_SECONDS

    def forget(self, keys: Keys) -> None:
        """Believe no more that it leads there: something was refused."""
        self._proven.pop(keys, None)

    def forget_all(self) -> None:
        """Begin anew: nobody knows who of many was refused, or the line is another."""
        self._proven.clear()
