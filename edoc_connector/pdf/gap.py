"""Whether what a signature leaves out of a PDF is its own value and nothing else.

A signature signs the file but for one gap, in which its value stands in hexadecimal.
pyHanko compares lengths only; here the gap itself is read, so that nothing can hide in
it, however the value is spelled elsewhere (signature wrapping in PDFs).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import BinaryIO, Final

MOST_BYTES: Final = 4 * 1024 * 1024
"""Certificates, revocation lists and a time stamp go into far less."""
RANGES: Final = 4


def is_only_the_value(file: BinaryIO, byte_range: Sequence[int], value: bytes) -> bool:
    """Whether the gap of this ByteRange holds this value, in angle brackets."""
    if len(byte_range) != RANGES:
        return False
    start, length, resumed, _ = map(int, byte_range)
    size = resumed - length
    if start != 0 or length < 0 or not 0 < size <= MOST_BYTES:
        return False
    file.seek(length)
    gap = file.read(size)
    return gap[:1] == b"<" and gap[-1:] == b">" and _unspelled(gap[1:-1]) == value


def _unspelled(digits: bytes) -> bytes | None:
    try:
        return bytes.fromhex(digits.decode("ascii"))
    except ValueError:
        return None


END: Final = b"%%EOF"
END_WITHIN: Final = 1024


def ends_in_order(file: BinaryIO) -> bool:
    """Whether nothing but white space follows the last end mark.

    Readers that find no table of objects near the end of a file look for objects
    everywhere, and show the last ones: also those that stand behind the end.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - END_WITHIN))
    _, mark, rest = file.read().rpartition(END)
    return bool(mark) and not rest.strip()


def reaches_the_end(file: BinaryIO, byte_range: Sequence[int]) -> bool:
    """Whether the last signed byte is the last byte of the file."""
    *_, resumed, rest = map(int, byte_range)
    return resumed + rest == file.seek(0, os.SEEK_END)
