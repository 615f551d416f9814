"""Facts of documents of ours, from the row of the register to the axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from edoc_connector.ledger.facts.fact import Fact
from edoc_connector.model.identifiers import Digest, MessageId
from edoc_connector.model.organization_code import OrganizationCode


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTaken(Fact):
    """A row of the DMS became a document of ours."""

    kind: ClassVar[str] = "document:taken"

    document: MessageId
    sender: OrganizationCode
    row: str
    revision: str
    recipients: tuple[OrganizationCode, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRedirected(Fact):
    """A recipient was closed on `closed_on`; its `successor` gets the document."""

    kind: ClassVar[str] = "document:redirected"

    document: MessageId
    recipient: OrganizationCode
    successor: OrganizationCode
    closed_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRefused(Fact):
    """A row of the DMS could not become a document."""

    kind: ClassVar[str] = "row:refused"

    document: MessageId
    sender: OrganizationCode
    row: str
    revision: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSealed(Fact):
    """We sealed it: this statement, with this certificate, in this packet."""

    kind: ClassVar[str] = "document:sealed"

    document: MessageId
    statement: Digest
    certificate: Digest
    packet: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentStamped(Fact):
    """A time stamp for a packet that had left without one is kept beside it."""

    kind: ClassVar[str] = "document:stamped"

    document: MessageId
    packet: Digest
    token: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSent(Fact):
    """The broker confirmed custody of it for one recipient."""

    kind: ClassVar[str] = "document:sent"

    document: MessageId
    recipient: OrganizationCode
    packet: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentUnroutable(Fact):
    """The axis knew no mailbox for this recipient."""

    kind: ClassVar[str] = "document:unroutable"

    document: MessageId
    recipient: OrganizationCode


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentReturned(Fact):
    """The link of `account` brought it back: it says that `broker` knows no mailbox.

    It is a word of brokers, sealed by nobody: a receipt that comes after all counts.
    """

    kind: ClassVar[str] = "document:returned"

    document: MessageId
    recipient: OrganizationCode
    broker: str
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentParked(Fact):
    """It was set aside for this recipient until a person decides."""

    kind: ClassVar[str] = "document:parked"

    document: MessageId
    recipient: OrganizationCode
    reason: str
