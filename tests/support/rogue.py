"""Whoever pretends to be a broker: it speaks AMQP as far as it likes, keeps nothing.

On loopback only, and over with its `with` block.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

import pika.spec as amqp
from pika.frame import Body, Header, Method, decode_frame

LOOPBACK = "127.0.0.1"
CHANNEL = 1
GREETING_BYTES = 8
CAPABILITIES = {"publisher_confirms": True, "basic.nack": True}


@dataclass
class Talk:
    """One connection, from the side of the rogue."""

    line: socket.socket
    buffer: bytes = b""
    tags: int = 0
    reader: str = ""
    header: Any = None
    """Of the message that comes now."""

    def say(self, method: Any, channel: int = CHANNEL) -> None:
        self.line.sendall(Method(channel, method).marshal())

    def hand_over(
        self, properties: Any, body: bytes, *, tag: int, size: int | None = None
    ) -> None:
        """Deliver a message, perhaps one that announces more than it has."""
        self.say(
            amqp.Basic.Deliver(
                self.reader, tag, exchange="edoc.axis", routing_key="edoc.H20"
            )
        )
        announced = len(body) if size is None else size
        self.line.sendall(Header(CHANNEL, announced, properties).marshal())
        self.line.sendall(Body(CHANNEL, body).marshal())

    def give_back(self, body: bytes) -> None:
        """Return the message that has just come."""
        self.say(amqp.Basic.Return(312, "NO_ROUTE", "edoc.axis", "edoc.H20"))
        self.line.sendall(self.header.marshal())
        self.line.sendall(Body(CHANNEL, body).marshal())

    def hear(self) -> Any:
        """Return the next frame of the connector, or None at the end."""
        while True:
            consumed, frame = decode_frame(self.buffer) if self.buffer else (0, None)
            if frame is not None:
                self.buffer = self.buffer[consumed:]
                self.header = frame if isinstance(frame, Header) else self.header
                return frame
            data = self.line.recv(65536)
            if not data:
                return None
            self.buffer += data


OnFrame = Callable[[Talk, Any], None]


def confirm(talk: Talk, frame: Any) -> None:
    """Confirm whatever is published."""
    if isinstance(frame, Body):
        talk.tags += 1
        talk.say(amqp.Basic.Ack(talk.tags))


@dataclass
class Rogue:
    """Listens where the broker is thought to be; `on_frame` decides what it does."""

    context: ssl.SSLContext | None = None
    mechanisms: str = "EXTERNAL PLAIN"
    on_frame: OnFrame = confirm
    on_consume: Callable[[Talk], None] = lambda _: None
    raw: bytes = b""
    """All that was heard without TLS."""
    heard: list[Any] = field(default_factory=list)
    """Every frame, once TLS was agreed on where it is asked for."""

    def __post_init__(self) -> None:
        self._listening = socket.create_server((LOOPBACK, 0))
        self._listening.settimeout(0.1)
        self._is_over = threading.Event()
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    @property
    def port(self) -> int:
        return int(self._listening.getsockname()[1])

    @property
    def bodies(self) -> list[bytes]:
        """What it was given to keep."""
        return [it.fragment for it in self.heard if isinstance(it, Body)]

    @property
    def logins(self) -> list[bytes]:
        """By what somebody has signed in."""
        methods = [it.method for it in self.heard if isinstance(it, Method)]
        return [
            it.response for it in methods if isinstance(it, amqp.Connection.StartOk)
        ]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        for line in self._open:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        self._listening.close()

    def _accept(self) -> None:
        while not self._is_over.is_set():
            try:
                line, _ = self._listening.accept()
            except TimeoutError:
                continue
            line.settimeout(10)
            self._open.append(line)
            talking = threading.Thread(target=self._talk, args=(line,), daemon=True)
            self._threads.append(talking)
            talking.start()

    def _talk(self, line: socket.socket) -> None:
        # Whoever is refused hangs up, at any word of ours.
        with suppress(OSError), line:
            self._secure(line)

    def _secure(self, line: socket.socket) -> None:
        if self.context is not None:
            with self.context.wrap_socket(line, server_side=True) as secured:
                self._open.append(secured)
                self._greet(secured)
        else:
            self._greet(line)

    def _greet(self, line: socket.socket) -> None:
        greeting = line.recv(GREETING_BYTES)
        if self.context is None and greeting[:4] != b"AMQP":
            self.raw += greeting
        talk = Talk(line)
        talk.say(
            amqp.Connection.Start(
                server_properties={"capabilities": CAPABILITIES},
                mechanisms=self.mechanisms,
                locales="en_US",
            ),
            channel=0,
        )
        if self.context is None and greeting[:4] != b"AMQP":
            self.raw += line.recv(65536)
            return
        while (frame := talk.hear()) is not None:
            self.heard.append(frame)
            self._answer(talk, frame)

    def _answer(self, talk: Talk, frame: Any) -> None:
        method = getattr(frame, "method", None)
        match method:
            case amqp.Connection.StartOk():
                talk.say(amqp.Connection.Tune(2047, 131072, 60), channel=0)
            case amqp.Connection.Open():
                talk.say(amqp.Connection.OpenOk(), channel=0)
            case amqp.Connection.Close():
                talk.say(amqp.Connection.CloseOk(), channel=0)
            case amqp.Channel.Open():
                talk.tags = 0
                talk.say(amqp.Channel.OpenOk())
            case amqp.Confirm.Select():
                talk.say(amqp.Confirm.SelectOk())
            case amqp.Basic.Qos():
                talk.say(amqp.Basic.QosOk())
            case amqp.Basic.Consume():
                talk.reader = method.consumer_tag
                talk.say(amqp.Basic.ConsumeOk(talk.reader))
                self.on_consume(talk)
            case _:
                self.on_frame(talk, frame)
