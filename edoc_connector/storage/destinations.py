"""Recipients to whom nothing gets through at present, and until when they rest."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from edoc_connector.errors import Reason
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.storage.records import Destination
from edoc_connector.storage.rows import Rows, selected
from edoc_connector.storage.tables import destinations

# Made once: to put a statement together costs more than to run it.
ALL: Final = selected(destinations, Destination).order_by(destinations.c.recipient)
RESTING: Final = ALL.where(destinations.c.open_until.is_not(None))


class Destinations:
    """One row per recipient that failed last; it goes with the first success."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, destinations, Destination)

    def all(self) -> tuple[Destination, ...]:
        """Return every recipient that failed last, by its code."""
        return self._rows.all(ALL)

    def get(self, recipient: OrganizationCode) -> Destination | None:
        """Return how often it failed in a row, or None if it did not."""
        query = self._rows.select().where(destinations.c.recipient == recipient)
        return self._rows.first(query)

    def resting(self) -> tuple[Destination, ...]:
        """Return those whose circuit is open, or open until a probe succeeds."""
        return self._rows.all(RESTING)

    def count(self, recipient: OrganizationCode, reason: Reason, at: datetime) -> int:
        """Count one more failure in a row, and return how many there are."""
        dialect = self._connection.dialect.name
        insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
        statement = (
            insert(destinations)
            .values(recipient=recipient, failures=1, reason=reason, failing_since=at)
            .on_conflict_do_update(
                index_elements=[destinations.c.recipient],
                set_={"failures": destinations.c.failures + 1, "reason": reason},
            )
            .returning(destinations.c.failures)
        )
        return int(self._connection.execute(statement).scalar_one())

    def rest(self, recipient: OrganizationCode, *, until: datetime) -> None:
        """Try nothing more there before then."""
        self._connection.execute(
            sa.update(destinations)
            .where(destinations.c.recipient == recipient)
            .values(open_until=until)
        )

    def probe(self, seen: Destination, *, until: datetime) -> bool:
        """Take the one attempt that tells; False if somebody else has it.

        Who dies of it leaves the recipient at rest until then.
        """
        taken = self._connection.execute(
            sa.update(destinations)
            .where(
                destinations.c.recipient == seen.recipient,
                destinations.c.open_until == seen.open_until,
            )
            .values(open_until=until)
        )
        return taken.rowcount == 1

    def succeed(self, recipient: OrganizationCode) -> Destination | None:
        """Forget its failures, and return what they were, if there were any."""
        before = self.get(recipient)
        if before is not None:
            self._connection.execute(
                sa.delete(destinations).where(destinations.c.recipient == recipient)
            )
        return before
