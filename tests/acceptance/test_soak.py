"""The short form of `make soak`: fewer documents, no fewer kills."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from tests.support.stages import need_broker, processes_in, wait_for

SOAK = (sys.executable, "-m", "bench.soak")
DOCUMENTS = 200
INTERRUPTED = 130

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]


def books_of(said: str) -> dict[str, int]:
    """The last lines: a word and a number each."""
    lines = said[said.rindex("attempted") :].splitlines()
    return {name: int(number) for name, number in map(str.split, lines)}


def killed_in(said: str) -> dict[str, int]:
    """How often everyone was killed."""
    line = next(line for line in said.splitlines() if line.startswith("killed: "))
    pairs = (pair.split() for pair in line.removeprefix("killed: ").split(", "))
    return {name: int(number) for name, number in pairs}


def test_kills_of_both_connectors_and_the_broker_leave_the_books_even(tmp_path):
    need_broker()
    plan = ["--documents", f"{DOCUMENTS}", "--kill-every", "4", "--minutes", "3"]

    done = subprocess.run(
        [*SOAK, *plan, "--quiet", "3", "--dir", tmp_path / "soak"],
        capture_output=True,
        text=True,
        check=False,
    )

    story = done.stdout + done.stderr
    assert books_of(done.stdout) == {
        "attempted": DOCUMENTS,
        "acknowledged": DOCUMENTS,
        "delivered": DOCUMENTS,
        "lost": 0,
        "duplicated": 0,
        "altered": 0,
    }, story
    assert done.returncode == 0, story
    killed = killed_in(done.stdout)
    assert set(killed) == {"H20", "H20.14", "broker"}
    assert min(killed.values()) > 0
    assert not (tmp_path / "soak").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_soak_takes_everything_down(tmp_path, number):
    need_broker()
    folder = tmp_path / "soak"
    soak = subprocess.Popen(
        [*SOAK, "--documents", "200", "--kill-every", "1", "--dir", folder],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    wait_for(lambda: any("edoc.toml" in line for line in processes_in(folder)))

    soak.send_signal(number)
    soak.communicate(timeout=60)

    assert soak.returncode == INTERRUPTED
    assert processes_in(folder) == []
    assert not folder.exists()
