"""Which delivered packets are judged again, because an answer was missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from edoc_connector.storage.rows import Rows
from edoc_connector.storage.tables import rechecks


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """A packet that is judged again, and how often that was in vain."""

    inbox_id: int
    attempts: int


class Rechecks:
    """One row per packet; it goes when the packet has been judged wholly."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, rechecks, Recheck)

    def add(self, inbox_id: int, due_at: datetime) -> None:
        """Judge this packet again then; in place of when it was to be."""
        self.remove(inbox_id)
        values = {"inbox_id": inbox_id, "due_at": due_at, "attempts": 0}
        self._connection.execute(sa.insert(rechecks).values(values))

    def due(
        self, limit: int, at: datetime, *, longest_pause: timedelta
    ) -> tuple[Recheck, ...]:
        """Return the inbox entries that are to be judged again, oldest first.

        What is put off for longer than any pause was so by a clock that was ahead.
        """
        due_at = rechecks.c.due_at
        query = self._rows.select().where(
            sa.or_(due_at <= at, due_at > at + longest_pause)
        )
        order = (rechecks.c.due_at, rechecks.c.id)
        return self._rows.all(query.order_by(*order).limit(limit))

    def postpone(self, recheck: Recheck, due_at: datetime) -> None:
        """Count an attempt in vain, unless another process has counted it."""
        self._connection.execute(
            sa.update(rechecks)
            .where(
                rechecks.c.inbox_id == recheck.inbox_id,
                rechecks.c.attempts == recheck.attempts,
            )
            .values(due_at=due_at, attempts=recheck.attempts + 1)
        )

    def remove(self, inbox_id: int) -> bool:
        """Forget a packet, or return False if another process was faster."""
        gone = self._connection.execute(
            sa.delete(rechecks).where(rechecks.c.inbox_id == inbox_id)
        )
        return gone.rowcount == 1
