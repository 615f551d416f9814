"""How connector and worker speak: a length and that many bytes; files as descriptors.

The worker is not believed: what it sends is bounded in bytes and time.
"""

from __future__ import annotations

import socket
import time
from typing import Final

LENGTH_BYTES: Final = 4
MOST_BYTES: Final = 8 * 1024 * 1024
FILE: Final = b"f"


class Silence(Exception):
    """Nothing, or not all, came in time."""


class HungUp(Exception):
    """The other side has gone."""


def send(line: socket.socket, data: bytes) -> None:
    """Send one message.  Raises `HungUp`."""
    try:
        line.sendall(len(data).to_bytes(LENGTH_BYTES, "big") + data)
    except OSError as error:
        raise HungUp from error


def receive(line: socket.socket, *, seconds: float | None = None) -> bytes:
    """Return one message.  Raises `HungUp`, and `Silence` after so many seconds."""
    until = None if seconds is None else time.monotonic() + seconds
    size = int.from_bytes(_exactly(line, LENGTH_BYTES, until), "big")
    if size > MOST_BYTES:
        raise HungUp
    return _exactly(line, size, until)


def _exactly(line: socket.socket, size: int, until: float | None) -> bytes:
    data = bytearray()
    while len(data) < size:
        piece = _piece(line, size - len(data), until)
        if not piece:
            raise HungUp
        data += piece
    return bytes(data)


def _piece(line: socket.socket, size: int, until: float | None) -> bytes:
    if until is not None:
        line.settimeout(max(0.001, until - time.monotonic()))
    try:
        return line.recv(size)
    except TimeoutError as error:
        raise Silence from error
    except OSError as error:
        raise HungUp from error


def send_file(line: socket.socket, descriptor: int) -> None:
    """Give the other side an open file.  Raises `HungUp`."""
    try:
        socket.send_fds(line, [FILE], [descriptor])
    except OSError as error:
        raise HungUp from error


def receive_file(line: socket.socket, *, seconds: float) -> int:
    """Return an open file's descriptor.  Raises `HungUp`, and `Silence`."""
    line.settimeout(seconds)
    try:
        data, descriptors, _, _ = socket.recv_fds(line, len(FILE), 1)
    except TimeoutError as error:
        raise Silence from error
    finally:
        line.settimeout(None)
    if data != FILE or not descriptors:
        raise HungUp
    return descriptors[0]
