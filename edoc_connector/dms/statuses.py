"""What the register has done with documents that arrived, read and ticked off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from edoc_connector.dms.columns import Columns, one_line, raw_text, text_of
from edoc_connector.dms.database import Database
from edoc_connector.dms.fields import STATUS, STATUS_REQUIRED
from edoc_connector.dms.incoming import local
from edoc_connector.dms.mapping import Statuses
from edoc_connector.dms.port import RegisterStatus
from edoc_connector.dms.selected import expect
from edoc_connector.model.business import RANKS
from edoc_connector.model.document import Staff
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.status import StatusCode


@dataclass(frozen=True, slots=True)
class SqlStatuses:
    """Statuses as the mapping reads them; a mapping without them reads none."""

    database: Database
    mapping: Statuses | None
    organization: OrganizationCode

    def statuses(self, limit: int) -> Sequence[RegisterStatus]:
        """Return what senders have not been told, in the register's order."""
        if self.mapping is None:
            return ()
        name, sql = "statuses.select", self.mapping.select
        with self.database.reading() as connection:
            asked = {"limit": limit, "organization": self.organization}
            rows = connection.rows(name, sql, asked, limit)
        expect(rows, STATUS, name, required=STATUS_REQUIRED)
        codes = codes_of(self.mapping.values)
        return [_said(Columns(row, STATUS), codes) for row in rows]

    def told(self, said: RegisterStatus, *, at: datetime) -> None:
        """Run the mapping's statements for what was told, all in one transaction."""
        if self.mapping is None:
            return
        values = {
            "row_id": said.row_id,
            "status": said.word,
            "event_id": said.event_id,
            "at": local(at),
        }
        with self.database.writing() as connection:
            for sql in self.mapping.told:
                connection.execute("statuses.told", sql, values)


def codes_of(values: Mapping[str, str]) -> Mapping[str, StatusCode]:
    """Return the status that each word means, in small letters.

    Where a mapping has no words the register writes the codes, with or without the 0.
    """
    if values:
        return {_folded(word): StatusCode(code) for word, code in values.items()}
    return {spelling: code for code in RANKS for spelling in (code, code.lstrip("0"))}


def _folded(word: str) -> str:
    return one_line(word).casefold()


def _said(columns: Columns, codes: Mapping[str, StatusCode]) -> RegisterStatus:
    """Read a row; the word stays as it is written, so that the register finds it."""
    word = raw_text(columns.values["status"])
    staff = Staff(
        department=_text(columns, "department"), staff=_text(columns, "staff")
    )
    return RegisterStatus(
        row_id=text_of(columns.values["row_id"]),
        word=word,
        code=codes.get(_folded(word)),
        text=_text(columns, "text"),
        at=columns.moment("at"),
        staff=None if staff == Staff() else staff,
        event_id=text_of(columns.values.get("event_id")),
    )


def _text(columns: Columns, name: str) -> str:
    return text_of(columns.values.get(name))
