"""The process in which strangers' PDFs are read: little memory, no network, no writing.

The connector starts it, hands it open files one after the other, and kills it when it
is late.  It ends by itself when the connector has gone or has not asked for a while.
Guarantee: what a file does to the parser, it does not do to the connector.  What
remains: the process runs as the same user; the audit hook is a fence against libraries
that open connections, not against machine code.
"""

from __future__ import annotations

import logging
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final, NoReturn

import msgspec

from edoc_connector.errors import N_
from edoc_connector.json_text import to_json
from edoc_connector.pdf.examined import Examined, not_examined
from edoc_connector.pdf.wire import (
    HungUp,
    Silence,
    receive,
    receive_file,
    send,
)
from edoc_connector.signature.path import Anchor

MEMORY: Final = N_("checking it needs too much memory")

FORBIDDEN: Final = (
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.system",
    "socket.bind",
    "socket.connect",
    "socket.getaddrinfo",
    "socket.sendto",
    "subprocess.Popen",
)

Examine = Callable[[BinaryIO, datetime], Examined]


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """What the worker is told once."""

    anchors: tuple[Anchor, ...]
    stamps: tuple[Anchor, ...]
    seconds: int
    idle_seconds: float
    memory_bytes: int


def main() -> None:
    """Serve the connector at standard input, which is a socket."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, fileno=0)
    with suppress(HungUp):
        setup = msgspec.json.decode(receive(line), type=Setup)
        confine(setup.memory_bytes)
        examine = _examiner(setup)
        send(line, b"ready")
        serve(line, examine, seconds=setup.seconds, idle_seconds=setup.idle_seconds)


def confine(memory_bytes: int) -> None:
    """Give up, for ever, what reading a file does not need."""
    # The connector decides when this ends: signals to the whole service are not for us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):  # where memory is short, this is what must go first
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    logging.disable(logging.CRITICAL)  # pyHanko's log names persons
    sys.addaudithook(_refuse)


def _refuse(event: str, _arguments: tuple[object, ...]) -> None:
    if event in FORBIDDEN:
        raise PermissionError(event)


def _examiner(setup: Setup) -> Examine:
    from edoc_connector.pdf.examine import examine  # noqa: PLC0415  (after the limits)
    from edoc_connector.pdf.trust import Trust  # noqa: PLC0415

    trust = Trust(setup.anchors, setup.stamps)
    return lambda file, seen_at: examine(file, trust, seen_at)


def serve(
    line: socket.socket, examine: Examine, *, seconds: int, idle_seconds: float
) -> None:
    """Report on one file after the other until nobody asks any more."""
    while True:
        try:
            descriptor = receive_file(line, seconds=idle_seconds)
            seen_at = datetime.fromisoformat(receive(line).decode())
        except (HungUp, Silence):
            return
        # Should the connector be gone, nobody else ends what goes round in circles.
        signal.alarm(seconds)
        with os.fdopen(descriptor, "rb") as file:
            examined = _examined(file, seen_at, examine)
        signal.alarm(0)
        send(line, to_json(examined).encode())
        if examined.problem == MEMORY:
            _leave()


def _examined(file: BinaryIO, seen_at: datetime, examine: Examine) -> Examined:
    file.seek(0)
    try:
        return examine(file, seen_at)
    except MemoryError:
        return not_examined(MEMORY)


def _leave() -> NoReturn:
    """End: after it ran out of memory once, a process is not to be trusted."""
    raise SystemExit


if __name__ == "__main__":
    main()
