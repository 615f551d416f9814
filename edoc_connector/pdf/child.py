"""The worker as seen from the connector: started on first use, killed when late.

Whatever happens to it is a report on the file that it had in hand, and the next file
gets a new worker.
"""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import BinaryIO, Final

import msgspec

from edoc_connector.baton import baton
from edoc_connector.errors import N_, EdocError, PdfCheckUnavailable
from edoc_connector.json_text import from_json
from edoc_connector.pdf.examined import Examined, not_examined
from edoc_connector.pdf.wire import HungUp, Silence, receive, send, send_file
from edoc_connector.signature.path import Anchor

log = logging.getLogger(__name__)

LATE: Final = N_("checking it took too long")
DIED: Final = N_("the checker broke down over it")
NOT_STARTED: Final = N_("the checker does not start")
CLOSED: Final = N_("the connector is ending")

CODES: Final = {LATE: "pdf-check-late", DIED: "pdf-checker-died"}
"""How a lost worker is called in the log."""

MODULE: Final = "edoc_connector.pdf.worker"
START_SECONDS: Final = 60.0
"""Importing what the worker needs takes half a second, on a busy machine many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one file may cost."""

    seconds: float = 60.0
    memory_bytes: int = 512 * 1024 * 1024
    idle_seconds: float = 60.0
    files: int = 200
    """After so many a new worker begins: libraries keep what they should not."""


@dataclass(slots=True)
class Child:
    """One worker at a time, for all threads."""

    anchors: tuple[Anchor, ...]
    limits: Limits = field(default_factory=Limits)
    stamps: tuple[Anchor, ...] = ()
    module: str = MODULE
    _lock: Lock = field(default_factory=Lock)
    _running: _Running | None = None
    _is_closed: bool = False

    def ask(self, file: BinaryIO, seen_at: datetime) -> Examined:
        """Return what the worker says of this file, seen then at the latest.

        Raises `PdfCheckUnavailable` where no worker can be started, or this is closed
        meanwhile: the file is not to blame, and nothing is said of it.
        """
        with baton.laid_down(), self._lock:
            try:
                return self._ask(file, seen_at)
            except _WasIdle:  # it left in the very moment in which it was asked
                return self._ask(file, seen_at)

    def _ask(self, file: BinaryIO, seen_at: datetime) -> Examined:
        running = self._fresh()
        try:
            return running.ask(file, seen_at, self.limits.seconds)
        except Silence:
            return self._lost(LATE)
        except (HungUp, msgspec.DecodeError, UnicodeDecodeError):
            self._check_open()
            if running.has_left:
                self._end()
                raise _WasIdle from None
            return self._lost(DIED)

    def _fresh(self) -> _Running:
        running = self._running
        if running and (running.has_ended or running.asked >= self.limits.files):
            self._end()
        return self._running or self._started()

    def _started(self) -> _Running:
        self._running = running = _start(self.module)
        try:
            # Who closes from here on finds it; who closed before did not.
            self._check_open()
            running.greet(self._setup())
        except EdocError:
            self._end()
            raise
        return running

    def _check_open(self) -> None:
        if self._is_closed:
            self._end()
            raise PdfCheckUnavailable(problem=CLOSED)

    def _setup(self) -> bytes:
        said = {
            "anchors": self.anchors,
            "stamps": self.stamps,
            # It ends itself only where we did not.
            "seconds": int(self.limits.seconds) + 5,
            "idle_seconds": self.limits.idle_seconds,
            "memory_bytes": self.limits.memory_bytes,
        }
        return msgspec.json.encode(said)

    def _lost(self, problem: str) -> Examined:
        self._end()
        log.warning("pdf_checker_lost", extra={"reason": CODES[problem]})
        return not_examined(problem)

    def _end(self) -> None:
        if self._running is not None:
            self._running.end()
            self._running = None

    def close(self) -> None:
        """End the worker at once, whatever it does."""
        self._is_closed = True
        running = self._running
        if running is not None:
            # Outside the lock: whoever has it waits for this very process.
            running.process.kill()
        with self._lock:
            self._end()


class _WasIdle(Exception):
    """The worker had ended in order before it saw the file."""


@dataclass(slots=True)
class _Running:
    """A worker that is ready."""

    process: subprocess.Popen[bytes]
    line: socket.socket
    asked: int = 0

    def greet(self, setup: bytes) -> None:
        """Tell it what it must know.  Raises `PdfCheckUnavailable` without answer."""
        try:
            send(self.line, setup)
            receive(self.line, seconds=START_SECONDS)
        except (HungUp, Silence) as error:
            raise PdfCheckUnavailable(problem=NOT_STARTED) from error

    def ask(self, file: BinaryIO, seen_at: datetime, seconds: float) -> Examined:
        """Hand it a file and wait for its report, so long at the most."""
        self.asked += 1
        send_file(self.line, file.fileno())
        send(self.line, seen_at.isoformat().encode())
        return from_json(receive(self.line, seconds=seconds), Examined)

    @property
    def has_ended(self) -> bool:
        """Whether it is gone, for whatever reason."""
        return self.process.poll() is not None

    @property
    def has_left(self) -> bool:
        """Whether it went by itself, in order."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(1.0)
        return self.process.poll() == 0

    def end(self) -> None:
        """Kill this one process, by its number, and see it gone."""
        self.line.close()
        self.process.kill()
        self.process.wait()


def _start(module: str) -> _Running:
    ours, theirs = socket.socketpair()
    try:
        process = _spawn(module, theirs)
    except OSError as error:
        ours.close()
        raise PdfCheckUnavailable(problem=error.strerror or error) from error
    finally:
        theirs.close()
    return _Running(process, ours)


def _spawn(module: str, line: socket.socket) -> subprocess.Popen[bytes]:
    """Start it with nothing of ours: no environment (passwords!), no descriptors."""
    return subprocess.Popen(  # noqa: S603  (our own interpreter and module)
        [sys.executable, "-I", "-B", "-m", module],
        stdin=line.fileno(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"LANG": "C.UTF-8", "PATH": os.defpath},
        start_new_session=True,
    )
