"""Parts of packets that have not arrived whole yet."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from edoc_connector.model.identifiers import Digest, MessageId
from edoc_connector.storage.packet_names import are_named, given_names
from edoc_connector.storage.records import PacketName, StoredSegment
from edoc_connector.storage.rows import Rows, selected
from edoc_connector.storage.tables import segments


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How many segments are here, and of how many bytes."""

    count: int
    size: int


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A packet of which only some segments are here."""

    account: str
    message_id: MessageId
    packet: Digest


class Segments:
    """What is here of each packet; the bytes are in the spool."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, segments, StoredSegment)

    def add(  # noqa: PLR0913  (which part of what, and where its bytes are)
        self,
        *,
        account: str,
        message_id: MessageId,
        packet: Digest,
        number: int,
        total: int,
        content: Digest,
        size: int,
        at: datetime,
    ) -> bool:
        """Add a segment, or return False if one of this number is here."""
        values = {
            "account": account,
            "message_id": message_id,
            "packet": packet,
            "number": number,
            "total": total,
            "content": content,
            "size": size,
            "added_at": at,
        }
        return self._rows.add(values) is not None

    def of(
        self, account: str, message_id: MessageId, packet: Digest
    ) -> tuple[StoredSegment, ...]:
        """Return what is here of this packet, by number."""
        query = self._rows.select().where(*_are(account, message_id, packet))
        return self._rows.all(query.order_by(segments.c.number))

    def of_any(self, packets: Collection[PacketName]) -> tuple[StoredSegment, ...]:
        """Return what is here of any of these packets."""
        found = self._rows.all(OF_ANY, **given_names(packets))
        return tuple(it for it in found if it.of in packets)

    def held(self, account: str, message_id: MessageId, packet: Digest) -> Held:
        """Return how much is here of this packet, without reading it all."""
        size = sa.func.coalesce(sa.func.sum(segments.c.size), 0)
        query = sa.select(sa.func.count(), size)
        condition = _are(account, message_id, packet)
        count, size_here = self._connection.execute(query.where(*condition)).one()
        return Held(count=count, size=int(size_here))

    def forget_other_cuts(
        self, account: str, message_id: MessageId, packet: Digest, *, total: int
    ) -> tuple[StoredSegment, ...]:
        """Forget and return the segments of this packet that was cut otherwise."""
        others = (*_are(account, message_id, packet), segments.c.total != total)
        found = self._rows.all(self._rows.select().where(*others))
        if found:
            self._connection.execute(sa.delete(segments).where(*others))
        return found

    def remove(self, account: str, message_id: MessageId, packet: Digest) -> None:
        """Forget the segments of a packet that is whole now."""
        named = {"account": account, "message_id": message_id, "packet": packet}
        self._connection.execute(REMOVE, named)

    def stale(self, before: datetime, limit: int) -> tuple[Unfinished, ...]:
        """Return packets of which nothing has come since then."""
        found = self._connection.execute(STALE, {"before": before, "limit": limit})
        return tuple(Unfinished(*row) for row in found)

    def uses(self, content: Digest) -> bool:
        """Whether an unfinished packet still needs these bytes."""
        query = sa.select(segments.c.id).where(segments.c.content == content)
        return self._connection.scalar(query.limit(1)) is not None


def _are(
    account: str, message_id: MessageId, packet: Digest
) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        segments.c.account == account,
        segments.c.message_id == message_id,
        segments.c.packet == packet,
    )


def _stale() -> sa.Select[Any]:
    newer = segments.alias()
    before: sa.BindParameter[Any] = sa.bindparam("before")
    has_newer = sa.exists().where(
        newer.c.account == segments.c.account,
        newer.c.message_id == segments.c.message_id,
        newer.c.packet == segments.c.packet,
        newer.c.added_at > before,
    )
    columns = (segments.c.account, segments.c.message_id, segments.c.packet)
    query = sa.select(*columns).where(segments.c.added_at <= before, ~has_newer)
    return query.distinct().limit(sa.bindparam("limit"))


# Made once: to put a statement together costs more than to run it.
STALE: Final = _stale()
OF_ANY: Final = selected(segments, StoredSegment).where(*are_named(segments))
REMOVE: Final = sa.delete(segments).where(
    segments.c.account == sa.bindparam("account"),
    segments.c.message_id == sa.bindparam("message_id"),
    segments.c.packet == sa.bindparam("packet"),
)
