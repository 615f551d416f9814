"""Each recipient of an outgoing document has a state of its own."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from edoc_connector.errors import LostRace, NotFound, Reason
from edoc_connector.model.delivery import (
    DELIVERY_MOVES,
    HAS_DEADLINE,
    DeliveryEvent,
    DeliveryState,
    advance,
)
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.route import Route
from edoc_connector.storage.keys_given import is_one_of
from edoc_connector.storage.many import execute_many
from edoc_connector.storage.records import OutgoingDelivery, Receipt
from edoc_connector.storage.resting import is_rested
from edoc_connector.storage.rows import Rows, selected
from edoc_connector.storage.tables import deliveries, outbox

NEVER: Final[Mapping[MessageId, datetime]] = {}

# Made once: to put a statement together costs more than to run it.
OF_ALL: Final = selected(deliveries, OutgoingDelivery).where(
    deliveries.c.document.in_(sa.bindparam("documents", expanding=True)),
    deliveries.c.recipient.in_(sa.bindparam("recipients", expanding=True)),
)
MOVE_FROM: Final = (
    sa.update(deliveries)
    .where(deliveries.c.state == sa.bindparam("before"))
    .values(
        {
            name: sa.bindparam(name, type_=deliveries.c[name].type)
            for name in ("state", "changed_at", "due_at", "late_at", "reason")
        }
    )
)
MOVE: Final = MOVE_FROM.where(is_one_of(deliveries.c.id, "those"))
QUEUED: Final = deliveries.alias("queued")
MOVE_QUEUED: Final = MOVE_FROM.where(
    deliveries.c.id.in_(
        sa.select(QUEUED.c.id).where(
            QUEUED.c.document == outbox.c.message_id,
            QUEUED.c.recipient == outbox.c.recipient,
            is_one_of(outbox.c.id, "packets"),
        )
    )
).returning(deliveries.c.document, deliveries.c.recipient)
"""By their numbers: SQLite would look through all that stand so."""


class Deliveries:
    """Deliveries, one per document and recipient; `documents.add` makes them."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, deliveries, OutgoingDelivery)

    def of(self, document: MessageId) -> tuple[OutgoingDelivery, ...]:
        """Return all deliveries of a document, in the order its sender named them."""
        return self._rows.by(document=document)

    def of_each(
        self, documents: Collection[MessageId]
    ) -> Mapping[MessageId, Sequence[OutgoingDelivery]]:
        """Return the deliveries of each of these documents, as `of` does."""
        found: dict[MessageId, list[OutgoingDelivery]] = {}
        for it in self._rows.among("document", documents):
            found.setdefault(it.document, []).append(it)
        return found

    def get(self, document: MessageId, recipient: OrganizationCode) -> OutgoingDelivery:
        """Return one delivery.  Raises `NotFound`."""
        found = self._rows.first_by(document=document, recipient=recipient)
        if found is None:
            raise NotFound(what=f"{document} {recipient}")
        return found

    def of_all(
        self, documents: Collection[MessageId], recipients: Collection[OrganizationCode]
    ) -> Mapping[tuple[MessageId, OrganizationCode], OutgoingDelivery]:
        """Return how it stands with all of these recipients of these documents."""
        asked = {"documents": list(documents), "recipients": list(recipients)}
        found = self._rows.all(OF_ALL, **asked)
        return {(it.document, it.recipient): it for it in found}

    def restart_deadline(
        self, document: MessageId, recipient: OrganizationCode, due_at: datetime
    ) -> None:
        """Let the deadline of what is sent again begin again, where there is one."""
        self._connection.execute(
            sa.update(deliveries)
            .where(*_is(document, recipient), deliveries.c.state.in_(HAS_DEADLINE))
            .values(due_at=due_at, late_at=None)
        )

    def lead(
        self, document: MessageId, recipient: OrganizationCode, route: Route
    ) -> None:
        """Let what is sent from now on travel this way."""
        self._connection.execute(
            sa.update(deliveries)
            .where(*_is(document, recipient))
            .values(goes_to=route.goes_to, closed_on=route.closed_on)
        )

    def forget_deadline(self, document: MessageId, recipient: OrganizationCode) -> None:
        """Wait for nobody any more: what was recalled is not late."""
        self._connection.execute(
            sa.update(deliveries)
            .where(*_is(document, recipient))
            .values(due_at=None, late_at=None)
        )

    def move(  # noqa: PLR0913  (an event and what it may leave behind)
        self,
        document: MessageId,
        recipient: OrganizationCode,
        event: DeliveryEvent,
        *,
        at: datetime,
        reason: Reason | None = None,
        due_at: datetime | None = None,
        seen: DeliveryState | None = None,
        standing: OutgoingDelivery | None = None,
    ) -> DeliveryState:
        """Apply one event, unless another worker was faster: `LostRace`.

        `seen` is the state on which the caller has decided, `standing` the delivery
        where it was read in this transaction.  The reason is kept, or
        cleared where there is none.  What stays in its state has been in it since
        before.  What is waited for next is due then, or is still to be planned, and is
        not late yet; only a seal changes nothing of that, because the document is not
        sent by it.
        """
        standing = standing or self.get(document, recipient)
        before = seen or standing.state
        after = advance(DELIVERY_MOVES, before, event)
        values = _moved(standing, before, after, event, at=at, due_at=due_at)
        moved = self._rows.change(
            values | {"reason": reason},
            document=document,
            recipient=recipient,
            state=before,
        )
        if moved != 1:
            raise LostRace(key=f"{document} {recipient}")
        return after

    def move_all(
        self,
        standing: Sequence[OutgoingDelivery],
        event: DeliveryEvent,
        *,
        at: datetime,
        reason: Reason | None = None,
        due_at: Mapping[MessageId, datetime] = NEVER,
    ) -> Sequence[DeliveryState]:
        """Apply one event to several deliveries, none twice; return their states.

        They are as they were read in this transaction; `due_at` is that of each
        document.  Raises `LostRace` where another worker was faster with one of them.
        """
        states = [advance(DELIVERY_MOVES, it.state, event) for it in standing]
        alike: dict[Hashable, list[OutgoingDelivery]] = {}
        changes: dict[Hashable, Mapping[str, Any]] = {}
        for it, after in zip(standing, states, strict=True):
            due = due_at.get(it.document)
            planned = {"due_at": it.due_at, "late_at": it.late_at}
            values = planned | _moved(it, it.state, after, event, at=at, due_at=due)
            key: Hashable = (it.state, *values.values())
            alike.setdefault(key, []).append(it)
            changes[key] = values | {"reason": reason}
        for like, some in alike.items():
            self._change_all(some, changes[like])
        return states

    def move_queued(  # noqa: PLR0913  (an event and what it leaves behind)
        self,
        packets: Collection[int],
        event: DeliveryEvent,
        *,
        seen: DeliveryState,
        at: datetime,
        due_at: datetime | None = None,
        reason: Reason | None = None,
    ) -> frozenset[tuple[MessageId, OrganizationCode]]:
        """Apply one event to the recipients of queued packets, where they stand so.

        Return who they were; the others are left as they are.
        """
        after = advance(DELIVERY_MOVES, seen, event)
        values = {"state": after, "changed_at": at, "reason": reason, "late_at": None}
        due = due_at if after in HAS_DEADLINE else None
        asked = {"packets": list(packets), "before": seen, "due_at": due}
        moved = self._connection.execute(MOVE_QUEUED, {**values, **asked})
        return frozenset((row.document, row.recipient) for row in moved)

    def seal_all(self, documents: Collection[MessageId], at: datetime) -> None:
        """Seal what is taken of these documents; a recall may have stopped the rest.

        It is what `move` does with `SEAL` to each of them.
        """
        self._connection.execute(SEAL_ALL, {"sealed": list(documents), "at": at})

    def _change_all(
        self, alike: Sequence[OutgoingDelivery], values: Mapping[str, Any]
    ) -> None:
        """Give these values to what stands in one state."""
        where = {"those": [it.id for it in alike], "before": alike[0].state}
        moved = self._connection.execute(MOVE, {**values, **where})
        if moved.rowcount != len(alike):
            raise LostRace(key=alike[0].document)

    def show(self, seen: OutgoingDelivery, *, status: str, at: datetime) -> None:
        """Show what its receiver says last, unless another worker was faster.

        `LostRace` then: who comes later counts again what has been said.
        """
        columns = deliveries.c
        shown = self._connection.execute(
            sa.update(deliveries)
            .where(
                *_is(seen.document, seen.recipient),
                columns.status.is_not_distinct_from(seen.status),
                columns.status_at.is_not_distinct_from(seen.status_at),
            )
            .values(status=status, status_at=at)
        )
        if shown.rowcount != 1:
            raise LostRace(key=f"{seen.document} {seen.recipient}")

    def answer_all(
        self,
        answers: Sequence[tuple[OutgoingDelivery, Receipt]],
        event: DeliveryEvent,
        *,
        at: datetime,
    ) -> None:
        """Apply one event to each, and show what its receiver says; none twice.

        As `move` and `show` do, without a reason.  Raises `LostRace` where one of them
        is not as it was seen.
        """
        rows = [_answered(seen, receipt, event, at) for seen, receipt in answers]
        if execute_many(self._connection, ANSWER, rows) != len(rows):
            raise LostRace(key=answers[0][1].document)

    def due(self, limit: int, now: datetime) -> tuple[OutgoingDelivery, ...]:
        """Return those whose deadline has come, the oldest deadline first.

        One at which looking has failed rests first.
        """
        is_awake = is_rested(deliveries.c.next_attempt_at, now)
        query = self._rows.select().where(deliveries.c.due_at <= now, is_awake)
        return self._rows.all(query.order_by(deliveries.c.due_at).limit(limit))

    def rest(self, seen: OutgoingDelivery, *, until: datetime) -> None:
        """Look no more before then; its deadline stays what it is."""
        self._connection.execute(
            sa.update(deliveries)
            .where(*_is(seen.document, seen.recipient))
            .values(next_attempt_at=until)
        )

    def postpone(self, seen: OutgoingDelivery, due_at: datetime) -> None:
        """Look again then, or raise `LostRace` where it is not as it was seen."""
        self._set(seen, due_at=due_at)

    def declare_late(
        self, seen: OutgoingDelivery, *, at: datetime, due_at: datetime
    ) -> None:
        """Write down since when it is late, once, or raise `LostRace`."""
        self._set(seen, due_at=due_at, late_at=at)

    def _set(self, seen: OutgoingDelivery, **values: datetime) -> None:
        changed = self._connection.execute(
            sa.update(deliveries)
            .where(
                *_is(seen.document, seen.recipient),
                deliveries.c.state == seen.state,
                deliveries.c.due_at == seen.due_at,
                deliveries.c.late_at.is_not_distinct_from(seen.late_at),
            )
            .values(values)
        )
        if changed.rowcount != 1:
            raise LostRace(key=f"{seen.document} {seen.recipient}")


# Made once: to put a statement together costs more than to run it.
SEAL_ALL: Final = (
    sa.update(deliveries)
    .where(
        is_one_of(deliveries.c.document, "sealed"),
        # Of the state alone SQLite would follow the index, through the whole backlog.
        sa.func.coalesce(deliveries.c.state, "") == DeliveryState.TAKEN,
    )
    .values(
        state=advance(DELIVERY_MOVES, DeliveryState.TAKEN, DeliveryEvent.SEAL),
        reason=None,
        changed_at=sa.bindparam("at"),
        # What is still to be planned stays so.
        due_at=sa.case(
            (deliveries.c.due_at == deliveries.c.changed_at, sa.bindparam("at")),
            else_=deliveries.c.due_at,
        ),
    )
)


def _is(
    document: MessageId, recipient: OrganizationCode
) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return deliveries.c.document == document, deliveries.c.recipient == recipient


def _moved(  # noqa: PLR0913  (all that the move depends on)
    standing: OutgoingDelivery,
    before: DeliveryState,
    after: DeliveryState,
    event: DeliveryEvent,
    *,
    at: datetime,
    due_at: datetime | None,
) -> dict[str, Any]:
    """Return what a move changes in a delivery."""
    since = standing.changed_at if after is before else at
    values: dict[str, Any] = {"state": after, "changed_at": since}
    if event is not DeliveryEvent.SEAL:
        is_due = after in HAS_DEADLINE
        return values | {
            "due_at": (due_at or since) if is_due else None,
            "late_at": None,
        }
    return values | ({"due_at": since} if standing.is_unplanned else {})


def _answered(
    seen: OutgoingDelivery, receipt: Receipt, event: DeliveryEvent, at: datetime
) -> dict[str, Any]:
    """Return what `ANSWER` is given for a delivery."""
    after = advance(DELIVERY_MOVES, seen.state, event)
    moved = _moved(seen, seen.state, after, event, at=at, due_at=None)
    shown = {"status": receipt.status, "status_at": receipt.stated_at}
    was = {f"seen_{name}": getattr(seen, name) for name in SEEN}
    return {**moved, **shown, "reason": None, **was}


IS: Final = ("document", "recipient", "state")
WAS_SHOWN: Final = ("status", "status_at")
SEEN: Final = (*IS, *WAS_SHOWN)
GIVEN: Final = (
    "state",
    "changed_at",
    "due_at",
    "late_at",
    "reason",
    "status",
    "status_at",
)

# Made once: to put a statement together costs more than to run it.
ANSWER: Final = (
    sa.update(deliveries)
    .where(
        *(deliveries.c[name] == sa.bindparam(f"seen_{name}") for name in IS),
        *(
            deliveries.c[name].is_not_distinct_from(sa.bindparam(f"seen_{name}"))
            for name in WAS_SHOWN
        ),
    )
    .values({name: sa.bindparam(name, type_=deliveries.c[name].type) for name in GIVEN})
)
