"""What is in the receiving DMS, remembered for ever so that nothing comes twice."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from edoc_connector.errors import LostRace, NotFound, Reason
from edoc_connector.model.identifiers import DeliveryKey, DocumentId
from edoc_connector.model.status import StatusCode
from edoc_connector.storage.records import Arrival
from edoc_connector.storage.rows import Rows, begins, row_of
from edoc_connector.storage.tables import arrivals


class Arrivals:
    """What arrived, one per delivery key."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, arrivals, Arrival)

    def find(self, key: DeliveryKey) -> Arrival | None:
        """Return the arrival under this key, if there was one."""
        return self._rows.first_by(key=key)

    def add(self, *arrived: Arrival) -> None:
        """Remember what arrived.  Raises `LostRace` if a key of it is known."""
        if self._rows.add_all([*map(row_of, arrived)]) != len(arrived):
            raise LostRace(key=arrived[0].key)

    def known(self, keys: Collection[DeliveryKey]) -> frozenset[DeliveryKey]:
        """Return which of these keys something has arrived under."""
        return frozenset(it.key for it in self._rows.among("key", keys))

    def of(self, inbox_id: int) -> tuple[Arrival, ...]:
        """Return what arrived with this inbox entry."""
        return self._rows.by(inbox_id=inbox_id)

    def of_row(self, row_id: str) -> Arrival | None:
        """Return what arrived last in this row of the register."""
        query = self._rows.select().where(arrivals.c.row_id == row_id)
        return self._rows.first(query.order_by(arrivals.c.id.desc()))

    def say(self, seen: Arrival, *, status: str, at: datetime, line: str) -> None:
        """Write down the status that its register gives it.  Raises `LostRace`."""
        values = {"status": status, "status_at": at, "status_line": line}
        self._change(seen, **values, withheld=None)

    def withhold(
        self, seen: Arrival, reason: Reason | None, *, line: str | None = None
    ) -> None:
        """Write down why what its register says is not told, or that it is now.

        With a `line` the matter is closed: what was said in it is not looked at again.
        Raises `LostRace`.
        """
        line = seen.status_line if line is None else line
        self._change(seen, withheld=reason, status_line=line)

    def _change(self, seen: Arrival, **values: object) -> None:
        changed = self._connection.execute(
            sa.update(arrivals)
            .where(
                arrivals.c.key == seen.key,
                arrivals.c.status == seen.status,
                arrivals.c.status_line == seen.status_line,
            )
            .values(values)
        )
        if changed.rowcount != 1:
            raise LostRace(key=seen.key)

    def withheld(self) -> int:
        """Count the rows of which something is not told at present."""
        query = sa.select(sa.func.count()).select_from(arrivals)
        query = query.where(arrivals.c.withheld.is_not(None))
        return self._connection.execute(query).scalar_one()

    def get(self, key: DeliveryKey) -> Arrival:
        """Return the arrival under this key.  Raises `NotFound`."""
        found = self.find(key)
        if found is None:
            raise NotFound(what=key)
        return found

    def by_document_id(self, document_id: DocumentId) -> tuple[Arrival, ...]:
        """Return what arrived under this id, from whomever, newest first."""
        query = self._rows.select().where(arrivals.c.document_id == document_id)
        return self._rows.all(query.order_by(arrivals.c.id.desc()))

    def take_back(self, key: DeliveryKey, *, at: datetime) -> None:
        """Write down that its sender has taken it back."""
        self._connection.execute(
            sa.update(arrivals)
            .where(arrivals.c.key == key)
            .values(status=StatusCode.TAKEN_BACK, status_at=at, withheld=None)
        )

    def find_text(self, text: str, limit: int) -> tuple[Arrival, ...]:
        """Return what a person may mean by a key or its beginning, id, label or row."""
        names = ("document_id", "label", "row_id")
        number = sa.and_(*begins(self._connection, arrivals.c.label, f"{text}/"))
        return self._rows.find(text, limit, handle="key", names=names, also=[number])
