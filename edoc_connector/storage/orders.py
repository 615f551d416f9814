"""Change requests of others about documents here, one per packet that asks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from datetime import datetime

import sqlalchemy as sa

from edoc_connector.errors import LostRace, NotFound, Reason
from edoc_connector.model.change import (
    CHANGE_MOVES,
    ChangeDecision,
    ChangeEvent,
    ChangeState,
)
from edoc_connector.model.delivery import advance
from edoc_connector.model.document import BusinessType
from edoc_connector.model.identifiers import DeliveryKey, DocumentId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.status import StatusCode
from edoc_connector.storage.records import Order
from edoc_connector.storage.resting import is_rested
from edoc_connector.storage.rows import Rows
from edoc_connector.storage.tables import arrivals, orders


class Orders:
    """What others ask of documents here, and what became of it."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, orders, Order)

    def add(self, order: Order) -> None:
        """Remember a request.  Raises `LostRace` if its packet had one."""
        values = {it.name: getattr(order, it.name) for it in fields(order)}
        if self._rows.add(values) is None:
            raise LostRace(key=f"order {order.inbox_id}")

    def find(self, inbox_id: int) -> Order | None:
        """Return the request of this packet, if it is one."""
        return self._rows.first(self._rows.select().where(_is(inbox_id)))

    def get(self, inbox_id: int) -> Order:
        """Return the request of this packet.  Raises `NotFound`."""
        found = self.find(inbox_id)
        if found is None:
            raise NotFound(what=f"order {inbox_id}")
        return found

    def about(self, arrival: DeliveryKey) -> tuple[Order, ...]:
        """Return all that was asked of this document, in the order it came."""
        query = self._rows.select().where(orders.c.arrival == arrival)
        return self._rows.all(query.order_by(orders.c.id))

    def of_document(
        self, document_id: DocumentId, business_type: BusinessType
    ) -> tuple[Order, ...]:
        """Return requests of this type about this id, whoever asks, newest first."""
        found = self._rows.by(document_id=document_id, business_type=business_type)
        return found[::-1]

    def naming(self, document_ids: Collection[DocumentId]) -> frozenset[DocumentId]:
        """Return which of these ids any request is about, whoever asks."""
        found = self._rows.among("document_id", document_ids)
        return frozenset(it.document_id for it in found)

    def remembered(self, sender: OrganizationCode, *, since: datetime) -> int:
        """Count what this sender has asked since then of documents that never came.

        Under whatever of its codes it has asked.
        """
        query = sa.select(orders.c.sender, sa.func.count()).where(
            orders.c.asked_at >= since,
            orders.c.arrival.is_(None),
            orders.c.state == ChangeState.AGREED,
        )
        counts = self._connection.execute(query.group_by(orders.c.sender))
        return sum(count for code, count in counts if code.is_same_body(sender))

    def undecided(self, limit: int) -> tuple[Order, ...]:
        """Return requests that wait for a person, oldest first."""
        return self._asked(orders.c.decision.is_(None), limit)

    def decided(self, limit: int, now: datetime) -> tuple[Order, ...]:
        """Return requests about which a person has decided and nothing is done yet.

        One that has stumbled rests first.
        """
        return self._asked(sa.and_(orders.c.decision.is_not(None), _rested(now)), limit)

    def overtaken(self, limit: int, now: datetime) -> tuple[Order, ...]:
        """Return requests that wait for a person, of documents taken back since.

        One that has stumbled rests first.
        """
        taken_back = sa.select(arrivals.c.key).where(
            arrivals.c.key == orders.c.arrival,
            arrivals.c.status == StatusCode.TAKEN_BACK,
        )
        return self._asked(sa.and_(taken_back.exists(), _rested(now)), limit)

    def _asked(
        self, condition: sa.ColumnElement[bool], limit: int
    ) -> tuple[Order, ...]:
        query = self._rows.select().where(orders.c.state == ChangeState.ASKED)
        return self._rows.all(query.where(condition).order_by(orders.c.id).limit(limit))

    def decide(self, inbox_id: int, decision: ChangeDecision, because: str) -> bool:
        """Write a decision down, or return False where there is one already."""
        decided = self._connection.execute(
            sa.update(orders)
            .where(
                _is(inbox_id),
                orders.c.state == ChangeState.ASKED,
                orders.c.decision.is_(None),
            )
            .values(decision=decision, because=because, next_attempt_at=None)
        )
        return decided.rowcount == 1

    def move(
        self,
        inbox_id: int,
        event: ChangeEvent,
        *,
        at: datetime,
        reason: Reason | None = None,
    ) -> Order:
        """Apply one event, unless another worker was faster: `LostRace`."""
        before = self.get(inbox_id)
        after = advance(CHANGE_MOVES, before.state, event)
        moved = self._connection.execute(
            sa.update(orders)
            .where(_is(inbox_id), orders.c.state == before.state)
            .values(state=after, reason=reason, decided_at=at)
        )
        if moved.rowcount != 1:
            raise LostRace(key=f"order {inbox_id}")
        return replace(before, state=after, reason=reason, decided_at=at)

    def stumble(self, inbox_id: int, reason: Reason, *, until: datetime) -> None:
        """Write down why a decision could not be carried out, and let it rest."""
        self._connection.execute(
            sa.update(orders)
            .where(_is(inbox_id), orders.c.state == ChangeState.ASKED)
            .values(reason=reason, next_attempt_at=until)
        )

    def link(self, inbox_ids: Sequence[int], arrival: DeliveryKey) -> None:
        """Write down which document they are about, now that it has come."""
        if not inbox_ids:
            return
        self._connection.execute(
            sa.update(orders)
            .where(orders.c.inbox_id.in_(inbox_ids), orders.c.arrival.is_(None))
            .values(arrival=arrival)
        )


def _rested(now: datetime) -> sa.ColumnElement[bool]:
    return is_rested(orders.c.next_attempt_at, now)


def _is(inbox_id: int) -> sa.ColumnElement[bool]:
    return orders.c.inbox_id == inbox_id
