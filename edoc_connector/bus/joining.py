"""What comes over a wire taken apart into frames, whose bodies are not copied.

What reads AMQP for us copies, for each frame, all that it has read and not used yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from edoc_connector.bus.frames import AROUND_BYTES, BODY, END, HEAD

LEAST_BYTES: Final = AROUND_BYTES
"""No frame is shorter: that of a heartbeat has nothing between its ends."""

GREETING: Final = b"AMQP"
"""So a broker names its version to who speaks another one (AMQP 0-9-1, 4.2.2): this is
as long as the shortest frame, and has no end."""


class FrameBroken(Exception):
    """What came is no frame, and where the next one begins nobody knows."""


@dataclass(frozen=True, slots=True)
class BodyPiece:
    """Some bytes of a body, in a view of what was read."""

    channel: int
    data: memoryview


class Frames:
    """Reads what comes by one connection, in pieces of whatever size."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._begun = b""
        """The beginning of a frame that is no body."""
        self._channel = self._left = 0
        """So much of the body of a frame is still to come, and then its end."""
        self._is_in_body = False

    def feed(self, data: bytes) -> Iterator[bytes | BodyPiece]:
        """Yield each frame as a whole, and of bodies what there is of them.

        Raises `FrameBroken`, also where a frame is to be larger than anybody may agree.
        """
        view, self._begun = memoryview(self._begun + data), b""
        while view:
            if self._left:
                piece = view[: self._left]
                self._left -= len(piece)
                view = view[len(piece) :]
                yield BodyPiece(self._channel, piece)
            elif self._is_in_body:
                self._end(view[0])
                view = view[1:]
            else:
                whole, view = self._start(view)
                if whole:
                    yield whole

    def _start(self, view: memoryview) -> tuple[bytes, memoryview]:
        """Return the frame if it is whole and no body, and what is behind its start."""
        size = self._size(view)
        if len(view) < size:
            self._begun = bytes(view)
            return b"", view[:0]
        kind, channel, inside = HEAD.unpack_from(view)
        if kind != BODY:
            return bytes(view[:size]), view[size:]
        self._channel, self._left, self._is_in_body = channel, inside, True
        return b"", view[HEAD.size :]

    def _size(self, view: memoryview) -> int:
        """Return how much must be here for a start; of a body that is the least."""
        if len(view) < LEAST_BYTES or bytes(view[: len(GREETING)]) == GREETING:
            return LEAST_BYTES
        kind, _, inside = HEAD.unpack_from(view)
        if inside > self._most_bytes:
            raise FrameBroken(f"a frame of {inside} bytes")
        return LEAST_BYTES if kind == BODY else AROUND_BYTES + int(inside)

    def _end(self, octet: int) -> None:
        if octet != END[0]:
            raise FrameBroken("a frame without its end")
        self._is_in_body = False
