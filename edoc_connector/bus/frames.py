"""The body of a message cut into the frames of AMQP, copied once or not at all.

What writes AMQP for us copies each body four times on its way to the system, and has
the system take a piece for each frame.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

Piece = bytes | memoryview

HEAD: Final = struct.Struct(">BHI")
"""Kind, channel and size (AMQP 0-9-1, 4.2.3)."""

END: Final = b"\xce"
BODY: Final = 3
AROUND_BYTES: Final = HEAD.size + len(END)

MOST_IN_ONE: Final = 524_288
"""So much is copied once, because the system then takes all of it at a time; of what is
larger a copy would only fill our memory."""


def message_frames(
    head: bytes, body: bytes, *, channel: int, frame_bytes: int
) -> Iterator[Piece]:
    """Yield what goes over the wire behind one another.

    `head` are the frames that come before a body, and no frame has more `frame_bytes`.
    """
    pieces = _pieces(head, body, channel, frame_bytes - AROUND_BYTES)
    if len(body) <= MOST_IN_ONE:
        # What the system has not taken at once is cut off, of a view without a copy.
        yield memoryview(b"".join(pieces))
    else:
        yield from pieces


def _pieces(head: bytes, body: bytes, channel: int, most: int) -> Iterator[Piece]:
    yield head
    view, after = memoryview(body), b""
    for start in range(0, len(body), most):
        piece = view[start : start + most]
        yield after + HEAD.pack(BODY, channel, len(piece))
        yield piece
        after = END
    if after:
        yield after
