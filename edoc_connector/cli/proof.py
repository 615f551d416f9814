"""What a seal proves, as people and programs are told it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import assert_never

from edoc_connector.cli.invocation import Invocation
from edoc_connector.cli.pdf_check import CheckedPdf
from edoc_connector.cli.verdict_text import verdict_fields
from edoc_connector.errors import N_, Reason
from edoc_connector.model.document import Document
from edoc_connector.model.stages import VerifiedEnvelope
from edoc_connector.model.status import Status
from edoc_connector.model.verdict import Indication, SealForm, TimeSource


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFile:
    """What a seal says of an attachment: of its type it says nothing."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a seal that holds proves, and what is missing for a full proof."""

    indication: Indication
    form: SealForm
    organization: str
    name: str
    document_id: str
    sealed_at: datetime | None
    proven_at: datetime
    time_source: TimeSource
    certificate_digest: str | None
    statement_digest: str
    doubts: tuple[Reason, ...]
    notes: tuple[Reason, ...]
    attachments: tuple[SealedFile, ...]
    pdfs: tuple[CheckedPdf, ...] = ()
    """Attached PDFs with the signatures in them, which the seal says nothing of."""


def proof_of(verified: VerifiedEnvelope) -> Proof:
    """Return what a verified packet proves."""
    content, verdict = verified.envelope.content, verified.verdict
    match content:
        case Document():
            document_id, attachments = content.document_id, content.attachments
        case Status():
            document_id, attachments = content.response_for.document_id, ()
        case other:
            assert_never(other)
    return Proof(
        indication=verdict.indication,
        form=verdict.form,
        organization=content.sender.code,
        name=content.sender.name,
        document_id=document_id,
        sealed_at=verified.sealed_at and verified.sealed_at.astimezone(UTC),
        proven_at=verdict.proven_at.astimezone(UTC),
        time_source=verdict.time_source,
        certificate_digest=verified.certificate_digest,
        statement_digest=verified.statement_digest,
        doubts=verdict.doubts,
        notes=verdict.notes,
        attachments=tuple(
            SealedFile(name=it.name, size=it.size, sha256=it.sha256)
            for it in attachments
        ),
    )


def proof_fields(invocation: Invocation, proof: Proof) -> Iterator[tuple[str, object]]:
    """Yield it as named values: who, how sure, when, and what exactly."""
    yield _sender(invocation, proof)
    yield from verdict_fields(invocation, proof)
    yield N_("Document id"), proof.document_id
    yield N_("Certificate SHA-256"), proof.certificate_digest or "-"
    yield N_("Statement SHA-256"), proof.statement_digest
    for attachment in proof.attachments:
        yield N_("Attachment"), f"{attachment.sha256}  {attachment.name}"


def _sender(invocation: Invocation, proof: Proof) -> tuple[str, object]:
    who = f"{proof.organization}  {proof.name}"
    if proof.certificate_digest:
        return N_("Sealed by"), who
    not_sealed = invocation.text(N_("not sealed"))
    return N_("Sender"), f"{who}  ({not_sealed})"
