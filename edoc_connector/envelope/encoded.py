"""Base64 text where it lies in a packet, decoded piece by piece.

Most senders write nothing but base64, and that is decoded as it stands; from the first
piece on in which there is anything else, everything is looked at with care.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import pybase64

from edoc_connector.envelope.skeleton import Buffer
from edoc_connector.errors import N_, AttachmentDamaged

PIECE_BYTES: Final = 64 * 1024
"""How much is decoded at a time.

It stays near the processor, and the system is not asked for new memory each time.
"""
WHITE_SPACE: Final = b" \t\r\n"
SPELLED_SPACE: Final = re.compile(rb"&#(?:9|10|13|32|x(?:9|[aA]|[dD]|20));")
LONGEST_REFERENCE: Final = 6


@dataclass(frozen=True, slots=True)
class Encoded:
    """A stretch of base64 text, white space allowed; `name` is for messages."""

    buffer: Buffer = field(repr=False)
    start: int
    end: int
    name: str

    def decoded(self) -> Iterator[bytes]:
        """Yield the bytes, a piece of text at a time.

        Raises `AttachmentDamaged` at anything that is not strict base64.
        """
        place = self.start
        while place < self.end:
            piece = self._text(place)
            data = _plainly(piece)
            if not data:
                break
            yield data
            place += len(piece)
        yield from self._carefully(place)

    def _text(self, place: int) -> bytes:
        return bytes(self.buffer[place : min(place + PIECE_BYTES, self.end)])

    def _carefully(self, start: int) -> Iterator[bytes]:
        rest = b""
        padded = False
        for piece in self._pieces(start):
            text = rest + piece
            whole = len(text) - len(text) % 4
            rest = text[whole:]
            if padded and text:
                raise self._damaged(N_("there is text after its end"))
            if whole:
                yield self._decode(text[:whole])
            padded = text[:whole].endswith(b"=")
        if rest:
            raise self._damaged(N_("the base64 text is cut off"))

    def _decode(self, text: bytes) -> bytes:
        try:
            return pybase64.b64decode(text, validate=True)
        except binascii.Error as error:
            raise self._damaged(N_("it is not base64")) from error

    def _pieces(self, start: int) -> Iterator[bytes]:
        rest = b""
        for place in range(start, self.end, PIECE_BYTES):
            piece = rest + self._text(place)
            last = place + PIECE_BYTES >= self.end
            rest = b"" if last else _open_reference(piece)
            yield _without_space(piece.removesuffix(rest))

    def _damaged(self, problem: str) -> AttachmentDamaged:
        return AttachmentDamaged(name=self.name, problem=problem)


def _plainly(text: bytes) -> bytes:
    """Return what the text says, or nothing unless it is base64 without an end."""
    if len(text) % 4 or text.endswith(b"="):
        return b""
    try:
        return pybase64.b64decode(text, validate=True)
    except binascii.Error:
        return b""


def _open_reference(piece: bytes) -> bytes:
    """Return the beginning of a character reference that the next piece completes."""
    place = piece.rfind(b"&", -LONGEST_REFERENCE)
    return piece[place:] if place >= 0 and b";" not in piece[place:] else b""


def _without_space(piece: bytes) -> bytes:
    if b"&" in piece:  # Java writes a carriage return as &#xD;
        piece = SPELLED_SPACE.sub(b"", piece)
    if any(space in piece for space in (b"\n", b"\r", b" ", b"\t")):
        piece = piece.translate(None, WHITE_SPACE)
    return piece
