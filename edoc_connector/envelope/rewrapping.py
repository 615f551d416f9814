"""Wraps a file that readers would take apart: a ZIP of one entry under another name.

Readers unwrap such a file once (`wrapping.py`), because nodes wrap some kinds.  Wrapped
once more by us it comes out at the other end as what it is.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final

from edoc_connector.envelope.wrapping import (
    CENTRAL,
    END,
    HEAD_BYTES,
    LOCAL,
    MAGIC,
    STORED,
    TAIL_BYTES,
    find_wrapping,
)

ENTRY: Final = b"file"
VERSION: Final = 20
FIRST_OF_1980: Final = 0x21
"""The only date a ZIP can carry that says nothing (APPNOTE 4.4.6)."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What must be known of a file before the first byte of its wrapping is written."""

    size: int
    crc: int


def needs_wrapping(chunks: Iterable[bytes], name: str) -> Survey | None:
    """Return what wrapping the file takes, or None for one that travels as it is."""
    head = tail = b""
    size = crc = 0
    for chunk in chunks:
        size += len(chunk)
        crc = zlib.crc32(chunk, crc)
        head = head if len(head) >= HEAD_BYTES else head + chunk
        tail = (tail + chunk)[-TAIL_BYTES:]
        if not head.startswith(MAGIC[: len(head)]):
            return None
    found = find_wrapping(head[:HEAD_BYTES], tail, size=size, name=name)
    return Survey(size, crc) if found else None


def wrapped(chunks: Iterable[bytes], survey: Survey) -> Iterator[bytes]:
    """Yield a ZIP that holds the file, stored, as its only entry (APPNOTE 4.3)."""
    size, crc, name = survey.size, survey.crc, len(ENTRY)
    sizes = (crc, size, size, name)
    local = LOCAL.pack(MAGIC, VERSION, 0, STORED, 0, FIRST_OF_1980, *sizes, 0) + ENTRY
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
    directory = central + ENTRY
    place = len(local) + size
    end = END.pack(b"PK\x05\x06", 0, 0, 1, 1, len(directory), place, 0)
    return chain([local], chunks, [directory + end])
