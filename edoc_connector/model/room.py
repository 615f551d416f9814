"""How much room a disk has, in the words that people read everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

GIGABYTE: Final = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Bytes that are free, of how many; told by no more than there are."""

    free: int
    total: int

    @property
    def share(self) -> float:
        """The free part of it, from 0 to 1."""
        return self.free / max(self.total, 1)

    @property
    def gigabytes(self) -> str:
        """What is free, in GB; with two places where it is less than one."""
        places = 1 if self.free >= GIGABYTE else 2
        steps = 10**places
        return f"{self.free * steps // GIGABYTE / steps:.{places}f}"

    @property
    def percent(self) -> str:
        """The free part of it, in whole percent."""
        return str(100 * self.free // max(self.total, 1))
