"""Steps the sending DMS has not been told yet, never out of order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from edoc_connector.model.document import BusinessType
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.storage.records import ProgressItem
from edoc_connector.storage.rows import Rows
from edoc_connector.storage.tables import progress, told

LONGEST_PAUSE: Final = timedelta(days=1)
"""What is put off for longer was so by a clock that was ahead."""


class ProgressQueue:
    """The queue to the sending DMS."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, progress, ProgressItem)

    def add(  # noqa: PLR0913  (a step and what it says)
        self,
        row_id: str,
        *,
        step: str,
        recipient: OrganizationCode,
        text: str,
        at: datetime,
        business_type: int = BusinessType.NEW,
    ) -> None:
        """Queue one step, due at once.

        It is not dated before what was told of the same row and recipient, wherever
        the clock stands: a register that keeps the latest date would not believe it.
        """
        at = self._not_before(row_id, recipient, at)
        values = {
            "row_id": row_id,
            "step": step,
            "recipient": recipient,
            "text": text,
            "business_type": int(business_type),
            "at": at,
            "attempts": 0,
            "next_attempt_at": at,
        }
        self._connection.execute(ADD, values)

    def add_all(
        self,
        row_id: str,
        *,
        step: str,
        recipients: Sequence[OrganizationCode],
        text: str,
        at: datetime,
    ) -> None:
        """Queue one step for each of several recipients of a new document."""
        if len(recipients) == 1:
            self.add(row_id, step=step, recipient=recipients[0], text=text, at=at)
            return
        keys = [{"row_id": row_id, "recipient": it, "at": at} for it in recipients]
        self._connection.execute(_told(self._connection.dialect.name), keys)
        query = sa.select(told.c.recipient, told.c.at).where(told.c.row_id == row_id)
        since = {row.recipient: row.at for row in self._connection.execute(query)}
        values = {"step": step, "text": text, "business_type": int(BusinessType.NEW)}
        self._connection.execute(
            ADD,
            [
                values
                | {"row_id": row_id, "recipient": it, "attempts": 0}
                | {"at": since[it], "next_attempt_at": since[it]}
                for it in recipients
            ],
        )

    def add_each(
        self, row_ids: Sequence[str], *, step: str, text: str, at: datetime
    ) -> None:
        """Queue one step about the whole of each of several new documents."""
        nobody = OrganizationCode("")
        keys = [{"row_id": it, "recipient": nobody, "at": at} for it in row_ids]
        self._connection.execute(_tell(self._connection.dialect.name), keys)
        asked = {"rows": list(row_ids), "recipient": nobody}
        since = {it.row_id: it.at for it in self._connection.execute(TOLD, asked)}
        values = {"step": step, "text": text, "business_type": int(BusinessType.NEW)}
        self._connection.execute(
            ADD,
            [
                values
                | {"row_id": it, "recipient": nobody, "attempts": 0}
                | {"at": since[it], "next_attempt_at": since[it]}
                for it in row_ids
            ],
        )

    def _not_before(
        self, row_id: str, recipient: OrganizationCode, at: datetime
    ) -> datetime:
        """Return the time, or the later one that was told already, and keep it."""
        statement = _told(self._connection.dialect.name)
        values = {"row_id": row_id, "recipient": recipient, "at": at}
        found: datetime = self._connection.execute(statement, values).scalar_one()
        return found

    def due(self, limit: int, now: datetime) -> tuple[ProgressItem, ...]:
        """Return what is due in the order it came, one step per row and recipient.

        The next step of a row and recipient is due only when this one is settled, so a
        step that was postponed is never overtaken.
        """
        query = (
            self._rows.select()
            .where(_is_due(now), ~_has_earlier())
            .order_by(progress.c.id)
            .limit(limit)
        )
        return self._rows.all(query)

    def settle(self, *ids: int) -> None:
        """Take steps out of the queue: the DMS knows them.  May be repeated."""
        self._connection.execute(sa.delete(progress).where(progress.c.id.in_(ids)))

    def postpone(self, id: int, until: datetime) -> None:  # noqa: A002
        """Count a failed attempt and rest until then."""
        self._connection.execute(
            sa.update(progress)
            .where(progress.c.id == id)
            .values(attempts=progress.c.attempts + 1, next_attempt_at=until)
        )

    def waiting(self) -> int:
        """Count the steps in the queue, due or not."""
        query = sa.select(sa.func.count()).select_from(progress)
        return self._connection.execute(query).scalar_one()


# Made once: to put a statement together costs more than to run it.
ADD: Final = sa.insert(progress)
TOLD: Final = sa.select(told.c.row_id, told.c.at).where(
    told.c.row_id.in_(sa.bindparam("rows", expanding=True)),
    told.c.recipient == sa.bindparam("recipient"),
)


@cache
def _told(dialect: str) -> sa.Insert:
    return _tell(dialect).returning(told.c.at)


@cache
def _tell(dialect: str) -> sa.Insert:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    new = insert(told)
    latest = sa.case((told.c.at > new.excluded.at, told.c.at), else_=new.excluded.at)
    statement: sa.Insert = new.on_conflict_do_update(
        index_elements=[told.c.row_id, told.c.recipient], set_={"at": latest}
    )
    return statement


def _is_due(now: datetime) -> sa.ColumnElement[bool]:
    """Say what may be tried now; a clock that was ahead holds up no first try."""
    due_at = progress.c.next_attempt_at
    return sa.or_(progress.c.attempts == 0, due_at <= now, due_at > now + LONGEST_PAUSE)


def _has_earlier() -> sa.ColumnElement[bool]:
    earlier = progress.alias("earlier")
    return sa.exists().where(
        earlier.c.row_id == progress.c.row_id,
        earlier.c.recipient == progress.c.recipient,
        earlier.c.id < progress.c.id,
    )
