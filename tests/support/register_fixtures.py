"""An empty document register on SQLite and on PostgreSQL.

A test module that wants one says
`pytest_plugins = ("tests.support.register_fixtures",)`.
"""

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.support.postgres import shared_server
from tests.support.registers import Register, demo_schema, made, on_postgresql

BACKENDS: Final = ("sqlite", pytest.param("postgresql", marks=pytest.mark.database))


@pytest.fixture(params=BACKENDS)
def register(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Register]:
    """An empty register on each kind of database."""
    files = tmp_path / "files"
    files.mkdir()
    if request.param == "sqlite":
        found = made(f"sqlite:///{tmp_path}/register.db", None, files, demo_schema())
        yield found
        found.close()
        return
    server, name = shared_server(), _database()
    with server.connect(name) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    schema = on_postgresql(demo_schema())
    found = made(server.url(name), server.password, files, schema)
    yield found
    found.close()


@pytest.fixture
def sqlite_register(tmp_path: Path) -> Iterator[Register]:
    """An empty register in a file."""
    files = tmp_path / "files"
    files.mkdir()
    found = made(f"sqlite:///{tmp_path}/register.db", None, files, demo_schema())
    yield found
    found.close()


@functools.cache
def _database() -> str:
    """Return the one that all tests of this process share, each finding it empty."""
    return shared_server().create_database()
