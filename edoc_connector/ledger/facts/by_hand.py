"""Facts of what a person had done by command: sent again, held, let go, rejected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from edoc_connector.ledger.facts.fact import Fact
from edoc_connector.model.identifiers import Digest, MessageId
from edoc_connector.model.organization_code import OrganizationCode


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentResent(Fact):
    """A person had the same packet sent to this recipient once more."""

    kind: ClassVar[str] = "document:resent"

    document: MessageId
    recipient: OrganizationCode


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueParked(Fact):
    """A person held a packet back that waited for the axis."""

    kind: ClassVar[str] = "queue:parked"
    handle: ClassVar[str] = "message_id"

    message_id: MessageId
    recipient: OrganizationCode


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueReleased(Fact):
    """A person let it go on."""

    kind: ClassVar[str] = "queue:released"
    handle: ClassVar[str] = "message_id"

    message_id: MessageId
    recipient: OrganizationCode


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineReleased(Fact):
    """A person had a packet judged again that was set aside."""

    kind: ClassVar[str] = "quarantine:released"
    handle: ClassVar[str] = "message_id"

    message_id: MessageId
    account: str
    packet: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineRejected(Fact):
    """A person has decided that a packet does not get into our register."""

    kind: ClassVar[str] = "quarantine:rejected"
    handle: ClassVar[str] = "message_id"

    message_id: MessageId
    account: str
    packet: Digest
