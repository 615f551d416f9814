"""Packets received whole: durable first, judged once, kept for ever."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from edoc_connector.errors import LostRace, NotFound, Reason
from edoc_connector.model.delivery import INBOX_MOVES, InboxEvent, InboxState, advance
from edoc_connector.model.document import Priority
from edoc_connector.model.identifiers import Digest, MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from edoc_connector.storage.packet_names import are_named, given_names
from edoc_connector.storage.records import InboxEntry, NewPacket, PacketName
from edoc_connector.storage.rows import Rows, begins, is_beginning, selected
from edoc_connector.storage.tables import inbox

LONGEST_NUMBER: Final = 18

OUTSIDE: Final = frozenset(
    {InboxState.ACCEPTED, InboxState.QUARANTINED, InboxState.REJECTED}
)
"""Of a document: it is not in the register, or not yet."""


COLUMNS: Final = tuple(it.name for it in fields(NewPacket))


class Inbox:
    """What the axis brought, one entry per account, message id and packet.

    The packet is part of the key: who sends another content under a used message id
    neither replaces the first nor is lost; each is judged by its own seal.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, inbox, InboxEntry)

    def find(
        self, account: str, message_id: MessageId, packet: Digest | None = None
    ) -> InboxEntry | None:
        """Return the entry with this packet, or the first one with any packet."""
        packets = {} if packet is None else {"packet": packet}
        return self._rows.first_by(account=account, message_id=message_id, **packets)

    def delivered(self, account: str, message_id: MessageId) -> InboxEntry | None:
        """Return the entry of this message that was delivered, whatever else came."""
        query = self._rows.select().where(
            inbox.c.account == account,
            inbox.c.message_id == message_id,
            inbox.c.state == InboxState.DELIVERED,
        )
        return self._rows.first(query.order_by(inbox.c.id))

    def among(self, names: Collection[PacketName]) -> Mapping[PacketName, InboxEntry]:
        """Return the entries of those packets that are here, by their names."""
        found = self._rows.all(AMONG, **given_names(names))
        return {it.name: it for it in found if it.name in names}

    def add_all(self, packets: Sequence[NewPacket]) -> None:
        """Add an entry for each, or raise `LostRace` where one of them is here."""
        rows = [
            {name: getattr(it, name) for name in COLUMNS}
            | {"state": InboxState.ACCEPTED, "reason": None}
            for it in packets
        ]
        if self._rows.add_all(rows) != len(rows):
            raise LostRace(key=packets[0].message_id)

    def add(  # noqa: PLR0913  (everything a message says about its packet)
        self,
        *,
        account: str,
        message_id: MessageId,
        kind: Kind,
        sender: OrganizationCode,
        correlation_id: str,
        answers: str,
        packet: Digest,
        packet_bytes: int,
        state: InboxState,
        reason: Reason | None,
        at: datetime,
        priority: int = 0,
        way: tuple[str, ...] = (),
    ) -> int | None:
        """Add an entry and return its id, or None if it is known."""
        values = {
            "account": account,
            "message_id": message_id,
            "kind": kind,
            "sender": sender,
            "correlation_id": correlation_id,
            "answers": answers,
            "packet": packet,
            "packet_bytes": packet_bytes,
            "state": state,
            "reason": reason,
            "accepted_at": at,
            "priority": priority,
            "way": way,
        }
        return self._rows.add(values)

    def get(self, id: int) -> InboxEntry:  # noqa: A002  (the field's name)
        """Return the entry.  Raises `NotFound`."""
        found = self._rows.first_by(id=id)
        if found is None:
            raise NotFound(what=f"inbox {id}")
        return found

    def in_state(self, state: InboxState, limit: int) -> tuple[InboxEntry, ...]:
        """Return entries in this state, oldest first."""
        query = self._rows.select().where(inbox.c.state == state)
        return self._rows.all(query.order_by(inbox.c.id).limit(limit))

    def quarantined(
        self, account: str, document_id: str, limit: int
    ) -> tuple[InboxEntry, ...]:
        """Return what this account sent under this id and was not believed."""
        query = self._rows.select().where(
            inbox.c.kind == Kind.EDOC,
            inbox.c.state == InboxState.QUARANTINED,
            inbox.c.account == account,
            inbox.c.correlation_id == document_id,
        )
        return self._rows.all(query.order_by(inbox.c.id).limit(limit))

    def newest_in_state(self, state: InboxState, limit: int) -> tuple[InboxEntry, ...]:
        """Return entries in this state, newest first."""
        query = self._rows.select().where(inbox.c.state == state)
        return self._rows.all(query.order_by(inbox.c.id.desc()).limit(limit))

    def find_set_aside(self, text: str, limit: int = 10) -> tuple[InboxEntry, ...]:
        """Return what a person may mean: a number, a message id, or its beginning.

        Strangers choose message ids: what is a number of the list, is nothing else.
        """
        states = (InboxState.QUARANTINED, InboxState.REJECTED)
        query = self._rows.select().where(inbox.c.state.in_(states))
        query = query.order_by(inbox.c.id.desc()).limit(limit)
        if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER:
            found = self._rows.all(query.where(inbox.c.id == int(text)))
            if found or not is_beginning(text):
                return found
        found = self._rows.all(query.where(inbox.c.message_id == text))
        if found or not is_beginning(text):
            return found
        begun = begins(self._connection, inbox.c.message_id, text)
        return self._rows.all(query.where(*begun))

    def to_judge(self, limit: int, *, at: datetime) -> tuple[InboxEntry, ...]:
        """Return accepted entries that are not held now: the most urgent, the oldest.

        Half of them may be there for their priority, which is a sender's own claim:
        however many claim it, the others go on.  New ones first: however many were
        held, the post goes on.
        """
        # Three questions, because each of them follows an index however long the post.
        urgent = self._rows.all(URGENT, most=-(-limit // 2))
        oldest = self._rows.all(OLDEST, most=limit)
        found = {it.id: it for it in (*urgent, *oldest)}
        first = tuple(found.values())[:limit]
        left = limit - len(first)
        return (*first, *(self._rows.all(DUE, at=at, most=left) if left else ()))

    def begin(self, ids: Sequence[int]) -> None:
        """Count one more attempt to judge these, before it is made."""
        self._connection.execute(BEGIN, {"ids": ids})

    def let_go(self, ids: Sequence[int]) -> None:
        """Take back that count where nobody died: something else was away."""
        self._connection.execute(
            sa.update(inbox)
            .where(inbox.c.id.in_(ids), inbox.c.attempts > 0)
            .values(attempts=inbox.c.attempts - 1)
        )

    def with_packets(self, packets: Collection[Digest]) -> tuple[InboxEntry, ...]:
        """Return what was set aside with one of these packets, whoever sent it."""
        return self._rows.all(SET_ASIDE, packets=list(packets))

    def hold(
        self,
        id: int,  # noqa: A002  (the field's name)
        reason: Reason,
        *,
        until: datetime,
    ) -> None:
        """Leave an accepted entry for later, unless another worker moved it."""
        held = self._connection.execute(
            sa.update(inbox)
            .where(inbox.c.id == id, inbox.c.state == InboxState.ACCEPTED)
            .values(reason=reason, retry_at=until, attempts=0)
        )
        if held.rowcount != 1:
            raise LostRace(key=f"inbox {id}")

    def hurry(self, *document_ids: str, at: datetime) -> None:
        """Let what is held and says that it is about these documents wait no longer."""
        self._connection.execute(HURRY, {"ids": document_ids, "at": at})

    def move(
        self,
        id: int,  # noqa: A002
        event: InboxEvent,
        *,
        reason: Reason | None = None,
    ) -> InboxState:
        """Apply one event, unless another worker was faster: `LostRace`.

        The reason is kept, or cleared where there is none.
        """
        before = self.get(id).state
        after = advance(INBOX_MOVES, before, event)
        values = {"state": after, "reason": reason, "retry_at": None, "attempts": 0}
        if self._rows.change(values, id=id, state=before) != 1:
            raise LostRace(key=f"inbox {id}")
        return after

    def move_all(self, seen: Sequence[InboxEntry], event: InboxEvent) -> None:
        """Apply one event to all of these, where each is still what it was seen to be.

        Raises `LostRace` where one of them is not, and says not of which.
        """
        states = {it.state for it in seen}
        for before in states:
            ids = [it.id for it in seen if it.state is before]
            after = advance(INBOX_MOVES, before, event)
            given = {"ids": ids, "before": before, "after": after}
            if self._connection.execute(MOVE_ALL, given).rowcount != len(ids):
                raise LostRace(key=f"inbox {ids[0]}")

    def recent(self, kind: Kind, limit: int) -> tuple[InboxEntry, ...]:
        """Return the newest entries of this kind, newest first."""
        query = self._rows.select().where(inbox.c.kind == kind)
        return self._rows.all(query.order_by(inbox.c.id.desc()).limit(limit))

    def find_text(self, text: str, limit: int) -> tuple[InboxEntry, ...]:
        """Return what a person may mean by a message id, its start, or a document id.

        Or by the number and notation that end the document id (QD 28/2018: code, date,
        number), or the number alone.  Newest first.
        """
        label = inbox.c.correlation_id.endswith(f",{text}", autoescape=True)
        literal = text.replace("=", "==").replace("%", "=%").replace("_", "=_")
        number = inbox.c.correlation_id.like(f"%,____/__/__,{literal}/%", escape="=")
        # What is in the register is found by its arrival; these are few.
        is_outside = inbox.c.state.in_(sorted(OUTSIDE))
        named = sa.and_(is_outside, sa.or_(label, number))
        return self._rows.find(
            text,
            limit,
            handle="message_id",
            names=("correlation_id",),
            also=[named] if text else (),
        )


# Made once: to put a statement together costs more than to run it.
_ACCEPTED: Final = selected(inbox, InboxEntry).where(
    inbox.c.state == InboxState.ACCEPTED
)
_NEW: Final = _ACCEPTED.where(inbox.c.retry_at.is_(None))
_IDS: Final = inbox.c.id.in_(sa.bindparam("ids", expanding=True))
_MOST: Final = sa.bindparam("most", type_=sa.Integer())
URGENT: Final = (
    _NEW.where(inbox.c.priority > Priority.NORMAL)
    .order_by(inbox.c.priority.desc(), inbox.c.id)
    .limit(_MOST)
)
OLDEST: Final = _NEW.order_by(inbox.c.id).limit(_MOST)
DUE: Final = (
    _ACCEPTED.where(inbox.c.retry_at <= sa.bindparam("at"))
    .order_by(inbox.c.retry_at, inbox.c.id)
    .limit(_MOST)
)
SET_ASIDE: Final = (
    selected(inbox, InboxEntry)
    .where(
        inbox.c.packet.in_(sa.bindparam("packets", expanding=True)),
        inbox.c.state.in_((InboxState.QUARANTINED, InboxState.REJECTED)),
    )
    .order_by(inbox.c.id)
)
BEGIN: Final = (
    sa.update(inbox)
    .where(_IDS, inbox.c.state == InboxState.ACCEPTED)
    .values(attempts=inbox.c.attempts + 1)
)
MOVE_ALL: Final = (
    sa.update(inbox)
    .where(_IDS, inbox.c.state == sa.bindparam("before"))
    .values(
        state=sa.bindparam("after", type_=inbox.c.state.type),
        reason=None,
        retry_at=None,
        attempts=0,
    )
)
HURRY: Final = (
    sa.update(inbox)
    .where(
        inbox.c.correlation_id.in_(sa.bindparam("ids", expanding=True)),
        inbox.c.state == InboxState.ACCEPTED,
        inbox.c.retry_at > sa.bindparam("at"),
    )
    .values(retry_at=sa.bindparam("at"))
)
AMONG: Final = selected(inbox, InboxEntry).where(*are_named(inbox))
