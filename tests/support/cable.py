"""A cable between two brokers that can be pulled out, and put in again.

It passes bytes, on loopback only, so TLS goes through it as it is.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Self

LOOPBACK = "127.0.0.1"
CHUNK_BYTES = 65_536


class Cable:
    """A port of its own that leads to another port, from `with` to its end."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server((LOOPBACK, 0))
        self._ends: set[socket.socket] = set()
        self._is_in = threading.Event()
        self._is_in.set()
        self._lock = threading.Lock()
        self.carried = 0
        """Connections that were made over it."""

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self.pull()

    def pull(self) -> None:
        """Cut every connection, in the middle of whatever is on it, and carry none."""
        self._is_in.clear()
        with self._lock:
            ends, self._ends = self._ends, set()
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def put_in(self) -> None:
        """Carry connections again."""
        self._is_in.set()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                ours, _ = self._listener.accept()
                self._join(ours)

    def _join(self, ours: socket.socket) -> None:
        if not self._is_in.is_set():
            ours.close()
            return
        try:
            theirs = socket.create_connection((LOOPBACK, self._target))
        except OSError:
            ours.close()
            return
        with self._lock:
            self._ends |= {ours, theirs}
            self.carried += 1
        for source, sink in ((ours, theirs), (theirs, ours)):
            threading.Thread(target=_pump, args=(source, sink), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(CHUNK_BYTES):
            sink.sendall(data)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
