"""Packets that wait for the broker's confirm, and who is trying to publish them."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from edoc_connector.errors import LostRace
from edoc_connector.model.identifiers import Digest, MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from edoc_connector.storage.records import OutboxItem
from edoc_connector.storage.rows import Rows
from edoc_connector.storage.tables import outbox

WAITING = outbox.c.settled_at.is_(None)
ORDER = (outbox.c.priority.desc(), outbox.c.id)


class Outbox:
    """The queue to the axis.  An item is settled once, whatever became of it."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, outbox, OutboxItem)

    def add(  # noqa: PLR0913  (everything a message says about its packet)
        self,
        *,
        message_id: MessageId,
        kind: Kind,
        sender: OrganizationCode,
        recipient: OrganizationCode,
        correlation_id: str,
        business_type: int,
        priority: int,
        packet: Digest,
        packet_bytes: int,
        answers: str,
        at: datetime,
    ) -> int:
        """Queue a packet for one recipient, due at once, and return the item's id."""
        values = {
            "message_id": message_id,
            "kind": kind,
            "sender": sender,
            "recipient": recipient,
            "correlation_id": correlation_id,
            "business_type": business_type,
            "priority": priority,
            "packet": packet,
            "packet_bytes": packet_bytes,
            "answers": answers,
            "attempts": 0,
            "added_at": at,
            "next_attempt_at": at,
        }
        statement = sa.insert(outbox).values(values).returning(outbox.c.id)
        return int(self._connection.execute(statement).scalar_one())

    def claim(
        self, limit: int, *, worker: str, now: datetime, lease_seconds: float
    ) -> tuple[OutboxItem, ...]:
        """Lease what is due to this worker, the most urgent first, then the oldest.

        Nobody else gets it before the lease ends.  The worker itself gets it again at
        once, so that after a crash it goes on where it stopped.
        """
        ids = self._due(limit, worker, now)
        until = now + timedelta(seconds=lease_seconds)
        self._connection.execute(
            sa.update(outbox)
            .where(outbox.c.id.in_(ids), WAITING)
            .values(leased_by=worker, leased_until=until)
        )
        query = self._rows.select().where(outbox.c.id.in_(ids)).order_by(*ORDER)
        return self._rows.all(query)

    def _due(self, limit: int, worker: str, now: datetime) -> list[int]:
        # SQLite has no row locks and needs none: its writers come one after the other.
        query = (
            sa.select(outbox.c.id)
            .where(WAITING, outbox.c.next_attempt_at <= now, _is_free(worker, now))
            .order_by(*ORDER)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return list(self._connection.scalars(query))

    def is_waiting(self, message_id: MessageId) -> bool:
        """Whether a copy of this message waits already."""
        query = sa.select(outbox.c.id).where(outbox.c.message_id == message_id, WAITING)
        return self._connection.scalar(query.limit(1)) is not None

    def settle(self, id: int, at: datetime) -> None:  # noqa: A002  (the field's name)
        """Take an item out of the queue.  Raises `LostRace` if it is out already."""
        self._change(id, settled_at=at, leased_by=None, leased_until=None)

    def postpone(self, id: int, *, until: datetime) -> None:  # noqa: A002
        """Count a failed attempt, rest until then, and let go of the lease.

        Raises `LostRace` if the item was settled meanwhile.
        """
        self._change(
            id,
            attempts=outbox.c.attempts + 1,
            next_attempt_at=until,
            leased_by=None,
            leased_until=None,
        )

    def _change(self, item: int, **values: object) -> None:
        changed = self._connection.execute(
            sa.update(outbox).where(outbox.c.id == item, WAITING).values(values)
        )
        if changed.rowcount != 1:
            raise LostRace(key=f"outbox {item}")

    def waiting(self) -> int:
        """Count what is not settled, due or not."""
        query = sa.select(sa.func.count()).select_from(outbox).where(WAITING)
        return self._connection.execute(query).scalar_one()


def _is_free(worker: str, now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(
        outbox.c.leased_by.is_(None),
        outbox.c.leased_by == worker,
        outbox.c.leased_until <= now,
    )
