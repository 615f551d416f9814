"""Wraps a file in a ZIP of one entry, as nodes of the axis do, the same for ever.

Nodes wrap every kind that is not in `RAW`, and so do we unless the site chose
otherwise.  Whatever it chose, a file that some reader would take apart is wrapped, so
that it comes out at the other end as what it is: one that looks like such a ZIP itself
(readers go by the bytes, `wrapping.py`), and one that is labelled a ZIP without the
name of one (the axis's library goes by the label).
"""

from __future__ import annotations

import re
import uuid
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final

from edoc_connector.envelope.names import CID
from edoc_connector.envelope.wrapping import (
    CENTRAL,
    END,
    LOCAL,
    MAGIC,
    STORED,
    UNKNOWN_SIZE,
    begins_as_wrapping,
    extension_of,
    wrapping_of,
)
from edoc_connector.envelope.xml import WHITE_SPACE
from edoc_connector.errors import EnvelopeTooLarge
from edoc_connector.model.document import Attachment
from edoc_connector.model.other_files import OtherFiles
from edoc_connector.model.stages import Contents

ZIP: Final = "application/zip"
RAW: Final = frozenset({"pdf", "doc", "docx", "xsl", "xslx", "zip"})
"""What EdXML102-0.0.3 does not wrap.  Its misspellings are kept: `xlsx` is wrapped."""

ENTRIES: Final = uuid.UUID("0f2b8a53-4c0e-5d0b-9f5c-6f3f0a6b7c1e")
HARMLESS: Final = re.compile(r"[a-z0-9]{1,8}")
MOST_BYTES: Final = UNKNOWN_SIZE - 1024
"""What fits into a ZIP of the first kind, which is all that every reader knows."""

VERSION: Final = 20
FIRST_OF_1980: Final = 0x21
"""The only date a ZIP can carry that says nothing (APPNOTE 4.4.6)."""


@dataclass(frozen=True, slots=True)
class Wrap:
    """What must be known of a file before the first byte of its wrapping is written."""

    entry: str
    size: int
    crc: int


def wrap_of(
    attachment: Attachment,
    contents: Contents,
    other_files: OtherFiles,
    head: bytes = b"",
) -> Wrap | None:
    """Return what wrapping the file takes, or None for one that travels as it is.

    `head` is as much of its beginning as is known already: most files are not looked
    at any further.  Raises `EnvelopeTooLarge` for a file that no ZIP can hold.
    """
    if not _is_wrapped(attachment, contents, other_files, head):
        return None
    if attachment.size > MOST_BYTES:
        raise EnvelopeTooLarge(size=attachment.size, limit=MOST_BYTES)
    crc = 0
    for chunk in contents.chunks(attachment):
        crc = zlib.crc32(chunk, crc)
    return Wrap(_entry(attachment), attachment.size, crc)


def _is_wrapped(
    attachment: Attachment, contents: Contents, other_files: OtherFiles, head: bytes
) -> bool:
    kind = extension_of(attachment.name)
    if other_files is OtherFiles.ZIP and kind not in RAW:
        return True
    if attachment.content_type.lower() == ZIP and kind != "zip":
        return True
    if not begins_as_wrapping(head, attachment.name):
        return False
    chunks = contents.chunks(attachment)
    return wrapping_of(chunks, name=attachment.name) is not None


def _entry(attachment: Attachment) -> str:
    """Return `<uuid>.<extension>`, the same whenever this packet is made again."""
    name = str(uuid.uuid5(ENTRIES, f"{bare_id(attachment)}|{attachment.sha256}"))
    kind = extension_of(attachment.name)
    return f"{name}.{kind}" if HARMLESS.fullmatch(kind) else name


def bare_id(attachment: Attachment) -> str:
    """Return the ContentId as readers know it: without its `cid:`, trimmed."""
    return attachment.content_id.removeprefix(CID).strip(WHITE_SPACE)


def wrapped(chunks: Iterable[bytes], wrap: Wrap) -> Iterator[bytes]:
    """Yield a ZIP that holds the file, stored, as its only entry (APPNOTE 4.3)."""
    entry = wrap.entry.encode()
    sizes = (wrap.crc, wrap.size, wrap.size, len(entry))
    local = LOCAL.pack(MAGIC, VERSION, 0, STORED, 0, FIRST_OF_1980, *sizes, 0) + entry
    central = CENTRAL.pack(
        b"PK\x01\x02",
        VERSION,
        VERSION,
        0,
        STORED,
        0,
        FIRST_OF_1980,
        *sizes,
        0,
        0,
        0,
        0,
        0,
        0,
    )
    directory = central + entry
    place = len(local) + wrap.size
    end = END.pack(b"PK\x05\x06", 0, 0, 1, 1, len(directory), place, 0)
    return chain([local], chunks, [directory + end])
