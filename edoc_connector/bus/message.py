"""What travels on the axis: one message, or one packet cut into several."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import BinaryIO, Final

from edoc_connector.model.document import Priority
from edoc_connector.model.identifiers import Digest, MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.route import ITSELF
from edoc_connector.model.stages import Kind

TRAVELS_AS: Final = {
    Kind.PING: Kind.EDOC,
    Kind.PONG: Kind.STATUS,
    Kind.PROBE: Kind.EDOC,
}
"""Pings and probes take the way of a document, a pong that of a status."""

EXPRESS: Final = "express"
"""The first word of the routing key of what cannot wait behind other mail."""

PROBE_BODY: Final = b"?"
"""Nobody needs it, and no message is empty."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Which part of a packet this is, counted from 1."""

    number: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One AMQP message to one recipient, and in the same upload to `others`.

    `packet_digest` and `packet_bytes` are those of the whole packet, also on a segment;
    `answers` names the message this one answers, for a sender who cannot find the
    document by its id.  `goes_to` is the code it travels under, where that is not the
    recipient's; it is not part of what arrives.
    """

    message_id: MessageId
    kind: Kind
    sender: OrganizationCode
    recipient: OrganizationCode
    correlation_id: str
    business_type: int
    priority: int
    sent_at: datetime
    packet_digest: Digest
    packet_bytes: int
    segment: Segment
    answers: str
    body: bytes
    others: tuple[OrganizationCode, ...] = ()
    goes_to: OrganizationCode = ITSELF

    @property
    def recipients(self) -> tuple[OrganizationCode, ...]:
        """All to whom it goes."""
        return (self.recipient, *self.others)

    @property
    def travels_as(self) -> Kind:
        """The kind whose way it takes."""
        return TRAVELS_AS.get(self.kind, self.kind)

    @property
    def routing_key(self) -> str:
        """`edoc.H20.14`: the hierarchy of the codes is the routing."""
        return f"{self.travels_as}.{self.routing_words}"

    @property
    def routing_words(self) -> str:
        """The words of the code it travels under."""
        return (self.goes_to or self.recipient).routing_words

    @property
    def routing_keys(self) -> tuple[str, ...]:
        """The keys to try in turn until a queue takes it."""
        if self.travels_as is not Kind.EDOC:
            return (self.routing_key,)
        return keys_of_document(self.goes_to or self.recipient, self.priority)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as the broker handed it over.

    `account` is the user the broker authenticated and validated (`user_id`); every
    other word of the message is the sender's own claim.  `tag` is the adapter's handle.
    `way` names the brokers it came over, as their links say.
    """

    account: str
    message: Message
    tag: int
    redelivered: bool
    way: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Foreign:
    """A message that is not of our contract: kept whole, and said to be so."""

    account: str
    problem: str
    body: bytes
    tag: int


def keys_of_document(code: OrganizationCode, priority: int) -> tuple[str, ...]:
    """Return the keys to try in turn for what travels as a document to this code.

    What is very urgent goes to the express mailbox; a node may have none.
    """
    ordinary = f"{Kind.EDOC}.{code.routing_words}"
    if priority < Priority.VERY_URGENT:
        return (ordinary,)
    return (f"{EXPRESS}.{code.routing_words}", ordinary)


def probe_of(message: Message) -> Message:
    """Return what takes the way of this message, under its id, with nothing in it."""
    return replace(
        message,
        kind=Kind.PROBE,
        packet_digest=Digest(sha256(PROBE_BODY).hexdigest()),
        packet_bytes=len(PROBE_BODY),
        segment=Segment(1, 1),
        body=PROBE_BODY,
    )


def segments_of(packet_bytes: int, segment_bytes: int) -> int:
    """Return how many messages carry a packet that is cut into so many bytes."""
    return max(1, -(-packet_bytes // segment_bytes))


def cut(
    packet: BinaryIO, packet_bytes: int, *, number: int, segment_bytes: int
) -> bytes:
    """Return this part of the packet, counted from 1; no more of it is in memory."""
    start = (number - 1) * segment_bytes
    packet.seek(start)
    # Not `segment_bytes`: room for all of them would be made, and thrown away again.
    return packet.read(min(segment_bytes, packet_bytes - start))
