"""Documents on their way to bodies or from them, however their codes are written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from edoc_connector.model.delivery import DeliveryState, InboxState
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from edoc_connector.storage.health import END
from edoc_connector.storage.tables import deliveries, documents, inbox, outbox

GOING: Final = (
    DeliveryState.TAKEN,
    DeliveryState.SEALED,
    DeliveryState.SENT,
    DeliveryState.UNROUTABLE,
    DeliveryState.PARKED,
)
"""Where a document may still have to reach its recipient."""
COMING: Final = (InboxState.ACCEPTED, InboxState.QUARANTINED)
"""Where a received one is not in the register yet."""


@dataclass(frozen=True, slots=True)
class UnderWayThere:
    """A document on its way: which, with whom, and where it stands."""

    document: str
    label: str
    peer: OrganizationCode
    state: str


class BoundFor:
    """What is not finished between us and some others."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def going_to(self, codes: Iterable[OrganizationCode]) -> Iterator[UnderWayThere]:
        """Yield what we have sent or are going to send to bodies of these codes.

        Also what goes there in place of a closed one.
        """
        query = (
            sa.select(
                deliveries.c.document,
                documents.c.label,
                END.label("peer"),
                deliveries.c.state,
            )
            .join(documents, documents.c.key == deliveries.c.document)
            .where(deliveries.c.state.in_(GOING))
            .order_by(deliveries.c.id)
        )
        yield from self._of(query, codes)

    def answers_to(self, codes: Iterable[OrganizationCode]) -> Iterator[UnderWayThere]:
        """Yield what else waits to go there: what we say of documents of theirs."""
        query = (
            sa.select(
                outbox.c.message_id.label("document"),
                outbox.c.correlation_id.label("label"),
                outbox.c.recipient.label("peer"),
                outbox.c.kind.label("state"),
            )
            .where(outbox.c.settled_at.is_(None), outbox.c.kind != Kind.EDOC)
            .order_by(outbox.c.id)
        )
        yield from self._of(query, codes)

    def coming_from(self, codes: Iterable[OrganizationCode]) -> Iterator[UnderWayThere]:
        """Yield what has arrived from them and is not delivered yet."""
        query = (
            sa.select(
                inbox.c.message_id.label("document"),
                sa.literal("").label("label"),
                inbox.c.sender.label("peer"),
                inbox.c.state,
            )
            .where(inbox.c.state.in_(COMING))
            .order_by(inbox.c.id)
        )
        yield from self._of(query, codes)

    def _of(
        self,
        query: sa.Select[tuple[str, str, OrganizationCode, str]],
        codes: Iterable[OrganizationCode],
    ) -> Iterator[UnderWayThere]:
        """Keep those with one of the bodies; codes stand there as they were written."""
        meant = frozenset(codes)
        for row in self._connection.execute(query):
            if row.peer.canonical in meant:
                yield UnderWayThere(row.document, row.label, row.peer, row.state)
