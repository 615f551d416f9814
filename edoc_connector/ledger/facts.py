"""Every fact the ledger can hold: one frozen dataclass each, and never a person's name.

A fact holds handles, codes and digests, so the whole ledger may be shown to an auditor.
It holds the code of a reason and not its details, because a detail may quote a subject.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import ClassVar

from edoc_connector.model.identifiers import DeliveryKey, Digest, MessageId
from edoc_connector.model.organization_code import OrganizationCode

Detail = str | int | tuple[str, ...]
"""What a fact may say: nothing that two programs would write in two ways."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happened and stays so; `subject` is the handle to find it by."""

    kind: ClassVar[str]
    handle: ClassVar[str] = "document"

    @property
    def subject(self) -> str:
        """The message id of the packet the fact is about."""
        return str(getattr(self, self.handle))

    @property
    def details(self) -> Mapping[str, Detail]:
        """All the fact says beside its subject."""
        names = (field.name for field in fields(self) if field.name != self.handle)
        return {name: getattr(self, name) for name in names}


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
class DocumentParked(Fact):
    """It was set aside for this recipient until a person decides."""

    kind: ClassVar[str] = "document:parked"

    document: MessageId
    recipient: OrganizationCode
    reason: str


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
class DocumentResent(Fact):
    """A person had the same packet sent to this recipient once more."""

    kind: ClassVar[str] = "document:resent"

    document: MessageId
    recipient: OrganizationCode


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


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUsed(Fact):
    """Another certificate of ours seals from here on: `key` is its name in settings.

    `cause` says why; `before` is the one that sealed until now, empty for the first.
    """

    kind: ClassVar[str] = "key:used"
    handle: ClassVar[str] = "certificate"

    certificate: Digest
    key: str
    cause: str
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFoundRevoked(Fact):
    """The authority says that a certificate of ours was revoked: it seals no more."""

    kind: ClassVar[str] = "key:revoked"
    handle: ClassVar[str] = "certificate"

    certificate: Digest
    key: str
    revoked_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFoundRestored(Fact):
    """The authority has taken the revocation back: the certificate was on hold."""

    kind: ClassVar[str] = "key:restored"
    handle: ClassVar[str] = "certificate"

    certificate: Digest
    key: str


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


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAsked(Fact):
    """A request about a received document waits for a person here.

    `original` is the message of that document, empty where it never came; `type` is the
    BussinessDocType of the request.
    """

    kind: ClassVar[str] = "order:asked"
    handle: ClassVar[str] = "message_id"

    message_id: MessageId
    account: str
    original: str
    type: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDecided(Fact):
    """A person here has decided: in the register, or by command."""

    kind: ClassVar[str] = "order:decided"
    handle: ClassVar[str] = "message_id"

    message_id: MessageId
    account: str
    decision: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderApplied(Fact):
    """A request was agreed to; in the register it was about `row`, if about any."""

    kind: ClassVar[str] = "order:applied"
    handle: ClassVar[str] = "message_id"

    message_id: MessageId
    account: str
    original: str
    type: int
    row: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRefused(Fact):
    """A request was refused."""

    kind: ClassVar[str] = "order:refused"
    handle: ClassVar[str] = "message_id"

    message_id: MessageId
    account: str
    original: str
    type: int
    reason: str


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
