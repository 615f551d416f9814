"""One connector per state folder: a lock the kernel gives back when we die."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

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
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise AlreadyRunning(folder=folder) from error
    finally:
        os.close(descriptor)
