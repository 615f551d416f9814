"""What the flows ask of a document-management system.

Nothing is installed in it.  Its database and ours share no transaction, so everything
written there may be written again and must then change nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import BinaryIO, Protocol

from edoc_connector.errors import Reason, told_together
from edoc_connector.model.change import ChangeDecision, ChangeKind
from edoc_connector.model.document import NO_DOCUMENT, BusinessType, Document, Staff
from edoc_connector.model.identifiers import DeliveryKey, DocumentId
from edoc_connector.model.organization_code import OrganizationCode, Problem
from edoc_connector.model.stages import VerifiedEnvelope
from edoc_connector.model.status import StatusCode


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingAttachment:
    """A file the DMS names; `open` raises `AttachmentMissing` where it is not there."""

    name: str
    content_type: str
    description: str
    open: Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingChange:
    """What a row does to a document that was sent before, and to which one.

    The original is named by its row, else by its document id, else the row itself was
    sent before.
    """

    type: BusinessType
    reason: str = ""
    row_id: str = ""
    document_id: DocumentId = NO_DOCUMENT


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingDocument:
    """A row to be sent, as a document whose files have not been read yet.

    `code_problems` is what had to be taken out of the recipients' codes.  A row that
    recalls, updates or replaces has a `change`: a recall is no document of its own, and
    recipients may be left out, for all of the original.
    """

    row_id: str
    revision: str
    document: Document
    attachments: tuple[PendingAttachment, ...]
    code_problems: tuple[Problem, ...] = ()
    change: PendingChange | None = None

    @property
    def label(self) -> str:
        """What people call it: number and notation."""
        return self.document.code.text


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRow:
    """A row that cannot become a document, and all that a clerk must do about it.

    `label` is what people call it (number and notation, or the row id).  `document` and
    `attachments` are what could be read of it, so that more may be said; of a secret
    there is none.
    """

    row_id: str
    revision: str
    label: str
    problems: tuple[Reason, ...]
    document: Document | None = None
    attachments: tuple[PendingAttachment, ...] = ()

    @property
    def reason(self) -> Reason:
        """Why, as one reason."""
        return told_together(self.problems)


class Step(StrEnum):
    """What a sending DMS is told about its document or one of its recipients."""

    TAKEN = "taken"
    REFUSED = "refused"
    SENT = "sent"
    DELIVERED = "delivered"
    UNROUTABLE = "unroutable"
    REJECTED = "rejected"
    PARKED = "parked"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    PROCESSING = "processing"
    FINISHED = "finished"
    LATE = "late"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    CHANGE_AGREED = "change_agreed"
    CHANGE_REFUSED = "change_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One thing to tell the sending DMS; `recipient` is empty for the whole document.

    `text` is for the clerk, in the language of the settings.  `business_type` says what
    the change does of which it is told, and is 0 of all else.
    """

    row_id: str
    step: Step
    recipient: OrganizationCode
    text: str
    at: datetime
    business_type: int = BusinessType.NEW


Revision = tuple[str, str]
"""A row, and how it was when somebody looked at it."""


class DmsSource(Protocol):
    """Documents that wait to be sent, and how far they have come."""

    def pending(
        self,
        limit: int,
        untold: Collection[Revision] = (),
        *,
        resting: Collection[str] = (),
    ) -> Iterator[PendingDocument | BrokenRow]:
        """Yield up to `limit` rows to be sent, the most urgent and oldest first.

        A row stays pending until `mark` says TAKEN or REFUSED, so it may come twice.
        Revisions that are `untold` do not come; others of their rows do where no other
        row does, unless the row is `resting`.
        Raises `DmsUnavailable`, or `DmsRefused` where the mapping does not fit.
        """
        ...

    def reading(self) -> AbstractContextManager[object]:
        """Let all that this thread reads within the block be read in one transaction.

        Raises `DmsUnavailable`.
        """
        ...

    def mark(self, *steps: Progress) -> None:
        """Write steps into their rows, in the mapping's way: all of them or none.

        May be repeated.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """A verified document that goes to this recipient, once under this key."""

    verified: VerifiedEnvelope
    key: DeliveryKey
    recipient: OrganizationCode


class DmsSink(Protocol):
    """Where incoming documents go."""

    def put(
        self,
        verified: VerifiedEnvelope,
        *,
        key: DeliveryKey,
        recipient: OrganizationCode,
    ) -> str:
        """Put a document with its files, once per key; return the id of its row.

        A second put of the same key changes nothing and returns the same id.
        """
        ...

    def put_all(self, puts: Sequence[Put]) -> Sequence[str]:
        """Put several under different keys: all of them or none, as `put` does each.

        Return the ids of their rows.  What one of them raises says not whose it is.
        """
        ...

    def find(self, key: DeliveryKey) -> str:
        """Return the id of the row with this key, or nothing."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterStatus:
    """What a register says of a document it has received, and its sender not yet.

    `word` is its own, `code` what the mapping makes of it, None for a word it does not
    know.  `at` is when it happened, where the register knows; `event_id` tells events
    of one row from each other, where they are rows of their own.
    """

    row_id: str
    word: str
    code: StatusCode | None
    text: str = ""
    at: datetime | None = None
    staff: Staff | None = None
    event_id: str = ""


class DmsStatuses(Protocol):
    """What a receiving DMS does with the documents it has."""

    def statuses(self, limit: int) -> Sequence[RegisterStatus]:
        """Return what senders have not been told, in the order in which it happened.

        It is named until `told` says so.  Raises `DmsUnavailable`, or `DmsRefused`
        where the mapping does not fit.
        """
        ...

    def told(self, said: RegisterStatus, *, at: datetime) -> None:
        """Tick off what was told, and nothing that changed since.  May be repeated."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """A change that the sender of a received document asks for.

    `request` names it, also in a clerk's decision about it; `reason` is the sender's
    (of a refusal the clerk's); `document_id` is that of the document in the row.
    """

    row_id: str
    request: str
    document_id: DocumentId
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RowDecision:
    """What a clerk has written into the register about a request.

    Without a `decision` nobody has explained their `word` to the connector; without a
    `word` nobody has decided.
    """

    request: str
    word: str
    decision: ChangeDecision | None
    reason: str


class DmsChanges(Protocol):
    """Where changes of received documents are written.

    Everything may be written again and then changes nothing.
    """

    def can(self, kind: ChangeKind) -> bool:
        """Whether the register can be changed in this way at all."""
        ...

    def recall(self, change: RowChange) -> None:
        """Cancel the document and keep its metadata (hủy bỏ)."""
        ...

    def update(
        self,
        change: RowChange,
        verified: VerifiedEnvelope,
        *,
        key: DeliveryKey,
        recipient: OrganizationCode,
    ) -> None:
        """Put what the packet states in place of what the row says, files included."""
        ...

    def replace(
        self,
        change: RowChange,
        verified: VerifiedEnvelope,
        *,
        new_row_id: str,
        key: DeliveryKey,
        recipient: OrganizationCode,
    ) -> None:
        """Mark the row as replaced by another one."""
        ...

    def ask(self, change: RowChange, kind: ChangeKind) -> None:
        """Put the request before the clerk, where the register has a place for it."""
        ...

    def decisions(self, limit: int) -> Sequence[RowDecision]:
        """Return what clerks have decided and `settle` has not closed yet.

        Also rows without a word, where the register names them: they take up the limit.
        """
        ...

    def settle(self, change: RowChange, decision: ChangeDecision) -> None:
        """Close the request in the register: it is decided, and the sender hears."""
        ...


class DmsReceiver(DmsSink, DmsChanges, Protocol):
    """The receiving half of a document-management system."""
