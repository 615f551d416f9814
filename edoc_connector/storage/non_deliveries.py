"""Sealed statements of non-delivery: one per document and recipient, the newest."""

from __future__ import annotations

import sqlalchemy as sa

from edoc_connector.model.identifiers import MessageId
from edoc_connector.storage.records import KeptStatement
from edoc_connector.storage.rows import Rows
from edoc_connector.storage.tables import non_deliveries


class NonDeliveries:
    """What was written for the clerk; the bytes are in the content store."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, non_deliveries, KeptStatement)

    def put(self, statement: KeptStatement) -> None:
        """Keep a statement; after a resend that failed too it takes the first's place.

        The ledger names both, and the bytes of both are kept.
        """
        values = {
            "document": statement.document,
            "recipient": statement.recipient,
            "content": statement.content,
            "made_at": statement.made_at,
        }
        if self._rows.add(values) is None:
            self._connection.execute(
                sa.update(non_deliveries)
                .where(
                    non_deliveries.c.document == statement.document,
                    non_deliveries.c.recipient == statement.recipient,
                )
                .values(values)
            )

    def of(self, document: MessageId) -> tuple[KeptStatement, ...]:
        """Return all statements about a document."""
        query = self._rows.select().where(non_deliveries.c.document == document)
        return self._rows.all(query.order_by(non_deliveries.c.id))
