"""What became of each change we asked for: one row per request and recipient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from edoc_connector.errors import LostRace, Reason
from edoc_connector.model.change import CHANGE_MOVES, ChangeEvent, ChangeState
from edoc_connector.model.delivery import advance
from edoc_connector.model.document import BusinessType
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.storage.records import Change
from edoc_connector.storage.rows import Rows
from edoc_connector.storage.tables import changes, deliveries

TAKES_AWAY: Final = (BusinessType.RECALL, BusinessType.REPLACE)
"""After these a document is sent to its recipient no more."""

IS_TAKEN_AWAY: Final = sa.exists().where(
    changes.c.original == deliveries.c.document,
    changes.c.recipient == deliveries.c.recipient,
    changes.c.business_type.in_(TAKES_AWAY),
)
"""The clerk has done what there was to do: nobody sends it there any more."""


class Changes:
    """Recalls, updates and replacements of ours, per recipient of the original."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, changes, Change)

    def add(self, rows: Sequence[Change]) -> None:
        """Keep what begins; a request and a recipient belong together once."""
        names = [field.name for field in fields(Change)]
        values = [{name: getattr(row, name) for name in names} for row in rows]
        if values:
            self._connection.execute(sa.insert(changes), values)

    def of(self, change: MessageId) -> tuple[Change, ...]:
        """Return all rows of one request, in the order of its recipients."""
        return self._where(changes.c.change == change)

    def of_original(self, original: MessageId) -> tuple[Change, ...]:
        """Return all that was ever asked about a document, the oldest first."""
        return self._where(changes.c.original == original)

    def has_taken_away(self, original: MessageId, recipient: OrganizationCode) -> bool:
        """Whether a document was recalled or replaced for this recipient."""
        query = sa.select(changes.c.id).where(
            changes.c.original == original,
            changes.c.recipient == recipient,
            changes.c.business_type.in_(TAKES_AWAY),
        )
        return self._connection.scalar(query.limit(1)) is not None

    def _where(self, condition: sa.ColumnElement[bool]) -> tuple[Change, ...]:
        query = self._rows.select().where(condition).order_by(changes.c.id)
        return self._rows.all(query)

    def move(
        self,
        row: Change,
        event: ChangeEvent,
        *,
        at: datetime,
        reason: Reason | None = None,
    ) -> ChangeState:
        """Apply one event to a row as it was seen: `LostRace` if it has moved on.

        What stays in its state keeps its moment and its reason: the first answer of a
        kind is the one that counts.
        """
        after = advance(CHANGE_MOVES, row.state, event)
        if after is row.state:
            return after
        moved = self._connection.execute(
            sa.update(changes)
            .where(
                changes.c.change == row.change,
                changes.c.recipient == row.recipient,
                changes.c.state == row.state,
            )
            .values(state=after, reason=reason, changed_at=at)
        )
        if moved.rowcount != 1:
            raise LostRace(key=f"{row.change} {row.recipient}")
        return after
