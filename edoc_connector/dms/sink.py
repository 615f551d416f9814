"""Documents that arrive are put into the register, once per delivery key."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from edoc_connector.dms.columns import text_of
from edoc_connector.dms.database import Connection, Database
from edoc_connector.dms.folder import Folder
from edoc_connector.dms.incoming import (
    IncomingFile,
    document_parameters,
    incoming_files,
)
from edoc_connector.dms.mapping import Incoming, Store
from edoc_connector.dms.port import Put
from edoc_connector.errors import N_, DmsFileTooLarge, DmsRefused
from edoc_connector.model.document import Document
from edoc_connector.model.identifiers import DeliveryKey
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import VerifiedEnvelope

Values = Mapping[str, object]

MOST_BYTES: Final = 4 * 1024 * 1024
"""Of files that are written with one statement, unless one alone has more."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A document as it is written, and its files."""

    key: DeliveryKey
    values: Values
    files: Sequence[IncomingFile]


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
        row = self._row(Put(verified=verified, key=key, recipient=recipient))
        try:
            return self._put([row])[0]
        except DmsRefused:
            # The column of the key is unique, and another put was faster.
            found = self.find(key)
            if not found:
                raise
            return found

    def put_all(self, puts: Sequence[Put]) -> Sequence[str]:
        """Put several as one transaction, and return the ids of their rows.

        Whatever keeps one of them out, also another put that was faster, keeps out all.
        """
        return self._put([self._row(put) for put in puts])

    def find(self, key: DeliveryKey) -> str:
        """Return the id of the row with this key, or nothing."""
        with self.database.reading() as connection:
            return self._find(connection, [key])[key]

    def _row(self, put: Put) -> _Row:
        document = document_of(put.verified, "incoming.insert")
        values = document_parameters(
            put.verified, document, self.incoming, key=put.key, recipient=put.recipient
        )
        contents = put.verified.contents
        files = incoming_files(contents, document, self.incoming, put.key)
        return _Row(put.key, values, files)

    def _put(self, rows: Sequence[_Row]) -> Sequence[str]:
        write_files(self._files_of_new(rows), self.incoming, self.folder)
        with self.database.writing() as connection:
            found = self._find(connection, [it.key for it in rows])
            new = [it for it in rows if not found[it.key]]
            found |= self._insert(connection, new)
        return [found[it.key] for it in rows]

    def _files_of_new(self, rows: Sequence[_Row]) -> Sequence[IncomingFile]:
        if self.incoming.store is Store.FOLDER:
            # Files in a folder are not written a second time for nothing.
            with self.database.reading() as connection:
                found = self._find(connection, [it.key for it in rows])
            rows = [it for it in rows if not found[it.key]]
        return [file for it in rows for file in it.files]

    def _insert(
        self, connection: Connection, rows: Sequence[_Row]
    ) -> Mapping[DeliveryKey, str]:
        values = [it.values for it in rows]
        connection.execute_all("incoming.insert", self.incoming.insert, values)
        written = self._written(connection, [it.key for it in rows])
        files = ((file, written[it.key]) for it in rows for file in it.files)
        name, sql = "incoming.insert_attachment", self.incoming.insert_attachment
        for some in self._placed(files):
            connection.execute_all(name, sql, some)
        return written

    def _written(
        self, connection: Connection, keys: Sequence[DeliveryKey]
    ) -> Mapping[DeliveryKey, str]:
        found = self._find(connection, keys)
        if not all(found.values()):
            problem = N_("it does not find what incoming.insert has written")
            raise DmsRefused(statement="incoming.find", problem=problem)
        return found

    def _placed(
        self, files: Iterable[tuple[IncomingFile, str]]
    ) -> Iterator[Sequence[Values]]:
        """Yield what is written of files, as much at a time as memory is to hold."""
        some: list[Values] = []
        held = 0
        for file, row_id in files:
            if some and held + file.size > MOST_BYTES:
                yield some
                some, held = [], 0
            place = place_of(file, self.incoming)
            some.append({**file.values, **place, "row_id": row_id})
            held += file.size
        if some:
            yield some

    def _find(
        self, connection: Connection, keys: Sequence[DeliveryKey]
    ) -> dict[DeliveryKey, str]:
        """Return the ids of the rows with these keys; nothing where there is none."""
        given = [{"key": key} for key in keys]
        found = connection.values("incoming.find", self.incoming.find, given)
        return dict(zip(keys, map(text_of, found), strict=True))


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


def place_of(file: IncomingFile, incoming: Incoming) -> Values:
    """Return where the bytes of a file are: in a folder, or here."""
    if incoming.store is Store.FOLDER:
        return {"path": file.path}
    return {"bytes": _whole(file.chunks())}


def _whole(chunks: Iterable[bytes]) -> bytes:
    """Return one file whole, as drivers want it."""
    buffer = io.BytesIO()  # unlike a join, it holds the bytes once
    buffer.writelines(chunks)
    return buffer.getvalue()
