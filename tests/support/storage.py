"""Rows of the connector's database that are right; a test changes one detail."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from edoc_connector.model.delivery import DocumentState, InboxState
from edoc_connector.model.document import Code, Document, Organization
from edoc_connector.model.identifiers import (
    Digest,
    DocumentId,
    MessageId,
    message_id_of_row,
)
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import Arrival, OutgoingDocument, Receipt

NOW: Final = datetime(2026, 11, 23, 1, 30, 0, 123456, tzinfo=UTC)
PROVINCE: Final = OrganizationCode("H20")
DEPARTMENT: Final = OrganizationCode("H20.14")
COMMUNE: Final = OrganizationCode("H20.14.7")
BOTH: Final = (
    Organization(code=DEPARTMENT, name="Sở Nội vụ"),
    Organization(code=COMMUNE, name="Ủy ban nhân dân xã"),
)


@dataclass(frozen=True, slots=True)
class Database:
    """Where a database is; any process may open it."""

    url: str
    password: str | None
    folder: Path

    def open(self) -> Storage:
        """Open it as the connector does."""
        return Storage(self.url, self.password, self.folder / "content")


def only(backend: str, fixture: str = "database") -> pytest.MarkDecorator:
    """Run a test on one kind of database: what it is about exists there alone."""
    marks = [pytest.mark.database] if backend == "postgresql" else []
    return pytest.mark.parametrize(
        fixture, [pytest.param(backend, marks=marks)], indirect=True
    )


def digest(content: str) -> Digest:
    return Digest(hashlib.sha256(content.encode(errors="surrogatepass")).hexdigest())


def outgoing(row_id: str = "17", **changes: Any) -> OutgoingDocument:
    """A document that was just taken."""
    revision = changes.get("revision", "1")
    code = Code("28/2026", "UBND-VX")
    document_id = DocumentId("H20,2026/11/23,28/2026/UBND-VX")
    values: dict[str, Any] = {
        "key": message_id_of_row(PROVINCE, row_id, revision),
        "sender": PROVINCE,
        "row_id": row_id,
        "revision": revision,
        "state": DocumentState.TAKEN,
        "reason": None,
        "label": code.text,
        "document_id": document_id,
        "priority": 0,
        "taken_at": NOW,
        "document": Document(
            sender=Organization(code=PROVINCE),
            recipients=BOTH,
            document_id=document_id,
            code=code,
            subject="Về việc điều chỉnh “quy hoạch”\x1f\U0001f4c4",
        ),
        "packet": None,
        "packet_bytes": 0,
    }
    return OutgoingDocument(**values | changes)


def queue(work: Work, message_id: str = "m-1", **changes: Any) -> int:
    """Put a packet into the outbox and return the item's id."""
    values: dict[str, Any] = {
        "message_id": MessageId(message_id),
        "kind": Kind.EDOC,
        "sender": PROVINCE,
        "recipient": DEPARTMENT,
        "correlation_id": "H20,2026/11/23,28/2026/UBND-VX",
        "business_type": 0,
        "priority": 0,
        "packet": digest(message_id),
        "packet_bytes": 1234,
        "answers": "",
        "at": NOW,
    }
    return work.outbox.add(**values | changes)


def receive(work: Work, message_id: str = "m-1", **changes: Any) -> int | None:
    """Put a packet into the inbox; return the entry's id, or None if it was known."""
    values: dict[str, Any] = {
        "account": "H20",
        "message_id": MessageId(message_id),
        "kind": Kind.EDOC,
        "sender": PROVINCE,
        "correlation_id": "H20,2026/11/23,28/2026/UBND-VX",
        "answers": "",
        "packet": digest(message_id),
        "packet_bytes": 1234,
        "state": InboxState.ACCEPTED,
        "reason": None,
        "at": NOW,
    }
    return work.inbox.add(**values | changes)


def receipt(
    document: MessageId, recipient: OrganizationCode, **changes: Any
) -> Receipt:
    """What a recipient says of a document: that it is there."""
    values: dict[str, Any] = {
        "document": document,
        "recipient": recipient,
        "status": "01",
        "description": "Đã đến",
        "stated_at": NOW.replace(microsecond=0),
        "received_at": NOW,
        "message_id": MessageId("r-1"),
    }
    return Receipt(**values | changes)


def arrival(inbox_id: int, **changes: Any) -> Arrival:
    """A document that reached the receiving DMS."""
    values: dict[str, Any] = {
        "key": digest("delivery"),
        "inbox_id": inbox_id,
        "sender": PROVINCE,
        "recipient": DEPARTMENT,
        "document_id": DocumentId("H20,2026/11/23,28/2026/UBND-VX"),
        "label": "28/2026/UBND-VX",
        "subject": "Về việc điều chỉnh quy hoạch",
        "row_id": "93",
        "arrived_at": NOW,
    }
    return Arrival(**values | changes)
