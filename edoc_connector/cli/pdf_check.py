"""Checks the PDFs of a verified packet at once, for a person who waits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from edoc_connector.errors import PdfCheckUnavailable
from edoc_connector.model.document import Document
from edoc_connector.model.identifiers import Digest
from edoc_connector.model.pdf_signatures import PdfReport, PdfState, not_checked
from edoc_connector.model.stages import VerifiedEnvelope
from edoc_connector.pdf.port import PdfInspector


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedPdf:
    """An attached PDF and what is in it."""

    name: str
    sha256: Digest
    report: PdfReport


def checked_pdfs(
    verified: VerifiedEnvelope, inspector: PdfInspector
) -> tuple[CheckedPdf, ...]:
    """Return a report on every PDF of the packet; other files have none."""
    with closing(inspector):
        return tuple(_checked(verified, inspector))


def _checked(
    verified: VerifiedEnvelope, inspector: PdfInspector
) -> Iterator[CheckedPdf]:
    content = verified.envelope.content
    seen_at = verified.verdict.proven_at
    attachments = content.attachments if isinstance(content, Document) else ()
    for it in attachments:
        report = _report(inspector, verified.contents.chunks(it), seen_at)
        if report.state is not PdfState.NO_PDF:
            yield CheckedPdf(name=it.name, sha256=it.sha256, report=report)


def _report(
    inspector: PdfInspector, chunks: Iterable[bytes], seen_at: datetime
) -> PdfReport:
    """Return a report in any case: what the seal proves does not depend on it."""
    try:
        return inspector.inspect(chunks, seen_at)
    except PdfCheckUnavailable as error:
        return not_checked(error.details["problem"])
