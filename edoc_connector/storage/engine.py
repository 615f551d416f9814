"""How SQLite and PostgreSQL are opened so that both keep the same promises.

Every commit is on the disk before it returns, foreign keys hold, nobody waits longer
than `WAIT_SECONDS` for a lock, and no parameter is ever part of an error message.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from edoc_connector.errors import DriverMissing, SettingsInvalid
from edoc_connector.storage.failures import translate

WAIT_SECONDS: Final = 5
CONNECT_SECONDS: Final = 10

DEAD_LINE_MILLISECONDS: Final = 60_000
"""After so long without an answer to what was sent, the line counts as cut."""

IDLE: Final = 5
"""As SQLAlchemy has it."""

READ_ONLY: Final = "edoc_read_only"


def open_engine(url: str, password: str | None, idle: int = IDLE) -> sa.Engine:
    """Prepare connections; none is made before the first is needed.

    So many connections to a server are kept while nobody uses them.

    Raises `SettingsInvalid` for a URL that names no database we can speak to.
    """
    try:
        engine = _engine(sa.make_url(url), password, idle)
    except ImportError:
        raise DriverMissing(setting="state.database") from None
    except (sa.exc.ArgumentError, ValueError) as error:
        problem = f"{type(error).__name__}; use sqlite:///FILE or postgresql+psycopg://"
        raise SettingsInvalid(where="state.database", problem=problem) from None
    return _listening(engine)


def _listening(engine: sa.Engine) -> sa.Engine:
    sa.event.listen(engine, "handle_error", translate)
    return engine


def _engine(url: sa.URL, password: str | None, idle: int) -> sa.Engine:
    match url.get_dialect().name:
        case "sqlite":
            return _sqlite(url)
        case "postgresql":
            named = url.set(password=password) if password else url
            return _postgresql(named, idle)
        case other:
            raise ValueError(other)


def _postgresql(url: sa.URL, idle: int) -> sa.Engine:
    return sa.create_engine(
        url,
        hide_parameters=True,
        pool_size=idle,
        max_overflow=-1,
        pool_pre_ping=True,  # a restarted server costs one ping, not one failed step
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "application_name": "edoc-connector",
            "tcp_user_timeout": DEAD_LINE_MILLISECONDS,
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
            "options": f"-c lock_timeout={WAIT_SECONDS}s",
        },
    )


def _sqlite(url: sa.URL) -> sa.Engine:
    engine = sa.create_engine(url, hide_parameters=True)
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, record: object) -> None:  # noqa: ANN401  (sqlite3)
    del record
    # The driver's own idea of transactions leaves out reads and DDL; ours is below.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {WAIT_SECONDS * 1000}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: sa.Connection) -> None:
    """Take the write lock at once: a reader that turns writer would fail, not wait."""
    reads = bool(connection.get_execution_options().get(READ_ONLY))
    if connection.info.get(READ_ONLY) is not reads:
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reads else 'OFF'}")
        connection.info[READ_ONLY] = reads
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def reading_engine(engine: sa.Engine) -> sa.Engine:
    """Return connections for reading alone, where it costs to change one's mind.

    A server has few connections to give, and no setting to change between two of them.
    """
    return _listening(_sqlite(engine.url)) if file_of(engine) else engine


def read_only(connection: sa.Connection) -> sa.Connection:
    """Return the connection, its next transaction one look at one moment."""
    if connection.dialect.name == "sqlite":
        return connection.execution_options(**{READ_ONLY: True})
    return connection.execution_options(
        isolation_level="REPEATABLE READ", postgresql_readonly=True
    )


def file_of(engine: sa.Engine) -> Path | None:
    """Return the file of a SQLite database, or None where there is none."""
    named = engine.dialect.name == "sqlite" and engine.url.database
    return Path(named) if named and named != ":memory:" else None


def make_private(file: Path) -> None:
    """Create the database file, readable by its owner alone, unless it is there.

    SQLite gives its journals the same mode.
    """
    os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
