"""What was found of each seal when it was judged, kept for whoever asks later."""

from __future__ import annotations

import sqlalchemy as sa

from edoc_connector.storage.records import KeptVerdict
from edoc_connector.storage.rows import Rows
from edoc_connector.storage.tables import verdicts


class Verdicts:
    """Every verdict on a packet; nothing is ever overwritten."""

    def __init__(self, connection: sa.Connection) -> None:
        self._rows = Rows(connection, verdicts, KeptVerdict)

    def add(self, verdict: KeptVerdict) -> None:
        """Keep a verdict."""
        names = KeptVerdict.__dataclass_fields__
        self._rows.add({name: getattr(verdict, name) for name in names})

    def latest(self, inbox_id: int) -> KeptVerdict | None:
        """Return the newest verdict on this entry, if it was ever judged."""
        found = self._rows.by(inbox_id=inbox_id)
        return found[-1] if found else None
