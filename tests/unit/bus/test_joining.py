"""What a broker writes is read as it was meant, however it is cut on its way."""

from __future__ import annotations

import pika
import pika.frame
import pytest

from edoc_connector.bus.frames import message_frames
from edoc_connector.bus.joining import BodyPiece, FrameBroken, Frames

MOST = 4096
CHANNEL = 7
HEAD = (
    pika.frame.Method(CHANNEL, pika.spec.Basic.Publish(routing_key="edoc")).marshal()
    + pika.frame.Header(CHANNEL, 1000, pika.BasicProperties()).marshal()
)
HEARTBEAT = pika.frame.Heartbeat().marshal()
BODY = bytes(number % 251 for number in range(10_000))


def message(body: bytes = BODY) -> bytes:
    pieces = message_frames(HEAD, body, channel=CHANNEL, frame_bytes=MOST)
    return b"".join(pieces)


def read(data: bytes, step: int) -> tuple[list[bytes], bytes]:
    """Return all frames but bodies, and what was in these."""
    frames, wholes, body = Frames(MOST), [], b""
    for start in range(0, len(data), step):
        for part in frames.feed(data[start : start + step]):
            if isinstance(part, BodyPiece):
                assert part.channel == CHANNEL
                body += part.data
            else:
                wholes.append(part)
    return wholes, body


@pytest.mark.parametrize("step", [1, 2, 7, 8, 9, 100, MOST, MOST + 1, 10**6])
def test_a_message_is_the_same_in_whatever_pieces_it_comes(step):
    wholes, body = read(HEARTBEAT + message() + HEARTBEAT + message(b"?"), step)

    assert body == BODY + b"?"
    assert wholes[0] == wholes[3] == HEARTBEAT
    assert b"".join(wholes[1:3]) == b"".join(wholes[4:]) == HEAD


def test_each_whole_frame_is_one_for_another_reader():
    wholes, _ = read(message(), 100)

    kinds = [type(pika.frame.decode_frame(it)[1]).__name__ for it in wholes]
    assert kinds == ["Method", "Header"]


def test_of_what_is_read_at_once_a_body_is_no_copy():
    data = message()

    pieces = [it for it in Frames(MOST).feed(data) if isinstance(it, BodyPiece)]

    assert all(it.data.obj is data for it in pieces)


def test_the_greeting_of_a_broker_of_another_version_is_handed_on():
    assert read(b"AMQP\x00\x00\x09\x01", 3) == ([b"AMQP\x00\x00\x09\x01"], b"")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(message().replace(b"\xce", b"\xcd"), id="without an end"),
        pytest.param(message()[:-1] + HEARTBEAT, id="body longer than it said"),
        pytest.param(b"\x03\x00\x01\x00\x00\x10\x01", id="larger than agreed"),
        pytest.param(b"\x01\x00\x01\xff\xff\xff\xff", id="method without end"),
        pytest.param(b"HTTP/1.1 400 Bad Request\r\n\r\n", id="no broker"),
    ],
)
@pytest.mark.parametrize("step", [1, 10**6])
def test_what_is_no_frame_is_the_end_of_it(data, step):
    with pytest.raises(FrameBroken):
        read(data + HEARTBEAT, step)


def test_nothing_is_kept_of_a_frame_that_would_be_too_large():
    frames = Frames(MOST)
    assert list(frames.feed(b"\x01\x00\x01")) == []

    with pytest.raises(FrameBroken):
        list(frames.feed(b"\x00\x00\x10\x01" + bytes(100)))
