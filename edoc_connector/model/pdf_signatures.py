"""What the signatures inside a PDF say: who, when, of how much, and whether it holds.

Nothing here decides whether a document is delivered by itself: `shortcoming` says what
a report lacks for what the operator requires, and by default nothing is required.
The names of signers are names of persons: they are shown to the clerk, never logged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from edoc_connector.errors import N_


class PdfRequirement(StrEnum):
    """What must be true of attached PDFs before a document is delivered."""

    NOTHING = "nothing"
    INTACT = "intact"
    TRUSTED = "trusted"


class PdfState(StrEnum):
    """Whether the signatures of a file could be looked at."""

    CHECKED = "checked"
    NO_PDF = "no-pdf"
    UNREADABLE = "unreadable"
    NOT_CHECKED = "not-checked"


class PdfMark(StrEnum):
    """What stands in a signature field: a signature, or a time stamp of the file."""

    SIGNATURE = "signature"
    TIMESTAMP = "timestamp"


class PdfOutcome(StrEnum):
    """What became of one signature.

    CHANGED is intact itself, but the file was changed after it in a way that no
    signature allows.  Where a later signature covers the change, its signer answers for
    it: offices put number and date on a letter between the two signatures.
    """

    TRUSTED = "trusted"
    INTACT = "intact"
    CHANGED = "changed"
    BROKEN = "broken"
    UNREADABLE = "unreadable"


class PdfCoverage(StrEnum):
    """How much of the file was signed."""

    WHOLE = "whole"
    REVISION = "revision"
    PART = "part"


class PdfChanges(StrEnum):
    """What was added to the file after a signature."""

    NONE = "none"
    MAINTENANCE = "maintenance"
    SIGNING = "signing"
    OTHER = "other"


class PdfTime(StrEnum):
    """What the time of a signature rests on; only PROVEN is not the signer's word."""

    PROVEN = "proven"
    STAMP_UNKNOWN = "stamp-unknown"
    STAMP_BROKEN = "stamp-broken"
    CLAIMED = "claimed"
    NONE = "none"


class PdfChain(StrEnum):
    """Whether the signer's certificate leads to an authority trusted here."""

    ANCHORED = "anchored"
    UNKNOWN = "unknown"
    OUT_OF_DATE = "out-of-date"
    REVOKED = "revoked"
    WEAK = "weak"
    UNFIT = "unfit"
    NOT_TRIED = "not-tried"


class PdfRevocation(StrEnum):
    """What the evidence inside the file says, and whether what we have says revoked."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfSignature:
    """One filled signature field, in the order in which they were filled.

    `revision` of `revisions` is the state of the file that it covers.  The chain was
    judged for the time `judged_at`: the proven one, else the claimed one.  A time that
    nobody proves is not enough: the chain must hold when the file came, too, and where
    it did not, `judged_at` is that time.
    """

    field: str
    mark: PdfMark
    sub_filter: str
    outcome: PdfOutcome
    signer: str = ""
    organization: str = ""
    claimed_at: datetime | None = None
    stamped_at: datetime | None = None
    time: PdfTime = PdfTime.NONE
    coverage: PdfCoverage = PdfCoverage.PART
    revision: int = 0
    revisions: int = 0
    changes: PdfChanges = PdfChanges.OTHER
    digest_algorithm: str = ""
    signature_algorithm: str = ""
    chain: PdfChain = PdfChain.NOT_TRIED
    anchor: str = ""
    revocation: PdfRevocation = PdfRevocation.UNKNOWN
    judged_at: datetime | None = None
    problem: str = ""

    @property
    def proven_at(self) -> datetime | None:
        """When it was there at the latest, by the word of an authority known here."""
        return self.stamped_at if self.time is PdfTime.PROVEN else None

    @property
    def is_sound(self) -> bool:
        """Whether its own bytes are what was signed."""
        return self.outcome in SOUND

    @property
    def covers_the_file(self) -> bool:
        """Whether everything a reader sees was signed: later evidence shows nothing."""
        return self.is_sound and self.changes in UNSEEN


SOUND: Final = (PdfOutcome.TRUSTED, PdfOutcome.INTACT, PdfOutcome.CHANGED)
UNSEEN: Final = (PdfChanges.NONE, PdfChanges.MAINTENANCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfReport:
    """What was found in one file; without signatures it is an unsigned PDF."""

    state: PdfState
    signatures: tuple[PdfSignature, ...] = ()
    problem: str = ""


def not_checked(problem: str) -> PdfReport:
    """Return the report on a file that nobody could look at."""
    return PdfReport(state=PdfState.NOT_CHECKED, problem=problem)


BROKEN: Final = N_("the signature in the field {signature} is broken")
UNREADABLE: Final = N_("the signature in the field {signature} cannot be read")
UNCOVERED: Final = N_(
    "the file was changed after it was signed in the field {signature}"
)
UNSIGNED: Final = N_("it is not signed")
UNTRUSTED: Final = N_(
    "none of its signatures is by a signer known here and covers the whole file"
)
NOT_CHECKED: Final = N_("its signatures could not be checked")
UNREADABLE_FILE: Final = N_("it is damaged or encrypted")


@dataclass(frozen=True, slots=True)
class Shortcoming:
    """Why a PDF is less than required: a message and the field it is about."""

    message: str
    signature: str = ""


def shortcoming(report: PdfReport, required: PdfRequirement) -> Shortcoming | None:
    """Return what a file lacks, or None where it is all that is required.

    For `intact` an unsigned PDF is fine: most attachments are.  What could not be
    checked is not: else a file that stops the checker would be a way around it.
    """
    if required is PdfRequirement.NOTHING or report.state is PdfState.NO_PDF:
        return None
    if report.state is PdfState.UNREADABLE:
        return Shortcoming(UNREADABLE_FILE)
    if report.state is PdfState.NOT_CHECKED:
        return Shortcoming(NOT_CHECKED)
    spoiled = _spoiled(report)
    if spoiled or required is PdfRequirement.INTACT:
        return spoiled
    return _untrusted(report)


def _spoiled(report: PdfReport) -> Shortcoming | None:
    for it in report.signatures:
        if it.outcome in FAULTS:
            return Shortcoming(FAULTS[it.outcome], it.field)
    return _uncovered(report)


FAULTS: Final[Mapping[PdfOutcome, str]] = {
    PdfOutcome.BROKEN: BROKEN,
    PdfOutcome.UNREADABLE: UNREADABLE,
}


def _uncovered(report: PdfReport) -> Shortcoming | None:
    """Find a change for which nobody answers: no later signature covers the file."""
    changed = [it for it in report.signatures if it.outcome is PdfOutcome.CHANGED]
    if changed and not any(_answers(it) for it in report.signatures):
        return Shortcoming(UNCOVERED, changed[-1].field)
    return None


def _answers(it: PdfSignature) -> bool:
    return it.mark is PdfMark.SIGNATURE and it.covers_the_file


def _untrusted(report: PdfReport) -> Shortcoming | None:
    if not report.signatures:
        return Shortcoming(UNSIGNED)
    for it in report.signatures:
        if it.outcome is PdfOutcome.TRUSTED and _answers(it):
            return None
    return Shortcoming(UNTRUSTED)
