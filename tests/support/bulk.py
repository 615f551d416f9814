"""Very many rows at once, and how a database finds its way through them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from edoc_connector.storage import Storage
from tests.support.storage import DEPARTMENT, PROVINCE, digest

NUMBERS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
)


def fill_outbox(storage: Storage, count: int, *, at: datetime) -> None:
    """So many normal packets to one recipient, all due."""
    _fill(
        storage,
        count,
        "INSERT INTO outbox (message_id, kind, sender, recipient, correlation_id,"
        " business_type, priority, packet, packet_bytes, answers, attempts, added_at,"
        " next_attempt_at) SELECT 'backlog-' || i, 'edoc', :sender, :recipient, '',"
        " 0, 0, :packet, 1000, '', 0, :at, :at FROM n",
        recipient=DEPARTMENT,
        at=at,
    )


def fill_inbox(
    storage: Storage, count: int, *, at: datetime, priority: int = 0
) -> None:
    """So many packets of one account that wait to be judged."""
    _fill(
        storage,
        count,
        "INSERT INTO inbox (account, message_id, kind, sender, correlation_id, answers,"
        " packet, packet_bytes, state, accepted_at, priority, attempts)"
        " SELECT 'H20', 'backlog-' || :priority || '-' || i, 'edoc', :sender, '', '',"
        " :packet, 1000, 'accepted', :at, CAST(:priority AS INTEGER), 0 FROM n",
        at=at,
        priority=priority,
    )


def _fill(storage: Storage, count: int, statement: str, **values: Any) -> None:
    engine = storage._engine
    is_sqlite = engine.dialect.name == "sqlite"
    # SQLAlchemy writes a moment into SQLite as this text.
    at = values.pop("at")
    moment = f"{at.replace(tzinfo=None)}" if is_sqlite else at
    with engine.begin() as connection:
        insert = NUMBERS.format(count=count) + statement
        given = {
            "sender": PROVINCE,
            "packet": digest("backlog"),
            "at": moment,
            **values,
        }
        if "priority" in values:
            given["priority"] = str(values["priority"])
        connection.execute(sa.text(insert), given)
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(
            sa.text("ANALYZE")
        )


def plan_of(
    storage: Storage, action: Callable[[], object], start: str, *, number: int = 0
) -> str:
    """How a statement of the action that starts so finds its rows."""
    seen: list[tuple[str, Any]] = []

    def remember(
        _c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any
    ) -> None:
        if statement.startswith(start):
            seen.append((statement, parameters))

    engine = storage._engine
    both = {engine, storage._readers}
    for one in both:
        sa.event.listen(one, "before_cursor_execute", remember)
    action()
    for one in both:
        sa.event.remove(one, "before_cursor_execute", remember)
    explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
    with engine.connect() as connection:
        statement, parameters = seen[number]
        rows = connection.exec_driver_sql(explain + statement, parameters).all()
    return "\n".join(" ".join(str(cell) for cell in row) for row in rows)
