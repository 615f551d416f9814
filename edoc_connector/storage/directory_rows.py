"""What an import writes: rows that are known from now on, and rows no longer known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from edoc_connector.model.body import Stretch
from edoc_connector.model.folding import folded, starts
from edoc_connector.model.import_summary import ImportSummary
from edoc_connector.model.listing import Flaw
from edoc_connector.storage.directory import batches
from edoc_connector.storage.rows import Rows
from edoc_connector.storage.tables import (
    bodies,
    body_aliases,
    body_starts,
    directory_flaws,
    directory_imports,
)

LOCK: Final = 0x64697265
"""The number of the PostgreSQL advisory lock that importing processes queue for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One import: when, of which file, over which part of the directory."""

    id: int = 0
    at: datetime
    digest: str
    scope: str
    summary: ImportSummary


class DirectoryRows:
    """The tables of the directory as they are written."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._is_postgresql = connection.dialect.name == "postgresql"
        self._last = 0
        self._are_staged: set[str] = set()

    def lock(self) -> None:
        """Let nobody else import until the end of this work; SQLite has one writer."""
        if self._is_postgresql:
            self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        newest = sa.select(sa.func.max(bodies.c.id))
        self._last = self._connection.scalar(newest) or 0

    def retire(self, ids: Iterable[int], at: datetime) -> None:
        """Say of rows that they are known no longer."""
        for batch in batches(ids):  # type: ignore[arg-type]  # of numbers as of texts
            self._connection.execute(
                sa.update(bodies).where(bodies.c.id.in_(batch)).values(known_to=at)
            )

    def add(self, stretches: Sequence[Stretch], at: datetime) -> None:
        """Write what is known from now on, and by what it is found."""
        if not stretches:
            return
        rows = [self._row(it, at) for it in stretches]
        self._connection.execute(sa.insert(bodies), rows)
        aliases = ((text, row["id"]) for row in rows for text in row["aliases"])
        self._stage(body_aliases, {(str(text), body) for text, body in aliases})
        begun = {(text, row["id"]) for row in rows for text in starts(row["folded"])}
        self._stage(body_starts, begun)

    def newest(self) -> Import | None:
        """Return the last import that changed or found anything."""
        rows = Rows(self._connection, directory_imports, Import)
        return next(iter(rows.recent(1)), None)

    def add_import(self, done: Import, flaws: Iterable[Flaw]) -> None:
        """Write down an import and what was wrong with its file."""
        values = asdict(done) | {"summary": done.summary}
        del values["id"]
        number = Rows(self._connection, directory_imports, Import).add(values)
        rows = [{**asdict(flaw), "import_id": number} for flaw in flaws]
        if rows:
            self._connection.execute(sa.insert(directory_flaws), rows)

    def flaws(self, import_id: int) -> Iterator[Flaw]:
        """Yield what was wrong with the file of an import, line by line."""
        rows = Rows(self._connection, directory_flaws, Flaw)
        wanted = directory_flaws.c.import_id == import_id
        yield from rows.all(rows.select().where(wanted).order_by(directory_flaws.c.id))

    def index(self) -> None:
        """Put by what bodies are found into its tables, all at once and in its order.

        A tree that grows in its order is written once; in any other order each page of
        it is read and written for every few rows.
        """
        for table in sorted(self._are_staged):
            self._connection.exec_driver_sql(
                f"INSERT INTO {table} SELECT text, body FROM {table}_staged"  # noqa: S608  (tables of ours)
                " ORDER BY text, body"
            )
            self._connection.exec_driver_sql(f"DROP TABLE {table}_staged")
        self._are_staged.clear()

    def look_over(self) -> None:
        """Let the database see what it has now, so that it finds by its indexes."""
        if self._is_postgresql:
            for table in (bodies, body_aliases, body_starts):
                self._connection.execute(sa.text(f"ANALYZE {table.name}"))

    def _row(self, stretch: Stretch, at: datetime) -> dict[str, Any]:
        self._last += 1
        body = stretch.body
        return {
            "id": self._last,
            "code": str(body.code),
            "written": body.written,
            "name": body.name,
            "folded": folded(body.name),
            "parent": body.parent,
            "successor": body.successor,
            "aliases": body.aliases,
            "axis_id": body.axis_id,
            "revision": body.revision,
            "valid_from": stretch.since,
            "valid_to": stretch.until,
            "known_from": at,
            "known_to": None,
        }

    def _stage(self, table: sa.Table, pairs: Collection[tuple[str, int]]) -> None:
        """Set many short rows aside until all are there: each database in its way."""
        if not pairs:
            return
        staged = f"{table.name}_staged"
        if table.name not in self._are_staged:
            self._are_staged.add(table.name)
            collated = ' COLLATE "C"' if self._is_postgresql else ""
            self._connection.exec_driver_sql(
                f"CREATE TEMPORARY TABLE {staged} (text TEXT{collated}, body BIGINT)"
            )
        if self._is_postgresql:
            cursor: Any = self._connection.connection.cursor()
            with cursor, cursor.copy(f"COPY {staged} FROM STDIN") as copy:
                for pair in pairs:
                    copy.write_row(pair)
            return
        self._connection.exec_driver_sql(
            f"INSERT INTO {staged} VALUES (?, ?)",  # noqa: S608  (a table of ours)
            list(pairs),
        )
