"""The books of a soak: what went into one register against what stands in the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bench.soak.documents import Fields
from bench.soak.registers import Arrived

Released = Mapping[tuple[str, str], Fields]
"""What was put into the sending registers, by sender and number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """One document is one unit.

    `attempted` were released by a clerk; `acknowledged` are those of which the sender's
    register says that they came; `delivered` are in the receiver's register.  `lost`
    are in no register of arrivals; `duplicated` counts rows whose document or file
    another row has; `altered` counts rows in which a field or a byte is not the
    sender's, or that nobody has sent.
    """

    attempted: int
    acknowledged: int
    delivered: int
    lost: int
    duplicated: int
    altered: int

    @property
    def are_even(self) -> bool:
        """Whether every document came once, as it was, and its sender knows."""
        wrong = self.lost + self.duplicated + self.altered
        return not wrong and self.acknowledged == self.delivered == self.attempted


def balance(
    released: Released, arrivals: Iterable[Arrived], *, acknowledged: int
) -> Books:
    """Hold the registers of arrivals against what was released."""
    came: set[tuple[str, str]] = set()
    identities: set[tuple[str, str]] = set()
    files: set[str] = set()
    duplicated = altered = 0
    for row in arrivals:
        fields = row.fields
        name, identity = (
            (fields.sender, fields.number),
            (fields.sender, row.document_id),
        )
        duplicated += identity in identities or fields.sha256 in files
        altered += released.get(name) != fields
        identities.add(identity)
        files.add(fields.sha256)
        came.add(name)
    delivered = len(came & released.keys())
    return Books(
        attempted=len(released),
        acknowledged=acknowledged,
        delivered=delivered,
        lost=len(released) - delivered,
        duplicated=duplicated,
        altered=altered,
    )
