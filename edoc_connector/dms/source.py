"""Documents that wait in the register."""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from edoc_connector import __version__
from edoc_connector.dms.attachments import FileRow, Files, files_of
from edoc_connector.dms.columns import Notes, text_of
from edoc_connector.dms.database import Connection, Database, Rows
from edoc_connector.dms.fields import ATTACHMENT, DOCUMENT, RECIPIENT, REQUIRED
from edoc_connector.dms.folder import Folder
from edoc_connector.dms.mapping import DmsMapping
from edoc_connector.dms.outgoing import Row, code_problems, draft_of, revision_of
from edoc_connector.dms.port import (
    BrokenRow,
    PendingAttachment,
    PendingChange,
    PendingDocument,
    Revision,
)
from edoc_connector.dms.selected import expect
from edoc_connector.errors import (
    N_,
    AttachmentEmpty,
    AttachmentMissing,
    AttachmentUnreadable,
    ColumnTooLarge,
    DmsRefused,
    EdocError,
    RowBroken,
    RowDefect,
)
from edoc_connector.model.document import BusinessType, Organization

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SqlSource:
    """The sending half of a register."""

    database: Database
    mapping: DmsMapping
    organization: Organization
    folder: Folder

    def waiting(
        self,
        limit: int,
        untold: Collection[Revision] = (),
        resting: Collection[str] = (),
    ) -> Sequence[Row]:
        """Return rows to be sent, read in one transaction, which is over.

        Those of which a revision is untold only where there is no other row, and not
        while they are resting.
        """
        statement, sql = "documents.select", self.mapping.documents.select
        most = limit + len(untold)
        with self.database.reading() as connection:
            asked = {"limit": most, "organization": self.organization.code}
            found = connection.rows(statement, sql, asked, most)
            expect(found, DOCUMENT, statement, required=REQUIRED)
            chosen = _chosen(found, untold, resting, limit)
            return [self._row(connection, document) for document in chosen]

    def _row(self, connection: Connection, document: Mapping[str, object]) -> Row:
        row_id = text_of(document["row_id"])
        if not row_id:
            raise DmsRefused(
                statement="documents.select", problem=N_("row_id is empty")
            )
        return Row(
            document=document,
            recipients=self.recipients(connection, row_id),
            attachments=self._attachments(connection, row_id),
        )

    def recipients(self, connection: Connection, row_id: str | None) -> Rows:
        """Return to whom a row goes, as the register writes it."""
        statement, sql = "recipients.select", self.mapping.recipients.select
        if sql is None:
            return ()
        found = connection.rows(statement, sql, {"row_id": row_id})
        expect(found, RECIPIENT, statement, required=("code",))
        return found

    def _attachments(self, connection: Connection, row_id: str | None) -> Rows:
        statement, sql = "attachments.select", self.mapping.attachments.select
        found = connection.rows(statement, sql, {"row_id": row_id})
        expect(found, ATTACHMENT, statement)
        return found

    def try_recipients(self) -> None:
        """Select the recipients of no row: of NULL, which fits a key of any type."""
        with self.database.reading() as connection:
            self.recipients(connection, None)

    def try_attachments(self) -> None:
        """Select the files of no row."""
        with self.database.reading() as connection:
            self._attachments(connection, None)

    def pending(
        self, row: Row, untold: Collection[Revision] = ()
    ) -> PendingDocument | BrokenRow | None:
        """Return the row as a document whose files have not been read, or as broken.

        A defect of ours that one row finds breaks that row and no other.  Where this
        revision of it is untold it is not read at all.
        """
        try:
            revision = revision_of(row, self.folder.look)
            if (row.row_id, revision) in untold:
                return None
            return self._pending(row, revision)
        except EdocError:
            raise
        except Exception as error:
            log.exception("row_defect", extra={"row": row.row_id})
            return _defective(row, error)

    def _pending(self, row: Row, revision: str) -> PendingDocument | BrokenRow:
        draft = draft_of(row, self.mapping, self.organization)
        if draft.document is None:
            return _broken(row, revision, draft.problems)
        listed = _files(row, draft.change, self.mapping)
        notes = Notes()
        files = [
            notes.read(self._attachment, row, file, otherwise=None)
            for file in listed.files
        ]
        attachments = tuple(filter(None, files))
        problems = (*draft.problems, *listed.problems, *notes.problems)
        if problems:
            broken = _broken(row, revision, problems)
            return replace(broken, document=draft.document, attachments=attachments)
        return PendingDocument(
            row_id=row.row_id,
            revision=revision,
            document=draft.document,
            attachments=attachments,
            code_problems=code_problems(row, self.mapping),
            change=draft.change,
        )

    def _attachment(self, row: Row, file: FileRow) -> PendingAttachment:
        """Look at a file without opening it; raise `RowBroken` where that is enough."""
        if file.path:
            self.folder.look(file.name, file.path)
        elif self.mapping.attachments.content is None:
            raise AttachmentMissing(name=file.name)
        elif file.size > (most := self.mapping.attachments.column_bytes):
            raise ColumnTooLarge(name=file.name, value=file.size, limit=most)
        return PendingAttachment(
            name=file.name,
            content_type=file.content_type,
            description=file.description,
            open=lambda: self._open(row, file),
        )

    def _open(self, row: Row, file: FileRow) -> BinaryIO:
        if file.path:
            return self.folder.open(file.name, file.path)
        key = {"row_id": row.row_id, "attachment_id": file.attachment_id}
        sql = self.mapping.attachments.content or ""
        with self.database.reading() as connection:
            value = connection.value("attachments.content", sql, key)
        return _file_of(value, file.name)


def _chosen(
    found: Rows,
    untold: Collection[Revision],
    resting: Collection[str],
    limit: int,
) -> Rows:
    """Return what nobody has taken; without any, what may have changed since."""
    named = [(text_of(it["row_id"]), it) for it in found]
    old = {row_id for row_id, _ in untold}
    new = [it for row_id, it in named if row_id not in old]
    if new:
        return new[:limit]
    awake = ((row_id, it) for row_id, it in named if row_id not in resting)
    stated = ((row_id, text_of(it.get("revision")), it) for row_id, it in awake)
    return [it for row_id, revision, it in stated if (row_id, revision) not in untold]


def _files(row: Row, change: PendingChange | None, mapping: DmsMapping) -> Files:
    """Return the files of a row; a recall carries none, whatever the row has."""
    if change is not None and change.type is BusinessType.RECALL:
        return Files((), ())
    return files_of(row.attachments, required=mapping.attachments.required)


def _broken(row: Row, revision: str, problems: Sequence[RowBroken]) -> BrokenRow:
    return BrokenRow(
        row_id=row.row_id,
        revision=revision,
        label=row.label,
        problems=tuple(problem.reason for problem in problems),
    )


def _defective(row: Row, error: Exception) -> BrokenRow:
    """Return the row as broken; for the next release it is another revision."""
    said = f"{__version__} {sorted(row.document.items())!r}"
    return BrokenRow(
        row_id=row.row_id,
        revision=hashlib.sha256(said.encode(errors="replace")).hexdigest(),
        label=row.row_id,
        problems=(RowDefect(problem=type(error).__name__).reason,),
    )


def _file_of(value: object, name: str) -> BinaryIO:
    match value:
        case None:
            raise AttachmentMissing(name=name)
        case bytes() | bytearray() | memoryview():
            content = bytes(value)
        case _:
            raise AttachmentUnreadable(name=name)
    if not content:
        raise AttachmentEmpty(name=name)
    return io.BytesIO(content)
