"""Fresh databases of the connector on SQLite and on PostgreSQL.

A test module that wants them says `pytest_plugins = ("tests.support.databases",)`.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from edoc_connector.ledger.canonical import EMPTY
from edoc_connector.storage import Storage
from edoc_connector.storage.tables import metadata
from tests.support.postgres import shared_server
from tests.support.storage import Database

BACKENDS: Final = ("sqlite", pytest.param("postgresql", marks=pytest.mark.database))


@pytest.fixture(params=BACKENDS)
def empty_database(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Database]:
    """A database nobody has migrated."""
    if request.param == "sqlite":
        yield Database(f"sqlite:///{tmp_path}/edoc.db", None, tmp_path)
        return
    server = shared_server()
    name = server.create_database()
    yield Database(server.url(name), server.password, tmp_path)
    server.drop_database(name)


@pytest.fixture(params=BACKENDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of this release."""
    if request.param == "sqlite":
        made = Database(f"sqlite:///{tmp_path}/edoc.db", None, tmp_path)
        migrate(made)
        yield made
        return
    server, name = shared_server(), _migrated_database()
    _empty(name)
    yield Database(server.url(name), server.password, tmp_path)


@pytest.fixture
def storage(database: Database) -> Iterator[Storage]:
    """The database, opened."""
    opened = database.open()
    yield opened
    opened.close()


def migrate(database: Database) -> None:
    """Bring it to this release as another process would."""
    opened = database.open()
    opened.migrate()
    opened.close()


@functools.cache
def _migrated_database() -> str:
    """Return the one that all tests of this process share, each finding it empty."""
    server = shared_server()
    name = server.create_database()
    migrate(Database(server.url(name), server.password, Path()))
    return name


def _empty(name: str) -> None:
    tables = ", ".join(metadata.tables)
    with shared_server().connect(name) as connection:
        connection.execute(f"TRUNCATE {tables} RESTART IDENTITY")
        connection.execute("INSERT INTO ledger_head VALUES (1, 0, %s)", [EMPTY.digest])
