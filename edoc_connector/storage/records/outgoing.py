"""Documents of ours, their recipients, and what was asked about them since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from edoc_connector.errors import Reason
from edoc_connector.model.change import ChangeState
from edoc_connector.model.delivery import DeliveryState, DocumentState
from edoc_connector.model.document import BusinessType, Document
from edoc_connector.model.identifiers import Digest, DocumentId, MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.route import ITSELF
from edoc_connector.model.verdict import SealForm


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
class SentDocument:
    """The same, as far as who looks for what an answer is about needs it."""

    key: MessageId
    row_id: str
    document_id: DocumentId
    business_type: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingDelivery:
    """One recipient of an outgoing document, unique by both.

    `status` is what the receiver has done with it (01 to 06), said at `status_at`;
    `due_at` when its next deadline is looked at, `late_at` since when it is late.
    `goes_to` is the code under which it travels, where that is not the recipient's, and
    `closed_on` since when the recipient is closed, where that is its successor's.
    """

    id: int
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
class Change:
    """What became of one change request of ours at one recipient of the original."""

    change: MessageId
    original: MessageId
    recipient: OrganizationCode
    business_type: int
    state: ChangeState
    reason: Reason | None
    changed_at: datetime
