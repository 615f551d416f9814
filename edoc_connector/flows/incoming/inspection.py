"""Looks at the signatures inside attached PDFs, after delivery and beside the post.

Only where `pdf.require` asks for it, a received document waits for this look before it
goes into the register.  A report says what was found when it was made; nothing in it
changes what the seal of the packet proves.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Final

from edoc_connector.envelope.quoting import told
from edoc_connector.envelope.read import read
from edoc_connector.errors import (
    N_,
    EdocError,
    PdfNotChecked,
    PdfRefused,
    PdfSignatureBroken,
    PdfSignatureUntrusted,
)
from edoc_connector.flows.site import Site
from edoc_connector.model.document import Attachment, Document
from edoc_connector.model.identifiers import Digest
from edoc_connector.model.pdf_signatures import (
    NOT_CHECKED,
    UNREADABLE_FILE,
    UNSIGNED,
    UNTRUSTED,
    PdfReport,
    PdfRequirement,
    PdfState,
    Shortcoming,
    not_checked,
    shortcoming,
)
from edoc_connector.model.stages import Contents, VerifiedEnvelope
from edoc_connector.pdf.port import PdfInspector
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import Uninspected

log = logging.getLogger(__name__)


def inspect(
    site: Site, inspector: PdfInspector, storage: Storage, *, limit: int
) -> int:
    """Inspect up to `limit` packets, the newest first, and return how many.

    Where nothing can check PDFs they stay to be inspected, and nothing is done.
    """
    if inspector.problem:
        return 0
    with storage.reading() as work:
        waiting = work.inspections.waiting(limit)
    for uninspected in waiting:
        _inspect(site, inspector, storage, uninspected)
    return len(waiting)


def _inspect(
    site: Site, inspector: PdfInspector, storage: Storage, uninspected: Uninspected
) -> None:
    try:
        _read(site, inspector, storage, uninspected)
    except Exception as error:
        if isinstance(error, EdocError) and (error.retryable or error.fatal):
            raise
        # A packet that is no longer what it was, or a defect of ours: the one packet is
        # set aside, for the newest comes first and would hold up all others.
        log.exception("packet_not_inspected", extra={"packet": uninspected.packet})
    # A crash here looks at the packet again and finds every report already made.
    with storage.work() as work:
        work.inspections.finish(uninspected, site.clock())


def _read(
    site: Site, inspector: PdfInspector, storage: Storage, it: Uninspected
) -> None:
    with storage.content.mapped(it.packet) as body:
        received = read(body, max_bytes=site.max_packet_bytes)
        content = received.envelope.content
        if isinstance(content, Document):
            look = _Look(
                site, inspector, storage, it.packet, received.contents, it.seen_at
            )
            look.at_all(content.attachments)


@dataclass(frozen=True, slots=True)
class _Look:
    """One packet whose attachments are looked at, and when it was there already."""

    site: Site
    inspector: PdfInspector
    storage: Storage
    packet: Digest
    contents: Contents
    seen_at: datetime

    def at_all(self, attachments: tuple[Attachment, ...]) -> None:
        """See that there is a report on each file."""
        for number, attachment in enumerate(attachments, start=1):
            if self._known(attachment) is None:
                self.report(attachment, number)
            else:
                self.attach(attachment, number)

    def _known(self, attachment: Attachment) -> PdfReport | None:
        with self.storage.reading() as work:
            return work.inspections.report(attachment.sha256)

    def report(self, attachment: Attachment, number: int) -> PdfReport:
        """Look at the file now, keep what was found, and whose file it is."""
        report = self.inspector.inspect(self.contents.chunks(attachment), self.seen_at)
        with self.storage.work() as work:
            work.inspections.record(attachment.sha256, report, self.site.clock())
            self._attach(work, attachment, number)
        if report.state is not PdfState.NO_PDF:
            _log(attachment, report)
        return report

    def attach(self, attachment: Attachment, number: int) -> None:
        """Remember under which name the packet has the file."""
        with self.storage.work() as work:
            self._attach(work, attachment, number)

    def _attach(self, work: Work, attachment: Attachment, number: int) -> None:
        work.inspections.attach(self.packet, number, attachment.name, attachment.sha256)


def _log(attachment: Attachment, report: PdfReport) -> None:
    """Count outcomes; who signed is nobody's business in a log."""
    outcomes = sorted(it.outcome.value for it in report.signatures)
    log.info(
        "pdf_inspected",
        extra={
            "digest": attachment.sha256,
            "state": report.state.value,
            "outcomes": " ".join(outcomes),
        },
    )


MOST_SECONDS: Final = 120.0
"""After so long no further file of a packet is begun: everybody's post waits for it."""
LATE: Final = N_("checking it took too long")


def require_pdfs(
    site: Site, storage: Storage, packet: Digest, verified: VerifiedEnvelope
) -> None:
    """Raise `PdfRefused` where an attached PDF is less than `pdf.require` asks for."""
    inspector, content = site.inspector, verified.envelope.content
    if site.pdf_require is PdfRequirement.NOTHING or inspector is None:
        return
    if isinstance(content, Document):
        seen_at = verified.verdict.proven_at
        look = _Look(site, inspector, storage, packet, verified.contents, seen_at)
        for refusal in _refusals(site.pdf_require, look, content.attachments):
            raise refusal


def _refusals(
    required: PdfRequirement, look: _Look, attachments: tuple[Attachment, ...]
) -> Iterator[PdfRefused]:
    begun = monotonic()
    for number, attachment in enumerate(attachments, start=1):
        # Looked at anew, whatever is known: meanwhile an authority may be trusted.
        is_late = monotonic() - begun >= MOST_SECONDS
        if is_late:
            report = not_checked(LATE)
            look.attach(attachment, number)
        else:
            report = look.report(attachment, number)
        lacking = shortcoming(report, required)
        if lacking is not None:
            yield _refusal(attachment, lacking)


def _refusal(attachment: Attachment, lacking: Shortcoming) -> PdfRefused:
    kind = REFUSALS.get(lacking.message, PdfSignatureBroken)
    return kind(
        name=told(attachment.name),
        because=lacking.message,
        signature=told(lacking.signature),
    )


REFUSALS: Final = {
    NOT_CHECKED: PdfNotChecked,
    UNREADABLE_FILE: PdfNotChecked,
    UNSIGNED: PdfSignatureUntrusted,
    UNTRUSTED: PdfSignatureUntrusted,
}
