"""What kind of file it is by its bytes, and what kinds a label can mean."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What the first bytes of a file tell."""

    PDF = "pdf"
    ZIP = "zip"
    OLE = "ole"
    RTF = "rtf"
    XML = "xml"
    JPEG = "jpeg"
    PNG = "png"
    TIFF = "tiff"
    UNKNOWN = "unknown"


MAGIC: Final[Mapping[bytes, Kind]] = {
    b"%PDF-": Kind.PDF,
    b"PK\x03\x04": Kind.ZIP,
    b"PK\x05\x06": Kind.ZIP,
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": Kind.OLE,
    b"{\\rtf": Kind.RTF,
    b"<?xml": Kind.XML,
    b"\xff\xd8\xff": Kind.JPEG,
    b"\x89PNG\r\n\x1a\n": Kind.PNG,
    b"II*\x00": Kind.TIFF,
    b"MM\x00*": Kind.TIFF,
}
PDF_WITHIN: Final = 1024
"""Readers find `%PDF-` anywhere in so many bytes (ISO 32000-1, annex H.3)."""

# Word opens RTF, XML and new documents under the old name, and offices use that.
OLD_WORD: Final = frozenset({Kind.OLE, Kind.RTF, Kind.XML, Kind.ZIP})
OLD_OFFICE: Final = frozenset({Kind.OLE, Kind.XML, Kind.ZIP})
ZIPPED: Final = frozenset({Kind.ZIP})

MEANT: Final[Mapping[str, frozenset[Kind]]] = {
    "application/pdf": frozenset({Kind.PDF}),
    "application/zip": ZIPPED,
    "application/x-zip-compressed": ZIPPED,
    "application/msword": OLD_WORD,
    "application/doc": OLD_WORD,
    "application/docx": ZIPPED,
    "application/vnd.ms-excel": OLD_OFFICE,
    "application/xsl": OLD_OFFICE,
    "application/xslx": ZIPPED,
    "application/vnd.ms-powerpoint": OLD_OFFICE,
    "application/rtf": frozenset({Kind.RTF}),
    "image/jpeg": frozenset({Kind.JPEG}),
    "image/png": frozenset({Kind.PNG}),
    "image/tiff": frozenset({Kind.TIFF}),
    "text/plain": frozenset({Kind.UNKNOWN, Kind.XML, Kind.RTF}),
}
"""Content types as they travel, the axis library's own inventions among them."""

MODERN_OFFICE: Final = (
    "application/vnd.openxmlformats-officedocument.",
    "application/vnd.oasis.opendocument.",
)


def kind_of(head: bytes) -> Kind:
    """Return the kind of a file that begins like this."""
    for magic, kind in MAGIC.items():
        if head.startswith(magic):
            return kind
    return Kind.PDF if b"%PDF-" in head[:PDF_WITHIN] else Kind.UNKNOWN


def meant_by(content_type: str) -> frozenset[Kind]:
    """Return the kinds a content type can mean; nothing where it promises nothing."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type.startswith(MODERN_OFFICE):
        return ZIPPED
    return MEANT.get(media_type, frozenset())
