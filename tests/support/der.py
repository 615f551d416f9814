"""Writes an element of DER, for what no library would write."""

from __future__ import annotations


def element(tag: int, body: bytes) -> bytes:
    """Return tag, length and value (X.690, 8.1)."""
    size = len(body)
    if size < 0x80:
        return bytes([tag, size]) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body
