"""Documents that arrive are put into the register, once per delivery key."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from edoc_connector.dms.columns import text_of
from edoc_connector.dms.database import Connection, Database
from edoc_connector.dms.folder import Folder
from edoc_connector.dms.incoming import (
    IncomingFile,
    document_parameters,
    incoming_files,
)
from edoc_connector.dms.mapping import Incoming, Store
from edoc_connector.errors import N_, DmsFileTooLarge, DmsRefused
from edoc_connector.model.document import Document
from edoc_connector.model.identifiers import DeliveryKey
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import VerifiedEnvelope


@dataclass(frozen=True, slots=True)
class SqlSink:
    """The receiving half of a register."""

    database: Database
    incoming: Incoming
    folder: Folder

    def put(
        self,
        verified: VerifiedEnvelope,
        *,
        key: DeliveryKey,
        recipient: OrganizationCode,
    ) -> str:
        """Put a document with its files and return the id of its row.

        Document and files are one transaction.  A crash within it leaves nothing; a
        crash after it leaves a row that the next put of this key finds.
        """
        document = document_of(verified, "incoming.insert")
        values = document_parameters(
            verified, document, self.incoming, key=key, recipient=recipient
        )
        files = incoming_files(verified.contents, document, self.incoming, key)
        # Files in a folder are not written a second time for nothing.
        is_apart = self.incoming.store is Store.FOLDER
        return (is_apart and self.find(key)) or self._put(values, files)

    def find(self, key: DeliveryKey) -> str:
        """Return the id of the row with this key, or nothing."""
        with self.database.reading() as connection:
            return self._find(connection, key)

    def _put(self, values: Mapping[str, object], files: Sequence[IncomingFile]) -> str:
        write_files(files, self.incoming, self.folder)
        try:
            with self.database.writing() as connection:
                return self._insert(connection, values, files)
        except DmsRefused:
            # The column of the key is unique, and another put was faster.
            with self.database.reading() as connection:
                found = self._find(connection, values["key"])
            if not found:
                raise
            return found

    def _insert(
        self,
        connection: Connection,
        values: Mapping[str, object],
        files: Sequence[IncomingFile],
    ) -> str:
        found = self._find(connection, values["key"])
        if found:
            return found
        connection.execute("incoming.insert", self.incoming.insert, values)
        row_id = self._find(connection, values["key"])
        if not row_id:
            problem = N_("it does not find what incoming.insert has written")
            raise DmsRefused(statement="incoming.find", problem=problem)
        for file in files:
            self._insert_file(connection, file, row_id)
        return row_id

    def _insert_file(
        self, connection: Connection, file: IncomingFile, row_id: str
    ) -> None:
        name, sql = "incoming.insert_attachment", self.incoming.insert_attachment
        values = {**file.values, **place_of(file, self.incoming), "row_id": row_id}
        connection.execute(name, sql, values)

    def _find(self, connection: Connection, key: object) -> str:
        found = connection.value("incoming.find", self.incoming.find, {"key": key})
        return text_of(found)


def document_of(verified: VerifiedEnvelope, statement: str) -> Document:
    """Return the document in a packet, or raise `DmsRefused`: a status is none."""
    document = verified.envelope.content
    if not isinstance(document, Document):
        raise DmsRefused(statement=statement, problem=N_("it is no document"))
    return document


def write_files(
    files: Sequence[IncomingFile], incoming: Incoming, folder: Folder
) -> None:
    """Write files into the folder, before a row names them.

    Raises `DmsFileTooLarge` before anything is written, where one has no place.
    """
    if incoming.store is Store.COLUMN:
        for file in files:
            if file.size > incoming.column_bytes:
                raise DmsFileTooLarge(size=file.size, limit=incoming.column_bytes)
    if incoming.store is Store.FOLDER:
        for file in files:
            folder.write(file.path, file.chunks())


def place_of(file: IncomingFile, incoming: Incoming) -> Mapping[str, object]:
    """Return where the bytes of a file are: in a folder, or here."""
    if incoming.store is Store.FOLDER:
        return {"path": file.path}
    return {"bytes": _whole(file.chunks())}


def _whole(chunks: Iterable[bytes]) -> bytes:
    """Return one file whole, as drivers want it; no other is in memory meanwhile."""
    buffer = io.BytesIO()  # unlike a join, it holds the bytes once
    buffer.writelines(chunks)
    return buffer.getvalue()
