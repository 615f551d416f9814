"""What is in the receiving DMS, remembered for ever so that nothing comes twice."""

from __future__ import annotations

from dataclasses import asdict

import sqlalchemy as sa

from edoc_connector.errors import LostRace
from edoc_connector.model.identifiers import DeliveryKey
from edoc_connector.storage.records import Arrival
from edoc_connector.storage.rows import Rows
from edoc_connector.storage.tables import arrivals


class Arrivals:
    """What arrived, one per delivery key."""

    def __init__(self, connection: sa.Connection) -> None:
        self._rows = Rows(connection, arrivals, Arrival)

    def find(self, key: DeliveryKey) -> Arrival | None:
        """Return the arrival under this key, if there was one."""
        return self._rows.first(self._rows.select().where(arrivals.c.key == key))

    def add(self, arrival: Arrival) -> None:
        """Remember an arrival.  Raises `LostRace` if its key is known."""
        if self._rows.add(asdict(arrival)) is None:
            raise LostRace(key=arrival.key)

    def of(self, inbox_id: int) -> tuple[Arrival, ...]:
        """Return what arrived with this inbox entry."""
        query = self._rows.select().where(arrivals.c.inbox_id == inbox_id)
        return self._rows.all(query.order_by(arrivals.c.id))

    def recent(self, limit: int) -> tuple[Arrival, ...]:
        """Return the newest arrivals, newest first."""
        return self._rows.recent(limit)

    def find_text(self, text: str, limit: int) -> tuple[Arrival, ...]:
        """Return what a person may mean by a key or its beginning, id, label or row."""
        names = ("document_id", "label", "row_id")
        number = arrivals.c.label.startswith(f"{text}/", autoescape=True)
        return self._rows.find(text, limit, handle="key", names=names, also=[number])
