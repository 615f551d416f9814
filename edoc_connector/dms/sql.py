"""Any document register in a SQL database, read and written as its mapping says.

Our database and the register's share no transaction: every write carries the row or the
delivery key it is about, and changes nothing when it is repeated.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Final

from edoc_connector.dms.changes import SqlChanges
from edoc_connector.dms.database import IDLE, Database
from edoc_connector.dms.folder import Folder, NoFolder
from edoc_connector.dms.mapping import DmsMapping
from edoc_connector.dms.marks import SqlMarks
from edoc_connector.dms.port import (
    BrokenRow,
    PendingDocument,
    Progress,
    Put,
    RegisterStatus,
    Revision,
    RowChange,
    RowDecision,
)
from edoc_connector.dms.scans import Scan, scans
from edoc_connector.dms.sink import SqlSink
from edoc_connector.dms.source import SqlSource
from edoc_connector.dms.statuses import SqlStatuses
from edoc_connector.errors import DmsRefused
from edoc_connector.model.change import ChangeDecision, ChangeKind
from edoc_connector.model.document import Organization
from edoc_connector.model.identifiers import DeliveryKey
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import VerifiedEnvelope

NO_KEY: Final = DeliveryKey("")


class SqlDms:
    """A register as all that `port` asks for.  Safe to use from several threads."""

    def __init__(  # noqa: PLR0913  (where it is, whose, and how it is read)
        self,
        url: str,
        password: str | None,
        mapping: DmsMapping,
        organization: Organization,
        files: Path | None,
        *,
        idle: int = IDLE,
    ) -> None:
        """Connect to nothing yet; raise `SettingsInvalid` for a URL of no use."""
        self._database = Database(url, password, idle)
        self._mapping = mapping
        folder = Folder(files) if files else NoFolder()
        self._source = SqlSource(self._database, mapping, organization, folder)
        self._marks = SqlMarks(self._database, mapping.marks, self._source.recipients)
        self._sink = SqlSink(self._database, mapping.incoming, folder)
        self._statuses = SqlStatuses(
            self._database, mapping.statuses, organization.code
        )
        self._changes = SqlChanges(
            self._database,
            mapping.incoming,
            mapping.changes,
            folder,
            organization.code,
        )

    def pending(
        self,
        limit: int,
        untold: Collection[Revision] = (),
        *,
        resting: Collection[str] = (),
    ) -> Iterator[PendingDocument | BrokenRow]:
        """Yield rows to be sent; their files are opened by whoever takes them."""
        for row in self._source.waiting(limit, untold, resting):
            found = self._source.pending(row, untold)
            if found is not None:
                yield found

    def reading(self) -> AbstractContextManager[object]:
        """Let all that this thread reads within the block be one transaction."""
        return self._database.reading()

    def waiting(self, most: int) -> int:
        """Return how many rows are to be sent, counting to `most`."""
        return len(self._source.waiting(most))

    def mark(self, *steps: Progress) -> None:
        """Write steps into their rows, in the mapping's way: all of them or none."""
        self._marks.mark(steps)

    def put(
        self,
        verified: VerifiedEnvelope,
        *,
        key: DeliveryKey,
        recipient: OrganizationCode,
    ) -> str:
        """Put a document with its files, once per key; return the id of its row."""
        return self._sink.put(verified, key=key, recipient=recipient)

    def put_all(self, puts: Sequence[Put]) -> Sequence[str]:
        """Put several under different keys: all of them or none."""
        return self._sink.put_all(puts)

    def statuses(self, limit: int) -> Sequence[RegisterStatus]:
        """Return what senders have not been told of documents that arrived."""
        return self._statuses.statuses(limit)

    def told(self, said: RegisterStatus, *, at: datetime) -> None:
        """Tick off what was told, and nothing that changed since.  May be repeated."""
        self._statuses.told(said, at=at)

    def find(self, key: DeliveryKey) -> str:
        """Return the id of the row with this key, or nothing."""
        return self._sink.find(key)

    def can(self, kind: ChangeKind) -> bool:
        """Whether the mapping says how to change the register in this way."""
        return self._changes.can(kind)

    def recall(self, change: RowChange) -> None:
        """Cancel the document and keep its metadata."""
        self._changes.recall(change)

    def update(
        self,
        change: RowChange,
        verified: VerifiedEnvelope,
        *,
        key: DeliveryKey,
        recipient: OrganizationCode,
    ) -> None:
        """Put what the packet states in place of what the row says."""
        self._changes.update(change, verified, key=key, recipient=recipient)

    def replace(
        self,
        change: RowChange,
        verified: VerifiedEnvelope,
        *,
        new_row_id: str,
        key: DeliveryKey,
        recipient: OrganizationCode,
    ) -> None:
        """Mark the row as replaced by another one."""
        self._changes.replace(
            change, verified, new_row_id=new_row_id, key=key, recipient=recipient
        )

    def ask(self, change: RowChange, kind: ChangeKind) -> None:
        """Put a request before the clerk."""
        self._changes.ask(change, kind)

    def decisions(self, limit: int) -> Sequence[RowDecision]:
        """Return what clerks have decided about requests."""
        return self._changes.decisions(limit)

    def settle(self, change: RowChange, decision: ChangeDecision) -> None:
        """Close a request in the register."""
        self._changes.settle(change, decision)

    def trial(self) -> Iterator[DmsRefused]:
        """Try the statements that select, and yield what is refused of each.

        Each is told once.  Nothing is changed.  Those that write are not tried.  Raises
        `DmsUnavailable`.
        """
        refused: dict[object, DmsRefused] = {}
        for select in (
            lambda: self.waiting(1),
            self._source.try_recipients,
            self._source.try_attachments,
            lambda: self.statuses(1),
            lambda: self.decisions(1),
            lambda: self.find(NO_KEY),
        ):
            try:
                select()
            except DmsRefused as error:
                refused.setdefault(error.details["statement"], error)
        yield from refused.values()

    def scans(self) -> tuple[Scan, ...] | None:
        """Return which tables the statements of the mapping read from end to end.

        None where this kind of database cannot be asked.  Raises `DmsUnavailable`.
        """
        return scans(self._database, self._mapping)

    def share_statements(self) -> None:
        """Use what other registers of its kind know: for one of many in a process."""
        self._database.share_statements()

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()
