"""Open the connector's own database, and nothing else: for who only looks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from edoc_connector.secret import value_of
from edoc_connector.settings import Settings
from edoc_connector.storage import Storage
from edoc_connector.storage.engine import IDLE


@contextmanager
def open_storage(settings: Settings, idle: int = IDLE) -> Iterator[Storage]:
    """Open the connector's own database, brought to this release, and close it.

    Of a server so many connections are kept while nobody uses them.
    """
    settings.state.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    storage = storage_of(settings, idle)
    try:
        storage.migrate()
        yield storage
    finally:
        storage.close()


@contextmanager
def look_at_storage(settings: Settings) -> Iterator[Storage]:
    """Open a database that a connector made; it is not changed to fit.

    Raises `StorageOutdated` where no connector of this release has run yet.
    """
    storage = storage_of(settings)
    try:
        storage.check()
        yield storage
    finally:
        storage.close()


def storage_of(settings: Settings, idle: int = IDLE) -> Storage:
    """Return the connector's own database; nothing is connected yet."""
    return Storage(
        settings.state.database,
        value_of(settings.state.database_password),
        settings.state.folder / "content",
        idle,
    )
