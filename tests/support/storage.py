"""A fresh database of the connector on SQLite and on PostgreSQL, and rows for it."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator
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
    OrganizationCode,
    message_id_of_row,
)
from edoc_connector.model.stages import Kind
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import Arrival, OutgoingDocument
from tests.support.postgres import shared_server

NOW: Final = datetime(2026, 11, 23, 1, 30, 0, 123456, tzinfo=UTC)
PROVINCE: Final = OrganizationCode("H20")
DEPARTMENT: Final = OrganizationCode("H20.14")
COMMUNE: Final = OrganizationCode("H20.14.7")
BOTH: Final = (
    Organization(code=DEPARTMENT, name="Sở Nội vụ"),
    Organization(code=COMMUNE, name="Ủy ban nhân dân xã"),
)
BACKENDS: Final = ("sqlite", pytest.param("postgresql", marks=pytest.mark.database))


@dataclass(frozen=True, slots=True)
class Database:
    """Where a database is; any process may open it."""

    url: str
    password: str | None
    folder: Path

    def open(self) -> Storage:
        """Open it as the connector does."""
        return Storage(self.url, self.password, self.folder / "content")

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")


@pytest.fixture(params=BACKENDS)
def empty_database(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Database]:
    """A database nobody has migrated."""
    if request.param == "sqlite":
        yield Database(f"sqlite:///{tmp_path}/edoc.db", None, tmp_path)
        return
    server = shared_server()
    name = server.create_database()
    yield Database(server.url(name), server.password, tmp_path)
    server.drop_database(name)


@pytest.fixture(params=BACKENDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of this release."""
    if request.param == "sqlite":
        made = Database(f"sqlite:///{tmp_path}/edoc.db", None, tmp_path)
        migrate(made)
        yield made
        return
    server = shared_server()
    name = server.create_database(template=_migrated_template())
    yield Database(server.url(name), server.password, tmp_path)
    server.drop_database(name)


@pytest.fixture
def storage(database: Database) -> Iterator[Storage]:
    """The database, opened."""
    opened = database.open()
    yield opened
    opened.close()


def migrate(database: Database) -> None:
    """Bring it to this release as another process would."""
    opened = database.open()
    opened.migrate()
    opened.close()


@functools.cache
def _migrated_template() -> str:
    server = shared_server()
    name = server.create_database()
    migrate(Database(server.url(name), server.password, Path()))
    return name


# Rows that are right; a test changes what it is about.


def digest(content: str) -> Digest:
    return Digest(hashlib.sha256(content.encode()).hexdigest())


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
