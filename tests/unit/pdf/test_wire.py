import os
import socket
from threading import Thread

import pytest

from edoc_connector.pdf.wire import (
    MOST_BYTES,
    HungUp,
    Silence,
    receive,
    receive_file,
    send,
    send_file,
)


@pytest.fixture
def line():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_a_message_arrives_whole(line):
    ours, theirs = line
    message = bytes(3_000_000)

    sender = Thread(target=send, args=(theirs, message))
    sender.start()

    assert receive(ours, seconds=10) == message
    sender.join()


def test_an_open_file_arrives(line, tmp_path):
    ours, theirs = line
    path = tmp_path / "file"
    path.write_bytes(b"content")

    with path.open("rb") as file:
        send_file(ours, file.fileno())
    with os.fdopen(receive_file(theirs, seconds=10), "rb") as received:
        assert received.read() == b"content"


def test_who_says_nothing_in_time_is_silent(line):
    ours, theirs = line

    with pytest.raises(Silence):
        receive(ours, seconds=0.01)
    with pytest.raises(Silence):
        receive_file(ours, seconds=0.01)
    theirs.sendall(b"\0\0\0\5abc")
    with pytest.raises(Silence):
        receive(ours, seconds=0.01)


def test_who_is_gone_has_hung_up(line):
    ours, theirs = line
    theirs.close()

    with pytest.raises(HungUp):
        receive(ours)
    with pytest.raises(HungUp):
        receive_file(ours, seconds=1)
    with pytest.raises(HungUp):
        send(ours, b"anybody?")
    with pytest.raises(HungUp):
        send_file(ours, 0)


def test_a_line_that_is_cut_has_hung_up(line):
    ours, _ = line
    ours.close()

    with pytest.raises(HungUp):
        receive(ours)


def test_a_message_without_end_is_not_waited_for(line):
    ours, theirs = line
    theirs.sendall((MOST_BYTES + 1).to_bytes(4, "big"))

    with pytest.raises(HungUp):
        receive(ours, seconds=1)


def test_a_message_where_a_file_belongs_is_none(line):
    ours, theirs = line
    theirs.sendall(b"x")

    with pytest.raises(HungUp):
        receive_file(ours, seconds=1)
