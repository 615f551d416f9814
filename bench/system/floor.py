"""The floor: what the same documents cost at the very least on this machine, now.

One process reads a file, digests and signs it (RSA-2048, SHA-256), writes it as base64
into a minimal XML and publishes it with confirms, 64 outstanding, to a quorum queue;
another consumes, verifies, decodes, writes one row (SQLite, synchronous=FULL, up to 20
a commit) and acknowledges.  No ledger, no receipt, nothing stored but the row.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.system.floor_receiver import receive
from bench.system.floor_sender import send
from bench.system.meter import Parts, Reading, forget_peaks, read_meter

SPAWN: Final = multiprocessing.get_context("spawn")
"""A child that inherits nothing, as a connector does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorWork:
    """What one pair of processes does."""

    url: str
    queue: str
    files: tuple[Path, ...]
    documents: int
    key: bytes
    database: Path


@dataclass(frozen=True, slots=True)
class FloorRun:
    """How long all took, and what it cost."""

    seconds: float
    before: Reading
    after: Reading


def run_floor(
    works: Sequence[FloorWork], broker: int, *, most_seconds: float
) -> FloorRun:
    """Run all pairs at once, and return when the last document is acknowledged."""
    begin, end = SPAWN.Event(), SPAWN.Event()
    ready, done = SPAWN.Semaphore(0), SPAWN.Semaphore(0)
    signals = (ready, begin, done, end)
    senders = [SPAWN.Process(target=send, args=(it, *signals)) for it in works]
    receivers = [SPAWN.Process(target=receive, args=(it, *signals)) for it in works]
    with _alive([*senders, *receivers]):
        _wait(ready, 2 * len(works), most_seconds)
        parts: Parts = {
            "sender": [it.pid or 0 for it in senders],
            "receiver": [it.pid or 0 for it in receivers],
            "broker": [broker],
        }
        forget_peaks(parts)
        before, began = read_meter(parts), time.monotonic()
        begin.set()
        _wait(done, 2 * len(works), most_seconds)
        seconds = time.monotonic() - began
        after = read_meter(parts)
        end.set()
        return FloorRun(seconds, before, after)


@contextmanager
def _alive(processes: Sequence[Any]) -> Iterator[None]:
    for process in processes:
        process.start()
    try:
        yield
        for process in processes:
            process.join(END_SECONDS)
    finally:
        for process in processes:
            process.kill()
            process.join()


END_SECONDS: Final = 10.0


def _wait(semaphore: Any, many: int, seconds: float) -> None:  # noqa: ANN401
    deadline = time.monotonic() + seconds
    for _ in range(many):
        if not semaphore.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise TimeoutError(f"the floor took longer than {seconds:g} s")
