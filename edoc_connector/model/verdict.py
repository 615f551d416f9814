"""How far a seal is proven, as data: its form, what is open, what time is proven.

A seal that fails has no verdict: `signature.verify` raises the reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from edoc_connector.errors import Reason
from edoc_connector.model.evidence import Evidence


class Indication(StrEnum):
    """The outcome, in the words of EN 319 102-1.

    No verdict is FAILED: verifying raises the reason, and only a record of it says so.
    """

    PASSED = "PASSED"
    INDETERMINATE = "INDETERMINATE"
    FAILED = "FAILED"


class SealForm(StrEnum):
    """What stood where a seal stands (EN 319 132-1 for the first two)."""

    B_T = "XAdES-B-T"
    B_B = "XAdES-B-B"
    PLACEHOLDER = "placeholder"
    ABSENT = "absent"

    @property
    def is_seal(self) -> bool:
        """Whether it proves who the sender is."""
        return self in {SealForm.B_B, SealForm.B_T}


class TimeSource(StrEnum):
    """Who says when the seal existed at the latest."""

    TIMESTAMP = "timestamp"
    RECEPTION = "reception"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was found of a packet that may be delivered.

    `doubts` name what is missing for a proof; `notes` what a reader should know besides
    and what is no doubt.  `proven_at` is the time at which key and certificate had to
    hold.  `evidence` is all that others signed and the verdict rests on.
    """

    form: SealForm
    proven_at: datetime
    time_source: TimeSource
    doubts: tuple[Reason, ...] = ()
    notes: tuple[Reason, ...] = ()
    evidence: tuple[Evidence, ...] = field(default=(), repr=False)

    @property
    def indication(self) -> Indication:
        """PASSED where nothing is missing."""
        return Indication.INDETERMINATE if self.doubts else Indication.PASSED
