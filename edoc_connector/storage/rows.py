"""Rows become records by the names they share; people find them by what they know."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, Final, Generic, TypeVar

import sqlalchemy as sa

from edoc_connector.storage.many import execute_many

RecordT = TypeVar("RecordT")


@dataclass(frozen=True, slots=True)
class Rows(Generic[RecordT]):
    """One table seen as records of one kind."""

    connection: sa.Connection
    table: sa.Table
    record: type[RecordT]

    def select(self) -> sa.Select[Any]:
        """Start a query for exactly what the record holds."""
        return selected(self.table, self.record)  # type: ignore[arg-type]  # classes can be hashed

    def all(self, query: sa.Executable, **given: object) -> tuple[RecordT, ...]:
        """Return what the query finds with what is given, in its order."""
        return self._records(self.connection.execute(query, given))

    def first(self, query: sa.Select[Any]) -> RecordT | None:
        """Return the first the query finds, if it finds any."""
        return next(iter(self.all(query.limit(1))), None)

    def by(self, **values: object) -> tuple[RecordT, ...]:
        """Return what has these values, in the order in which it was added."""
        query = _selected_by(self.table, self.record, tuple(values))  # type: ignore[arg-type]  # classes can be hashed
        return self._records(self.connection.execute(query, values))

    def first_by(self, **values: object) -> RecordT | None:
        """Return the first that has these values, if there is one."""
        return next(iter(self.by(**values)), None)

    def among(self, name: str, values: Collection[object]) -> tuple[RecordT, ...]:
        """Return what has one of these values, in the order in which it was added."""
        if not values:
            return ()
        query = _selected_among(self.table, self.record, name)  # type: ignore[arg-type]  # classes can be hashed
        return self.all(query, values=list(values))

    def change(self, values: Mapping[str, object], **where: object) -> int:
        """Give these values to what has those, and return how many rows that is."""
        statement = _changed_by(self.table, tuple(values), tuple(where))
        given = {f"{WHERE}{name}": value for name, value in where.items()}
        return self.connection.execute(statement, {**values, **given}).rowcount

    def change_all(
        self, changes: Sequence[tuple[Mapping[str, object], Mapping[str, object]]]
    ) -> int:
        """Do as `change` does for several, each with what it gets and what it has.

        All with one statement, so all have the same names.
        """
        if not changes:
            return 0
        values, where = changes[0]
        statement = _changed_by(self.table, tuple(values), tuple(where))
        given = [
            {**values, **{f"{WHERE}{name}": value for name, value in where.items()}}
            for values, where in changes
        ]
        return execute_many(self.connection, statement, given)

    def recent(self, limit: int) -> tuple[RecordT, ...]:
        """Return the newest, newest first."""
        return self.all(self.select().order_by(self.table.c.id.desc()).limit(limit))

    def add(self, values: Mapping[str, Any]) -> int | None:
        """Insert a row and return its number, or None if one like it is there.

        "Like it" is what the unique keys of the table say, all of them: PostgreSQL
        would let a rival break the ones that are not named.  A row of another
        transaction that is not finished yet is waited for.
        """
        statement = _unless_there(self.table, self.connection.dialect.name)
        return self.connection.execute(statement, dict(values)).scalar()

    def add_all(self, rows: Sequence[Mapping[str, Any]]) -> int:
        """Insert what nothing like it is there of, and return how many that is.

        All with one statement; "like it" as in `add`.
        """
        if not rows:
            return 0
        statement = _all_unless_there(self.table, self.connection.dialect.name)
        return execute_many(self.connection, statement, rows)

    def find(
        self,
        text: str,
        limit: int,
        *,
        handle: str,
        names: Sequence[str],
        also: Sequence[sa.ColumnElement[bool]] = (),
    ) -> tuple[RecordT, ...]:
        """Return what a person may mean, newest first.

        First what has this handle or name exactly; if there is nothing, what `also`
        fits; then what has the only handle that begins so, where the text is long
        enough for a beginning.
        """
        exact = (self.table.c[name] == text for name in (handle, *names))
        found = self._newest(sa.or_(*exact), limit)
        if not found and also:
            found = self._newest(sa.or_(*also), limit)
        if found or not is_beginning(text):
            return found
        column = self.table.c[handle]
        begun = sa.select(column).where(*begins(self.connection, column, text))
        handles = self.connection.scalars(begun.distinct().limit(2)).all()
        return self._newest(column == handles[0], limit) if len(handles) == 1 else ()

    def _newest(
        self, condition: sa.ColumnElement[bool], limit: int
    ) -> tuple[RecordT, ...]:
        query = self.select().where(condition).order_by(self.table.c.id.desc())
        return self.all(query.limit(limit))

    def _records(self, found: sa.CursorResult[Any]) -> tuple[RecordT, ...]:
        names = tuple(found.keys())  # once; a row is slow to say what it has
        return tuple(
            self.record(**dict(zip(names, row, strict=True))) for row in found.all()
        )


def row_of(record: Any) -> dict[str, Any]:  # noqa: ANN401  (any dataclass)
    """Return the values of a record by their names; unlike `asdict`, as they are."""
    return {name: getattr(record, name) for name in _names(type(record))}  # type: ignore[arg-type]  # classes can be hashed


@cache
def _names(record: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(record))


# Made once: to put a statement together costs more than to run it.
@cache
def selected(table: sa.Table, record: type[Any]) -> sa.Select[Any]:
    """Return the query for all rows as these records."""
    return sa.select(*(table.c[field.name] for field in fields(record)))


@cache
def _selected_by(
    table: sa.Table, record: type[Any], names: tuple[str, ...]
) -> sa.Select[Any]:
    fitting = (table.c[name] == sa.bindparam(name) for name in names)
    query: sa.Select[Any] = selected(table, record)  # type: ignore[arg-type]  # classes can be hashed
    return query.where(*fitting).order_by(table.c.id)


@cache
def _selected_among(table: sa.Table, record: type[Any], name: str) -> sa.Select[Any]:
    fitting = table.c[name].in_(sa.bindparam("values", expanding=True))
    query: sa.Select[Any] = selected(table, record)  # type: ignore[arg-type]  # classes can be hashed
    return query.where(fitting).order_by(table.c.id)


WHERE: Final = "where_"
"""What a value that is looked for is called beside the one that is given."""


@cache
def _changed_by(
    table: sa.Table, values: tuple[str, ...], where: tuple[str, ...]
) -> sa.Update:
    fitting = (table.c[name] == sa.bindparam(f"{WHERE}{name}") for name in where)
    given = {name: sa.bindparam(name, type_=table.c[name].type) for name in values}
    return sa.update(table).where(*fitting).values(given)


@cache
def _unless_there(table: sa.Table, dialect: str) -> sa.Insert:
    statement: sa.Insert = _insert_of(dialect)(table).on_conflict_do_nothing()
    return statement.returning(table.c.id)


@cache
def _all_unless_there(table: sa.Table, dialect: str) -> sa.Insert:
    statement: sa.Insert = _insert_of(dialect)(table).on_conflict_do_nothing()
    return statement


LEAST_BEGINNING: Final = 4
LEAST_DIGITS: Final = 8
"""A short number is one of a list or of a row, and never the beginning of an id."""


def is_beginning(text: str) -> bool:
    """Whether a text is long enough to be taken for the beginning of an id."""
    return len(text) >= (LEAST_DIGITS if text.isdigit() else LEAST_BEGINNING)


def begins(
    connection: sa.Connection, column: sa.ColumnElement[str], text: str
) -> tuple[sa.ColumnElement[bool], ...]:
    """Return that a column begins with a text, so that SQLite can follow its index.

    LIKE alone never does there; and as on PostgreSQL, `a` is not `A`.
    """
    like = column.startswith(text, autoescape=True)
    if connection.dialect.name != "sqlite":
        return (like,)
    return column >= text, column < text + LAST, like


LAST: Final = "\U0010ffff"
"""No text of ours has this letter: it comes after all that begin alike."""


def _insert_of(dialect: str) -> Any:  # noqa: ANN401  (of one of two dialects)
    """Return the INSERT of this database, which alone can say ON CONFLICT."""
    # Who only reads needs neither; that of PostgreSQL brings the whole of asyncio.
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert  # noqa: PLC0415

        return insert
    from sqlalchemy.dialects.sqlite import insert as insert_sqlite  # noqa: PLC0415

    return insert_sqlite
