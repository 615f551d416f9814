"""What was sealed with a certificate and is still under way, or waits for a seal."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from edoc_connector.model.delivery import DeliveryState, InboxState
from edoc_connector.model.identifiers import Digest
from edoc_connector.model.stages import Kind
from edoc_connector.storage.records import UnderWay
from edoc_connector.storage.tables import answers, deliveries, documents, inbox, outbox


class SealedWith:
    """Questions of who changes a key; the oldest come first, so many at the most."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def to_seal(self, limit: int) -> tuple[UnderWay, ...]:
        """Return the documents that wait for a seal, for each recipient."""
        return self._found(_of_deliveries(DeliveryState.TAKEN), limit)

    def to_answer(self, limit: int) -> tuple[UnderWay, ...]:
        """Return what has arrived and must still be answered with a seal."""
        query = sa.select(
            inbox.c.message_id.label("key"),
            inbox.c.correlation_id.label("label"),
            inbox.c.sender.label("recipient"),
            inbox.c.accepted_at.label("since"),
        ).where(inbox.c.state == InboxState.ACCEPTED, inbox.c.kind == Kind.EDOC)
        return self._found(query.order_by(inbox.c.id), limit)

    def to_send(self, certificate: Digest, limit: int) -> tuple[UnderWay, ...]:
        """Return the documents and answers sealed with it that are not sent yet."""
        sealed = sa.union_all(
            sa.select(documents.c.key, documents.c.label).where(
                documents.c.certificate == certificate
            ),
            sa.select(answers.c.message_id, answers.c.correlation_id).where(
                answers.c.certificate == certificate
            ),
        ).subquery()
        query = (
            sa.select(
                sealed.c.key,
                sealed.c.label,
                outbox.c.recipient,
                outbox.c.added_at.label("since"),
            )
            .join(outbox, outbox.c.message_id == sealed.c.key)
            .where(outbox.c.settled_at.is_(None))
        )
        return self._found(query.order_by(outbox.c.id), limit)

    def unanswered(self, certificate: Digest, limit: int) -> tuple[UnderWay, ...]:
        """Return the documents sealed with it whose arrival nobody has confirmed."""
        query = _of_deliveries(DeliveryState.SENT)
        return self._found(query.where(documents.c.certificate == certificate), limit)

    def _found(self, query: sa.Select[Any], limit: int) -> tuple[UnderWay, ...]:
        rows = self._connection.execute(query.limit(limit))
        return tuple(UnderWay(**row._mapping) for row in rows)  # noqa: SLF001  (its public name)


def _of_deliveries(state: DeliveryState) -> sa.Select[Any]:
    return (
        sa.select(
            documents.c.key,
            documents.c.label,
            deliveries.c.recipient,
            deliveries.c.changed_at.label("since"),
        )
        .join(documents, documents.c.key == deliveries.c.document)
        .where(deliveries.c.state == state)
        .order_by(deliveries.c.id)
    )
