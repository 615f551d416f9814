"""Takes a file out of the ZIP in which nodes of the axis wrap some kinds.

Whether there is such a ZIP is decided by its bytes and the declared name, never by the
content type, which lies.  The entry's own name is never used as a name, so there is
nothing to slip.  A ZIP that is not plainly one file in a wrapping is the file itself.
"""

from __future__ import annotations

import struct
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final

from edoc_connector.errors import N_, AttachmentDamaged

MAGIC: Final = b"PK\x03\x04"
HEAD_BYTES: Final = 64 * 1024
TAIL_BYTES: Final = 128 * 1024
PIECE_BYTES: Final = 64 * 1024

LOCAL: Final = struct.Struct("<4s5H3L2H")
CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
END: Final = struct.Struct("<4s4H2LH")

STORED: Final = 0
DEFLATED: Final = 8
ENCRYPTED: Final = 0x2041
DESCRIPTOR_BYTES: Final = 24
UNKNOWN_SIZE: Final = 0xFFFFFFFF

OFFICE_PARTS: Final = frozenset({b"[Content_Types].xml", b"mimetype"})
ARCHIVES: Final = frozenset({"zipx", "jar", "kmz", "cbz"})
"""Kinds that can be a ZIP of one entry in their own right."""


@dataclass(frozen=True, slots=True)
class Wrapping:
    """The one entry of a ZIP: where its data lies, and what must come out of it.

    `entry` is what the ZIP calls it; nobody else does.
    """

    entry: str
    start: int
    packed: int
    size: int
    crc: int
    deflated: bool


def wrapping_of(chunks: Iterable[bytes], *, name: str) -> Wrapping | None:
    """Return the wrapping around a file, or None if the chunks are the file itself.

    `name` is the declared one.  What does not begin as a wrapping is not read to its
    end: nearly every file, an office file among them.
    """
    head = b""
    ends: deque[bytes] = deque()
    size = kept = 0
    for chunk in chunks:
        size += len(chunk)
        head = head if len(head) == HEAD_BYTES else (head + chunk)[:HEAD_BYTES]
        if not begins_as_wrapping(head, name):
            return None
        ends.append(chunk)
        kept += len(chunk)
        while kept - len(ends[0]) >= TAIL_BYTES:
            kept -= len(ends.popleft())
    # Cut exactly: sender and receiver must see the same, whatever their chunks.
    tail = b"".join(ends)[-TAIL_BYTES:]
    return find_wrapping(head, tail, size=size, name=name)


def begins_as_wrapping(head: bytes, name: str) -> bool:
    """Whether a file that begins like this may be in a wrapping; few may."""
    if not head.startswith(MAGIC[: len(head)]):
        return False
    if len(head) < LOCAL.size:
        return True
    length = LOCAL.unpack_from(head)[-2]
    return _wraps(head[LOCAL.size : LOCAL.size + length], name)


def find_wrapping(head: bytes, tail: bytes, *, size: int, name: str) -> Wrapping | None:
    """Return the wrapping around a file, or None if the bytes are the file itself.

    `head` and `tail` are the first and last bytes of what was attached, `size` is the
    length of all of it, `name` the declared name.
    """
    try:
        entry, wrapping = _only_entry(head, tail, size)
    except (ValueError, struct.error):
        return None
    return wrapping if _wraps(entry, name) else None


def _wraps(entry: bytes, name: str) -> bool:
    kind = extension_of(name)
    if kind == "zip" or entry in OFFICE_PARTS or entry.endswith(b"/"):
        return False
    return kind not in ARCHIVES or kind == extension_of(entry.decode("cp437"))


def extension_of(name: str) -> str:
    """Return what stands behind the last dot of a name, in lower case."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def _only_entry(head: bytes, tail: bytes, size: int) -> tuple[bytes, Wrapping]:
    """Return name and place of the only entry (APPNOTE 4.3); ValueError if not so."""
    directory, directory_start = _directory(tail, size)
    magic, _, _, flags, method, _, _, crc, packed, plain, *rest = CENTRAL.unpack_from(
        directory
    )
    lengths, offset = rest[:3], rest[-1]
    name = directory[CENTRAL.size : CENTRAL.size + lengths[0]]
    start = _data_start(head, name, method)
    gap = directory_start - start - packed
    plainly = (
        magic == b"PK\x01\x02"
        and len(directory) == CENTRAL.size + sum(lengths)
        and offset == 0
        and not flags & ENCRYPTED
        and method in {STORED, DEFLATED}
        and UNKNOWN_SIZE not in {packed, plain}
        and 0 <= gap <= DESCRIPTOR_BYTES
    )
    if not plainly:
        raise ValueError("not plainly one file")
    entry = _readable(name)
    return name, Wrapping(entry, start, packed, plain, crc, method == DEFLATED)


def _readable(name: bytes) -> str:
    """Return the name of an entry; its mark of UTF-8 is believed as little as it is."""
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name.decode("cp437")


def _directory(tail: bytes, size: int) -> tuple[bytes, int]:
    place = tail.rindex(b"PK\x05\x06")
    _, disk, first, here, entries, length, start, comment = END.unpack_from(tail, place)
    begin = place - length
    end_of_file = place + END.size + comment == len(tail)
    adjacent = begin >= 0 and start == size - len(tail) + begin
    if (disk, first, here, entries) != (0, 0, 1, 1) or not (end_of_file and adjacent):
        raise ValueError("not one entry")
    return tail[begin:place], start


def _data_start(head: bytes, name: bytes, method: int) -> int:
    magic, _, _, local_method, *_, name_length, extra_length = LOCAL.unpack_from(head)
    local_name = head[LOCAL.size : LOCAL.size + name_length]
    if (magic, local_name, local_method) != (MAGIC, name, method):
        raise ValueError("the entry says two things")
    return LOCAL.size + int(name_length) + int(extra_length)


def unwrapped(
    chunks: Iterator[bytes], wrapping: Wrapping, *, name: str
) -> Iterator[bytes]:
    """Yield the file inside; never more bytes than the wrapping declares.

    Raises `AttachmentDamaged` if it is not what the wrapping declares.
    """
    size = 0
    crc = 0
    for piece in _inflated(_packed(chunks, wrapping), wrapping, name):
        size += len(piece)
        crc = zlib.crc32(piece, crc)
        if size > wrapping.size:
            break
        yield piece
    if (size, crc) != (wrapping.size, wrapping.crc):
        raise AttachmentDamaged(
            name=name, problem=N_("it is not what its ZIP declares")
        )


def _packed(chunks: Iterator[bytes], wrapping: Wrapping) -> Iterator[bytes]:
    position = 0
    end = wrapping.start + wrapping.packed
    for chunk in chunks:
        piece = chunk[max(0, wrapping.start - position) : max(0, end - position)]
        position += len(chunk)
        if piece:
            yield piece


def _inflated(
    packed: Iterator[bytes], wrapping: Wrapping, name: str
) -> Iterator[bytes]:
    if not wrapping.deflated:
        yield from packed
        return
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for piece in chain(packed, [b""]):
            # What follows the end of the stream is copied by zlib again and again.
            if inflater.eof and (piece or inflater.unused_data):
                raise AttachmentDamaged(name=name, problem=N_("its ZIP is damaged"))
            waiting = piece
            while not inflater.eof:
                plain = inflater.decompress(waiting, PIECE_BYTES)
                waiting = inflater.unconsumed_tail
                if not plain:
                    break
                yield plain
    except zlib.error as error:
        raise AttachmentDamaged(name=name, problem=N_("its ZIP is damaged")) from error
