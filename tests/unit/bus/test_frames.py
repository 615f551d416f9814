"""What we write is what another reader of AMQP reads."""

import pika.frame
import pytest

from edoc_connector.bus.frames import AROUND_BYTES, MOST_IN_ONE, message_frames

FRAME_BYTES = 4096
MOST = FRAME_BYTES - AROUND_BYTES
CHANNEL = 7
HEAD = pika.frame.Heartbeat().marshal()


def written(body, frame_bytes=FRAME_BYTES):
    pieces = message_frames(HEAD, body, channel=CHANNEL, frame_bytes=frame_bytes)
    return b"".join(pieces)


def read(data):
    """All frames in it, as pika reads them."""
    frames = []
    while data:
        used, frame = pika.frame.decode_frame(data)
        assert frame is not None
        frames.append(frame)
        data = data[used:]
    return frames


@pytest.mark.parametrize(
    "size", [0, 1, MOST - 1, MOST, MOST + 1, 2 * MOST, 5 * MOST + 3, MOST_IN_ONE + 1]
)
def test_a_body_is_read_as_it_was_written_whatever_its_size(size):
    body = bytes(number % 251 for number in range(size))

    head, *frames = read(written(body))

    assert isinstance(head, pika.frame.Heartbeat)
    assert b"".join(it.fragment for it in frames) == body
    assert {it.channel_number for it in frames} <= {CHANNEL}
    assert max((len(it.fragment) for it in frames), default=0) <= MOST
    assert len(frames) == -(-size // MOST)


@pytest.mark.parametrize("size", [1, MOST_IN_ONE])
def test_a_message_of_usual_size_is_one_piece(size):
    pieces = message_frames(HEAD, bytes(size), channel=1, frame_bytes=131_072)

    assert len(list(pieces)) == 1


def test_a_large_body_is_not_copied():
    body = bytes(MOST_IN_ONE + 1)

    pieces = message_frames(HEAD, body, channel=1, frame_bytes=131_072)

    views = [it for it in pieces if isinstance(it, memoryview)]
    assert sum(map(len, views)) == len(body)
    assert {it.obj is body for it in views} == {True}
