"""Who is asked whether certificates were revoked, and what looks into PDFs."""

from __future__ import annotations

from pathlib import Path

from edoc_connector.clock import Clock, system_clock
from edoc_connector.errors import PdfCheckerMissing
from edoc_connector.model.pdf_signatures import PdfRequirement
from edoc_connector.parts import (
    pdf_anchors,
    pdf_stamps,
)
from edoc_connector.pdf.inspector import ChildInspector
from edoc_connector.pdf.port import PdfInspector
from edoc_connector.pdf.revocation import Known
from edoc_connector.pdf.workers import Workers
from edoc_connector.pki.crl_files import CrlFiles
from edoc_connector.pki.local import LocalRevocation
from edoc_connector.pki.revocation import LiveRevocation
from edoc_connector.pki.shelf import NoShelf, Shelf
from edoc_connector.settings import (
    RevocationSettings,
    Settings,
)
from edoc_connector.signature.path import Anchor
from edoc_connector.signature.ports import Revocation


def revocation_of(
    chosen: RevocationSettings,
    clock: Clock = system_clock,
    shelf: Shelf | None = None,
) -> Revocation | None:
    """Return who is asked whether certificates were revoked, if anybody is.

    Without a shelf no answer is kept, as for who asks once.
    """
    if not chosen.check:
        return None
    return LiveRevocation(
        shelf=shelf or NoShelf(),
        clock=clock,
        timeout_seconds=chosen.timeout_seconds,
        files=CrlFiles(chosen.crls),
        instead=chosen.addresses,
    )


def inspector_of(
    settings: Settings,
    folder: Path | None = None,
    clock: Clock = system_clock,
    shelf: Shelf | None = None,
    *,
    workers: Workers | None = None,
) -> PdfInspector:
    """Return what looks into PDFs; nothing is started yet.

    A file is in this folder while it is looked at, else where temporary files are.
    """
    known = _known_of(settings.trust.revocation, clock, shelf or NoShelf())
    anchors, stamps = pdf_anchors(settings), pdf_stamps(settings)
    shared = workers.trusting(anchors, stamps) if workers else None
    return ChildInspector(anchors, folder, stamps=stamps, known=known, shared=shared)


def _known_of(chosen: RevocationSettings, clock: Clock, shelf: Shelf) -> Known | None:
    """Return what is known here of revocation: of signers of PDFs nobody is asked."""
    if not chosen.check:
        return None
    return Known(LocalRevocation(CrlFiles(chosen.crls), shelf), clock)


def inspector_for(anchors: tuple[Anchor, ...]) -> PdfInspector:
    """Return what looks into PDFs and trusts these authorities alone."""
    return ChildInspector(anchors)


def pdf_problem() -> str:
    """Say why nobody here can look into PDFs; empty where somebody can."""
    return inspector_for(()).problem


def require_checker(settings: Settings) -> None:
    """Raise `PdfCheckerMissing` where PDFs must be checked and cannot be."""
    required = settings.pdf.require is not PdfRequirement.NOTHING
    if required and pdf_problem():
        raise PdfCheckerMissing(setting="pdf.require")
