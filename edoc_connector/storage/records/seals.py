"""What was found of seals and of the signatures inside PDFs, and our own keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from edoc_connector.errors import Reason, SealInvalid, kind_of
from edoc_connector.model.evidence import EvidenceKind
from edoc_connector.model.identifiers import Digest
from edoc_connector.model.own_key import Cause
from edoc_connector.model.pdf_signatures import PdfReport
from edoc_connector.model.verdict import Indication, SealForm, TimeSource


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptVerdict:
    """What was found of a packet when it was judged; certificate "" where none was.

    A doubt may be a refutation: what was found of a packet after it was delivered.
    """

    inbox_id: int
    form: SealForm
    doubts: tuple[Reason, ...]
    notes: tuple[Reason, ...]
    certificate: str
    sealed_at: datetime | None
    proven_at: datetime
    time_source: TimeSource
    judged_at: datetime

    @property
    def indication(self) -> Indication:
        """PASSED where nothing is missing."""
        kinds = [kind_of(it.code) for it in self.doubts]
        if any(kind and issubclass(kind, SealInvalid) for kind in kinds):
            return Indication.FAILED
        return Indication.INDETERMINATE if self.doubts else Indication.PASSED


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEvidence:
    """A piece of evidence of a packet; its bytes are in the content store."""

    packet: Digest
    kind: EvidenceKind
    content: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUse:
    """Since when a certificate is in use, and why; the newest is the one in use."""

    name: str
    certificate: Digest
    cause: Cause
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Uninspected:
    """A packet, sent or received, whose attached PDFs nobody has looked at yet."""

    id: int
    is_received: bool
    packet: Digest
    seen_at: datetime
    """When we had it at the latest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectedFile:
    """An attached PDF with what was found in it, and when."""

    number: int
    name: str
    sha256: Digest
    report: PdfReport
    checked_at: datetime
