"""Pings we sent of late and what came back: how the service tells who asked.

The service reads our mailbox, and a command asked; here they meet.  It is no evidence
and is forgotten after some days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.storage.rows import Rows
from edoc_connector.storage.tables import pings, pongs

REMEMBERED: Final = timedelta(days=7)

MOST_PONGS: Final = 4
"""Kept of one ping: somebody on the way may answer before who was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPing:
    """One we sent."""

    ping: MessageId
    recipient: OrganizationCode
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedPong:
    """What came back: the account and the way as our broker gave them, and the body.

    Where it is our own ping the body is empty, and the way names the broker that has no
    mailbox for it: no message has an empty body.
    """

    ping: MessageId
    account: str
    way: str
    body: str
    received_at: datetime

    @property
    def is_sent_back(self) -> bool:
        """Whether it is no answer, but the question."""
        return not self.body


class Pings:
    """Both tables."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._sent = Rows(connection, pings, SentPing)
        self._received = Rows(connection, pongs, ReceivedPong)

    def add(self, sent: SentPing) -> None:
        """Remember a ping before it leaves, and forget old ones."""
        old = sent.asked_at - REMEMBERED
        outdated = sa.select(pings.c.ping).where(pings.c.asked_at < old)
        self._connection.execute(sa.delete(pongs).where(pongs.c.ping.in_(outdated)))
        self._connection.execute(sa.delete(pings).where(pings.c.asked_at < old))
        values = {"ping": sent.ping, "asked_at": sent.asked_at}
        self._sent.add({**values, "recipient": sent.recipient})

    def find(self, ping: MessageId) -> SentPing | None:
        """Return one that we have sent, if we remember it."""
        return self._sent.first(self._sent.select().where(pings.c.ping == ping))

    def hear(self, pong: ReceivedPong) -> bool:
        """Keep what came back; False where nobody here asked, or enough is here."""
        if self.find(pong.ping) is None or len(self.answers(pong.ping)) >= MOST_PONGS:
            return False
        self._received.add(
            {
                "ping": pong.ping,
                "account": pong.account,
                "way": pong.way,
                "body": pong.body,
                "received_at": pong.received_at,
            }
        )
        return True

    def answers(self, ping: MessageId) -> tuple[ReceivedPong, ...]:
        """Return what came back for this ping, in the order it came."""
        query = self._received.select().where(pongs.c.ping == ping)
        return self._received.all(query.order_by(pongs.c.id))

    def recent(self, limit: int) -> tuple[ReceivedPong, ...]:
        """Return the newest of all pongs, newest first."""
        return self._received.recent(limit)
