"""A wire of our own between a connector and its broker, which can be made to fail.

It passes AMQP frame by frame, on loopback only, and ends with its `with` block or after
`MOST_SECONDS`, whatever happens.
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Self

LOOPBACK = "127.0.0.1"
MOST_SECONDS = 120.0
GREETING_BYTES = 8
HEAD_BYTES = 7
"""Kind, channel and size; a frame ends with one byte more."""

METHOD, BODY = 1, 3
CHANNEL, CLOSE = 20, 40
BASIC = 60
PUBLISH, DELIVER, ACK = 40, 60, 80


class Way(StrEnum):
    """In which direction a frame goes."""

    OUT = "to the broker"
    IN = "from the broker"


class Fate(Enum):
    """What becomes of a frame."""

    PASS = "it arrives"
    LOSE = "it is swallowed"
    CUT = "the line is cut in the middle of it"
    CUT_AFTER = "the line is cut behind it"
    STALL = "neither it nor anything after it arrives, and nobody is told"


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of AMQP 0-9-1, whole."""

    way: Way
    data: bytes

    @property
    def kind(self) -> int:
        return self.data[0]

    def is_basic(self, method: int) -> bool:
        """Whether it is this method of the class basic."""
        payload = self.data[HEAD_BYTES : HEAD_BYTES + 4]
        return self.kind == METHOD and payload == struct.pack("!HH", BASIC, method)

    @property
    def is_refusal(self) -> bool:
        """Whether the broker closes the channel, which it does over one message."""
        payload = self.data[HEAD_BYTES : HEAD_BYTES + 4]
        return self.kind == METHOD and payload == struct.pack("!HH", CHANNEL, CLOSE)

    def refusing(self, code: int, text: str) -> bytes:
        """The same refusal with another code and other words."""
        said = struct.pack("!HHHB", CHANNEL, CLOSE, code, len(text)) + text.encode()
        payload = said + struct.pack("!HH", BASIC, PUBLISH)
        head = self.data[:3] + struct.pack("!I", len(payload))
        return head + payload + self.data[-1:]

    @property
    def is_body(self) -> bool:
        return self.kind == BODY

    @property
    def is_publish(self) -> bool:
        return self.way is Way.OUT and self.is_basic(PUBLISH)

    @property
    def is_confirm(self) -> bool:
        return self.way is Way.IN and self.is_basic(ACK)

    @property
    def is_delivery(self) -> bool:
        return self.way is Way.IN and self.is_basic(DELIVER)

    @property
    def is_ack(self) -> bool:
        return self.way is Way.OUT and self.is_basic(ACK)


Judge = Callable[[Frame], Fate | bytes]
"""What becomes of a frame, or what arrives in its place."""


def nothing_happens(_frame: Frame) -> Fate:
    """Let every frame pass."""
    return Fate.PASS


@dataclass(slots=True)
class Once:
    """Do something to the first frame that fits, and to no other."""

    fits: Callable[[Frame], bool]
    fate: Fate
    done: threading.Event = field(default_factory=threading.Event)

    def __call__(self, frame: Frame) -> Fate:
        if self.done.is_set() or not self.fits(frame):
            return Fate.PASS
        self.done.set()
        return self.fate


class Proxy:
    """Listens where a connector thinks the broker is; `judge` decides on each frame."""

    def __init__(self, port: int, most_seconds: float = MOST_SECONDS) -> None:
        self.judge: Judge = nothing_happens
        self.delay_seconds = 0.0
        self.connections = 0
        self._broker_port = port
        self._ends_at = time.monotonic() + most_seconds
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listening = socket.create_server((LOOPBACK, 0))
        self._listening.settimeout(0.2)
        self._is_closed = threading.Event()

    @property
    def port(self) -> int:
        """Where the connector is to connect to."""
        return int(self._listening.getsockname()[1])

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._is_closed.set()
        self.cut()
        for thread in self._threads:
            thread.join(5)
        self._listening.close()

    def cut(self) -> None:
        """Cut every line there is; new ones may be made."""
        for each in self._open.copy():
            _hang_up(each)

    @property
    def _is_over(self) -> bool:
        return self._is_closed.is_set() or time.monotonic() > self._ends_at

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._is_over:
            try:
                ours, _ = self._listening.accept()
            except TimeoutError:
                continue
            self.connections += 1
            self._join(ours)

    def _join(self, ours: socket.socket) -> None:
        try:
            theirs = socket.create_connection((LOOPBACK, self._broker_port), timeout=5)
        except OSError:  # the broker is away, and so are we
            _hang_up(ours)
            return
        for end in (ours, theirs):
            end.settimeout(None)
            self._open.append(end)
        line = _Line(self, ours, theirs)
        self._start(lambda: line.pump(ours, theirs, Way.OUT))
        self._start(lambda: line.pump(theirs, ours, Way.IN))

    def is_over(self) -> bool:
        """Whether nothing is to be passed on any more."""
        return self._is_over


@dataclass(slots=True)
class _Line:
    """One connection, both ways."""

    proxy: Proxy
    ours: socket.socket
    theirs: socket.socket
    is_stalled: bool = False

    def pump(self, source: socket.socket, sink: socket.socket, way: Way) -> None:
        """Pass frames on until somebody hangs up."""
        with suppress(OSError):
            if way is Way.OUT:
                sink.sendall(_exactly(source, GREETING_BYTES))
            while not self.proxy.is_over():
                if not self._pass_one(source, sink, way):
                    break
        _hang_up(self.ours)
        _hang_up(self.theirs)

    def _pass_one(self, source: socket.socket, sink: socket.socket, way: Way) -> bool:
        frame = Frame(way, _next_frame(source))
        if not frame.data:
            return False
        if self.proxy.delay_seconds:
            time.sleep(self.proxy.delay_seconds)
        fate = Fate.STALL if self.is_stalled else self.proxy.judge(frame)
        match fate:
            case bytes():
                sink.sendall(fate)
            case Fate.PASS:
                sink.sendall(frame.data)
            case Fate.CUT:
                sink.sendall(frame.data[: len(frame.data) // 2])
            case Fate.CUT_AFTER:
                sink.sendall(frame.data)
            case Fate.STALL:
                self.is_stalled = True
            case Fate.LOSE:
                pass
        return fate not in {Fate.CUT, Fate.CUT_AFTER}


def _next_frame(source: socket.socket) -> bytes:
    head = _exactly(source, HEAD_BYTES)
    if len(head) < HEAD_BYTES:
        return b""
    if head.startswith(b"AMQP"):  # the broker speaks another version
        return head
    (size,) = struct.unpack("!I", head[3:7])
    return head + _exactly(source, size + 1)


def _exactly(source: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size and (piece := source.recv(size - len(data))):
        data += piece
    return bytes(data)


def _hang_up(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
