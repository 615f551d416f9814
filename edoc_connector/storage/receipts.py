"""What recipients told us about our documents, word for word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from edoc_connector.errors import LostRace
from edoc_connector.model.business import RANKS
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.storage.records import Receipt
from edoc_connector.storage.rows import Rows, row_of, selected
from edoc_connector.storage.tables import receipts


class Receipts:
    """Statuses received, one per document, recipient and message id."""

    def __init__(self, connection: sa.Connection) -> None:
        self._rows = Rows(connection, receipts, Receipt)

    def add(self, receipt: Receipt) -> bool:
        """Add a receipt, or return False if this message was counted before."""
        return self._rows.add(row_of(receipt)) is not None

    def add_all(self, receipts: Sequence[Receipt]) -> None:
        """Add receipts; raise `LostRace` where one of these was counted before."""
        if self._rows.add_all([*map(row_of, receipts)]) != len(receipts):
            raise LostRace(key=receipts[0].message_id)

    def newest(
        self, document: MessageId, recipient: OrganizationCode
    ) -> Receipt | None:
        """Return the one that holds, in whatever order and however often they came.

        By the time stated, then by rank; what was said twice in one second under two
        ids is settled by the id, because something has to.  Answers to changes are not
        counted.  One row is read, however many statuses somebody sends.
        """
        found = self._rows.all(NEWEST, document=document, recipient=recipient)
        return found[0] if found else None

    def of(self, document: MessageId) -> tuple[Receipt, ...]:
        """Return all receipts of a document in the order they were received."""
        query = self._rows.select().where(receipts.c.document == document)
        return self._rows.all(query.order_by(receipts.c.id))


def _newest() -> sa.Select[Any]:
    query = selected(receipts, Receipt).where(
        receipts.c.document == sa.bindparam("document"),
        receipts.c.recipient == sa.bindparam("recipient"),
        receipts.c.status.in_(RANKS),
    )
    rank = sa.case(RANKS, value=receipts.c.status)
    order = (receipts.c.stated_at, rank, receipts.c.message_id)
    return query.order_by(*map(sa.desc, order)).limit(1)


# Made once: to put a statement together costs more than to run it.
NEWEST: Final = _newest()
