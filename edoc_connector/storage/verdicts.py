"""What was found of each seal when it was judged, kept for whoever asks later."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from edoc_connector.storage.records import KeptVerdict
from edoc_connector.storage.rows import Rows, row_of
from edoc_connector.storage.tables import verdicts


class Verdicts:
    """Every verdict on a packet; nothing is ever overwritten."""

    def __init__(self, connection: sa.Connection) -> None:
        self._rows = Rows(connection, verdicts, KeptVerdict)

    def add(self, *found: KeptVerdict) -> None:
        """Keep these verdicts."""
        self._rows.add_all([*map(row_of, found)])

    def latest(self, inbox_id: int) -> KeptVerdict | None:
        """Return the newest verdict on this entry, if it was ever judged."""
        found = self._rows.by(inbox_id=inbox_id)
        return found[-1] if found else None

    def latest_of(self, inbox_ids: Collection[int]) -> Mapping[int, KeptVerdict]:
        """Return the newest verdict on each of these that was ever judged."""
        return {it.inbox_id: it for it in self._rows.among("inbox_id", inbox_ids)}
