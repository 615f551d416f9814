"""How our own database is, and what of it says how others are.  Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.route import ITSELF
from edoc_connector.storage.tables import (
    deliveries,
    documents,
    inbox,
    metadata,
    receipts,
)

END: Final = sa.case(
    (deliveries.c.goes_to == ITSELF, deliveries.c.recipient),
    else_=deliveries.c.goes_to,
)
"""The code under which mail for a recipient travels."""

WHOLE: Final = "ok"
"""What SQLite says of a file that is."""


class Health:
    """Looks at the whole database; some of it takes as long as the file is large."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    @property
    def is_file(self) -> bool:
        """Whether it is a file of ours, and not a server's."""
        return self._connection.dialect.name == "sqlite"

    def damage(self) -> str:
        """Return the first thing that is broken in a SQLite file; empty for nothing."""
        found = self._connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        return "" if found == WHOLE else str(found)

    def missing_indexes(self) -> Iterator[str]:
        """Yield the indexes this release makes that are not there, by name."""
        seen = sa.inspect(self._connection)
        for table in metadata.sorted_tables:
            there = {str(it["name"]) for it in seen.get_indexes(table.name)}
            yield from sorted(
                str(it.name) for it in table.indexes if str(it.name) not in there
            )

    def clock(self) -> datetime:
        """Return what time it is at the server of the database."""
        now = self._connection.execute(sa.text("SELECT clock_timestamp()")).scalar_one()
        assert isinstance(now, datetime)  # noqa: S101  (for the type checker)
        return now

    def recipients(self, since: datetime, most: int) -> tuple[OrganizationCode, ...]:
        """Return to whom mail went of late, the newest first, each once."""
        query = (
            sa.select(END)
            .join(documents, documents.c.key == deliveries.c.document)
            .where(documents.c.taken_at >= since)
            .group_by(END)
            .order_by(sa.func.max(documents.c.id).desc())
            .limit(most)
        )
        return tuple(self._connection.scalars(query))

    def bytes_since(self, since: datetime) -> int:
        """Return how many bytes of packets, ours and others', were stored since."""
        taken, came = documents.c.taken_at, inbox.c.accepted_at
        sent = self._sum(documents.c.packet_bytes, taken >= since)
        return sent + self._sum(inbox.c.packet_bytes, came >= since)

    def bytes_received_since(self, since: datetime) -> int:
        """Return how many bytes of packets came in since."""
        return self._sum(inbox.c.packet_bytes, inbox.c.accepted_at >= since)

    def said_in_our_future(
        self, since: datetime, tolerance: timedelta
    ) -> Iterator[tuple[OrganizationCode, float]]:
        """Yield who dated a status later than it was here, and by how many seconds."""
        query = sa.select(
            receipts.c.recipient, receipts.c.stated_at, receipts.c.received_at
        ).where(receipts.c.received_at >= since)
        worst: dict[OrganizationCode, float] = {}
        for recipient, stated, received in self._connection.execute(query):
            ahead = (stated - received).total_seconds()
            worst[recipient] = max(ahead, worst.get(recipient, 0.0))
        limit = tolerance.total_seconds()
        yield from ((code, ahead) for code, ahead in worst.items() if ahead > limit)

    def _sum(
        self, column: sa.ColumnElement[int], *conditions: sa.ColumnElement[bool]
    ) -> int:
        query = sa.select(sa.func.coalesce(sa.func.sum(column), 0)).where(*conditions)
        return int(self._connection.execute(query).scalar_one())
