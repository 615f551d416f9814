"""Which documents a person asks for: by state, organisation, period, late or failed.

Each question follows an index, however long the register is, and returns handles; what
they stand for is fetched for all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from edoc_connector.model.delivery import DeliveryState, DocumentState, InboxState
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from edoc_connector.model.status import StatusCode
from edoc_connector.storage.changes import IS_TAKEN_AWAY
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
"""It has not arrived, and nothing goes on by itself.

What a clerk at the receiver has turned down after it had come has failed as well
(`has_failed`); so have quarantined packets.
"""

OVER: Final = frozenset(
    {DeliveryState.DELIVERED, DeliveryState.REFUSED, DeliveryState.WITHDRAWN}
)
"""Nobody waits for these any more, however late they were."""

FREQUENT: Final = frozenset({DeliveryState.DELIVERED})
"""Nearly all of a long register: found at once from its newest end."""


def _literal(value: str) -> sa.ColumnClause[str]:
    """Say it as a partial index says it, which else is not used."""
    return sa.literal_column(f"'{value}'")


# Added to nothing, the state is not looked up: nearly all of a register is delivered.
IS_TURNED_DOWN: Final = sa.and_(
    deliveries.c.status == _literal(StatusCode.REFUSED),
    deliveries.c.state.concat("") == DeliveryState.DELIVERED,
)
"""Its clerk has refused what is there (02)."""

FAILED_AT: Final = sa.case(
    (IS_TURNED_DOWN, deliveries.c.status_at), else_=deliveries.c.changed_at
)
"""Since when it has failed: what arrived has been there since before."""

IS_REFUSED: Final = documents.c.state == _literal(DocumentState.REFUSED)

IS_LATE: Final = (
    deliveries.c.late_at.is_not(None),
    deliveries.c.state.not_in(sorted(OVER)),
)

Conditions = list[sa.ColumnElement[bool]]


def is_turned_down(state: str, status: str | None) -> bool:
    """Whether its clerk has refused what is there: the same as `IS_TURNED_DOWN`."""
    return state == DeliveryState.DELIVERED and status == StatusCode.REFUSED


def is_refused(state: str, status: str | None) -> bool:
    """Whether the receiver does not want it, whether it had come or not."""
    return state == DeliveryState.REFUSED or is_turned_down(state, status)


def has_failed(state: str, status: str | None) -> bool:
    """Whether it did not come to its receiver, or was turned down there."""
    return state in FAILED or is_turned_down(state, status)


def _few(number: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """Order by it what is few: the database is to find them first, by what they are.

    It would read all rows in this order, and stop only where it has enough of them.
    """
    return number + 0


@dataclass(frozen=True, slots=True)
class _Leg:
    """One thing that a recipient may fulfil, and how the newest are found first."""

    conditions: Conditions
    newest: sa.ColumnElement[int] = field(default_factory=lambda: deliveries.c.id)

    def narrowed(self, condition: sa.ColumnElement[bool]) -> _Leg:
        return replace(self, conditions=[*self.conditions, condition])


class Listing:
    """Handles of documents, newest first."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def outgoing(self, wanted: Wanted, limit: int) -> tuple[MessageId, ...]:
        """Return the keys of documents of ours of which a recipient is wanted."""
        if not wanted.asks_of_recipients:
            return self._newest_first(_period(wanted), limit)
        legs = self._legs(wanted)
        if _is_frequent(wanted):
            some = [_some(leg.conditions) for leg in legs]
            found = self._newest_first([*_period(wanted), *some], limit)
        else:
            found = self._by_recipient(legs, _period(wanted), limit)
        refused = self._refused(wanted, limit)
        return tuple(dict.fromkeys([*refused, *found]))

    def _legs(self, wanted: Wanted) -> list[_Leg]:
        """Return what a recipient may fulfil, so that each follows one index.

        A database that is asked for one or the other reads the whole table.
        """
        legs = _legs_by_state(wanted)
        if wanted.organization is None:
            return legs
        codes = self._writings(deliveries.c.recipient, wanted.organization)
        return [
            leg.narrowed(deliveries.c.recipient == code)
            for leg in legs
            for code in codes
        ]

    def failed(self, *, since: datetime | None, limit: int) -> tuple[MessageId, ...]:
        """Return the documents that have failed at a recipient since, oldest first.

        At most `limit` of those that a person can send again, and behind them as many
        that were turned down: those stay, and the others must not wait for them.  What
        was recalled or replaced is dealt with, and left out.
        """
        states = [_Leg([deliveries.c.state == state]) for state in sorted(FAILED)]
        sendable = self._oldest_failed(states, since, limit)
        turned_down = self._oldest_failed([_Leg([IS_TURNED_DOWN])], since, limit)
        return tuple(dict.fromkeys([*sendable, *turned_down]))

    def _oldest_failed(
        self, legs: Sequence[_Leg], since: datetime | None, limit: int
    ) -> Sequence[MessageId]:
        oldest = sa.func.min(deliveries.c.id)
        found: dict[MessageId, int] = {}
        for leg in legs:
            query = sa.select(deliveries.c.document, oldest)
            query = query.where(*leg.conditions, ~IS_TAKEN_AWAY)
            if since is not None:
                query = query.where(since <= FAILED_AT)
            query = query.group_by(deliveries.c.document).order_by(oldest)
            for key, number in self._connection.execute(query.limit(limit)):
                found[MessageId(key)] = min(number, found.get(key, number))
        return sorted(found, key=lambda key: found[key])[:limit]

    def _newest_first(
        self, conditions: Conditions, limit: int
    ) -> tuple[MessageId, ...]:
        query = sa.select(documents.c.key).where(*conditions)
        order = (documents.c.taken_at.desc(), documents.c.id.desc())
        return self._keys(query.order_by(*order).limit(limit))

    def _by_recipient(
        self, legs: Sequence[_Leg], period: Conditions, limit: int
    ) -> tuple[MessageId, ...]:
        found: dict[MessageId, int] = {}
        for leg in legs:
            for key, number in self._newest_of(leg, period, limit).items():
                found[key] = max(number, found.get(key, number))
        newest = sorted(found, key=lambda key: found[key], reverse=True)
        return tuple(newest[:limit])

    def _newest_of(
        self, leg: _Leg, period: Conditions, limit: int
    ) -> dict[MessageId, int]:
        """Return documents with their newest row that fits; no row more is read."""
        query = sa.select(deliveries.c.document, deliveries.c.id)
        if period:
            is_of = documents.c.key == deliveries.c.document
            query = query.join(documents, is_of)
        query = query.where(*leg.conditions, *period).order_by(leg.newest.desc())
        found: dict[MessageId, int] = {}
        # A document has many recipients: how many rows are needed is not known before.
        options = {"stream_results": True, "max_row_buffer": limit}
        with self._connection.execute(query, execution_options=options) as rows:
            for key, number in rows:
                found.setdefault(MessageId(key), number)
                if len(found) == limit:
                    break
        return found

    def _refused(self, wanted: Wanted, limit: int) -> tuple[MessageId, ...]:
        """Return rows that could not be sent to anybody; they have no recipients."""
        is_any_failed = wanted.is_failed and not wanted.state
        is_asked = is_any_failed or wanted.state == DocumentState.REFUSED
        if not is_asked or wanted.organization or wanted.is_late:
            return ()
        query = sa.select(documents.c.key).where(IS_REFUSED, *_period(wanted))
        return self._keys(query.order_by(_few(documents.c.id).desc()).limit(limit))

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


def _legs_by_state(wanted: Wanted) -> list[_Leg]:
    if wanted.state and wanted.state not in set(DeliveryState):
        return []
    rare = _few(deliveries.c.id)
    legs = [_Leg([deliveries.c.state == wanted.state] if wanted.state else [])]
    if wanted.is_failed:
        states = sorted(FAILED & {wanted.state} if wanted.state else FAILED)
        legs = [_Leg([deliveries.c.state == state]) for state in states]
    if _asks_for_turned_down(wanted):
        legs.append(_Leg([IS_TURNED_DOWN], rare))
    if wanted.is_late:
        legs = [_Leg([*leg.conditions, *IS_LATE], rare) for leg in legs]
    return legs


def _asks_for_turned_down(wanted: Wanted) -> bool:
    """Whether what a clerk turned down is wanted: as failed, or as refused."""
    is_failed = wanted.is_failed and wanted.state in {"", DeliveryState.DELIVERED}
    return is_failed or wanted.state == DeliveryState.REFUSED


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
