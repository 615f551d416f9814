"""What an import did to the directory, in numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSummary:
    """Bodies by what became of them, rows that were left out, flaws that were found.

    `withheld` are bodies that a full list lacks and that were left open all the same,
    because a row of it could not be read at all.
    """

    rows: int = 0
    new: int = 0
    changed: int = 0
    closed: int = 0
    unchanged: int = 0
    refused: int = 0
    flaws: int = 0
    withheld: int = 0

    @property
    def changes(self) -> int:
        """How many bodies are known otherwise than before."""
        return self.new + self.changed + self.closed
