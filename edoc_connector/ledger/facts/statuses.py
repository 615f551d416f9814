"""Facts of statuses: told to us, given by us, and those for which nobody waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from edoc_connector.ledger.facts.fact import Fact
from edoc_connector.model.identifiers import Digest, MessageId
from edoc_connector.model.organization_code import OrganizationCode


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLate(Fact):
    """It was not with the axis by its deadline `due_at`."""

    kind: ClassVar[str] = "document:late"

    document: MessageId
    recipient: OrganizationCode
    due_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLate(Fact):
    """No receipt of it had come by its deadline `due_at`."""

    kind: ClassVar[str] = "receipt:late"

    document: MessageId
    recipient: OrganizationCode
    due_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentExpired(Fact):
    """Nobody waits for it any longer; `statement` is what we sealed about that.

    `reason` says whether it never left or no receipt came.
    """

    kind: ClassVar[str] = "document:expired"

    document: MessageId
    recipient: OrganizationCode
    reason: str
    statement: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptAccepted(Fact):
    """A recipient told us a status in the sealed packet `receipt`."""

    kind: ClassVar[str] = "receipt:accepted"

    document: MessageId
    recipient: OrganizationCode
    status: str
    receipt: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusGiven(Fact):
    """Our register has given a document a status; its sender is told in `answer`."""

    kind: ClassVar[str] = "status:given"
    handle: ClassVar[str] = "message_id"

    message_id: MessageId
    account: str
    recipient: OrganizationCode
    status: str
    answer: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusWithheld(Fact):
    """Our register says what cannot follow; the document's sender is not told."""

    kind: ClassVar[str] = "status:withheld"
    handle: ClassVar[str] = "message_id"

    message_id: MessageId
    account: str
    recipient: OrganizationCode
    status: str
    reason: str
