"""Recall, update and replacement of what is in the register, as the mapping says.

Every call is one transaction and may be repeated: what our database knows of it is
written later, and a crash between the two repeats it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from edoc_connector.dms.columns import text_of
from edoc_connector.dms.database import Connection, Database
from edoc_connector.dms.fields import DECISION
from edoc_connector.dms.folder import Folder
from edoc_connector.dms.incoming import (
    IncomingFile,
    cut,
    document_parameters,
    incoming_files,
    local,
)
from edoc_connector.dms.mapping import Changes, Decisions, Incoming
from edoc_connector.dms.port import RowChange, RowDecision
from edoc_connector.dms.selected import expect
from edoc_connector.dms.sink import document_of, place_of, write_files
from edoc_connector.model.change import ChangeDecision, ChangeKind
from edoc_connector.model.identifiers import DeliveryKey
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import VerifiedEnvelope


@dataclass(frozen=True, slots=True)
class SqlChanges:
    """The part of a register in which received documents are changed."""

    database: Database
    incoming: Incoming
    changes: Changes
    folder: Folder
    organization: OrganizationCode

    def can(self, kind: ChangeKind) -> bool:
        """Whether the mapping says how to change the register in this way."""
        match kind:
            case ChangeKind.RECALL:
                return bool(self.changes.recall)
            case ChangeKind.UPDATE:
                return bool(self.changes.update and self.changes.update_attachment)
            case ChangeKind.REPLACE:
                return bool(self.changes.replace)

    def recall(self, change: RowChange) -> None:
        """Cancel the document and keep its metadata."""
        self._run("changes.recall", self.changes.recall, self._values(change))

    def update(
        self,
        change: RowChange,
        verified: VerifiedEnvelope,
        *,
        key: DeliveryKey,
        recipient: OrganizationCode,
    ) -> None:
        """Put fields and files in place of the row's, in one transaction.

        The row keeps its own DocumentId, whatever the packet calls itself.
        """
        document = document_of(verified, "changes.update")
        stated = document_parameters(
            verified, document, self.incoming, key=key, recipient=recipient
        )
        own = {"document_id": change.document_id, **self._values(change)}
        values = {**stated, **own}
        files = incoming_files(verified.contents, document, self.incoming, key)
        write_files(files, self.incoming, self.folder)
        clear = self.changes.clear_attachments
        with self.database.writing() as connection:
            _execute(connection, "changes.update", self.changes.update, values)
            _execute(connection, "changes.clear_attachments", clear, values)
            for file in files:
                self._put_file(connection, file, values)

    def _put_file(
        self, connection: Connection, file: IncomingFile, row: Mapping[str, object]
    ) -> None:
        name, sql = "changes.update_attachment", self.changes.update_attachment or ""
        of_row = {"row_id": row["row_id"], "at": row["at"]}
        values = {**file.values, **place_of(file, self.incoming), **of_row}
        connection.execute(name, sql, values)

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
        document = document_of(verified, "changes.replace")
        stated = document_parameters(
            verified, document, self.incoming, key=key, recipient=recipient
        )
        values = {**stated, **self._values(change), "new_row_id": new_row_id}
        self._run("changes.replace", self.changes.replace, values)

    def ask(self, change: RowChange, kind: ChangeKind) -> None:
        """Put the request before the clerk, where the mapping has a place for it."""
        word = self.changes.kinds.get(kind, kind)
        values = {**self._values(change), "kind": word}
        self._run("changes.ask", self.changes.ask, values)

    def decisions(self, limit: int) -> Sequence[RowDecision]:
        """Return what clerks have decided; also rows without a word, as they count."""
        mapped = self.changes.decisions
        if mapped is None:
            return ()
        statement = "changes.decisions.select"
        with self.database.reading() as connection:
            asked = {"limit": limit, "organization": self.organization}
            rows = connection.rows(statement, mapped.select, asked, limit)
        expect(rows, DECISION, statement, required=("request", "decision"))
        return [_decision(row, mapped) for row in rows]

    def settle(self, change: RowChange, decision: ChangeDecision) -> None:
        """Close the request in the register."""
        mapped = self.changes.decisions
        if mapped is None or not mapped.settle:
            return
        words = (word for word, it in mapped.values.items() if it is decision)
        values = {**self._values(change), "decision": next(words, decision)}
        self._run("changes.decisions.settle", mapped.settle, values)

    def _values(self, change: RowChange) -> Mapping[str, object]:
        return {
            "row_id": change.row_id,
            "request": change.request,
            "reason": cut(change.reason, self.changes.text_characters),
            "at": local(change.at),
        }

    def _run(
        self, name: str, statements: Sequence[str], values: Mapping[str, object]
    ) -> None:
        if not statements:
            return
        with self.database.writing() as connection:
            _execute(connection, name, statements, values)


def _execute(
    connection: Connection,
    name: str,
    statements: Sequence[str],
    values: Mapping[str, object],
) -> None:
    for sql in statements:
        connection.execute(name, sql, values)


def _decision(row: Mapping[str, object], mapped: Decisions) -> RowDecision:
    known = {text_of(word).casefold(): it for word, it in mapped.values.items()}
    word = text_of(row["decision"])
    return RowDecision(
        request=text_of(row["request"]),
        word=word,
        decision=known.get(word.casefold()),
        reason=text_of(row.get("reason")),
    )
