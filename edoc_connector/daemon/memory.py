"""What was freed is used again, and not given back to the system for a moment.

Packets are large and short-lived.  The allocator of GNU gives such memory back as soon
as it can, and the system fills it with zeros each time it is asked for anew: a hundred
pages a document.  A service needs the same again with the next packet.
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
"""So much that is free at its end a heap keeps."""

HEAPS: Final = 2
"""For all threads, of which one computes at a time: else each has one of its own."""

LARGE_BYTES: Final = 8 * 1024 * 1024
"""What is larger has memory of its own, which goes back when it is freed."""


def keep_freed_memory() -> None:
    """Have this process keep what it will need again; elsewhere than on GNU nothing."""
    # `mallopt` is of GNU, and where there is no C library to be asked there is no name.
    with suppress(AttributeError, OSError, TypeError):
        library = ctypes.CDLL(None)
        library.mallopt(ARENA_MAX, HEAPS)
        library.mallopt(TRIM_THRESHOLD, KEPT_BYTES)
        library.mallopt(MMAP_THRESHOLD, LARGE_BYTES)
