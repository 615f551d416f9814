"""What was freed is used again at once, and given back to the system once a minute.

Packets are large and short-lived.  The allocator of GNU gives such memory back as soon
as it can, and the system fills it with zeros each time it is asked for anew: a hundred
pages a document.  A service needs the same again with the next packet.  What it needed
only once, in an hour when many came, it shall not keep for weeks: how much of it stays
otherwise depends on what else happens to lie at the end of a heap.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress
from typing import Final

TRIM_THRESHOLD: Final = -1
MMAP_THRESHOLD: Final = -3
ARENA_MAX: Final = -8
"""The names of `mallopt(3)`."""

KEPT_BYTES: Final = 32 * 1024 * 1024
"""So much that is free at its end a heap keeps, until all is given back."""

HEAPS: Final = 2
"""For all threads, of which one computes at a time: else each has one of its own."""

LARGE_BYTES: Final = 8 * 1024 * 1024
"""What is larger has memory of its own, which goes back when it is freed."""


def keep_freed_memory() -> None:
    """Have this process keep what it will need again; elsewhere than on GNU nothing."""
    with _where_there_is_gnu():
        library = ctypes.CDLL(None)
        library.mallopt(ARENA_MAX, HEAPS)
        library.mallopt(TRIM_THRESHOLD, KEPT_BYTES)
        library.mallopt(MMAP_THRESHOLD, LARGE_BYTES)


def give_back_freed_memory() -> None:
    """Give every whole page that is free back to the system, wherever it lies."""
    with _where_there_is_gnu():
        ctypes.CDLL(None).malloc_trim(0)


def _where_there_is_gnu() -> suppress:
    # Both are of GNU, and where there is no C library to be asked there is no name.
    return suppress(AttributeError, OSError, TypeError)
