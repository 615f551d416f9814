"""Freed memory is not asked for anew."""

import subprocess
import sys

import pytest

FAULTS = """
import resource, sys
from edoc_connector.daemon.memory import keep_freed_memory
if sys.argv[1] == "kept":
    keep_freed_memory()

def use(count):
    for _ in range(count):
        [bytearray(1_000_000) for _ in range(5)]

use(3)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
use(20)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(how: str) -> int:
    command = [sys.executable, "-c", FAULTS, how]
    return int(subprocess.run(command, capture_output=True, check=True).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="of GNU")
def test_a_service_is_not_given_the_same_memory_again_and_again():
    assert faults("kept") < faults("given back") / 10


LEFT = """
import os, signal
from threading import Barrier
from time import monotonic
from edoc_connector.daemon.loop import Loop
from edoc_connector.daemon.service import Service
from edoc_connector.flows.backoff import Backoff

together = Barrier(14)
most, kept, left = [], [], []

def resident():
    lines = open("/proc/self/status").read().splitlines()
    return int(next(it for it in lines if it.startswith("VmRSS")).split()[1])

def use():
    mine = [bytearray(1_000_000) for _ in range(20)]
    together.wait()
    most.append(resident())
    together.wait()
    mine.clear()
    kept.append(bytearray(100_000))  # at the end of a heap, which stays as it is
    service.stop.wait(30)
    return 0

def look():
    left.append(resident())
    if len(most) == 14 and (left[-1] < 100_000 or monotonic() > latest):
        os.kill(os.getpid(), signal.SIGTERM)
    return 0

rests = {"rest_seconds": 0.05, "backoff": Backoff(0.1, 0.1)}
loops = [Loop(name=f"use {number}", step=use, **rests) for number in range(14)]
loops.append(Loop(name="look", step=look, **rests))
service = Service(loops, give_back_seconds=0.2)
latest = monotonic() + 30
service.run()
print(min(most), left[-1])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="of GNU")
def test_what_many_loops_had_at_once_a_service_does_not_keep():
    command = [sys.executable, "-c", LEFT]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)

    most, left = map(int, done.stdout.split())
    assert (most > 250_000, left < 100_000) == (True, True), (most, left)
