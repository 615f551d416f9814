"""The demo as tests use it: played once and kept, or put up and running."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edoc_connector.demo.scene import scene
from edoc_connector.demo.stage import Stage, wait_until
from tests.support.broker import need_broker

EDOC = (sys.executable, "-m", "edoc_connector")


def edoc(*arguments: object, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """Run the command as a person does and return what came of it."""
    return subprocess.run(
        [*EDOC, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        env=os.environ | {"COLUMNS": "200", "LANG": "C.UTF-8"},
    )


@dataclass(frozen=True)
class Played:
    """A demo that is over, in a folder that was kept."""

    folder: Path
    done: subprocess.CompletedProcess[str]

    @property
    def totals(self):
        return json.loads(self.done.stdout)

    def at(self, code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Run a command at one of the organisations."""
        return edoc("--settings", self.folder / code / "edoc.toml", *arguments)

    def json_at(self, code: str, *arguments: object) -> list:
        done = self.at(code, *arguments, "--json")
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """`edoc demo`, run once for all tests that look at what it leaves."""
    need_broker()
    folder = tmp_path_factory.mktemp("demo") / "kept"
    done = edoc("demo", "--dir", folder, "--keep", "--json", timeout=240)
    return Played(folder, done)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Four organisations with empty registers, a broker, and no connector running."""
    need_broker()
    empty = scene()
    with Stage(tmp_path / "stage", type(empty)(empty.organizations, ())) as stage:
        stage.create(datetime.now(UTC))
        stage.start_broker()
        yield stage


def wait_for(is_so, seconds: float = 60.0) -> None:
    """Wait until something is so, or fail."""
    assert wait_until(is_so, seconds, lambda: None), "it did not become so in time"


def processes_in(folder: Path) -> list[str]:
    """The command lines of living processes that name this folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = place.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in line:
            found.append(line)
    return found
