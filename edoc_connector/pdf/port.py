"""What the flows ask of whoever can read the signatures inside a PDF."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from edoc_connector.model.pdf_signatures import PdfReport


class PdfInspector(Protocol):
    """Looks at one file after another; several threads may ask."""

    @property
    def problem(self) -> str:
        """Why it can check nothing at all, for people; empty where it can."""
        ...

    def inspect(self, chunks: Iterable[bytes], seen_at: datetime) -> PdfReport:
        """Return what is in this file, which was there at that time at the latest.

        A file that cannot be checked is a report that says so, never an exception.
        Raises `PdfCheckUnavailable` where the system does not let anything be checked
        now, and whatever reading the chunks raises.
        """
        ...

    def close(self) -> None:
        """End what was started."""
        ...
