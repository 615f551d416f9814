"""A customer's database: one short transaction per call, safe from any thread.

Its settings are left alone (journal mode, isolation); its errors become two of ours:
`DmsUnavailable`, which passes by waiting, and `DmsRefused`, which a person must mend.
Neither quotes a parameter, because parameters are content.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, Final
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.engine import URL
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from edoc_connector.errors import (
    N_,
    DmsRefused,
    DmsUnavailable,
    DriverMissing,
    EdocError,
    SettingsInvalid,
)
from edoc_connector.kin import share_statements

BUSY_SECONDS: Final = 5

IDLE: Final = 5
"""How many connections to a server are kept while nobody uses them."""

MOST: Final = 15
"""How many there are at the most."""

CONNECT: Final[Mapping[str, Mapping[str, Any]]] = {
    "sqlite": {"timeout": BUSY_SECONDS},
    # A wire that was cut is noticed in a minute rather than in two hours.
    "postgresql": {
        "connect_timeout": 10,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 60_000,
    },
}

PASSING_SQLITE: Final = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
}
"""Locks, disks and files.  SQLite has the same exception for them and for wrong SQL."""

PRIMARY: Final = 0xFF
"""The other bits of a code of SQLite say more than we ask."""

PASSING: Final = ("08", "25006", "40", "53", "55", "57", "58")
"""Classes of SQLSTATE that waiting cures: connection, standby, deadlock, resources."""

TYPES: Final[Mapping[str, sa.types.TypeEngine[Any]]] = {
    "promulgation_date": sa.Date(),
    "due_date": sa.Date(),
    "reply_date": sa.Date(),
    "at": sa.DateTime(),
    "sealed_at": sa.DateTime(),
    "bytes": sa.LargeBinary(),
}
"""Every other parameter goes without a type, so that the column decides: our row ids
are text, and the customer's are whatever they are."""

Rows = Sequence[Mapping[str, object]]


class Found(list[Mapping[str, object]]):
    """Rows, and the names of their columns, also where there is no row."""

    def __init__(
        self, columns: Sequence[str], rows: Iterable[Mapping[str, object]] = ()
    ) -> None:
        super().__init__(rows)
        self.columns = tuple(columns)


class Database:
    """Where the customer's tables are."""

    def __init__(self, url: str, password: str | None, idle: int = IDLE) -> None:
        self._engine = _engine(url, password, idle)
        self._place = _place(url)
        self._look = _Look()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that changes nothing and is over with the block.

        Inside another one of the same thread it is that one.
        """
        if self._look.connection is not None:
            yield self._look.connection
            return
        with _translated("BEGIN", self._place):
            connection = self._engine.connect()
        with connection:
            self._look.connection = Connection(connection, self._place)
            try:
                yield self._look.connection
            finally:
                self._look.connection = None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that is committed with the block, or not at all."""
        with _translated("BEGIN", self._place):
            connection = self._engine.connect().execution_options(edoc_writes=True)
        with connection:
            yield Connection(connection, self._place)
            with _translated("COMMIT", self._place):
                connection.commit()

    def share_statements(self) -> None:
        """Use what other registers of its kind know: for one of many in a process."""
        share_statements(self._engine, "register")

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()


class _Look(threading.local):
    """The transaction in which a thread reads at this moment, if it does."""

    connection: Connection | None = None


class Connection:
    """Statements of a mapping within one transaction."""

    def __init__(self, connection: sa.Connection, place: str) -> None:
        self._connection = connection
        self._place = place

    @property
    def dialect(self) -> str:
        """Which kind of database it is."""
        return self._connection.dialect.name

    def run_plainly(self, name: str, sql: str) -> object:
        """Run a statement without parameters, as it stands; return its first value."""
        with _translated(name, self._place):
            result = self._connection.exec_driver_sql(sql)
            return result.scalar() if result.returns_rows else None

    def execute(self, name: str, sql: str, parameters: Mapping[str, object]) -> None:
        """Run a statement that returns nothing; `name` is its entry in the mapping."""
        with _translated(name, self._place):
            self._run(sql, parameters)

    def execute_all(
        self, name: str, sql: str, rows: Sequence[Mapping[str, object]]
    ) -> None:
        """Run a statement that returns nothing for each of these, in their order."""
        with _translated(name, self._place):
            bound = (_bound(sql, row) for row in rows)
            for typed, alike in groupby(bound, itemgetter(0)):
                given = [values for _, values in alike]
                # One alone may also be what no driver runs many times at once.
                one_or_all = given if len(given) > 1 else given[0]
                self._connection.execute(_statement(sql, typed), one_or_all)

    def rows(
        self,
        name: str,
        sql: str,
        parameters: Mapping[str, object],
        limit: int | None = None,
    ) -> Found:
        """Return rows with their columns in lower case, at most `limit` of them."""
        with _translated(name, self._place):
            result = self._run(sql, parameters)
            columns = [str(column).lower() for column in result.keys()]  # noqa: SIM118
            found = result.fetchall() if limit is None else result.fetchmany(limit)
        return Found(columns, (dict(zip(columns, row, strict=True)) for row in found))

    def value(self, name: str, sql: str, parameters: Mapping[str, object]) -> object:
        """Return the first column of the first row, or None."""
        with _translated(name, self._place):
            return self._run(sql, parameters).scalar()

    def values(
        self, name: str, sql: str, rows: Sequence[Mapping[str, object]]
    ) -> Sequence[object]:
        """Return the first column of the first row, or None, for each of these rows."""
        with _translated(name, self._place):
            return [self._run(sql, row).scalar() for row in rows]

    def _run(self, sql: str, parameters: Mapping[str, object]) -> sa.CursorResult[Any]:
        typed, given = _bound(sql, parameters)
        if typed:
            return self._connection.execute(_statement(sql, typed), given)
        said, places = _as_driven(sql, self._connection.dialect)
        values = tuple(given[it] for it in places) if places is not None else given
        return self._connection.exec_driver_sql(said, values)


def _bound(
    sql: str, parameters: Mapping[str, object]
) -> tuple[frozenset[str], dict[str, object]]:
    """Return what a statement asks for, and which of it goes with its type."""
    given = {name: _plain(parameters.get(name)) for name in _names(sql)}
    typed = frozenset(
        name
        for name in _typed_names(sql)
        if not isinstance(given[name], str)  # a word of the register
    )
    return typed, given


# A mapping has a few statements, and each row needs most of them.
@cache
def _names(sql: str) -> frozenset[str]:
    return frozenset(sa.text(sql).compile().params)


@cache
def _typed_names(sql: str) -> tuple[str, ...]:
    return tuple(name for name in _names(sql) if name in TYPES)


@cache
def _statement(sql: str, typed: frozenset[str]) -> sa.TextClause:
    parameters = (sa.bindparam(name, type_=TYPES[name]) for name in sorted(typed))
    return sa.text(sql).bindparams(*parameters)


# To put together and look up what is asked for each row costs more than to ask it.
@lru_cache(maxsize=256)
def _as_driven(sql: str, dialect: sa.Dialect) -> tuple[str, tuple[str, ...] | None]:
    """Return a statement as its driver takes it, and the places of its parameters.

    They have none where the driver knows them by their names.
    """
    compiled = sa.text(sql).compile(dialect=dialect)
    places = getattr(compiled, "positiontup", None)
    return str(compiled), tuple(places) if places is not None else None


def _plain(value: object) -> object:
    """Return text as `str` itself: not every driver knows its subclasses."""
    return str(value) if isinstance(value, str) else value


def _engine(url: str, password: str | None, idle: int) -> sa.Engine:
    """Return an engine that never shows a parameter and never makes a database."""
    try:
        parts = sa.make_url(url)
        if password is not None:
            parts = parts.set(password=password)
        backend = parts.get_backend_name()
        sqlite = backend == "sqlite"
        engine = sa.create_engine(
            _existing(parts) if sqlite else parts,
            hide_parameters=True,
            connect_args=dict(CONNECT.get(backend, {})),
            **({"poolclass": NullPool} if sqlite else _pool(idle)),
        )
    except ImportError:
        raise DriverMissing(setting="dms.url") from None
    except (exc.ArgumentError, ValueError) as error:
        # The cause may quote the URL, and a URL may hold a password.
        problem = f"no driver for it: {type(error).__name__}"
        raise SettingsInvalid(where="dms.url", problem=problem) from None
    if sqlite:
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    return engine


def _pool(idle: int) -> Mapping[str, Any]:
    return {"pool_pre_ping": True, "pool_size": idle, "max_overflow": MOST - idle}


def _existing(url: URL) -> URL:
    """Open a SQLite file only where there is one: no slip of a path makes another."""
    name = url.database or ""
    if not name or name.startswith((":", "file:")):
        return url
    return url.set(database=f"file:{quote(name)}").update_query_dict(
        {"mode": "rw", "uri": "true"}
    )


def _place(url: str) -> str:
    """Return the file of a SQLite database, and nothing for a server."""
    parts = sa.make_url(url)
    return (parts.database or "") if parts.get_backend_name() == "sqlite" else ""


def _prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself
    # One row of broken text must not hide the others; the reader refuses the mark.
    connection.text_factory = lambda data: data.decode("utf-8", "replace")


def _begin(connection: sa.Connection) -> None:
    """Take the write lock before looking, or leave it alone altogether."""
    writes = connection.get_execution_options().get("edoc_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _translated(statement: str, place: str = "") -> Iterator[None]:
    try:
        yield
    except exc.DBAPIError as error:
        raise _kind(error, statement, place) from error
    except exc.TimeoutError as error:
        raise DmsUnavailable(problem=N_("every connection is in use")) from error
    except (exc.SQLAlchemyError, OverflowError, UnicodeError) as error:
        problem = str(error).partition("\n")[0]
        raise DmsRefused(statement=statement, problem=problem) from error


def _kind(error: exc.DBAPIError, statement: str, place: str) -> EdocError:
    problem = str(error.orig).partition("\n")[0]
    if error.connection_invalidated or _passes(error):
        # A server says itself where it is; SQLite does not.
        return DmsUnavailable(problem=f"{place}: {problem}" if place else problem)
    return DmsRefused(statement=statement, problem=problem)


def _passes(error: exc.DBAPIError) -> bool:
    """Say whether waiting may cure it."""
    state = getattr(error.orig, "sqlstate", None)
    if state:
        return str(state).startswith(PASSING)
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return code & PRIMARY in PASSING_SQLITE
    return isinstance(error, exc.OperationalError | exc.InterfaceError)
