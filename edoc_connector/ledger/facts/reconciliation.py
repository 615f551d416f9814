"""Facts of one day as both ends see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from edoc_connector.ledger.facts.fact import Fact
from edoc_connector.model.identifiers import Digest, MessageId
from edoc_connector.model.organization_code import OrganizationCode


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationStated(Fact):
    """We told a partner what we sent to it and received from it on one day."""

    kind: ClassVar[str] = "reconciliation:stated"
    handle: ClassVar[str] = "message_id"

    message_id: MessageId
    peer: OrganizationCode
    day: str
    sent: int
    received: int
    statement: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationCompared(Fact):
    """We have compared what a partner says of one day with what we know."""

    kind: ClassVar[str] = "reconciliation:compared"
    handle: ClassVar[str] = "message_id"

    message_id: MessageId
    peer: OrganizationCode
    day: str
    differences: int
    statement: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationCase(Fact):
    """A difference about one document; `difference` says what it is."""

    kind: ClassVar[str] = "reconciliation:case"
    handle: ClassVar[str] = "message_id"

    message_id: MessageId
    peer: OrganizationCode
    day: str
    difference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationCaseClosed(Fact):
    """Such a difference is none any more, or a person has closed it; `reason` says."""

    kind: ClassVar[str] = "reconciliation:closed"
    handle: ClassVar[str] = "message_id"

    message_id: MessageId
    peer: OrganizationCode
    difference: str
    reason: str
