"""Packets that wait for the broker, and receivers to whom nothing gets through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from edoc_connector.errors import Reason
from edoc_connector.model.identifiers import Digest, MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxItem:
    """A packet that waits for the broker's confirm, for one recipient.

    From `claimed_at` on it may have left; `reason` says why the last attempt failed;
    since `parked_at` a person holds it, or at `released_at` one has let it go on.  Of a
    packet in several segments the broker has taken so many, cut into `segment_bytes`.
    """

    id: int
    message_id: MessageId
    kind: Kind
    sender: OrganizationCode
    recipient: OrganizationCode
    correlation_id: str
    business_type: int
    priority: int
    packet: Digest
    packet_bytes: int
    answers: str
    attempts: int
    next_attempt_at: datetime
    added_at: datetime
    claimed_at: datetime | None
    reason: Reason | None
    parked_at: datetime | None
    released_at: datetime | None
    segment_bytes: int
    segments_sent: int
    segment_sent_at: datetime | None
    goes_to: OrganizationCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A recipient that failed last, so often in a row and since then.

    Until `open_until` nothing but what is urgent is tried there; after it one item is.
    """

    recipient: OrganizationCode
    failures: int
    reason: Reason | None
    failing_since: datetime
    open_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingStamp:
    """A packet that left without a time stamp and is still to get one."""

    id: int
    packet: Digest
    document: MessageId
    signature_value: bytes
    attempts: int
    next_attempt_at: datetime
    settled_at: datetime | None
