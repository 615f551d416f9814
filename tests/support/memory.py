"""How much memory a piece of work takes at its peak, that of C libraries included."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

STATUS: Final = Path("/proc/self/status")
RESET: Final = Path("/proc/self/clear_refs")
PEAK_ONLY: Final = "5"
"""Forget the peak, and nothing else (proc(5))."""


@dataclass(slots=True)
class Grown:
    """What the work added to what the process had; known when it is done."""

    megabytes: float = 0


@contextmanager
def growth() -> Iterator[Grown]:
    """Measure what is done inside.  Linux only."""
    grown = Grown()
    RESET.write_text(PEAK_ONLY)
    before = _kilobytes("VmRSS")
    try:
        yield grown
    finally:
        grown.megabytes = (_kilobytes("VmHWM") - before) / 1024


def _kilobytes(name: str) -> int:
    found = re.search(rf"^{name}:\s+([0-9]+) kB$", STATUS.read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1])
