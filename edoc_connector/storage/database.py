"""The connector's own database and files, opened once per process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from edoc_connector.errors import StorageNew, StorageOutdated
from edoc_connector.kin import share_statements
from edoc_connector.storage.content import ContentStore
from edoc_connector.storage.engine import (
    IDLE,
    file_of,
    open_engine,
    read_only,
    reading_engine,
)
from edoc_connector.storage.migrations import HEAD
from edoc_connector.storage.turns import turns
from edoc_connector.storage.work import Work

SPOOL: Final = "spool"
NEVER_MIGRATED: Final = "0"


class Storage:
    """Transactions on the database, and the contents beside it.

    Threads may share it: each `work` has a connection of its own.  `content` holds
    packets and attachments, `spool` the segments of packets that are not whole yet.
    """

    def __init__(
        self, url: str, password: str | None, content_folder: Path, idle: int = IDLE
    ) -> None:
        self._engine = open_engine(url, password, idle)
        self._readers = reading_engine(self._engine)
        self._turn = turns(self._engine)
        root = content_folder.parent
        self.content = ContentStore(content_folder, root)
        self.spool = ContentStore(content_folder / SPOOL, root)

    @property
    def server(self) -> str:
        """Where the database is asked: a host with its port, or a file."""
        url = self._engine.url
        return f"{url.host}:{url.port}" if url.host else str(url.database)

    def migrate(self) -> None:
        """Bring the database to this release's version; at that version, do nothing.

        Several processes may try at once.  Raises `StorageOutdated` for a database made
        by a newer release.
        """
        if self._version() == HEAD:
            return
        # Alembic takes a tenth of a second to import and is needed nowhere else.
        from edoc_connector.storage.migrate import migrate  # noqa: PLC0415

        migrate(self._engine)

    def check(self) -> None:
        """Raise `StorageOutdated` unless the database is at this release's version.

        `StorageNew` where no connector has ever run.
        """
        found = self._version()
        if found == NEVER_MIGRATED:
            place = file_of(self._engine) or self._engine.url.render_as_string()
            raise StorageNew(place=place, found=found, needed=HEAD)
        if found != HEAD:
            raise StorageOutdated(found=found, needed=HEAD)

    def _version(self) -> str:
        file = file_of(self._engine)
        if file and not file.exists():  # looking would create it
            return NEVER_MIGRATED
        with self._engine.connect() as connection, read_only(connection).begin():
            if not sa.inspect(connection).has_table("alembic_version"):
                return NEVER_MIGRATED
            query = sa.text("SELECT version_num FROM alembic_version")
            return str(connection.scalar(query) or NEVER_MIGRATED)

    @contextmanager
    def work(self) -> Iterator[Work]:
        """Give one transaction: committed at the end of the block, or nothing of it.

        Raises `StorageUnavailable` where the database does not answer or a lock is not
        free in time; the block may then be tried again as a whole.
        """
        with self._turn(), self._engine.begin() as connection:
            work = Work(connection)
            yield work
            work.finish()

    @contextmanager
    def reading(self) -> Iterator[Work]:
        """Give one look at one moment, in which nothing can be changed.

        It waits for nobody and nobody waits for it, however long it takes.
        """
        with self._readers.connect() as connection, read_only(connection).begin():
            yield Work(connection)

    def share_statements(self) -> None:
        """Use what others of its kind know: for one of many in a process."""
        for engine in {self._engine, self._readers}:
            share_statements(engine, "storage")

    def close(self) -> None:
        """Close all connections that are not at work."""
        self._readers.dispose()
        self._engine.dispose()
