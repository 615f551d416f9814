"""Any document register in a SQL database, read and written as its mapping says.

Our database and the register's share no transaction: every write carries the row or the
delivery key it is about, and changes nothing when it is repeated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from edoc_connector.dms.database import Database
from edoc_connector.dms.folder import Folder, NoFolder
from edoc_connector.dms.mapping import DmsMapping
from edoc_connector.dms.port import (
    BrokenRow,
    PendingDocument,
    Progress,
    RegisterStatus,
)
from edoc_connector.dms.sink import SqlSink
from edoc_connector.dms.source import SqlSource
from edoc_connector.dms.statuses import SqlStatuses
from edoc_connector.model.document import Organization
from edoc_connector.model.identifiers import DeliveryKey
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import VerifiedEnvelope


class SqlDms:
    """A register as all that `port` asks for.  Safe to use from several threads."""

    def __init__(
        self,
        url: str,
        password: str | None,
        mapping: DmsMapping,
        organization: Organization,
        files: Path | None,
    ) -> None:
        """Connect to nothing yet; raise `SettingsInvalid` for a URL of no use."""
        self._database = Database(url, password)
        folder = Folder(files) if files else NoFolder()
        self._source = SqlSource(self._database, mapping, organization, folder)
        self._sink = SqlSink(self._database, mapping.incoming, folder)
        self._statuses = SqlStatuses(self._database, mapping.statuses)

    def pending(self, limit: int) -> Iterator[PendingDocument | BrokenRow]:
        """Yield rows to be sent; their files are opened by whoever takes them."""
        yield from map(self._source.pending, self._source.waiting(limit))

    def mark(self, progress: Progress) -> None:
        """Write one step into the row, in the mapping's way.  May be repeated."""
        self._source.mark(progress)

    def put(
        self,
        verified: VerifiedEnvelope,
        *,
        key: DeliveryKey,
        recipient: OrganizationCode,
    ) -> str:
        """Put a document with its files, once per key; return the id of its row."""
        return self._sink.put(verified, key=key, recipient=recipient)

    def statuses(self, limit: int) -> Sequence[RegisterStatus]:
        """Return what senders have not been told of documents that arrived."""
        return self._statuses.statuses(limit)

    def told(self, said: RegisterStatus, *, at: datetime) -> None:
        """Tick off what was told, and nothing that changed since.  May be repeated."""
        self._statuses.told(said, at=at)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()
