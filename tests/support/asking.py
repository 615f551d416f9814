"""A sender that asks for changes of what it sent, packet by packet, in any order."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import Final

from edoc_connector.bus.memory import MemoryPublisher
from edoc_connector.bus.message import Message, Segment
from edoc_connector.envelope.read import read
from edoc_connector.flows.sealing.packing import pack
from edoc_connector.model.document import (
    Business,
    BusinessType,
    Code,
    Replacement,
    ResponseFor,
)
from edoc_connector.model.identifiers import DocumentId, MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from edoc_connector.model.status import Status, StatusCode
from tests.support import pki
from tests.support.builders import attachment, document, organization
from tests.support.rings import ring_of_one
from tests.support.world import ONE_PDF, RECEIVER, SENDER, World

ID: Final = DocumentId("H20.14,2026/11/20,7/UBND-VX")
NEW_ID: Final = DocumentId("H20.14,2026/11/20,8/UBND-VX")
NEW_PDF: Final = b"%PDF-1.7 what it says now"

NUMBERS: Final = count(1)


@dataclass(slots=True)
class Asker:
    """Whoever writes to the receiver: a body with its key, and its broker account."""

    world: World
    code: str = SENDER
    account: str = ""
    key: str = ""

    def seal(self, content, *, kind=Kind.EDOC, name=None, **changes) -> Message:
        """Seal a packet now; it is on its way when `bring` says so."""
        self.world.now += timedelta(seconds=2)
        sender = self.world.sender
        sender.storage.content.add([ONE_PDF])
        sender.storage.content.add([NEW_PDF])
        site = replace(
            sender.site,
            organization=organization(self.code),
            ring=ring_of_one(pki.p256_sealer(OrganizationCode(self.key or self.code))),
        )
        packed = pack(site, sender.storage, content)
        with sender.storage.content.open(packed.packet) as file:
            body = file.read()
        values = {
            "message_id": MessageId(name or f"m-{next(NUMBERS)}"),
            "kind": kind,
            "sender": OrganizationCode(self.code),
            "recipient": RECEIVER,
            "correlation_id": _id_of(content),
            "business_type": 0,
            "priority": 0,
            "sent_at": self.world.clock(),
            "packet_digest": packed.packet,
            "packet_bytes": len(body),
            "segment": Segment(1, 1),
            "answers": "",
            "body": body,
        }
        return Message(**values | changes)

    def bring(self, *messages: Message):
        """Let the receiver's connector take them in, one after the other."""
        for message in messages:
            self.put(message)
            self.world.receiver.accept_and_deliver()

    def put(self, *messages: Message):
        """Let them wait in the receiver's mailbox, in this order."""
        account = self.account or self.code
        for message in messages:
            MemoryPublisher(self.world.axis, account).publish(message)

    def original(self, **changes) -> Message:
        return self.seal(self.letter(**changes))

    def letter(self, **changes):
        """A document to the receiver; a test changes one detail."""
        given = {
            "sender": organization(self.code),
            "recipients": (organization(RECEIVER),),
            "document_id": ID,
            "code": Code("7", "UBND-VX"),
            "subject": "V/v kiểm kê",
            "attachments": (attachment(ONE_PDF),),
        }
        return document(**given | changes)

    def recall(self, target=ID, **changes) -> Message:
        business = Business(
            type=BusinessType.RECALL, document_id=target, reason="Gửi nhầm nơi nhận"
        )
        given = {"business": business, "document_id": target, "attachments": ()}
        return self.seal(self.letter(**given | changes))

    def update(self, subject="V/v kiểm kê (đã sửa)", target=ID, **changes) -> Message:
        business = Business(
            type=BusinessType.UPDATE, document_id=target, reason="Sai trích yếu"
        )
        given = {
            "business": business,
            "subject": subject,
            "attachments": (attachment(NEW_PDF, name="ban-moi.pdf"),),
        }
        return self.seal(self.letter(**given | changes))

    def replace(self, target=ID, organizations=(RECEIVER,), **changes) -> Message:
        business = Business(
            type=BusinessType.REPLACE,
            reason="Thay bằng văn bản số 8",
            replacements=(Replacement(target, organizations),),
        )
        given = {
            "business": business,
            "document_id": NEW_ID,
            "code": Code("8", "UBND-VX"),
            "subject": "V/v kiểm kê, bản thay thế",
        }
        return self.seal(self.letter(**given | changes))

    def take_back(self, target=ID, **changes) -> Message:
        """A status 13 about a document that was sent."""
        response = ResponseFor(
            organization=RECEIVER, code="7/UBND-VX", document_id=target
        )
        given = {
            "sender": organization(self.code),
            "response_for": response,
            "code": StatusCode.TAKEN_BACK,
            "description": "Gửi nhầm nơi nhận",
            "at": self.world.clock().replace(microsecond=0) + timedelta(seconds=2),
        }
        return self.seal(Status(**given | changes), kind=Kind.STATUS)


def _id_of(content):
    if isinstance(content, Status):
        return content.response_for.document_id
    return content.document_id


def said(world):
    """What the receiver's connector has told others, in order: codes of statuses."""
    return [status.code for status in answers(world)]


def answers(world):
    """The statuses that the receiver's connector has queued, oldest first."""
    receiver = world.receiver
    database = sqlite3.connect(receiver.folder / "edoc.sqlite")
    packets = database.execute(
        "SELECT packet FROM outbox WHERE kind = 'status' ORDER BY id"
    ).fetchall()
    database.close()
    found = []
    for (packet,) in packets:
        with receiver.storage.content.mapped(packet) as body:
            found.append(read(body, max_bytes=1 << 20).envelope.content)
    return found


def given(world):
    """Which statuses the receiver's connector has given, each once."""
    database = sqlite3.connect(world.receiver.folder / "edoc.sqlite")
    found = database.execute("SELECT status FROM answers ORDER BY id").fetchall()
    database.close()
    return [status for (status,) in found]


def rows(world):
    """The register of arrivals as a clerk sees it."""
    return world.receiver.ask(
        "SELECT so, trich_yeu, trang_thai FROM van_ban_den ORDER BY id"
    )


def files(world):
    """The files that count, with what they hold."""
    return world.receiver.ask(
        "SELECT ten_tep, noi_dung FROM tep_dinh_kem_van_ban_den"
        " WHERE thay_the_luc IS NULL ORDER BY van_ban_id, thu_tu"
    )


def clerk(world, statement, *values):
    """A clerk changes the receiver's register."""
    database = sqlite3.connect(world.receiver.register)
    with database:
        database.execute(statement, values)
    database.close()


def orders(world):
    """What was asked and what became of it, oldest first."""
    with world.receiver.storage.reading() as work:
        entries = [
            *work.inbox.recent(Kind.EDOC, 99),
            *work.inbox.recent(Kind.STATUS, 99),
        ]
        entries.sort(key=lambda it: it.id)
        found = [work.orders.find(entry.id) for entry in entries]
    return [it for it in found if it is not None]
