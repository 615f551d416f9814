"""A state folder as it is after years: many finished documents and some open ones.

Rows are written in bulk through the real tables, with all that a real life leaves
behind: recipients, a settled queue, receipts, a chained ledger, arrivals and files.
"""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from edoc_connector.errors import RefusedByReceiver
from edoc_connector.ledger.canonical import EMPTY, Head, entry_after
from edoc_connector.ledger.facts import (
    DocumentDelivered,
    DocumentSealed,
    DocumentSent,
    DocumentTaken,
    EnvelopeAccepted,
    Fact,
    ReceiptAccepted,
)
from edoc_connector.model.delivery import DeliveryState, DocumentState, InboxState
from edoc_connector.model.document import Attachment, Code, Document, Organization
from edoc_connector.model.identifiers import (
    DeliveryKey,
    Digest,
    DocumentId,
    MessageId,
    message_id_of_row,
)
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from edoc_connector.storage import Storage, tables
from edoc_connector.storage.engine import open_engine

BATCH: Final = 5000
PARTNERS: Final = tuple(OrganizationCode(f"H20.{number}") for number in range(20, 60))
OPEN_STATES: Final = (
    *(DeliveryState.SENT,) * 15,
    *(DeliveryState.UNROUTABLE, DeliveryState.REFUSED, DeliveryState.EXPIRED),
    *(DeliveryState.PARKED, DeliveryState.SEALED),
)
"""What recipients of open documents are in, as often as it is there."""

BROKEN: Final = 1000
"""Of so many received documents one is in quarantine."""

CERTIFICATE: Final = Digest("c" * 64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many of what."""

    finished: int = 100_000
    opened: int = 10_000
    received: int = 50_000


def make_state(
    folder: Path, size: Size, *, sender: OrganizationCode, now: datetime
) -> None:
    """Fill a new state folder."""
    url = f"sqlite:///{folder}/edoc.sqlite"
    storage = Storage(url, None, folder / "content")
    storage.migrate()
    storage.close()
    engine = open_engine(url, None)
    # Rows of a table come in batches, perhaps before what they refer to.
    sa.event.listen(engine, "connect", _without_keys)
    with engine.connect() as connection:
        writer = _Writer(connection)
        for number in range(size.finished + size.opened):
            is_open = number >= size.finished
            writer.add_all(_sent(number, size, sender, now, is_open=is_open))
        for number in range(size.received):
            writer.add_all(_received(number, size, sender, now))
        writer.finish()
        connection.commit()
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    engine.dispose()
    _make_contents(folder / "content", writer.packets)


def _without_keys(connection: Any, record: object) -> None:  # noqa: ANN401  (sqlite3)
    del record
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA synchronous = OFF")


class _Writer:
    """Collects rows, writes them in batches, and chains the facts."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._waiting: dict[sa.Table, list[Mapping[str, Any]]] = {}
        self._head: Head = EMPTY
        self.packets: list[Digest] = []

    def add_all(
        self, rows: Iterator[tuple[sa.Table, Mapping[str, Any]] | Fact]
    ) -> None:
        at = datetime.now(UTC)
        for row in rows:
            if isinstance(row, Fact):
                entry = entry_after(self._head, row, at)
                self._head = Head(entry.position, entry.digest)
                self._add(tables.ledger, asdict(entry))
            else:
                table, values = row
                at = values.get("taken_at") or values.get("accepted_at") or at
                if values.get("packet"):
                    self.packets.append(values["packet"])
                self._add(table, values)

    def _add(self, table: sa.Table, values: Mapping[str, Any]) -> None:
        rows = self._waiting.setdefault(table, [])
        rows.append(values)
        if len(rows) >= BATCH:
            self._write(table, rows)

    def _write(self, table: sa.Table, rows: list[Mapping[str, Any]]) -> None:
        self._connection.execute(sa.insert(table), rows)
        rows.clear()

    def finish(self) -> None:
        for table, rows in self._waiting.items():
            if rows:
                self._write(table, rows)
        reached = {"position": self._head.position, "digest": self._head.digest}
        self._connection.execute(sa.update(tables.ledger_head).values(reached))


Row = tuple[sa.Table, Mapping[str, Any]] | Fact


def _digest(text: str) -> Digest:
    return Digest(hashlib.sha256(text.encode()).hexdigest())


def _sent(
    number: int, size: Size, sender: OrganizationCode, now: datetime, *, is_open: bool
) -> Iterator[Row]:
    chance = random.Random(number)  # noqa: S311  (the same folder every time)
    total = size.finished + size.opened
    age = timedelta(minutes=5 * (total - number))
    taken_at = now - age
    code = Code(f"{number}/{taken_at.year}", "UBND-VX")
    document_id = DocumentId(f"{sender},{taken_at:%Y/%m/%d},{code.text}")
    key = message_id_of_row(sender, str(number), "1")
    packet = _digest(key)
    partners = chance.sample(PARTNERS, 3)
    document = Document(
        sender=Organization(code=sender, name="Ủy ban nhân dân tỉnh"),
        recipients=tuple(Organization(code=it, name=f"Sở {it}") for it in partners),
        document_id=document_id,
        code=code,
        subject=f"Về việc điều chỉnh quy hoạch chi tiết khu dân cư số {number}",
        attachments=(
            Attachment(
                content_id=f"{key}-1",
                name="cong-van.pdf",
                content_type="application/pdf",
                size=200_000,
                sha256=_digest(f"{key}-file"),
                description="",
            ),
        ),
    )
    yield (
        tables.documents,
        {
            "key": key,
            "sender": sender,
            "row_id": str(number),
            "revision": "1",
            "state": DocumentState.SEALED,
            "reason": None,
            "label": code.text,
            "document_id": document_id,
            "priority": 0,
            "taken_at": taken_at,
            "document": document,
            "packet": packet,
            "packet_bytes": 280_000,
            "certificate": CERTIFICATE,
            "inspected_at": taken_at,
        },
    )
    yield DocumentTaken(
        document=key,
        sender=sender,
        row=str(number),
        revision="1",
        recipients=tuple(partners),
    )
    yield DocumentSealed(
        document=key,
        statement=_digest(f"{key}-statement"),
        certificate=CERTIFICATE,
        packet=packet,
    )
    for place, partner in enumerate(partners):
        state = (
            OPEN_STATES[(number + place) % len(OPEN_STATES)]
            if is_open
            else DeliveryState.DELIVERED
        )
        sealed = Sealed(key, document_id, packet, sender, taken_at)
        yield from _delivery(sealed, partner, state)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What all recipients of a document have in common."""

    key: MessageId
    document_id: DocumentId
    packet: Digest
    sender: OrganizationCode
    taken_at: datetime


def _delivery(
    it: Sealed, partner: OrganizationCode, state: DeliveryState
) -> Iterator[Row]:
    key, taken_at = it.key, it.taken_at
    at = taken_at + timedelta(minutes=2)
    is_answered = state in {DeliveryState.DELIVERED, DeliveryState.REFUSED}
    status = "02" if state is DeliveryState.REFUSED else "03"
    refused = RefusedByReceiver(organization=partner, description="Sai nơi nhận")
    yield (
        tables.deliveries,
        {
            "document": key,
            "recipient": partner,
            "name": f"Sở {partner}",
            "state": state,
            "reason": refused.reason if state is DeliveryState.REFUSED else None,
            "changed_at": at,
            "status": status if is_answered else None,
            "status_at": at if is_answered else None,
            "due_at": at + timedelta(days=30) if state is DeliveryState.SENT else None,
            "late_at": None,
        },
    )
    yield (
        tables.outbox,
        {
            "message_id": key,
            "kind": Kind.EDOC,
            "sender": it.sender,
            "recipient": partner,
            "correlation_id": it.document_id,
            "business_type": 0,
            "priority": 0,
            "packet": it.packet,
            "packet_bytes": 280_000,
            "answers": "",
            "attempts": 0,
            "added_at": taken_at,
            "next_attempt_at": taken_at,
            "settled_at": None if state is DeliveryState.SEALED else at,
            "claimed_at": None if state is DeliveryState.SEALED else taken_at,
        },
    )
    yield DocumentSent(document=key, recipient=partner, packet=it.packet)
    if not is_answered:
        return
    for code in ("02",) if status == "02" else ("01", "03"):
        answer = MessageId(f"{key[:8]}-{partner}-{code}")
        yield (
            tables.inbox,
            {
                "account": partner,
                "message_id": answer,
                "kind": Kind.STATUS,
                "sender": partner,
                "correlation_id": it.document_id,
                "answers": key,
                "packet": _digest(answer),
                "packet_bytes": 9000,
                "state": InboxState.RECORDED,
                "reason": None,
                "accepted_at": at,
                "retry_at": None,
            },
        )
        yield (
            tables.receipts,
            {
                "document": key,
                "recipient": partner,
                "status": code,
                "description": "",
                "stated_at": at,
                "received_at": at,
                "message_id": answer,
            },
        )
        yield ReceiptAccepted(
            document=key, recipient=partner, status=code, receipt=answer
        )


def _received(
    number: int, size: Size, recipient: OrganizationCode, now: datetime
) -> Iterator[Row]:
    sender = PARTNERS[number % len(PARTNERS)]
    at = now - timedelta(minutes=10 * (size.received - number))
    label = f"{number}/SNV-TCCB"
    document_id = DocumentId(f"{sender},{at:%Y/%m/%d},{label}")
    key = message_id_of_row(sender, str(number), "1")
    packet = _digest(f"in-{key}")
    # The numbers of the inbox go on after those of the receipts.
    is_broken = number % BROKEN == 0
    yield (
        tables.inbox,
        {
            "account": sender,
            "message_id": key,
            "kind": Kind.EDOC,
            "sender": sender,
            "correlation_id": document_id,
            "answers": "",
            "packet": packet,
            "packet_bytes": 280_000,
            "state": InboxState.QUARANTINED if is_broken else InboxState.DELIVERED,
            "reason": None,
            "accepted_at": at,
            "retry_at": None,
        },
    )
    yield EnvelopeAccepted(
        message_id=key, account=sender, packet=packet, packet_bytes=280_000
    )
    if is_broken:
        return
    yield (
        tables.arrivals,
        {
            "key": _digest(f"delivery-{key}"),
            "inbox_id": _inbox_id(number, size),
            "sender": sender,
            "recipient": recipient,
            "document_id": document_id,
            "label": label,
            "subject": f"Báo cáo công tác tổ chức cán bộ số {number}",
            "row_id": str(number),
            "arrived_at": at,
            "inspected_at": at,
        },
    )
    yield DocumentDelivered(
        message_id=key,
        account=sender,
        key=DeliveryKey(_digest(f"delivery-{key}")),
        sender=sender,
        recipient=recipient,
        statement=_digest(f"statement-{key}"),
        certificate=CERTIFICATE,
        row=str(number),
    )


def _inbox_id(number: int, size: Size) -> int:
    return _receipts(size) + number + 1


def _receipts(size: Size) -> int:
    """Return how many receipts there are before the first received document."""
    opened = sum(
        OPEN_STATES[(number + place) % len(OPEN_STATES)] is DeliveryState.REFUSED
        for number in range(size.finished, size.finished + size.opened)
        for place in range(3)
    )
    return size.finished * 6 + opened


def _make_contents(folder: Path, packets: Sequence[Digest]) -> None:
    """Give each packet a name in the store; the bytes are the same ones, once."""
    folder.mkdir(parents=True, exist_ok=True)
    # A file has 65 000 names at the most.
    first = folder / "first"
    for number, digest in enumerate(dict.fromkeys(packets)):
        if number % 50_000 == 0:
            first.unlink(missing_ok=True)
            first.write_bytes(os.urandom(1024))
        place = folder / digest[0]
        place.mkdir(exist_ok=True)
        (place / digest).hardlink_to(first)
    first.unlink(missing_ok=True)


def smaller(size: Size, share: float) -> Size:
    """Return the same in small, for a first try."""
    return replace(
        size,
        finished=round(size.finished * share),
        opened=round(size.opened * share),
        received=round(size.received * share),
    )
