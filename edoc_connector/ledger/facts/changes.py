"""Facts of what we ask about our own documents, and of the answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from edoc_connector.ledger.facts.fact import Fact
from edoc_connector.model.identifiers import Digest, MessageId
from edoc_connector.model.organization_code import OrganizationCode


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFrozen(Fact):
    """A recall keeps it as it was: what it said (its statement) and its packet.

    The packet is empty where it was never sealed.
    """

    kind: ClassVar[str] = "document:frozen"

    document: MessageId
    metadata: Digest
    packet: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAsked(Fact):
    """We ask this recipient for a change of `document`, with the packet of `change`."""

    kind: ClassVar[str] = "change:asked"

    document: MessageId
    change: MessageId
    recipient: OrganizationCode
    business_type: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeStopped(Fact):
    """The original was stopped here: it never left for this recipient.

    Of a change that was asked before: it was stopped itself, with its original.
    """

    kind: ClassVar[str] = "change:stopped"

    document: MessageId
    change: MessageId
    recipient: OrganizationCode
    business_type: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeMoot(Fact):
    """There is nothing to change at this recipient: it does not have the original."""

    kind: ClassVar[str] = "change:moot"

    document: MessageId
    change: MessageId
    recipient: OrganizationCode
    business_type: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAgreed(Fact):
    """The recipient has agreed, in the sealed packet `receipt`."""

    kind: ClassVar[str] = "change:agreed"

    document: MessageId
    change: MessageId
    recipient: OrganizationCode
    business_type: int
    receipt: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRefused(Fact):
    """The recipient has refused, in the sealed packet `receipt`."""

    kind: ClassVar[str] = "change:refused"

    document: MessageId
    change: MessageId
    recipient: OrganizationCode
    business_type: int
    receipt: MessageId
