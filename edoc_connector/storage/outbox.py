"""Packets that wait for the broker's confirm, and who is trying to publish them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from edoc_connector.errors import LostRace, Reason
from edoc_connector.model.delivery import DeliveryState
from edoc_connector.model.identifiers import Digest, MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.route import ITSELF
from edoc_connector.model.stages import Kind
from edoc_connector.storage.keys_given import is_one_of
from edoc_connector.storage.many import execute_many
from edoc_connector.storage.records import OutboxItem
from edoc_connector.storage.rows import Rows, is_beginning
from edoc_connector.storage.tables import deliveries, documents, outbox

WAITING = outbox.c.settled_at.is_(None)
LONGEST_NUMBER: Final = 18
LONGEST_PAUSE: Final = timedelta(days=1)
MOST_FOUND: Final = 1000
ADD = sa.insert(outbox).returning(outbox.c.id)
ADD_ALL: Final = sa.insert(outbox)
ADD_SEALED: Final = sa.insert(outbox).from_select(
    [
        "message_id",
        "kind",
        "sender",
        "recipient",
        "correlation_id",
        "business_type",
        "priority",
        "packet",
        "packet_bytes",
        "answers",
        "attempts",
        "added_at",
        "next_attempt_at",
        "goes_to",
    ],
    sa.select(
        documents.c.key,
        sa.literal(Kind.EDOC, outbox.c.kind.type),
        documents.c.sender,
        deliveries.c.recipient,
        documents.c.document_id,
        documents.c.business_type,
        documents.c.priority,
        documents.c.packet,
        documents.c.packet_bytes,
        sa.literal(""),
        sa.literal(0),
        sa.bindparam("now", type_=outbox.c.added_at.type),
        sa.bindparam("now", type_=outbox.c.added_at.type),
        deliveries.c.goes_to,
    )
    .join(deliveries, deliveries.c.document == documents.c.key)
    .where(
        is_one_of(documents.c.key, "sealed"),
        # Of the state alone SQLite would follow the index, through the whole backlog.
        sa.func.coalesce(deliveries.c.state, "") == DeliveryState.SEALED,
    )
    .order_by(documents.c.priority.desc(), documents.c.id, deliveries.c.id),
)
# Made once: to put a statement together costs more than to run it.
SETTLE: Final = (
    sa.update(outbox)
    .where(is_one_of(outbox.c.id, "items"), WAITING)
    .values(
        settled_at=sa.bindparam("at"),
        reason=sa.bindparam("why"),
        leased_by=None,
        leased_until=None,
    )
)
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
        goes_to: OrganizationCode = ITSELF,
    ) -> int:
        """Queue a packet for one recipient, due at once, and return the item's id.

        It travels under the code `goes_to`, if there is one.
        """
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
            "goes_to": goes_to,
        }
        return int(self._connection.execute(ADD, values).scalar_one())

    def add_all(self, packets: Sequence[Mapping[str, object]], *, at: datetime) -> None:
        """Queue several as `add` does each, with the same names."""
        fresh = {"attempts": 0, "added_at": at, "next_attempt_at": at}
        rows = [{"goes_to": ITSELF, **packet, **fresh} for packet in packets]
        if rows:
            execute_many(self._connection, ADD_ALL, rows)

    def is_queued(self, id: int) -> bool:  # noqa: A002  (the field's name)
        """Whether this item is not settled yet."""
        query = sa.select(outbox.c.id).where(outbox.c.id == id, WAITING)
        return self._connection.scalar(query) is not None

    def add_sealed(self, documents: Collection[MessageId], *, at: datetime) -> None:
        """Queue the packets of sealed documents for each of whom they are sealed."""
        asked = {"sealed": list(documents), "now": at}
        self._connection.execute(ADD_SEALED, asked)

    def is_waiting(self, message_id: MessageId) -> bool:
        """Whether a copy of this message waits already."""
        query = sa.select(outbox.c.id).where(outbox.c.message_id == message_id, WAITING)
        return self._connection.scalar(query.limit(1)) is not None

    def of(
        self, message_id: MessageId, recipient: OrganizationCode
    ) -> OutboxItem | None:
        """Return the newest item of a message for one recipient, settled or not."""
        query = self._rows.select().where(
            outbox.c.message_id == message_id, outbox.c.recipient == recipient
        )
        return self._rows.first(query.order_by(outbox.c.id.desc()))

    def expire(
        self,
        message_id: MessageId,
        recipient: OrganizationCode,
        *,
        at: datetime,
        reason: Reason,
        in_hand: bool = False,
    ) -> None:
        """Take what waits for this recipient out of the queue, with the reason.

        Raises `LostRace` where a relay has it in hand, unless that is no obstacle.
        """
        mine = (outbox.c.message_id == message_id, outbox.c.recipient == recipient)
        values = {"settled_at": at, "reason": reason, "leased_by": None}
        self._connection.execute(
            sa.update(outbox)
            .where(*mine, WAITING, sa.or_(sa.literal(in_hand), ~_is_leased(at)))
            .values(values | {"leased_until": None})
        )
        left = sa.select(outbox.c.id).where(*mine, WAITING).limit(1)
        if self._connection.scalar(left) is not None:
            raise LostRace(key=message_id)

    def withdraw(
        self, message_id: MessageId, recipient: OrganizationCode, *, at: datetime
    ) -> bool:
        """Take out what no relay ever had in hand, and say whether none of it has left.

        What was claimed may have left: it stays, and the answer is False.
        """
        copies = _copies(message_id, recipient)
        self._connection.execute(
            sa.update(outbox)
            .where(*copies, WAITING, outbox.c.claimed_at.is_(None))
            .values(settled_at=at)
        )
        return not self.may_have_left(message_id, recipient)

    def may_have_left(self, message_id: MessageId, recipient: OrganizationCode) -> bool:
        """Whether a relay ever had this packet for this recipient in hand."""
        copies = _copies(message_id, recipient)
        query = sa.select(outbox.c.id).where(*copies, outbox.c.claimed_at.is_not(None))
        return self._connection.scalar(query.limit(1)) is not None

    def stop(
        self, message_id: MessageId, recipient: OrganizationCode, *, at: datetime
    ) -> None:
        """Take out every copy that waits, though it may have left: no more is tried."""
        self._connection.execute(
            sa.update(outbox)
            .where(*_copies(message_id, recipient), WAITING)
            .values(settled_at=at, leased_by=None, leased_until=None)
        )

    def waits_for(self, message_id: MessageId, recipient: OrganizationCode) -> bool:
        """Whether a copy of this packet waits for this recipient already."""
        query = sa.select(outbox.c.id).where(*_copies(message_id, recipient), WAITING)
        return self._connection.scalar(query.limit(1)) is not None

    def settle(
        self,
        id: int,  # noqa: A002  (the field's name)
        at: datetime,
        reason: Reason | None = None,
    ) -> None:
        """Take an item out of the queue: it has left, or the reason says why not.

        Raises `LostRace` if it is out already.
        """
        self.settle_all([id], at, reason)

    def settle_all(
        self, ids: Collection[int], at: datetime, reason: Reason | None = None
    ) -> None:
        """Take all of these out.  Raises `LostRace` if one of them is out already."""
        settled = {"items": list(ids), "at": at, "why": reason}
        if self._connection.execute(SETTLE, settled).rowcount != len(ids):
            raise LostRace(key=f"outbox {min(ids)}")

    def postpone(
        self,
        id: int,  # noqa: A002
        *,
        until: datetime,
        reason: Reason,
    ) -> None:
        """Count a failed attempt, rest until then, and let go of the lease.

        Raises `LostRace` if the item was settled meanwhile.
        """
        self._change(
            id,
            attempts=outbox.c.attempts + 1,
            next_attempt_at=until,
            reason=reason,
            leased_by=None,
            leased_until=None,
        )

    def note(self, ids: Collection[int], reason: Reason) -> None:
        """Write down why these still wait, without counting an attempt."""
        self._connection.execute(
            sa.update(outbox).where(outbox.c.id.in_(ids), WAITING).values(reason=reason)
        )

    def give_up(self, id: int, reason: Reason, at: datetime) -> None:  # noqa: A002
        """Set it aside for a person, with what was the matter at last."""
        self._change(id, parked_at=at, reason=reason, leased_by=None, leased_until=None)

    def hurry(self, recipient: OrganizationCode, now: datetime) -> None:
        """Let what was postponed for this recipient be tried at once."""
        self._connection.execute(
            sa.update(outbox)
            .where(
                WAITING,
                outbox.c.recipient == recipient,
                outbox.c.next_attempt_at > now,
            )
            .values(next_attempt_at=now)
        )

    def park(self, id: int, at: datetime) -> bool:  # noqa: A002
        """Hold it back; False if it is gone, or held back already."""
        return self._held(id, outbox.c.parked_at.is_(None), parked_at=at)

    def release(self, id: int, at: datetime) -> bool:  # noqa: A002
        """Let it go on as if it were new; False if it is gone, or nobody held it back.

        What failed before counts no more.
        """
        return self._held(
            id,
            outbox.c.parked_at.is_not(None),
            parked_at=None,
            released_at=at,
            next_attempt_at=at,
            attempts=0,
            reason=None,
            segments_sent=0,
        )

    def _held(
        self,
        item: int,
        seen: sa.ColumnElement[bool],
        **values: object,
    ) -> bool:
        changed = self._connection.execute(
            sa.update(outbox).where(outbox.c.id == item, WAITING, seen).values(values)
        )
        return changed.rowcount == 1

    def _change(self, item: int, **values: object) -> None:
        changed = self._connection.execute(
            sa.update(outbox).where(outbox.c.id == item, WAITING).values(values)
        )
        if changed.rowcount != 1:
            raise LostRace(key=f"outbox {item}")

    def list_waiting(
        self,
        limit: int,
        *,
        to: OrganizationCode | None = None,
        parked: bool = False,
    ) -> tuple[OutboxItem, ...]:
        """Return what is not settled, in the order in which it is to leave."""
        query = self._rows.select().where(WAITING, *_to(to))
        if parked:
            query = query.where(outbox.c.parked_at.is_not(None))
        return self._rows.all(query.order_by(*ORDER).limit(limit))

    def find_waiting(self, text: str) -> tuple[OutboxItem, ...]:
        """Return what a person may mean: a number of the queue, a message id.

        Or the beginning of one, which may be that of several.
        """
        named = self._rows.select().where(WAITING).order_by(*ORDER)
        if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER:
            found = self._rows.all(named.where(outbox.c.id == int(text)))
            if found or not is_beginning(text):
                return found
        named = named.limit(MOST_FOUND)
        found = self._rows.all(named.where(outbox.c.message_id == text))
        if found or not is_beginning(text):
            return found
        begun = outbox.c.message_id.startswith(text, autoescape=True)
        return self._rows.all(named.where(begun))

    def waiting(self) -> int:
        """Count what is not settled, due or not."""
        query = sa.select(sa.func.count()).select_from(outbox).where(WAITING)
        return self._connection.execute(query).scalar_one()


def _to(recipient: OrganizationCode | None) -> list[sa.ColumnElement[bool]]:
    return [] if recipient is None else [outbox.c.recipient == recipient]


def _is_leased(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(outbox.c.leased_by.is_not(None), outbox.c.leased_until > now)


def _copies(
    message_id: MessageId, recipient: OrganizationCode
) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return outbox.c.message_id == message_id, outbox.c.recipient == recipient
