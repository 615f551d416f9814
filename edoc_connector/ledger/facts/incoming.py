"""Facts of packets of others: accepted, judged, delivered or set aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from edoc_connector.ledger.facts.fact import Fact
from edoc_connector.model.identifiers import DeliveryKey, Digest, MessageId
from edoc_connector.model.organization_code import OrganizationCode


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeAccepted(Fact):
    """The bytes of a packet are ours to keep; nothing about them is believed yet."""

    kind: ClassVar[str] = "envelope:accepted"
    handle: ClassVar[str] = "message_id"

    message_id: MessageId
    account: str
    packet: Digest
    packet_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SealJudged(Fact):
    """What was found of a packet's seal, and the digests of the evidence for it.

    `doubts` are codes; without any the indication is PASSED.
    """

    kind: ClassVar[str] = "seal:judged"
    handle: ClassVar[str] = "message_id"

    message_id: MessageId
    account: str
    packet: Digest
    form: str
    indication: str
    doubts: tuple[str, ...]
    proven_at: str
    time_source: str
    evidence: tuple[Digest, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealRefuted(Fact):
    """A packet that was delivered, whose seal turned out later not to have held.

    `evidence` are the digests of the answers that say so.
    """

    kind: ClassVar[str] = "seal:refuted"
    handle: ClassVar[str] = "message_id"

    message_id: MessageId
    account: str
    reason: str
    evidence: tuple[Digest, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentDelivered(Fact):
    """A verified document is in our DMS as `row`."""

    kind: ClassVar[str] = "document:delivered"
    handle: ClassVar[str] = "message_id"

    message_id: MessageId
    account: str
    key: DeliveryKey
    sender: OrganizationCode
    recipient: OrganizationCode
    statement: Digest
    certificate: Digest
    row: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRefused(Fact):
    """A packet was quarantined."""

    kind: ClassVar[str] = "document:refused"
    handle: ClassVar[str] = "message_id"

    message_id: MessageId
    account: str
    reason: str
