"""A file as if it were in memory, where it takes no room to speak of.

What has been looked at is let go of again: the system would otherwise count a packet of
any size as memory of this process until it is closed.
"""

from __future__ import annotations

import mmap
import os
from typing import BinaryIO, Final

HELD_BYTES: Final = 8 * 1024 * 1024
"""How much is looked at before it is let go of."""

MAPPED_BYTES: Final = 64 * 1024
"""What is shorter, as all receipts are, takes less time to read than to map."""


class MappedFile(mmap.mmap):
    """A mapped file that is only searched, and read by slices, which are copies.

    Looking again at what was let go of costs time and nothing else.
    """

    _looked_at = 0

    def __getitem__(self, key: slice) -> bytes:  # type: ignore[override]  # no single bytes
        """Return a copy of a stretch."""
        found = super().__getitem__(key)
        self._look_at(len(found))
        return found

    def find(self, sub: bytes, start: int = 0, end: int | None = None) -> int:  # type: ignore[override]  # nor other buffers
        """Return where this is first, or -1; as that of `bytes`, stretch by stretch."""
        place, last = start, len(self) if end is None else min(end, len(self))
        while place < last:
            beyond = min(place + HELD_BYTES, last)
            # What begins in this stretch may end in the next one.
            found = super().find(sub, place, min(beyond + len(sub) - 1, last))
            self._look_at(beyond - place)
            if found >= 0:
                return found
            place = beyond
        return -1

    def _look_at(self, size: int) -> None:
        self._looked_at += size
        if self._looked_at >= HELD_BYTES:
            self.madvise(mmap.MADV_DONTNEED)
            self._looked_at = 0


def map_file(file: BinaryIO) -> MappedFile | bytes:
    """Return the contents of an open file; it may be closed afterwards."""
    size = os.fstat(file.fileno()).st_size
    if size < MAPPED_BYTES:
        return os.pread(file.fileno(), size, 0)
    return MappedFile(file.fileno(), 0, prot=mmap.PROT_READ)
