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
import sys
from threading import Barrier, Thread
from edoc_connector.daemon.memory import keep_freed_memory
keep_freed_memory()
together = Barrier(14)

def use():
    mine = [bytearray(1_000_000) for _ in range(20)]
    together.wait()
    mine.clear()

threads = [Thread(target=use) for _ in range(14)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
status = open("/proc/self/status").read()
print(next(it for it in status.splitlines() if it.startswith("VmRSS")).split()[1])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="of GNU")
def test_what_many_threads_had_at_once_does_not_stay():
    done = subprocess.run([sys.executable, "-c", LEFT], capture_output=True, check=True)

    assert int(done.stdout) < 215_000  # with a heap for each: 285 000
