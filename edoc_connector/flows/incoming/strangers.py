"""Codes that no directory of the house knew a moment ago: they are others' codes.

A circular names a hundred bodies, and to ask forty directories for each of them takes
longer than to take it in.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from edoc_connector.model.organization_code import OrganizationCode

KEPT_SECONDS: Final = 60.0
"""So long a directory may know more than we do."""

MOST: Final = 4096
"""Strangers write them; with more of them all are forgotten."""


@dataclass(slots=True)
class Strangers:
    """Remembered for a minute, and no more than so many."""

    now: Callable[[], float] = time.monotonic
    _codes: set[str] = field(default_factory=set, init=False)
    _until: float = field(default=0.0, init=False)

    def to_ask_for(
        self, codes: Iterable[OrganizationCode]
    ) -> Sequence[OrganizationCode]:
        """Return those of the codes that are to be asked for."""
        if self.now() >= self._until or len(self._codes) > MOST:
            self._codes.clear()
        return [it for it in codes if it.routing_words not in self._codes]

    def add(self, codes: Iterable[OrganizationCode]) -> None:
        """Remember that nobody knew them."""
        if not self._codes:
            self._until = self.now() + KEPT_SECONDS
        self._codes.update(it.routing_words for it in codes)
