"""How fast the command answers, and what the demo costs; prints one table.

    .venv/bin/python bench/start.py

Times are medians of several runs in one session, given also as a ratio to a bare Python
that does nothing, because machines differ and are noisy.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time

RUNS = 9
BARE = [sys.executable, "-c", "pass"]
HELP = [sys.executable, "-m", "edoc_connector", "--help"]
DEMO = [sys.executable, "-m", "edoc_connector", "demo", "--json"]


def seconds(command: list[str]) -> float:
    """Return how long one run takes."""
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began


def median_pair() -> tuple[float, float]:
    """Time the two commands in turn, so that a slow moment meets both."""
    pairs = [(seconds(BARE), seconds(HELP)) for _ in range(RUNS)]
    bare, help_ = zip(*pairs, strict=True)
    return statistics.median(bare), statistics.median(help_)


def main() -> None:
    """Measure, and print."""
    bare, help_ = median_pair()
    done = subprocess.run(DEMO, check=True, capture_output=True, text=True)
    totals = json.loads(done.stdout.splitlines()[-1])
    rows = [
        ("bare Python, seconds", f"{bare:.3f}", ""),
        ("edoc --help, seconds", f"{help_:.3f}", f"{help_ / bare:.1f} x bare Python"),
        ("demo: all settled after, seconds", f"{totals['seconds']:.1f}", "bar: 30"),
        (
            "demo: largest connector, MB",
            f"{totals['peak_megabytes']}",
            "with a 12 MB attachment; bar: 200",
        ),
    ]
    for name, value, note in rows:
        print(f"{name:<34} {value:>8}  {note}".rstrip())


if __name__ == "__main__":
    main()
