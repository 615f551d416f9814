"""What stands around documents: queue, partners, changes, answers - for all at once.

One question per table however many documents are asked about; each follows an index.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

import sqlalchemy as sa

from edoc_connector.errors import Reason
from edoc_connector.model.change import ChangeState
from edoc_connector.model.delivery import InboxState
from edoc_connector.model.document import BusinessType
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from edoc_connector.storage.records import (
    Arrival,
    Change,
    InboxEntry,
    OutboxItem,
    OutgoingDelivery,
    OutgoingDocument,
)
from edoc_connector.storage.rows import Rows
from edoc_connector.storage.tables import (
    answers,
    arrivals,
    changes,
    deliveries,
    destinations,
    documents,
    inbox,
    orders,
    outbox,
    owed_answers,
)

AT_ONCE: Final = 500
"""How many handles one question names."""

Leg = tuple[str, str]
"""A document and one of its recipients."""

Told = tuple[str, str]
"""A status by its id, and who says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Barrier:
    """A recipient to whom nothing gets through at present."""

    recipient: OrganizationCode
    failures: int
    reason: Reason | None
    failing_since: datetime
    open_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """A change request of somebody else about a document that is here."""

    inbox_id: int
    business_type: int
    state: ChangeState
    asked_at: datetime


class Around:
    """Reads only."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def documents(self, keys: Sequence[MessageId]) -> tuple[OutgoingDocument, ...]:
        """Return these documents, in the order they are named."""
        found = self._all(documents, OutgoingDocument, documents.c.key, keys)
        by_key = {it.key: it for it in found}
        return tuple(by_key[key] for key in keys if key in by_key)

    def deliveries(
        self, keys: Sequence[MessageId]
    ) -> Mapping[str, tuple[OutgoingDelivery, ...]]:
        """Return the recipients of each document, as its sender named them."""
        found = self._all(deliveries, OutgoingDelivery, deliveries.c.document, keys)
        return _grouped((it.document, it) for it in found)

    def superseded(self, refused: Sequence[OutgoingDocument]) -> frozenset[MessageId]:
        """Return which of these are history: their row was taken or refused later."""
        later = documents.alias("later")
        is_later = sa.exists().where(
            later.c.sender == documents.c.sender,
            later.c.row_id == documents.c.row_id,
            later.c.taken_at > documents.c.taken_at,
        )
        keys = [it.key for it in refused]
        return frozenset(
            MessageId(key)
            for some in _chunks(keys)
            for key in self._connection.scalars(
                sa.select(documents.c.key).where(documents.c.key.in_(some), is_later)
            )
        )

    def queued(self, keys: Sequence[MessageId]) -> Mapping[Leg, OutboxItem]:
        """Return what of these documents waits to leave, the newest per recipient."""
        waits = outbox.c.settled_at.is_(None)
        found = self._all(outbox, OutboxItem, outbox.c.message_id, keys, waits)
        return {(it.message_id, it.recipient): it for it in found}

    def barriers(self) -> Mapping[str, Barrier]:
        """Return all recipients to whom nothing gets through; they are few."""
        rows = Rows(self._connection, destinations, Barrier)
        is_open = destinations.c.open_until.is_not(None)
        return {it.recipient: it for it in rows.all(rows.select().where(is_open))}

    def changes_of(self, keys: Sequence[MessageId]) -> Mapping[Leg, Change]:
        """Return the newest change that was asked of each of these documents."""
        found = self._all(changes, Change, changes.c.original, keys)
        return {(it.original, it.recipient): it for it in found}

    def changes_by(self, keys: Sequence[MessageId]) -> Mapping[Leg, Change]:
        """Return what became of these documents that are changes themselves."""
        found = self._all(changes, Change, changes.c.change, keys)
        return {(it.change, it.recipient): it for it in found}

    def refused_receipts(
        self, keys: Sequence[MessageId]
    ) -> Mapping[str, tuple[InboxEntry, ...]]:
        """Return what says that it answers one of these, and was quarantined here."""
        # Added to nothing, these are not looked up: only few answer one document, and
        # SQLite would rather read all statuses there are.
        conditions = (
            inbox.c.kind.concat("") == Kind.STATUS,
            inbox.c.state.concat("") == InboxState.QUARANTINED,
        )
        found = self._all(inbox, InboxEntry, inbox.c.answers, keys, *conditions)
        return _grouped((it.answers, it) for it in found)

    def ways(self, ids: Sequence[MessageId]) -> Mapping[Told, tuple[str, ...]]:
        """Return over which brokers these statuses came, by id and sender."""
        condition = inbox.c.state.concat("") == InboxState.RECORDED
        found = self._all(inbox, InboxEntry, inbox.c.message_id, ids, condition)
        return {(it.message_id, it.sender): it.way for it in found}

    def entries(self, ids: Sequence[int]) -> tuple[InboxEntry, ...]:
        """Return these packets, in the order they are named."""
        found = self._all(inbox, InboxEntry, inbox.c.id, ids)
        by_id = {it.id: it for it in found}
        return tuple(by_id[id_] for id_ in ids if id_ in by_id)

    def arrivals(self, ids: Sequence[int]) -> Mapping[int, Arrival]:
        """Return what arrived with these packets, the first of each."""
        found = self._all(arrivals, Arrival, arrivals.c.inbox_id, ids)
        return {it.inbox_id: it for it in reversed(found)}

    def answered(self, ids: Sequence[int]) -> frozenset[int]:
        """Return which of these packets have had an answer."""
        return self._those(answers.c.inbox_id, ids)

    def owed(self, ids: Sequence[int]) -> frozenset[int]:
        """Return to which of these packets we owe an answer."""
        return self._those(owed_answers.c.inbox_id, ids)

    def orders(self, ids: Sequence[int]) -> Mapping[int, Ordered]:
        """Return which of these packets ask for a change here."""
        found = self._all(orders, Ordered, orders.c.inbox_id, ids)
        return {it.inbox_id: it for it in found}

    def replaced(self, ids: Sequence[int]) -> Mapping[int, str]:
        """Return which of these packets' documents were replaced here, and by what.

        By its number and notation, or by its document id where it has none.
        """
        newer = arrivals.alias("newer")
        of_these = arrivals.join(orders, orders.c.arrival == arrivals.c.key).join(
            newer, newer.c.inbox_id == orders.c.inbox_id
        )
        return {
            inbox_id: label or document_id
            for some in _chunks(ids)
            for inbox_id, label, document_id in self._connection.execute(
                sa.select(arrivals.c.inbox_id, newer.c.label, newer.c.document_id)
                .select_from(of_these)
                .where(
                    arrivals.c.inbox_id.in_(some),
                    orders.c.business_type == BusinessType.REPLACE,
                    orders.c.state == ChangeState.AGREED,
                )
                .order_by(orders.c.id)
            )
        }

    def asked(self, ids: Sequence[int]) -> frozenset[int]:
        """Return of which of these packets' documents something is asked."""
        of_these = arrivals.join(orders, orders.c.arrival == arrivals.c.key)
        return frozenset(
            found
            for some in _chunks(ids)
            for found in self._connection.scalars(
                sa.select(arrivals.c.inbox_id)
                .select_from(of_these)
                .where(
                    arrivals.c.inbox_id.in_(some),
                    orders.c.state == ChangeState.ASKED,
                )
            )
        )

    def _all(
        self,
        table: sa.Table,
        record: type[Any],
        column: sa.ColumnElement[Any],
        handles: Sequence[Any],
        *conditions: sa.ColumnElement[bool],
    ) -> list[Any]:
        rows: Rows[Any] = Rows(self._connection, table, record)
        found: list[Any] = []
        for some in _chunks(handles):
            query = rows.select().where(column.in_(some), *conditions)
            found += rows.all(query.order_by(table.c.id))
        return found

    def _those(
        self, column: sa.ColumnElement[int], ids: Sequence[int]
    ) -> frozenset[int]:
        return frozenset(
            found
            for some in _chunks(ids)
            for found in self._connection.scalars(
                sa.select(column).where(column.in_(some))
            )
        )


def _chunks(handles: Sequence[Any]) -> Iterable[list[Any]]:
    waiting = iter(handles)
    while some := list(islice(waiting, AT_ONCE)):
        yield some


def _grouped(pairs: Iterable[tuple[str, Any]]) -> dict[str, tuple[Any, ...]]:
    found: dict[str, tuple[Any, ...]] = {}
    for name, value in pairs:
        found[name] = (*found.get(name, ()), value)
    return found
