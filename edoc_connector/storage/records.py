"""Rows of our own database, as the flows see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from edoc_connector.errors import Reason, SealInvalid, kind_of
from edoc_connector.model.change import ChangeDecision, ChangeState
from edoc_connector.model.delivery import DeliveryState, DocumentState, InboxState
from edoc_connector.model.document import BusinessType, Document
from edoc_connector.model.evidence import EvidenceKind
from edoc_connector.model.identifiers import DeliveryKey, Digest, DocumentId, MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.own_key import Cause
from edoc_connector.model.pdf_signatures import PdfReport
from edoc_connector.model.reconciliation import CaseKind, is_cut
from edoc_connector.model.route import ITSELF
from edoc_connector.model.stages import Kind
from edoc_connector.model.status import Status, StatusCode
from edoc_connector.model.verdict import Indication, SealForm, TimeSource


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingDocument:
    """A row that was taken; unique by sender, row and revision.

    `document` is None for a row that could not become one; `packet` is None until it is
    sealed, and `seal_form` also where an earlier release sealed it.  `changes` is the
    key of the document of ours that a recall, an update or a replacement is about;
    `frozen_at` since when a recall keeps it as it was.
    """

    key: MessageId
    sender: OrganizationCode
    row_id: str
    revision: str
    state: DocumentState
    reason: Reason | None
    label: str
    document_id: DocumentId
    priority: int
    taken_at: datetime
    document: Document | None
    packet: Digest | None
    packet_bytes: int
    seal_form: SealForm | None = None
    certificate: Digest | None = None
    business_type: int = BusinessType.NEW
    changes: MessageId | None = None
    frozen_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingDelivery:
    """One recipient of an outgoing document, unique by both.

    `status` is what the receiver has done with it (01 to 06), said at `status_at`;
    `due_at` when its next deadline is looked at, `late_at` since when it is late.
    `goes_to` is the code under which it travels, where that is not the recipient's, and
    `closed_on` since when the recipient is closed, where that is its successor's.
    """

    document: MessageId
    recipient: OrganizationCode
    name: str
    state: DeliveryState
    reason: Reason | None
    changed_at: datetime
    status: str | None = None
    status_at: datetime | None = None
    due_at: datetime | None = None
    late_at: datetime | None = None
    goes_to: OrganizationCode = ITSELF
    closed_on: date | None = None

    def gets(self, code: OrganizationCode) -> bool:
        """Whether it goes to this body, however this is written."""
        goes_there = bool(self.goes_to) and self.goes_to.is_same_body(code)
        return goes_there or self.recipient.is_same_body(code)

    @property
    def is_unplanned(self) -> bool:
        """Whether nobody has said yet when its deadline is."""
        return self.due_at == self.changed_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which documents a person asks for; all of it together, and no more.

    `state` is one of a recipient, of a document or of an arrival; `organization` the
    other side, in whatever writing; `since` and `until` when we had it.
    """

    state: str = ""
    organization: OrganizationCode | None = None
    since: datetime | None = None
    until: datetime | None = None
    is_late: bool = False
    is_failed: bool = False

    @property
    def asks_of_recipients(self) -> bool:
        """Whether it is not the documents alone that decide."""
        return bool(self.state or self.organization or self.is_late or self.is_failed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of one change request of ours at one recipient of the original."""

    change: MessageId
    original: MessageId
    recipient: OrganizationCode
    business_type: int
    state: ChangeState
    reason: Reason | None
    changed_at: datetime


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


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptVerdict:
    """What was found of a packet when it was judged; certificate "" where none was.

    A doubt may be a refutation: what was found of a packet after it was delivered.
    """

    inbox_id: int
    form: SealForm
    doubts: tuple[Reason, ...]
    notes: tuple[Reason, ...]
    certificate: str
    sealed_at: datetime | None
    proven_at: datetime
    time_source: TimeSource
    judged_at: datetime

    @property
    def indication(self) -> Indication:
        """PASSED where nothing is missing."""
        kinds = [kind_of(it.code) for it in self.doubts]
        if any(kind and issubclass(kind, SealInvalid) for kind in kinds):
            return Indication.FAILED
        return Indication.INDETERMINATE if self.doubts else Indication.PASSED


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEvidence:
    """A piece of evidence of a packet; its bytes are in the content store."""

    packet: Digest
    kind: EvidenceKind
    content: Digest


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A sealed status we gave to an inbox entry; a repetition gets it again."""

    message_id: MessageId
    inbox_id: int
    sender: OrganizationCode
    recipient: OrganizationCode
    status: str
    packet: Digest
    packet_bytes: int
    correlation_id: str
    answers: str
    certificate: Digest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedAnswer:
    """What we have to tell a sender and could not seal yet.

    Its message id is empty where an earlier release owed it.
    """

    inbox_id: int
    message_id: MessageId
    status: Status


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A status that a recipient told us about an outgoing document."""

    document: MessageId
    recipient: OrganizationCode
    status: str
    description: str
    stated_at: datetime
    received_at: datetime
    message_id: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptStatement:
    """A sealed statement that a recipient never confirmed a document."""

    document: MessageId
    recipient: OrganizationCode
    content: Digest
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """What we or a partner say of one day; `content` is the statement itself.

    `stated_at` is when we made it or got it; `compared_at` when what a partner says was
    found to fit, or its differences became cases.
    """

    id: int
    peer: OrganizationCode
    day: str
    is_ours: bool
    sent: int
    received: int
    digest: Digest
    message_id: MessageId
    content: Digest
    stated_at: datetime
    compared_at: datetime | None

    @property
    def is_cut(self) -> bool:
        """Whether not all of it is listed, and so not all of it compared."""
        return is_cut(self.sent) or is_cut(self.received)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A difference between what we say and what a partner says."""

    id: int
    peer: OrganizationCode
    day: str
    message_id: MessageId
    document_id: str
    kind: CaseKind
    opened_at: datetime
    closed_at: datetime | None
    reason: Reason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressItem:
    """A step the sending DMS has not been told yet; kept in order per recipient."""

    id: int
    row_id: str
    step: str
    recipient: OrganizationCode
    text: str
    at: datetime
    attempts: int
    business_type: int = BusinessType.NEW


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUse:
    """Since when a certificate is in use, and why; the newest is the one in use."""

    name: str
    certificate: Digest
    cause: Cause
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderWay:
    """A packet for one recipient that nobody has answered, or nobody has sent yet."""

    key: str
    label: str
    recipient: OrganizationCode
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Uninspected:
    """A packet, sent or received, whose attached PDFs nobody has looked at yet."""

    id: int
    is_received: bool
    packet: Digest
    seen_at: datetime
    """When we had it at the latest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectedFile:
    """An attached PDF with what was found in it, and when."""

    number: int
    name: str
    sha256: Digest
    report: PdfReport
    checked_at: datetime
