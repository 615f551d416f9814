"""Writers of one process come one after the other, and none of them sleeps in vain.

SQLite lets one write at a time, and who waits asks again after pauses of up to a tenth
of a second: with ten threads most of the time is slept away while nobody writes.  A
lock of our own wakes the next one at once.  Other processes still ask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Lock

import sqlalchemy as sa

from edoc_connector.errors import N_, StorageUnavailable
from edoc_connector.storage.engine import WAIT_SECONDS

Turn = Callable[[], AbstractContextManager[None]]


def turns(engine: sa.Engine) -> Turn:
    """Return what gives the turn to write; a server has its own and needs none."""
    if engine.dialect.name != "sqlite":
        return nullcontext
    lock = Lock()

    @contextmanager
    def turn() -> Iterator[None]:
        if not lock.acquire(timeout=WAIT_SECONDS):
            raise StorageUnavailable(problem=N_("another writer holds it"))
        try:
            yield
        finally:
            lock.release()

    return turn
