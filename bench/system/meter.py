"""What processes cost: processor time and peak memory, as the kernel has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.soak.growth import TICKS, usage_of

FORGET_PEAK: Final = "5"
"""What `clear_refs` is told to begin the peak of a process anew."""

Parts = Mapping[str, Sequence[int]]
"""The processes of each part."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Seconds of processor and megabytes at the most, by part."""

    processor: Mapping[str, float]
    memory: Mapping[str, int]


def forget_peaks(parts: Parts) -> None:
    """Let the peak of each process be what it has now."""
    for pid in _all(parts):
        with suppress(OSError):
            Path(f"/proc/{pid}/clear_refs").write_text(FORGET_PEAK)


def read_meter(parts: Parts) -> Reading:
    """Return what each part has used so far, its children of now included."""
    families = {name: _families(pids) for name, pids in parts.items()}
    return Reading(
        {name: sum(map(_seconds, pids)) for name, pids in families.items()},
        {name: sum(map(_peak_megabytes, pids)) for name, pids in families.items()},
    )


def _all(parts: Parts) -> list[int]:
    return [pid for pids in parts.values() for pid in _families(pids)]


def _families(pids: Sequence[int]) -> list[int]:
    found: list[int] = []
    for pid in pids:
        found.append(pid)
        found += _families(_children(pid))
    return found


def _children(pid: int) -> list[int]:
    children: list[int] = []
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            children += map(int, file.read_text().split())
    return children


def _seconds(pid: int) -> float:
    used = usage_of(pid)
    return used.ticks / TICKS if used else 0.0


def _peak_megabytes(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) // 1024
    return 0
