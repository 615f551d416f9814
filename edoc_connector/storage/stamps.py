"""Packets that left without a time stamp, and when the service is asked again."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from edoc_connector.errors import LostRace
from edoc_connector.model.identifiers import Digest, MessageId
from edoc_connector.storage.records import PendingStamp
from edoc_connector.storage.rows import Rows
from edoc_connector.storage.tables import stamps

WAITING = stamps.c.settled_at.is_(None)


class Stamps:
    """The queue to the time stamping service, one entry per packet."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, stamps, PendingStamp)

    def add(
        self,
        packet: Digest,
        document: MessageId,
        signature_value: bytes,
        *,
        due_at: datetime,
    ) -> None:
        """Queue a packet."""
        self._rows.add(
            {
                "packet": packet,
                "document": document,
                "signature_value": signature_value,
                "attempts": 0,
                "next_attempt_at": due_at,
            }
        )

    def due(self, limit: int, now: datetime) -> tuple[PendingStamp, ...]:
        """Return what is due, what has waited longest first."""
        query = self._rows.select().where(WAITING, stamps.c.next_attempt_at <= now)
        order = (stamps.c.next_attempt_at, stamps.c.id)
        return self._rows.all(query.order_by(*order).limit(limit))

    def of(self, packet: Digest) -> PendingStamp | None:
        """Return the entry of a packet, settled or not, if it ever had one."""
        return self._rows.first(self._rows.select().where(stamps.c.packet == packet))

    def postpone(self, id: int, *, until: datetime) -> None:  # noqa: A002
        """Count a failed attempt and rest until then, or raise `LostRace`."""
        self._change(id, attempts=stamps.c.attempts + 1, next_attempt_at=until)

    def settle(self, id: int, *, at: datetime) -> None:  # noqa: A002
        """Ask no more, whether or not it has its stamp, or raise `LostRace`."""
        self._change(id, attempts=stamps.c.attempts + 1, settled_at=at)

    def _change(self, item: int, **values: object) -> None:
        changed = self._connection.execute(
            sa.update(stamps).where(stamps.c.id == item, WAITING).values(values)
        )
        if changed.rowcount != 1:
            raise LostRace(key=f"stamp {item}")
