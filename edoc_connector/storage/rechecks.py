"""Which delivered packets are judged again, because an answer was missing."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from edoc_connector.storage.tables import rechecks


class Rechecks:
    """One row per packet; it goes when the packet has been judged wholly."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, inbox_id: int, due_at: datetime) -> None:
        """Judge this packet again then; in place of when it was to be."""
        self.remove(inbox_id)
        values = {"inbox_id": inbox_id, "due_at": due_at}
        self._connection.execute(sa.insert(rechecks).values(values))

    def due(self, limit: int, at: datetime) -> tuple[int, ...]:
        """Return the inbox entries that are to be judged again, oldest first."""
        query = (
            sa.select(rechecks.c.inbox_id)
            .where(rechecks.c.due_at <= at)
            .order_by(rechecks.c.due_at, rechecks.c.id)
            .limit(limit)
        )
        return tuple(self._connection.scalars(query))

    def remove(self, inbox_id: int) -> bool:
        """Forget a packet, or return False if another process was faster."""
        gone = self._connection.execute(
            sa.delete(rechecks).where(rechecks.c.inbox_id == inbox_id)
        )
        return gone.rowcount == 1
