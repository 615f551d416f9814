"""The PDFs attached to a packet, with the signatures that were found in them."""

from __future__ import annotations

from edoc_connector.model.identifiers import Digest
from edoc_connector.model.pdf_signatures import PdfState
from edoc_connector.storage import Work
from edoc_connector.storage.records import InspectedFile


def pdfs_of(work: Work, packet: Digest | None) -> tuple[InspectedFile, ...]:
    """Return what was found in each; a file that is none is left out."""
    files = work.inspections.of(packet) if packet else ()
    return tuple(it for it in files if it.report.state is not PdfState.NO_PDF)
