"""Steps the sending DMS has not been told yet, never out of order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from edoc_connector.model.document import BusinessType
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.storage.keys_given import is_one_of
from edoc_connector.storage.many import execute_many
from edoc_connector.storage.records import NewStep, ProgressItem
from edoc_connector.storage.rows import Rows, selected
from edoc_connector.storage.tables import documents, outbox, progress, told

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
        """Queue one step, due at once, as `add_all` does."""
        step_of_one = NewStep(row_id, step, recipient, text, at, business_type)
        self.add_all((step_of_one,))

    def add_all(self, steps: Sequence[NewStep]) -> None:
        """Queue steps, due at once.

        None is dated before what was told of the same row and recipient, wherever
        the clock stands: a register that keeps the latest date would not believe it.
        """
        if not steps:
            return
        keys = [
            {"row_id": it.row_id, "recipient": it.recipient, "at": it.at}
            # Whoever tells of the same ones waits for us, and not we for them.
            for it in sorted(steps, key=lambda it: (it.row_id, it.recipient))
        ]
        execute_many(self._connection, _tell(self._connection.dialect.name), keys)
        execute_many(self._connection, ADD, [it._asdict() for it in steps])

    def add_queued(
        self, packets: Collection[int], *, step: str, text: str, at: datetime
    ) -> None:
        """Queue one step of each of these packets of the outbox, as `add_all` would."""
        asked = {"packets": list(packets), "step": step, "text": text, "at": at}
        self._connection.execute(_tell_queued(self._connection.dialect.name), asked)
        self._connection.execute(ADD_QUEUED, asked)

    def due(self, limit: int, now: datetime) -> tuple[ProgressItem, ...]:
        """Return what is due in the order it came, one step per row and recipient.

        The next step of a row and recipient is due only when this one is settled, so a
        step that was postponed is never overtaken.
        """
        asked = {"most": limit, "now": now, "ahead": now + LONGEST_PAUSE}
        return self._rows.all(DUE, **asked)

    def settle(self, *ids: int) -> None:
        """Take steps out of the queue: the DMS knows them.  May be repeated."""
        self._connection.execute(SETTLE, {"items": list(ids)})

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
COLUMNS: Final = (
    "row_id",
    "step",
    "recipient",
    "text",
    "business_type",
    "attempts",
    "at",
    "next_attempt_at",
)
NEW: Final[tuple[sa.ColumnElement[Any], ...]] = (
    told.c.row_id,
    sa.bindparam("step", type_=progress.c.step.type),
    told.c.recipient,
    sa.bindparam("text", type_=progress.c.text.type),
    sa.bindparam("business_type", int(BusinessType.NEW)),
    sa.literal_column("0"),
    told.c.at,
    told.c.at,
)
ADD: Final = sa.insert(progress).from_select(
    COLUMNS,
    sa.select(*NEW).where(
        told.c.row_id == sa.bindparam("row_id"),
        told.c.recipient == sa.bindparam("recipient"),
    ),
    include_defaults=False,
)
QUEUED: Final = (
    documents.c.key == outbox.c.message_id,
    is_one_of(outbox.c.id, "packets"),
)
ADD_QUEUED: Final = sa.insert(progress).from_select(
    COLUMNS,
    sa.select(*NEW)
    .where(
        *QUEUED,
        told.c.row_id == documents.c.row_id,
        told.c.recipient == outbox.c.recipient,
    )
    .order_by(outbox.c.id),
    include_defaults=False,
)
EARLIER: Final = progress.alias("earlier")
DUE: Final = (
    selected(progress, ProgressItem)
    .where(
        # A clock that was ahead holds up no first try.
        sa.or_(
            progress.c.attempts == 0,
            progress.c.next_attempt_at <= sa.bindparam("now"),
            progress.c.next_attempt_at > sa.bindparam("ahead"),
        ),
        ~sa.exists().where(
            EARLIER.c.row_id == progress.c.row_id,
            EARLIER.c.recipient == progress.c.recipient,
            EARLIER.c.id < progress.c.id,
        ),
    )
    .order_by(progress.c.id)
    .limit(sa.bindparam("most"))
)
SETTLE: Final = sa.delete(progress).where(is_one_of(progress.c.id, "items"))


@cache
def _tell(dialect: str) -> sa.Insert:
    return _or_later(_insert(dialect))


@cache
def _tell_queued(dialect: str) -> sa.Insert:
    found = (
        sa.select(
            documents.c.row_id,
            outbox.c.recipient,
            sa.bindparam("at", type_=told.c.at.type),
        )
        .where(*QUEUED)
        .distinct()
        # Whoever tells of the same ones waits for us, and not we for them.
        .order_by(documents.c.row_id, outbox.c.recipient)
    )
    columns = ("row_id", "recipient", "at")
    return _or_later(
        _insert(dialect).from_select(columns, found, include_defaults=False)
    )


def _insert(dialect: str) -> Any:  # noqa: ANN401  (of one of two dialects)
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(told)


def _or_later(new: Any) -> sa.Insert:  # noqa: ANN401  (as `_insert`)
    """Keep the later of two times."""
    latest = sa.case((told.c.at > new.excluded.at, told.c.at), else_=new.excluded.at)
    statement: sa.Insert = new.on_conflict_do_update(
        index_elements=[told.c.row_id, told.c.recipient], set_={"at": latest}
    )
    return statement
