"""Rows of the DMS that were taken, and how far each document has come."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Final, Literal

import sqlalchemy as sa

from edoc_connector.errors import LostRace, NotFound, Reason, StorageRefused
from edoc_connector.model.delivery import (
    DOCUMENT_MOVES,
    DeliveryState,
    DocumentEvent,
    DocumentState,
    advance,
)
from edoc_connector.model.document import Organization
from edoc_connector.model.identifiers import Digest, DocumentId, MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.route import STRAIGHT, Route
from edoc_connector.model.verdict import SealForm
from edoc_connector.storage.many import execute_many
from edoc_connector.storage.records import OutgoingDocument, SentDocument
from edoc_connector.storage.rows import Rows, begins, selected
from edoc_connector.storage.tables import deliveries, documents, progress

STRAIGHT_ALL: Final[Mapping[OrganizationCode, Route]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """A document that is to be added, with a delivery for each of its recipients.

    Each is to be sent by `due_at`, or that is still to be planned; where `routes` says
    so, to another code than its own.
    """

    document: OutgoingDocument
    recipients: Sequence[Organization] = ()
    due_at: datetime | None = None
    routes: Mapping[OrganizationCode, Route] = field(default_factory=dict)


class Documents:
    """Outgoing documents, one per sender, row and revision."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, documents, OutgoingDocument)

    def add(
        self,
        document: OutgoingDocument,
        recipients: Sequence[Organization],
        *,
        due_at: datetime | None = None,
        routes: Mapping[OrganizationCode, Route] = STRAIGHT_ALL,
    ) -> bool:
        """Add a document with a delivery per recipient, or return False if it is known.

        A refused one has no deliveries: there is nothing to deliver.  Nor has a change
        that goes to nobody, which begins as WITHDRAWN.
        """
        if self._rows.add(_values(document)) is None:
            return self._refuse_another_row(document)
        new = NewDocument(
            document=document, recipients=recipients, due_at=due_at, routes=routes
        )
        self._add_deliveries([new])
        return True

    def add_all(self, new: Sequence[NewDocument]) -> None:
        """Add several documents with their deliveries, none of which is known yet.

        Raises `StorageRefused` where one is: then nothing of this work can stay.
        """
        execute_many(self._connection, ADD, [_values(it.document) for it in new])
        self._add_deliveries(new)

    def _refuse_another_row(self, document: OutgoingDocument) -> Literal[False]:
        if self.known(document.sender, document.row_id, document.revision):
            return False
        # Never quietly: this row would be taken for one that was sent before.
        raise StorageRefused(problem=f"{document.key} is the key of another row")

    def _add_deliveries(self, new: Sequence[NewDocument]) -> None:
        rows = [row for it in new for row in _deliveries(it)]
        if rows:
            execute_many(self._connection, ADD_DELIVERIES, rows)

    def get(self, key: MessageId) -> OutgoingDocument:
        """Return the document.  Raises `NotFound`."""
        found = self._rows.first_by(key=key)
        if found is None:
            raise NotFound(what=key)
        return found

    def row_of(self, key: MessageId) -> str:
        """Return its row in the register.  Raises `NotFound`."""
        found = self._connection.scalar(ROW, {"key": key})
        if found is None:
            raise NotFound(what=key)
        return str(found)

    def lock(self, key: MessageId) -> OutgoingDocument:
        """Return the document, and let nobody else change it before this work ends.

        Whoever wants it too waits, and then sees what was done.  Raises `NotFound`.
        """
        query = self._rows.select().where(documents.c.key == key).with_for_update()
        found = self._rows.first(query)
        if found is None:
            raise NotFound(what=key)
        return found

    def known(self, sender: OrganizationCode, row_id: str, revision: str) -> bool:
        """Whether this revision of this row was taken or refused before."""
        return (row_id, revision) in self.revisions(sender, [row_id])

    def revisions(
        self, sender: OrganizationCode, row_ids: Collection[str]
    ) -> frozenset[tuple[str, str]]:
        """Return which revisions of these rows were taken or refused before."""
        asked = {"sender": sender, "rows": list(row_ids)}
        found = self._connection.execute(REVISIONS, asked)
        return frozenset((row.row_id, row.revision) for row in found)

    def untold(
        self, sender: OrganizationCode, steps: Collection[str]
    ) -> Mapping[tuple[str, str], datetime]:
        """Return the revisions of rows of which one of these steps is to be told.

        With each when it was taken, or refused.
        """
        asked = {"sender": sender, "steps": list(steps)}
        found = self._connection.execute(UNTOLD, asked)
        return {(row.row_id, row.revision): row.taken_at for row in found}

    def in_state(
        self, state: DocumentState, limit: int
    ) -> tuple[OutgoingDocument, ...]:
        """Return documents in this state, the most urgent first, then the oldest."""
        query = self._rows.select().where(documents.c.state == state)
        order = (documents.c.priority.desc(), documents.c.id)
        return self._rows.all(query.order_by(*order).limit(limit))

    def move(  # noqa: PLR0913  (an event and what it may leave behind)
        self,
        key: MessageId,
        event: DocumentEvent,
        *,
        seen: DocumentState | None = None,
        reason: Reason | None = None,
        packet: Digest | None = None,
        packet_bytes: int | None = None,
        seal_form: SealForm | None = None,
        certificate: Digest | None = None,
    ) -> DocumentState:
        """Apply one event, unless another worker was faster: `LostRace`.

        `seen` is the state in which the caller saw the document in an earlier
        transaction.  The reason is kept or cleared, the packet only kept.
        """
        before = seen or self.get(key).state
        after = advance(DOCUMENT_MOVES, before, event)
        values: dict[str, Any] = {"state": after, "reason": reason}
        if packet is not None:
            values |= {
                "packet": packet,
                "packet_bytes": packet_bytes or 0,
                "seal_form": seal_form,
                "certificate": certificate,
            }
        if self._rows.change(values, key=key, state=before) != 1:
            raise LostRace(key=key)
        return after

    def seal_all(self, sealed: Sequence[OutgoingDocument]) -> None:
        """Name the packets of documents that stand as they were seen.

        Raises `LostRace` where another worker was faster with one of them.
        """
        changes = [(_sealed(it), {"key": it.key, "state": it.state}) for it in sealed]
        if self._rows.change_all(changes) != len(sealed):
            raise LostRace(key=sealed[0].key)

    def freeze(self, key: MessageId, at: datetime) -> bool:
        """Keep a document as it is from now on; False where it was kept before."""
        frozen = self._connection.execute(
            sa.update(documents)
            .where(documents.c.key == key, documents.c.frozen_at.is_(None))
            .values(frozen_at=at)
        )
        return frozen.rowcount == 1

    def of_row(
        self, sender: OrganizationCode, row_id: str
    ) -> tuple[OutgoingDocument, ...]:
        """Return all that was ever made of a row, newest first."""
        query = self._rows.select().where(
            documents.c.sender == sender, documents.c.row_id == row_id
        )
        return self._rows.all(query.order_by(documents.c.id.desc()))

    def changing(self, original: MessageId) -> tuple[OutgoingDocument, ...]:
        """Return the changes of a document, the oldest first."""
        query = self._rows.select().where(documents.c.changes == original)
        return self._rows.all(query.order_by(documents.c.id))

    def by_document_id(
        self, sender: OrganizationCode, document_id: DocumentId
    ) -> tuple[OutgoingDocument, ...]:
        """Return all revisions sent under this id, newest first."""
        query = self._rows.select().where(
            documents.c.sender == sender, documents.c.document_id == document_id
        )
        return self._rows.all(query.order_by(documents.c.id.desc()))

    def sent_under(
        self, sender: OrganizationCode, document_ids: Collection[DocumentId]
    ) -> Mapping[DocumentId, Sequence[SentDocument]]:
        """Return all revisions sent under each of these ids, newest first."""
        found: dict[DocumentId, list[SentDocument]] = {}
        given = {"sender": sender, "document_ids": list(document_ids)}
        for it in Rows(self._connection, documents, SentDocument).all(SENT, **given):
            found.setdefault(it.document_id, []).append(it)
        return found

    def by_label(
        self, sender: OrganizationCode, label: str
    ) -> tuple[OutgoingDocument, ...]:
        """Return all that were sent under this number and notation, newest first."""
        query = self._rows.select().where(
            documents.c.sender == sender, documents.c.label == label
        )
        return self._rows.all(query.order_by(documents.c.id.desc()))

    def find(self, text: str, limit: int) -> tuple[OutgoingDocument, ...]:
        """Return what a person may mean by key or its start, row, id, label, number."""
        names = ("row_id", "document_id", "label")
        number = sa.and_(*begins(self._connection, documents.c.label, f"{text}/"))
        return self._rows.find(text, limit, handle="key", names=names, also=[number])

    def recent(self, limit: int) -> tuple[OutgoingDocument, ...]:
        """Return the newest documents, newest first."""
        return self._rows.recent(limit)


# Made once: to put a statement together costs more than to run it.
ADD: Final = sa.insert(documents)
ADD_DELIVERIES: Final = sa.insert(deliveries)
UNTOLD: Final = sa.select(
    documents.c.row_id, documents.c.revision, documents.c.taken_at
).where(
    documents.c.sender == sa.bindparam("sender"),
    documents.c.row_id.in_(
        sa.select(progress.c.row_id).where(
            progress.c.step.in_(sa.bindparam("steps", expanding=True))
        )
    ),
)
REVISIONS: Final = sa.select(documents.c.row_id, documents.c.revision).where(
    documents.c.sender == sa.bindparam("sender"),
    documents.c.row_id.in_(sa.bindparam("rows", expanding=True)),
)
SENT: Final = (
    selected(documents, SentDocument)
    .where(
        documents.c.sender == sa.bindparam("sender"),
        documents.c.document_id.in_(sa.bindparam("document_ids", expanding=True)),
    )
    .order_by(documents.c.id.desc())
)
ROW: Final = sa.select(documents.c.row_id).where(documents.c.key == sa.bindparam("key"))


FIELDS: Final = tuple(it.name for it in fields(OutgoingDocument))


def _values(document: OutgoingDocument) -> dict[str, Any]:
    return {name: getattr(document, name) for name in FIELDS}


def _sealed(document: OutgoingDocument) -> dict[str, Any]:
    after = advance(DOCUMENT_MOVES, document.state, DocumentEvent.SEAL)
    names = ("packet", "packet_bytes", "seal_form", "certificate")
    packet = {name: getattr(document, name) for name in names}
    return {"state": after, "reason": None, **packet}


def _deliveries(new: NewDocument) -> Iterator[dict[str, Any]]:
    """Yield a row for each body that gets it; one that is named twice gets it once."""
    document = new.document
    if document.state is DocumentState.REFUSED:
        return
    bodies = {it.code: it for it in reversed(new.recipients)}
    for code in dict.fromkeys(it.code for it in new.recipients):
        route = new.routes.get(code, STRAIGHT)
        yield {
            "document": document.key,
            "recipient": code,
            "name": bodies[code].name,
            "state": DeliveryState.TAKEN,
            "reason": None,
            "changed_at": document.taken_at,
            "due_at": new.due_at or document.taken_at,
            "goes_to": route.goes_to,
            "closed_on": route.closed_on,
        }
