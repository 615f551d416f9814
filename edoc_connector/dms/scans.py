"""Which statements of a mapping read a whole table, as the database itself plans them.

Nothing is selected.  SQLite and PostgreSQL are asked; of others nothing is known.
PostgreSQL is asked for the plan it would have for any value, and told to avoid reading
whole tables: where it still does there is no index it could use.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from edoc_connector.dms.database import Connection, Database
from edoc_connector.dms.mapping import DmsMapping

SCANNED: Final = re.compile(r"SCAN (?:TABLE )?(?P<table>\w+)(?: AS \w+)?")
"""How SQLite says that it reads all rows, and by no index."""

MANY_ROWS: Final = 10_000
"""More rows than these take longer to read than anybody wants to wait each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A statement that reads all rows of a table; `is_many` where that is slow."""

    statement: str
    table: str
    is_many: bool


Tables = Callable[[Connection, str, str], Iterator[str]]


def scans(database: Database, mapping: DmsMapping) -> tuple[Scan, ...] | None:
    """Return them; None where this database cannot be asked."""
    with database.reading() as connection:
        look = DIALECTS.get(connection.dialect)
    return None if look is None else tuple(_scans(database, mapping, look))


def _scans(database: Database, mapping: DmsMapping, look: Tables) -> Iterator[Scan]:
    for statement, sql in _selects(mapping):
        with database.reading() as connection:
            for name in sorted(set(look(connection, statement, sql))):
                table = _table(sql, name)
                is_many = _is_many(connection, statement, table)
                yield Scan(statement=statement, table=table, is_many=is_many)


def _selects(mapping: DmsMapping) -> Iterator[tuple[str, str]]:
    yield "documents.select", mapping.documents.select
    if mapping.recipients.select is not None:
        yield "recipients.select", mapping.recipients.select
    yield "attachments.select", mapping.attachments.select
    yield "incoming.find", mapping.incoming.find
    if mapping.statuses is not None:
        yield "statuses.select", mapping.statuses.select
    if mapping.changes.decisions is not None:
        yield "changes.decisions.select", mapping.changes.decisions.select


def _sqlite(connection: Connection, statement: str, sql: str) -> Iterator[str]:
    for row in connection.rows(statement, f"EXPLAIN QUERY PLAN {sql}", {}):
        found = SCANNED.fullmatch(str(row["detail"]))
        if found:
            yield found["table"]


def _postgresql(connection: Connection, statement: str, sql: str) -> Iterator[str]:
    dialect = postgresql.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
    compiled = sa.text(sql).compile(dialect=dialect)
    nulls = ", ".join(["NULL"] * len(compiled.params))
    name = f"edoc_{statement.replace('.', '_')}"
    for setting in ("enable_seqscan = off", "plan_cache_mode = force_generic_plan"):
        connection.run_plainly(statement, f"SET LOCAL {setting}")
    connection.run_plainly(statement, f"PREPARE {name} AS {compiled}")
    run = f"EXECUTE {name}({nulls})" if nulls else f"EXECUTE {name}"
    plan = connection.run_plainly(statement, f"EXPLAIN (FORMAT JSON) {run}")
    connection.run_plainly(statement, f"DEALLOCATE {name}")
    yield from _whole_tables(plan)


DIALECTS: Final[Mapping[str, Tables]] = {"sqlite": _sqlite, "postgresql": _postgresql}


def _whole_tables(plan: object) -> Iterator[str]:
    if isinstance(plan, list):
        for one in plan:
            yield from _whole_tables(one)
    elif isinstance(plan, dict):
        if plan.get("Node Type") == "Seq Scan":
            yield str(plan["Relation Name"])
        for inner in ("Plan", "Plans"):
            yield from _whole_tables(plan.get(inner))


def _table(sql: str, name: str) -> str:
    """Return the table that a statement gives another name; SQLite says that one."""
    renamed = rf"(?:FROM|JOIN)\s+([\w.\"]+)\s+(?:AS\s+)?{re.escape(name)}\b"
    found = re.search(renamed, sql, re.IGNORECASE)
    return found[1] if found else name


def _is_many(connection: Connection, statement: str, table: str) -> bool:
    """Count no further than has to be known."""
    some = f"SELECT 1 FROM {table} LIMIT {MANY_ROWS + 1}"  # noqa: S608  (a name of the mapping)
    count = connection.run_plainly(statement, f"SELECT count(*) FROM ({some}) counted")  # noqa: S608
    return isinstance(count, int) and count > MANY_ROWS
