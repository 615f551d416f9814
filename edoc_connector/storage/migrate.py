"""Bring the database to this release's version: all that imports Alembic."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError

from edoc_connector.errors import StorageOutdated
from edoc_connector.storage.engine import file_of, make_private
from edoc_connector.storage.migrations import HEAD

LOCK: Final = 0x65646F63
"""The number of the PostgreSQL advisory lock that migrating processes queue for."""


def migrate(engine: sa.Engine) -> None:
    """Run what is missing in one transaction: all of it happens, or nothing."""
    file = file_of(engine)
    if file:
        make_private(file)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        upgrade(connection)


def upgrade(connection: sa.Connection) -> None:
    """Upgrade inside the connection's transaction."""
    config = Config()
    config.set_main_option("script_location", "edoc_connector.storage:migrations")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:  # a version this release has never heard of
        found = MigrationContext.configure(connection).get_current_revision()
        raise StorageOutdated(found=found, needed=HEAD) from error
