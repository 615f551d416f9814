"""Which documents a person asks for: by state, organisation, period, late or failed.

Each question follows an index, however long the register is, and returns handles; what
they stand for is fetched for all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import sqlalchemy as sa

from edoc_connector.model.delivery import DeliveryState, DocumentState, InboxState
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from edoc_connector.model.status import StatusCode
from edoc_connector.storage.records import Wanted
from edoc_connector.storage.tables import deliveries, documents, inbox

FAILED: Final = frozenset(
    {
        DeliveryState.REFUSED,
        DeliveryState.UNROUTABLE,
        DeliveryState.PARKED,
        DeliveryState.EXPIRED,
    }
)
"""It has not arrived, and nothing goes on by itself; so are quarantined packets, and
what a clerk at the receiver has turned down after it had come."""

OVER: Final = frozenset(
    {DeliveryState.DELIVERED, DeliveryState.REFUSED, DeliveryState.WITHDRAWN}
)
"""Nobody waits for these any more, however late they were."""

FREQUENT: Final = frozenset({DeliveryState.DELIVERED})
"""Nearly all of a long register: found at once from its newest end."""

IS_TURNED_DOWN: Final = deliveries.c.status == StatusCode.REFUSED.value

Conditions = list[sa.ColumnElement[bool]]


class Listing:
    """Handles of documents, newest first."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def outgoing(self, wanted: Wanted, limit: int) -> tuple[MessageId, ...]:
        """Return the keys of documents of ours of which a recipient is wanted."""
        legs = self._legs(wanted)
        if legs is None:
            return ()
        if not legs:
            return self._newest_first(_period(wanted), limit)
        found = (
            self._newest_first([*_period(wanted), _some(legs)], limit)
            if _is_frequent(wanted)
            else self._by_recipient(legs, _period(wanted), limit)
        )
        refused = self._refused(wanted, limit)
        return tuple(dict.fromkeys([*refused, *found]))

    def _legs(self, wanted: Wanted) -> Conditions | None:
        """Return what a recipient must fulfil, or None where none ever does."""
        found: Conditions = []
        if wanted.organization:
            codes = self._writings(deliveries.c.recipient, wanted.organization)
            if not codes:
                return None
            found.append(deliveries.c.recipient.in_(codes))
        if wanted.state:
            if wanted.state not in set(DeliveryState):
                return None
            found.append(deliveries.c.state == DeliveryState(wanted.state))
        if wanted.is_failed:
            has_failed = deliveries.c.state.in_(sorted(FAILED))
            found.append(sa.or_(has_failed, IS_TURNED_DOWN))
        if wanted.is_late:
            found += [
                deliveries.c.late_at.is_not(None),
                deliveries.c.state.not_in(sorted(OVER)),
            ]
        return found

    def _newest_first(
        self, conditions: Conditions, limit: int
    ) -> tuple[MessageId, ...]:
        query = sa.select(documents.c.key).where(*conditions)
        order = (documents.c.taken_at.desc(), documents.c.id.desc())
        return self._keys(query.order_by(*order).limit(limit))

    def _by_recipient(
        self, legs: Conditions, period: Conditions, limit: int
    ) -> tuple[MessageId, ...]:
        newest = sa.func.max(deliveries.c.id)
        query = sa.select(deliveries.c.document).where(*legs)
        if period:
            is_of = documents.c.key == deliveries.c.document
            query = query.join(documents, is_of).where(*period)
        query = query.group_by(deliveries.c.document).order_by(newest.desc())
        return self._keys(query.limit(limit))

    def _refused(self, wanted: Wanted, limit: int) -> tuple[MessageId, ...]:
        """Return rows that could not be sent to anybody; they have no recipients."""
        is_asked = wanted.is_failed or wanted.state == DocumentState.REFUSED
        if not is_asked or wanted.organization or wanted.is_late:
            return ()
        query = sa.select(documents.c.key).where(
            documents.c.state == DocumentState.REFUSED, *_period(wanted)
        )
        return self._keys(query.order_by(documents.c.id.desc()).limit(limit))

    def _keys(self, query: sa.Select[Any]) -> tuple[MessageId, ...]:
        return tuple(MessageId(key) for key in self._connection.scalars(query))

    def incoming(self, wanted: Wanted, limit: int) -> tuple[int, ...]:
        """Return the numbers of packets in our inbox that are documents."""
        conditions: Conditions = [inbox.c.kind == Kind.EDOC]
        if wanted.is_late:
            return ()
        if wanted.organization:
            codes = self._writings(inbox.c.sender, wanted.organization)
            conditions.append(inbox.c.sender.in_(codes))
        if wanted.state:
            if wanted.state not in set(InboxState):
                return ()
            conditions.append(inbox.c.state == InboxState(wanted.state))
        if wanted.is_failed:
            conditions.append(inbox.c.state == InboxState.QUARANTINED)
        if wanted.since:
            conditions.append(inbox.c.accepted_at >= wanted.since)
        if wanted.until:
            conditions.append(inbox.c.accepted_at < wanted.until)
        query = sa.select(inbox.c.id).where(*conditions)
        order = (inbox.c.accepted_at.desc(), inbox.c.id.desc())
        return tuple(self._connection.scalars(query.order_by(*order).limit(limit)))

    def _writings(
        self, column: sa.ColumnElement[OrganizationCode], meant: OrganizationCode
    ) -> Sequence[OrganizationCode]:
        """Return all writings of this body that stand in a column.

        An old code and a new one are the same body; which were ever used is read off
        the index, one step per code and not per row.
        """
        return [code for code in self._codes(column) if code.is_same_body(meant)]

    def _codes(
        self, column: sa.ColumnElement[OrganizationCode]
    ) -> Iterator[OrganizationCode]:
        first = sa.select(sa.func.min(column).label("code")).cte(
            "codes", recursive=True
        )
        later = sa.select(sa.func.min(column)).where(column > first.c.code)
        following = sa.select(later.correlate(first).scalar_subquery())
        codes = first.union_all(following.where(first.c.code.is_not(None)))
        query = sa.select(codes.c.code).where(codes.c.code.is_not(None))
        for code in self._connection.scalars(query):
            yield OrganizationCode(code)


def _period(wanted: Wanted) -> Conditions:
    found: Conditions = []
    if wanted.since:
        found.append(documents.c.taken_at >= wanted.since)
    if wanted.until:
        found.append(documents.c.taken_at < wanted.until)
    return found


def _some(legs: Conditions) -> sa.ColumnElement[bool]:
    """Return whether a recipient of the document fulfils all of it."""
    return sa.exists().where(deliveries.c.document == documents.c.key, *legs)


def _is_frequent(wanted: Wanted) -> bool:
    others = wanted.organization or wanted.is_failed or wanted.is_late
    return wanted.state in FREQUENT and not others
