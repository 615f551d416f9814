"""How far documents have come, written into the register as its mapping says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby, product
from typing import NamedTuple

from edoc_connector.dms.columns import raw_text
from edoc_connector.dms.database import Connection, Database, Rows
from edoc_connector.dms.incoming import cut, local
from edoc_connector.dms.mapping import Marks
from edoc_connector.dms.port import Progress
from edoc_connector.model.organization_code import OrganizationCode, cleaned

RecipientsOf = Callable[[Connection, str], Rows]


class Statement(NamedTuple):
    """One statement of the mapping, and where in it that stands."""

    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class SqlMarks:
    """The half of a register in which its clerk sees what became of a document."""

    database: Database
    marks: Marks
    recipients_of: RecipientsOf

    def mark(self, steps: Iterable[Progress]) -> None:
        """Run the mapping's statements for these steps, all in one transaction.

        They run in their order: one may see what another has written.  What repeats
        one after the other is handed to the driver together.
        """
        with self.database.writing() as connection:
            writings = cache(lambda row_id: self._writings(connection, row_id))
            runs = (it for step in steps for it in self._runs(step, writings))
            for (name, sql), alike in groupby(runs, key=lambda it: it[0]):
                connection.execute_all(name, sql, [values for _, values in alike])

    def _runs(
        self, step: Progress, writings: Callable[[str], Writings]
    ) -> Iterator[tuple[Statement, Mapping[str, object]]]:
        """Yield what is to be run for a step, and with which parameters."""
        whom = "recipient" if step.recipient else "document"
        steps = self.marks.recipient if step.recipient else self.marks.document
        values = {
            "row_id": step.row_id,
            "text": cut(step.text, self.marks.text_characters),
            "at": local(step.at),
            "business": int(step.business_type),
        }
        name = f"marks.{whom}.{step.step}"
        found = steps.get(step.step, ())
        written = _written(step, writings) if found else ()
        for sql, recipient in product(found, written):
            yield Statement(name, sql), {**values, "recipient": recipient}

    def _writings(self, connection: Connection, row_id: str) -> Writings:
        codes = (row.get("code") for row in self.recipients_of(connection, row_id))
        found: dict[OrganizationCode, list[object]] = {}
        for text, code in {raw_text(code): code for code in codes}.items():
            found.setdefault(_body_of(text), []).append(code)
        return found


Writings = Mapping[OrganizationCode, Sequence[object]]
"""The codes of each recipient of a row, as the row writes them."""


def _written(step: Progress, writings: Callable[[str], Writings]) -> Sequence[object]:
    """Return the recipient in each way in which the row writes its code.

    People paste codes with spaces nobody sees, and list a body under its old and its
    new code: what we clean and join, they must find again.
    """
    if not step.recipient:
        return (step.recipient,)
    return writings(step.row_id).get(step.recipient.canonical) or (step.recipient,)


@lru_cache(maxsize=4096)
def _body_of(text: str) -> OrganizationCode:
    """Return whom a code means; many rows go to the same."""
    return cleaned(text)[0].canonical
