"""Where crashed worlds lie: in memory if there is room, so that many can be tried."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")  # noqa: S108  (a folder of our own is made in it)
NEEDED_BYTES = 512 * 1024 * 1024


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Path]:
    """A folder of its own on the fastest disk there is, gone after the test."""
    folder = Path(tempfile.mkdtemp(prefix="edoc-", dir=_fastest(tmp_path)))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _fastest(otherwise: Path) -> Path:
    if not os.access(MEMORY, os.W_OK):
        return otherwise
    free = shutil.disk_usage(MEMORY).free
    return MEMORY if free > NEEDED_BYTES else otherwise
