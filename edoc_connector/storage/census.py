"""How much of what there is: queues with their oldest, failures, rates, last doings.

Each number follows an index and counts what is open or of late, never all there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from edoc_connector.model.change import ChangeState
from edoc_connector.model.delivery import DeliveryState, DocumentState, InboxState
from edoc_connector.model.stages import Kind
from edoc_connector.storage.changes import IS_TAKEN_AWAY
from edoc_connector.storage.listing import FAILED_AT, IS_TURNED_DOWN, OVER
from edoc_connector.storage.tables import (
    arrivals,
    cases,
    changes,
    deliveries,
    documents,
    inbox,
    orders,
    outbox,
    owed_answers,
    progress,
)

_LATER: Final = changes.alias("later")
IS_ASKED_ANEW: Final = sa.exists().where(
    _LATER.c.original == changes.c.original,
    _LATER.c.recipient == changes.c.recipient,
    _LATER.c.id > changes.c.id,
)
"""Something else was asked of this recipient since."""

HEARD_AT: Final = sa.func.coalesce(arrivals.c.status_at, arrivals.c.arrived_at)
"""When the sender of a document that arrived was told of it last."""

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)
"""For how long a failure counts that no one will ever undo."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many, and since when the oldest of them."""

    count: int
    oldest_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """What is open, what failed of late, how much goes through, and when last."""

    to_seal: Count
    to_send: Count
    to_judge: Count
    to_tell: Count
    answers_owed: Count
    receipts_awaited: Count
    held: Count
    parked: Count
    late: Count
    quarantined: Count
    unroutable: Count
    expired: Count
    refused: Count
    unfit: Count
    changes_asked: Count
    changes_refused: Count
    orders_asked: Count
    statuses_withheld: Count
    cases: Count
    sent_last_hour: int
    sent_last_day: int
    received_last_hour: int
    received_last_day: int
    last_taken_at: datetime | None
    last_sent_at: datetime | None
    last_received_at: datetime | None


class Counting:
    """Reads only."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def all(self, now: datetime) -> Census:
        """Count everything that `edoc status` shows."""
        week = now - WEEK
        waits = outbox.c.settled_at.is_(None)
        return Census(
            to_seal=self._count(
                documents.c.taken_at, documents.c.state == DocumentState.TAKEN
            ),
            to_send=self._count(outbox.c.added_at, waits, outbox.c.parked_at.is_(None)),
            to_judge=self._count(
                inbox.c.accepted_at, inbox.c.state == InboxState.ACCEPTED
            ),
            to_tell=self._count(progress.c.at),
            answers_owed=self._owed(),
            receipts_awaited=self._deliveries(DeliveryState.SENT),
            held=self._count(
                outbox.c.parked_at, waits, outbox.c.parked_at.is_not(None)
            ),
            parked=self._deliveries(DeliveryState.PARKED),
            late=self._count(
                deliveries.c.late_at,
                deliveries.c.late_at.is_not(None),
                deliveries.c.state.not_in(sorted(OVER)),
            ),
            quarantined=self._count(
                inbox.c.accepted_at, inbox.c.state == InboxState.QUARANTINED
            ),
            unroutable=self._failed(_is(DeliveryState.UNROUTABLE), week),
            expired=self._failed(_is(DeliveryState.EXPIRED), week),
            refused=_sum(
                self._failed(_is(DeliveryState.REFUSED), week),
                self._failed(IS_TURNED_DOWN, week),
            ),
            unfit=self._count(
                documents.c.taken_at,
                documents.c.state == DocumentState.REFUSED,
                documents.c.taken_at >= week,
            ),
            changes_asked=self._count(
                changes.c.changed_at, changes.c.state == ChangeState.ASKED
            ),
            changes_refused=self._count(
                changes.c.changed_at,
                changes.c.state == ChangeState.REFUSED,
                changes.c.changed_at >= week,
                ~IS_ASKED_ANEW,
            ),
            orders_asked=self._count(
                orders.c.asked_at, orders.c.state == ChangeState.ASKED
            ),
            statuses_withheld=self._count(HEARD_AT, arrivals.c.withheld.is_not(None)),
            cases=self._count(cases.c.opened_at, cases.c.closed_at.is_(None)),
            sent_last_hour=self._sent(now - HOUR),
            sent_last_day=self._sent(now - DAY),
            received_last_hour=self._received(now - HOUR),
            received_last_day=self._received(now - DAY),
            last_taken_at=self._latest(documents.c.taken_at),
            last_sent_at=self._latest(outbox.c.settled_at, outbox.c.kind == Kind.EDOC),
            last_received_at=self._latest(
                inbox.c.accepted_at, inbox.c.kind == Kind.EDOC
            ),
        )

    def _deliveries(self, state: DeliveryState) -> Count:
        return self._count(deliveries.c.changed_at, _is(state))

    def _failed(self, has_failed: sa.ColumnElement[bool], since: datetime) -> Count:
        """Count what failed of late; what was recalled or replaced is dealt with."""
        return self._count(FAILED_AT, has_failed, since <= FAILED_AT, ~IS_TAKEN_AWAY)

    def _owed(self) -> Count:
        """Count by packet: a packet may be owed more than one answer."""
        owed = sa.select(owed_answers.c.inbox_id)
        return self._count(inbox.c.accepted_at, inbox.c.id.in_(owed))

    def _count(
        self,
        age: sa.ColumnElement[datetime | None],
        *conditions: sa.ColumnElement[bool],
    ) -> Count:
        query = sa.select(sa.func.count(), sa.func.min(age)).where(*conditions)
        count, oldest = self._connection.execute(query).one()
        return Count(count=count, oldest_at=oldest)

    def _sent(self, since: datetime) -> int:
        return self._number(outbox.c.kind == Kind.EDOC, outbox.c.settled_at >= since)

    def _received(self, since: datetime) -> int:
        return self._number(inbox.c.kind == Kind.EDOC, inbox.c.accepted_at >= since)

    def _number(self, *conditions: sa.ColumnElement[bool]) -> int:
        query = sa.select(sa.func.count()).where(*conditions)
        return self._connection.execute(query).scalar_one()

    def _latest(
        self, column: sa.ColumnElement[Any], *conditions: sa.ColumnElement[bool]
    ) -> datetime | None:
        # PostgreSQL counts what is not there as the latest.
        query = sa.select(column).where(column.is_not(None), *conditions)
        query = query.order_by(column.desc()).limit(1)
        found: datetime | None = self._connection.scalar(query)
        return found


def _sum(one: Count, other: Count) -> Count:
    ages = [it.oldest_at for it in (one, other) if it.oldest_at is not None]
    return Count(count=one.count + other.count, oldest_at=min(ages, default=None))


def _is(state: DeliveryState) -> sa.ColumnElement[bool]:
    return deliveries.c.state == state
