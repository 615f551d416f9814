"""Checks the signatures inside PDFs; what can bear none never meets the parser."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, Final

from edoc_connector.errors import N_, PdfCheckUnavailable
from edoc_connector.model.pdf_signatures import PdfReport, PdfState, not_checked
from edoc_connector.pdf.child import Child, Limits
from edoc_connector.pdf.revocation import Known
from edoc_connector.signature.path import Anchor

NOT_INSTALLED: Final = N_(
    "not installed; install the connector again as edoc-connector[pdf];"
    " docs/install.md says how"
)

HEADER: Final = b"%PDF-"
HEADER_WITHIN: Final = 1024
"""Readers look so far for the header, and so do we."""

WORDS: Final = (b"ByteRange", b"Sig", b"AcroForm", b"ObjStm", b"XRef")
"""What a signature stands with.  Its own value must not be compressed, so it stands in
the file with the first; what hides in compressed objects needs one of the last two."""

SPELLED_AT_MOST: Final = 1 + 3 * max(map(len, WORDS))


def _spelled(word: bytes) -> bytes:
    """Match a name however it is written: any letter may be a number (7.3.5)."""
    return b"".join(b"(?:%c|#(?i:%02x))" % (letter, letter) for letter in word)


SIGNED: Final = re.compile(b"/(?:" + b"|".join(map(_spelled, WORDS)) + b")")


@dataclass(slots=True)
class ChildInspector:
    """Inspects in a process of its own; `folder` holds a file while it is looked at."""

    anchors: tuple[Anchor, ...]
    folder: Path | None = None
    limits: Limits = field(default_factory=Limits)
    stamps: tuple[Anchor, ...] = ()
    """Authorities of time, where they are others than those of signers."""
    known: Known | None = None
    """What is known here of revoked signers, if that is to be looked at."""
    shared: Child | None = None
    """A worker that others use too and that is not ours to end."""
    _child: Child = field(init=False)

    def __post_init__(self) -> None:
        own = Child(self.anchors, self.limits, self.stamps)
        self._child = self.shared or own

    @property
    def problem(self) -> str:
        """Why no signature can be checked here; empty where they can."""
        return "" if find_spec("pyhanko") else NOT_INSTALLED

    def inspect(self, chunks: Iterable[bytes], seen_at: datetime) -> PdfReport:
        """Return what is in this file; its bytes are on the disk meanwhile.

        Raises `PdfCheckUnavailable` where no worker starts or the disk is full.
        """
        try:
            with TemporaryFile(dir=self.folder) as file:
                return self._look(file, _copied(chunks, file), seen_at)
        except OSError as error:
            raise PdfCheckUnavailable(problem=error.strerror or error) from error

    def _look(self, file: BinaryIO, seen: _Seen, seen_at: datetime) -> PdfReport:
        if not seen.is_pdf:
            return PdfReport(state=PdfState.NO_PDF)
        if not seen.is_signed:
            return PdfReport(state=PdfState.CHECKED)
        if self.problem:
            return not_checked(self.problem)
        examined = self._child.ask(file, seen_at)
        if self.known is None:
            return examined.report
        return self.known.report(examined, seen_at)

    def close(self) -> None:
        """End the worker, unless others use it."""
        if self.shared is None:
            self._child.close()


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a first look at the bytes tells."""

    is_pdf: bool
    is_signed: bool


def _copied(chunks: Iterable[bytes], file: BinaryIO) -> _Seen:
    head, rest, is_signed = b"", b"", False
    for chunk in chunks:
        file.write(chunk)
        head += chunk[: HEADER_WITHIN - len(head)]
        # The word may lie across chunks.
        seen = rest + chunk
        is_signed = is_signed or SIGNED.search(seen) is not None
        rest = seen[1 - SPELLED_AT_MOST :]
    file.flush()
    return _Seen(HEADER in head, is_signed)
