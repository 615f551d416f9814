"""Packets that came here, the documents they brought, and what they ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from edoc_connector.errors import Reason
from edoc_connector.model.change import ChangeDecision, ChangeState
from edoc_connector.model.delivery import InboxState
from edoc_connector.model.identifiers import DeliveryKey, Digest, DocumentId, MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from edoc_connector.model.status import StatusCode

PacketName = tuple[str, MessageId, Digest]
"""Whose account brought a packet, under which message id, and which it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPacket:
    """A whole packet and what its message says of it; nothing is known against it."""

    account: str
    message_id: MessageId
    kind: Kind
    sender: OrganizationCode
    correlation_id: str
    answers: str
    packet: Digest
    packet_bytes: int
    accepted_at: datetime
    priority: int
    way: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxEntry:
    """A packet received whole; unique by account, message id and packet.

    `sender` is what the message claims, `account` what the broker validated, `way` over
    which brokers their links say that it came.  With a `retry_at` it is held until
    then, and the reason says why.
    """

    id: int
    account: str
    message_id: MessageId
    kind: Kind
    sender: OrganizationCode
    correlation_id: str
    answers: str
    packet: Digest
    packet_bytes: int
    state: InboxState
    reason: Reason | None
    accepted_at: datetime
    retry_at: datetime | None
    priority: int
    attempts: int
    way: tuple[str, ...] = ()

    @property
    def name(self) -> PacketName:
        """What no two entries share."""
        return self.account, self.message_id, self.packet


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSegment:
    """A part of a packet that has not arrived whole yet; `content` is in the spool.

    Segments belong together by account, message id and announced packet, so nobody can
    slip a part into what another one sends.
    """

    account: str
    message_id: MessageId
    packet: Digest
    number: int
    total: int
    content: Digest
    size: int

    @property
    def of(self) -> PacketName:
        """The packet it is a part of."""
        return self.account, self.message_id, self.packet


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A document that is in a receiving DMS: one per delivery key, for ever.

    `status` is the last one its register gave it, `status_line` a digest of what the
    register said last, and `withheld` why that cannot be told the sender.
    """

    key: DeliveryKey
    inbox_id: int
    sender: OrganizationCode
    recipient: OrganizationCode
    document_id: DocumentId
    label: str
    subject: str
    row_id: str
    arrived_at: datetime
    status: str = StatusCode.ARRIVED
    status_at: datetime | None = None
    status_line: str = ""
    withheld: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody asks of a document here: one per inbox entry.

    `arrival` is the document it is about, None while that never came; `wish` is why, in
    the words of who asks; `decision` is what a person here said to it, and `because`
    their reason.
    """

    inbox_id: int
    sender: OrganizationCode
    document_id: DocumentId
    business_type: int
    arrival: DeliveryKey | None
    state: ChangeState
    reason: Reason | None
    asked_at: datetime
    decided_at: datetime | None = None
    sealed_at: datetime | None = None
    wish: str = ""
    decision: ChangeDecision | None = None
    because: str = ""
