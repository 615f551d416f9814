"""What we and our partners say of each day, and the differences that are open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final

import sqlalchemy as sa

from edoc_connector.errors import LostRace, NotFound, Reason
from edoc_connector.model.delivery import HAS_LEFT, InboxState
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.reconciliation import CaseKind, Difference, Listed
from edoc_connector.model.stages import Kind
from edoc_connector.storage.records import Case, Reconciliation
from edoc_connector.storage.rows import Rows
from edoc_connector.storage.tables import (
    cases,
    deliveries,
    inbox,
    outbox,
    reconciliations,
)

AT_ONCE: Final = 500
"""Names in one question; databases have a limit."""


class Reconciliations:
    """One statement per partner, day and side."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, reconciliations, Reconciliation)

    # --- what was sent and received ---

    def sent(
        self, since: datetime, until: datetime
    ) -> Iterator[tuple[OrganizationCode, Listed]]:
        """Yield the documents whose packet the broker confirmed in this time, in order.

        What a recall has stopped was taken out of the queue too, and did not leave.
        """
        same_packet = sa.and_(
            deliveries.c.document == outbox.c.message_id,
            deliveries.c.recipient == outbox.c.recipient,
        )
        query = (
            sa.select(
                outbox.c.recipient,
                outbox.c.message_id,
                outbox.c.correlation_id,
                outbox.c.packet,
                outbox.c.settled_at,
            )
            .join(deliveries, same_packet)
            .where(
                outbox.c.kind == Kind.EDOC,
                outbox.c.settled_at >= since,
                outbox.c.settled_at < until,
                outbox.c.claimed_at.is_not(None),
                outbox.c.reason.is_(None),
                deliveries.c.state.in_(HAS_LEFT),
            )
            .order_by(outbox.c.settled_at, outbox.c.id)
        )
        for row in self._connection.execute(query):
            yield row.recipient, _listed(row, row.settled_at)

    def received(
        self, since: datetime, until: datetime
    ) -> Iterator[tuple[str, OrganizationCode, bool, Listed]]:
        """Yield what came in this time: account, claimed sender, whether delivered.

        In the order it came.
        """
        query = (
            sa.select(
                inbox.c.account,
                inbox.c.sender,
                inbox.c.state,
                inbox.c.message_id,
                inbox.c.correlation_id,
                inbox.c.packet,
                inbox.c.accepted_at,
            )
            .where(
                inbox.c.kind == Kind.EDOC,
                inbox.c.accepted_at >= since,
                inbox.c.accepted_at < until,
            )
            .order_by(inbox.c.accepted_at, inbox.c.id)
        )
        for row in self._connection.execute(query):
            is_delivered = row.state is InboxState.DELIVERED
            listed = _listed(row, row.accepted_at)
            yield row.account, row.sender, is_delivered, listed

    def who_brought(
        self, names: Iterable[MessageId]
    ) -> Iterator[tuple[MessageId, str, bool]]:
        """Yield who brought these documents: message, account, whether delivered."""
        for some in _some(names):
            query = sa.select(inbox.c.message_id, inbox.c.account, inbox.c.state).where(
                inbox.c.kind == Kind.EDOC, inbox.c.message_id.in_(some)
            )
            for row in self._connection.execute(query):
                is_delivered = row.state is InboxState.DELIVERED
                yield row.message_id, row.account, is_delivered

    def recipients(
        self, names: Iterable[MessageId]
    ) -> Iterator[tuple[MessageId, OrganizationCode]]:
        """Yield to whom these documents of ours are addressed."""
        for some in _some(names):
            query = sa.select(deliveries.c.document, deliveries.c.recipient).where(
                deliveries.c.document.in_(some)
            )
            for row in self._connection.execute(query):
                yield row.document, row.recipient

    # --- statements ---

    def add(self, one: Reconciliation) -> bool:
        """Keep a statement, or return False where there is one of this day."""
        return self._rows.add(_values(one)) is not None

    def replace(self, seen: Reconciliation, one: Reconciliation) -> None:
        """Put a newer word of a partner in the place of an older one."""
        changed = self._connection.execute(
            sa.update(reconciliations)
            .where(
                reconciliations.c.id == seen.id,
                reconciliations.c.content == seen.content,
            )
            .values(_values(one))
        )
        if changed.rowcount != 1:
            raise LostRace(key=f"reconciliation {seen.id}")

    def find(
        self, peer: OrganizationCode, day: str, *, is_ours: bool
    ) -> Reconciliation | None:
        """Return what we or they say of a day."""
        query = self._of(peer, is_ours=is_ours).where(reconciliations.c.day == day)
        return self._rows.first(query)

    def newest(self, peer: OrganizationCode, *, is_ours: bool) -> Reconciliation | None:
        """Return what we or they say of the newest day there is."""
        query = self._of(peer, is_ours=is_ours)
        return self._rows.first(query.order_by(reconciliations.c.day.desc()))

    def _of(self, peer: OrganizationCode, *, is_ours: bool) -> sa.Select[Any]:
        return self._rows.select().where(
            reconciliations.c.peer == peer, reconciliations.c.is_ours.is_(is_ours)
        )

    def to_compare(self, limit: int) -> tuple[Reconciliation, ...]:
        """Return what partners say and nobody has found to fit yet, oldest first.

        By the time it came: who says another word of a day goes to the end again.
        """
        query = self._rows.select().where(
            reconciliations.c.is_ours.is_(False),
            reconciliations.c.compared_at.is_(None),
        )
        order = (reconciliations.c.stated_at, reconciliations.c.id)
        return self._rows.all(query.order_by(*order).limit(limit))

    def settle(self, seen: Reconciliation, *, at: datetime) -> None:
        """Write down that it was compared, or raise `LostRace`."""
        changed = self._connection.execute(
            sa.update(reconciliations)
            .where(
                reconciliations.c.id == seen.id,
                reconciliations.c.content == seen.content,
                reconciliations.c.compared_at.is_(None),
            )
            .values(compared_at=at)
        )
        if changed.rowcount != 1:
            raise LostRace(key=f"reconciliation {seen.id}")

    def recent(self, limit: int) -> tuple[Reconciliation, ...]:
        """Return the newest days, newest first; both sides of one stand together."""
        of = reconciliations.c
        order = (of.day.desc(), of.peer, of.is_ours)
        return self._rows.all(self._rows.select().order_by(*order).limit(limit))


class Cases:
    """One per partner, document and kind of difference."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, cases, Case)

    def open(
        self, peer: OrganizationCode, day: str, found: Difference, *, at: datetime
    ) -> bool:
        """Open a case, also one that was closed by itself; False where it is open.

        One that a person has closed stays closed.
        """
        values = {
            "peer": peer,
            "day": day,
            "message_id": found.message_id,
            "document_id": found.document_id,
            "kind": found.kind,
            "opened_at": at,
        }
        if self._rows.add(values) is not None:
            return True
        again = self._connection.execute(
            sa.update(cases)
            .where(*_is(peer, found), cases.c.closed_at.is_not(None))
            .where(cases.c.reason.is_(None))
            .values(day=day, opened_at=at, closed_at=None)
        )
        return again.rowcount == 1

    def close(self, case: Case, *, at: datetime, reason: Reason | None = None) -> None:
        """Close a case, or raise `LostRace`; the reason is a person's."""
        changed = self._connection.execute(
            sa.update(cases)
            .where(cases.c.id == case.id, cases.c.closed_at.is_(None))
            .values(closed_at=at, reason=reason)
        )
        if changed.rowcount != 1:
            raise LostRace(key=f"case {case.id}")

    def get(self, id: int) -> Case:  # noqa: A002  (the field's name)
        """Return a case.  Raises `NotFound`."""
        found = self._rows.first(self._rows.select().where(cases.c.id == id))
        if found is None:
            raise NotFound(what=f"case {id}")
        return found

    def still_open(
        self,
        kinds: Sequence[CaseKind] = tuple(CaseKind),
        peer: OrganizationCode | None = None,
    ) -> tuple[Case, ...]:
        """Return open cases of these kinds, oldest first."""
        query = self._rows.select().where(
            cases.c.closed_at.is_(None), cases.c.kind.in_(kinds)
        )
        if peer is not None:
            query = query.where(cases.c.peer == peer)
        return self._rows.all(query.order_by(cases.c.id))

    def count_open(self, peer: OrganizationCode) -> int:
        """Return how many cases are open with one partner."""
        query = sa.select(sa.func.count()).where(
            cases.c.peer == peer, cases.c.closed_at.is_(None)
        )
        return self._connection.execute(query).scalar_one()

    def closed_since(
        self, since: datetime, kinds: Sequence[CaseKind]
    ) -> dict[OrganizationCode, datetime]:
        """Return with whom cases of these kinds were closed, and when the last."""
        query = (
            sa.select(cases.c.peer, cases.c.closed_at)
            .where(cases.c.closed_at >= since, cases.c.kind.in_(kinds))
            .order_by(cases.c.closed_at)
        )
        return {it.peer: it.closed_at for it in self._connection.execute(query)}

    def recent(
        self, limit: int, peer: OrganizationCode | None = None
    ) -> tuple[Case, ...]:
        """Return the newest cases, open or not, newest first."""
        query = self._rows.select()
        if peer is not None:
            query = query.where(cases.c.peer == peer)
        return self._rows.all(query.order_by(cases.c.id.desc()).limit(limit))


def _some(names: Iterable[MessageId]) -> Iterator[tuple[MessageId, ...]]:
    waiting = iter(names)
    while some := tuple(islice(waiting, AT_ONCE)):
        yield some


def _is(
    peer: OrganizationCode, found: Difference
) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        cases.c.peer == peer,
        cases.c.message_id == found.message_id,
        cases.c.kind == found.kind,
    )


def _values(one: Reconciliation) -> dict[str, object]:
    return {
        "peer": one.peer,
        "day": one.day,
        "is_ours": one.is_ours,
        "sent": one.sent,
        "received": one.received,
        "digest": one.digest,
        "message_id": one.message_id,
        "content": one.content,
        "stated_at": one.stated_at,
        "compared_at": one.compared_at,
    }


def _listed(row: Any, at: datetime) -> Listed:  # noqa: ANN401  (a row)
    return Listed(
        message_id=row.message_id,
        document_id=row.correlation_id,
        packet=row.packet,
        at=at.isoformat(timespec="seconds"),
    )
