"""What one document of a gigabyte takes: seconds by step, and memory of each process.

    .venv/bin/python -m bench.big                  # a gigabyte: minutes, and 11 GB
    .venv/bin/python -m bench.big --megabytes 100

Two connectors as processes of their own, each with SQLite and its files in a folder,
and a private RabbitMQ.  Memory is the most that the kernel has counted for a process
(VmHWM), from its start; of a command, the same when it had ended.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from edoc_connector.demo.site import DemoSite
from edoc_connector.demo.stage import wait_until
from tests.support.big import Pair, peaks_of_commands

MEGABYTES = 1000
MEGABYTE = 1_000_000
PATIENCE_SECONDS = 3600.0

STEPS = (
    ("sender", "service_started", "", 1),
    ("sender", "document_taken", "taken out of the register's folder", 1),
    ("sender", "document_sealed", "sealed and written as a packet", 4 / 3),
    ("sender", "packet_relayed", "taken by the broker", 4 / 3),
    ("receiver", "envelope_accepted", "received and put together", 4 / 3),
    ("receiver", "document_delivered", "judged, written into the folder", 1),
    ("sender", "receipt_accepted", "confirmed to the sender", 0),
)
"""Whose log says that what has ended, and how much larger than the file that was."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step, how long after the one before it ended, and how many megabytes."""

    what: str
    seconds: float
    megabytes: float

    @property
    def row(self) -> str:
        """Say it in one row of the table."""
        rate = f"{self.megabytes / self.seconds:.0f}" if self.megabytes else ""
        return f"| {self.what} | {self.seconds:.1f} | {rate} |"


def main() -> None:
    """Measure once, and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--megabytes", type=int, default=MEGABYTES)
    size = parser.parse_args().megabytes * MEGABYTE
    with folder() as place, Pair(place) as pair:
        pair.put_up()
        digest = pair.release(size)
        seconds = exchanged(pair)
        peaks = pair.peaks()
        if pair.arrived() != [digest]:
            raise SystemExit("another file has arrived")
        report(size, seconds, steps(pair, size / MEGABYTE), peaks)
        for name, peak in peaks_of_commands(pair.receiver, pair.message_id()):
            print(f"| `edoc {name}` | {peak} MB |")


@contextmanager
def folder() -> Iterator[Path]:
    """Give a place, and clear it at the end."""
    with tempfile.TemporaryDirectory(prefix="edoc-big-") as place:
        yield Path(place) / "pair"


def exchanged(pair: Pair) -> float:
    """Let it be exchanged; return how long that took."""
    began = time.monotonic()
    pair.start_connectors()
    if not wait_until(pair.is_confirmed, PATIENCE_SECONDS, lambda: None):
        raise SystemExit("it was not confirmed in time")
    return time.monotonic() - began


def steps(pair: Pair, megabytes: float) -> Iterator[Step]:
    """Yield what took how long, as the connectors' logs tell it."""
    sites = {"sender": pair.sender, "receiver": pair.receiver}
    ends = [moment_of(sites[who], event) for who, event, _, _ in STEPS]
    for before, end, (_, _, what, factor) in zip(
        ends, ends[1:], STEPS[1:], strict=False
    ):
        yield Step(what, max((end - before).total_seconds(), 0.001), megabytes * factor)


def moment_of(site: DemoSite, event: str) -> datetime:
    """Return when a connector has said this first."""
    log = site.log.read_text("utf-8")
    found = re.search(rf"^(\S+) +\w+ +{event} ", log, re.MULTILINE)
    if found is None:
        raise SystemExit(f"{event} is not in {site.log}")
    return datetime.fromisoformat(found[1])


def report(
    size: int, seconds: float, table: Iterator[Step], peaks: dict[str, int]
) -> None:
    """Print it as the page of figures has it."""
    print(f"A file of {size / MEGABYTE:.0f} MB, from register to register and back:")
    print(f"{seconds:.0f} s, {size / MEGABYTE / seconds:.0f} MB/s.\n")
    print("| until it is | s | MB/s |\n| --- | ---: | ---: |")
    for step in table:
        print(step.row)
    print("\n| process | memory |\n| --- | ---: |")
    for name, peak in peaks.items():
        print(f"| {name}, `edoc run` | {peak} MB |")


if __name__ == "__main__":
    main()
