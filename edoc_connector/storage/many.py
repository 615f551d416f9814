"""One statement for many rows, whose values are bound here.

SQLAlchemy would first make a dictionary of each row and what it asks for: twice the
work of binding alone, for each entry of the ledger and each verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa

from edoc_connector.storage.failures import not_bound

MOST_STATEMENTS: Final = 500
"""As many as an engine keeps of the others."""

Bind = Callable[[Any], Any] | None
"""What makes of a value what the driver takes, unless that is the value itself."""


def execute_many(
    connection: sa.Connection,
    statement: sa.Insert | sa.Update,
    rows: Sequence[Mapping[str, Any]],
) -> int:
    """Run a statement for each of these, and return how many rows that has changed.

    All have the names of the first.  The statement is one of those made once, and what
    it asks for takes one value each.  Raises `StorageRefused`, as for one row, where a
    value has no place in its column.
    """
    written = _written(statement, connection.dialect, tuple(rows[0]))
    try:
        given = [written.given(row) for row in rows]
    except (ValueError, TypeError, OverflowError) as error:
        raise not_bound(written.sql, error) from error
    # Else the driver for PostgreSQL does not say how many of several it has changed.
    options = {"preserve_rowcount": True}
    return connection.exec_driver_sql(written.sql, given, options).rowcount


@dataclass(frozen=True, slots=True)
class _Written:
    """A statement as a driver has it: by places, or by names where it wants names."""

    sql: str
    binds: Sequence[tuple[str, Bind]]
    by_places: bool

    def given(self, row: Mapping[str, Any]) -> Any:  # noqa: ANN401  (as the driver says)
        """Return the values of a row."""
        values = [bind(row[name]) if bind else row[name] for name, bind in self.binds]
        if self.by_places:
            return tuple(values)
        names = (name for name, _ in self.binds)
        return dict(zip(names, values, strict=True))


@lru_cache(MOST_STATEMENTS)
def _written(
    statement: sa.Insert | sa.Update, dialect: sa.Dialect, names: tuple[str, ...]
) -> _Written:
    compiled: Any = statement.compile(
        dialect=dialect, column_keys=list(names), for_executemany=True
    )
    places = compiled.positiontup
    binds = [
        (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
        for name in places or compiled.binds
    ]
    return _Written(str(compiled), binds, by_places=places is not None)
