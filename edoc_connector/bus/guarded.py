"""What pika reads for us, guarded against what strangers write.

Whatever a message says of itself, it is read to its end or known to have none; and what
is large is read in large pieces and joined once.
"""

from __future__ import annotations

import logging
from typing import Any, Final

import pika
import pika.channel
import pika.exceptions
import pika.frame
import pika.spec
from pika.adapters.utils import io_services_utils

from edoc_connector.bus.joining import BodyPiece, FrameBroken, Frames

# What matters of it is raised as an error of ours, and logged once.
logging.getLogger("pika").setLevel(logging.CRITICAL)

MOST_BODY_BYTES: Final = 512 * 1024 * 1024
"""RabbitMQ takes no message that is larger, however it is set up."""

MOST_FRAME_BYTES: Final = 1024 * 1024
"""Several times what is agreed on with a broker; all of it waits in memory."""

READ_BYTES: Final = 256 * 1024
"""So much is read at a time.  pika reads 4 KiB, and each time costs as much as a whole
frame."""


class TotalProperties(pika.spec.BasicProperties):  # type: ignore[misc] # untyped
    """Properties that can always be decoded, if need be without their headers.

    pika fails on header values it does not know (a date of the year 40000 will do),
    and would fail on every redelivery: one message could stop the whole queue.
    """

    def decode(self, encoded: bytes, offset: int = 0) -> object:
        """Decode all of them, or all but the headers."""
        try:
            return super().decode(encoded, offset)
        except Exception:  # noqa: BLE001  (whatever a stranger's bytes may cause)
            return super().decode(_without_headers(encoded, offset))


def _without_headers(encoded: bytes, offset: int) -> bytes:
    """Return the properties with an empty table in place of the headers."""
    flags = int.from_bytes(encoded[offset : offset + 2])
    start = offset + 2
    for flag in (
        pika.spec.BasicProperties.FLAG_CONTENT_TYPE,
        pika.spec.BasicProperties.FLAG_CONTENT_ENCODING,
    ):
        start += 1 + encoded[start] if flags & flag else 0
    end = start + 4 + int.from_bytes(encoded[start : start + 4])
    return encoded[offset:start] + bytes(4) + encoded[end:]


class BoundedContent(pika.channel.ContentFrameAssembler):  # type: ignore[misc] # untyped
    """Puts a message together, and begins with none that would not end."""

    def process(self, frame_value: Any) -> object:  # noqa: ANN401  (pika's)
        """Take a frame; raise where it announces what no broker would take."""
        is_header = isinstance(frame_value, pika.frame.Header)
        if is_header and frame_value.body_size > MOST_BODY_BYTES:
            raise pika.exceptions.BodyTooLongError(
                frame_value.body_size, MOST_BODY_BYTES
            )
        return super().process(frame_value)


class Connection(pika.SelectConnection):  # type: ignore[misc] # untyped
    """A connection of pika that reads frames as we do."""

    def __init__(self, *args: Any, **named: Any) -> None:  # noqa: ANN401  (pika's)
        self._frames = Frames(MOST_FRAME_BYTES)
        super().__init__(*args, **named)

    def _on_data_available(self, data_in: bytes) -> None:
        self.bytes_received += len(data_in)
        try:
            for part in self._frames.feed(data_in):
                self._process_frame(_frame_of(part))
        except FrameBroken as error:
            raise pika.exceptions.InvalidFrameError(*error.args) from error


def _frame_of(part: bytes | BodyPiece) -> Any:  # noqa: ANN401  (pika's)
    if isinstance(part, BodyPiece):
        # A view is joined with the others like bytes, and only then copied.
        return pika.frame.Body(part.channel, part.data)
    _, frame = pika.frame.decode_frame(part)
    return frame


pika.spec.props[pika.spec.BasicProperties.INDEX] = TotalProperties
io_services_utils._AsyncTransportBase._MAX_RECV_BYTES = READ_BYTES  # noqa: SLF001  (it cannot be set)
