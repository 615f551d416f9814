"""The ledger on disk: appended to, read, and nothing else.

There is no way to change or remove an entry here; who does it elsewhere is found by
`edoc_connector.ledger.audit`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from edoc_connector.errors import N_, LedgerBroken
from edoc_connector.ledger.canonical import Entry, Head, entry_after
from edoc_connector.model.identifiers import Digest, MessageId
from edoc_connector.storage.many import execute_many
from edoc_connector.storage.rows import row_of
from edoc_connector.storage.tables import ledger, ledger_head

if TYPE_CHECKING:
    from edoc_connector.ledger.facts import Fact

PAGE: Final = 500
"""Entries fetched at a time; memory stays the same however long the ledger is."""


# Made once: to put a statement together costs more than to run it.
HEAD: Final = sa.select(ledger_head)
HEAD_TO_CHANGE: Final = HEAD.with_for_update()
APPEND: Final = sa.insert(ledger)
REACH: Final = sa.update(ledger_head)


class Ledger:
    """The chain of facts.

    What a transaction appends is written together at its end, or before it reads.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._appended: list[Entry] = []
        self._reached: Head | None = None

    def append(self, fact: Fact, at: datetime) -> int:
        """Add a fact at the end and return its position.

        The head row is locked until the transaction ends, so parallel writers come one
        after the other and the chain never forks.  Append last: others wait from here.
        """
        head = self._reached or self._head(HEAD_TO_CHANGE)
        entry = entry_after(head, fact, at)
        self._appended.append(entry)
        self._reached = Head(entry.position, entry.digest)
        return entry.position

    def write(self) -> None:
        """Write what was appended; the end of its transaction does so by itself."""
        if self._appended and self._reached:
            entries, self._appended = self._appended, []
            execute_many(self._connection, APPEND, [*map(row_of, entries)])
            head = {"position": self._reached.position, "digest": self._reached.digest}
            self._connection.execute(REACH, head)

    def head(self) -> Head:
        """Return how far the ledger reaches.  Raises `LedgerBroken` if nobody knows."""
        return self._reached or self._head(HEAD)

    def _head(self, query: sa.Select[Any]) -> Head:
        row = self._connection.execute(query).first()
        if row is None:
            raise LedgerBroken(position=1, problem=N_("the head is missing"))
        return Head(row.position, Digest(row.digest))

    def entries(self, start: int = 1) -> Iterator[Entry]:
        """Yield all entries from this position on, a page in memory at a time."""
        page = self._page(start)
        while page:
            yield from page
            page = self._page(page[-1].position + 1)

    def _page(self, start: int) -> tuple[Entry, ...]:
        self.write()
        query = _select().where(ledger.c.position >= start).limit(PAGE)
        return tuple(_entry(row) for row in self._connection.execute(query))

    def of(self, subject: MessageId | str) -> tuple[Entry, ...]:
        """Return all entries about this packet, in order."""
        self.write()
        query = _select().where(ledger.c.subject == subject)
        return tuple(_entry(row) for row in self._connection.execute(query))


def _select() -> sa.Select[Any]:
    return sa.select(ledger).order_by(ledger.c.position)


def _entry(row: sa.Row[Any]) -> Entry:
    # SQLite would also hold bytes in these columns: no text of ours, and so not equal
    # to any.
    return Entry(
        position=row.position,
        kind=str(row.kind),
        subject=str(row.subject),
        text=str(row.text),
        digest=Digest(str(row.digest)),
    )
