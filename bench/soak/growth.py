"""What a soak costs as it goes on: time, processor, memory and disk, tenth by tenth.

A table that is read from end to end shows here: its cost for each document grows.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

from edoc_connector.demo.site import DemoSite

TICKS: Final = os.sysconf("SC_CLK_TCK")
MEGABYTE: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """How things stood at one moment; `memory` is the most there was since the last."""

    seconds: float
    acknowledged: int
    kills: int
    processor_seconds: float
    memory: Mapping[str, int]
    database: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Usage:
    """What a living process has used."""

    ticks: int
    resident_kilobytes: int


class Meter:
    """Adds up what connectors use, over all the processes each of them was."""

    def __init__(self, sites: Sequence[DemoSite]) -> None:
        self._sites = sites
        self._ticks: dict[int, int] = {}
        self._most: dict[str, int] = {}
        self._lock = Lock()

    def look(self) -> None:
        """Take down what the living ones have used; from any thread."""
        for site in self._sites:
            process = site.process
            used = usage_of(process.pid) if process is not None else None
            if process is not None and used is not None:
                self._note(site, process.pid, used)

    def sample(self, *, seconds: float, acknowledged: int, kills: int) -> Sample:
        """Return how things stand, and begin a new count of the most memory."""
        self.look()
        with self._lock:
            memory, self._most = self._most, {}
            ticks = sum(self._ticks.values())
        return Sample(
            seconds=seconds,
            acknowledged=acknowledged,
            kills=kills,
            processor_seconds=ticks / TICKS,
            memory=memory,
            database={site.account: _database_megabytes(site) for site in self._sites},
        )

    def _note(self, site: DemoSite, pid: int, used: Usage) -> None:
        megabytes = used.resident_kilobytes // 1024
        with self._lock:
            self._ticks[pid] = max(used.ticks, self._ticks.get(pid, 0))
            self._most[site.account] = max(megabytes, self._most.get(site.account, 0))


def usage_of(pid: int) -> Usage | None:
    """Return what a process has used, or None if it is gone meanwhile."""
    with suppress(OSError, ValueError, IndexError):
        # The name of the program stands in brackets and may hold anything.
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        kilobytes = int(words[21]) * os.sysconf("SC_PAGE_SIZE") // 1024
        return Usage(int(words[11]) + int(words[12]), kilobytes)
    return None


def _database_megabytes(site: DemoSite) -> int:
    files = (site.folder / "state").glob("edoc.sqlite*")
    return sum(_size(file) for file in files) // MEGABYTE


def _size(file: Path) -> int:
    with suppress(FileNotFoundError):
        return file.stat().st_size
    return 0
