"""The bench of the whole system measures, prints its table, draws, and ends."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.stages import need_broker

BENCH = (sys.executable, "-m", "bench.system")
SMALL = ("--documents", "6", "--sizes", "20000", "--workers", "2", "--rounds", "1")


pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]


def test_a_small_bench_prints_its_table_and_draws(tmp_path):
    need_broker()
    plot = tmp_path / "plot.svg"
    arguments = [*BENCH, *SMALL, "--recipients", "3", "--plot", str(plot)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr
    assert "| 20 KB | end to end | 2 |" in done.stdout
    assert "for 3 recipients" in done.stdout
    assert plot.read_text().startswith("<svg")
