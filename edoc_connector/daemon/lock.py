"""One connector per state folder: a lock the kernel gives back when we die."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from edoc_connector.errors import AlreadyRunning


@contextmanager
def only_one(folder: Path, loops: Sequence[str]) -> Iterator[None]:
    """Hold the lock of each loop, or raise `AlreadyRunning`.

    Loops may be spread over processes (`--only`); no loop runs twice on one folder.
    """
    with ExitStack() as stack:
        for loop in loops:
            stack.enter_context(_locked(folder, folder / f"{loop}.lock"))
        yield


@contextmanager
def _locked(folder: Path, path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock(folder, descriptor)
        yield
    finally:
        os.close(descriptor)


def _lock(folder: Path, descriptor: int) -> None:
    for _ in range(GLANCES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(GLANCE_SECONDS)
        else:
            return
    raise AlreadyRunning(folder=folder)


GLANCES: Final = 5
GLANCE_SECONDS: Final = 0.05
"""Who asks `running` holds a lock for a moment; nobody who starts is to fail of it."""


def running(folder: Path, loops: Sequence[str]) -> tuple[str, ...]:
    """Return which of these loops run on this folder, in whatever process."""
    return tuple(loop for loop in loops if _is_held(folder / f"{loop}.lock"))


def _is_held(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:  # no loop of this name has run here yet
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
