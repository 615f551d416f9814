"""What receivers say of our documents, and what senders are told of theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from edoc_connector.model.document import BusinessType
from edoc_connector.model.identifiers import Digest, MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.status import Status


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

    @property
    def of(self) -> tuple[MessageId, OrganizationCode]:
        """The delivery it is about."""
        return self.document, self.recipient


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptStatement:
    """A sealed statement that a recipient never confirmed a document."""

    document: MessageId
    recipient: OrganizationCode
    content: Digest
    made_at: datetime


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


class NewStep(NamedTuple):
    """What the sending DMS is to be told; `ProgressItem` once it is queued."""

    row_id: str
    step: str
    recipient: OrganizationCode
    text: str
    at: datetime
    business_type: int = BusinessType.NEW


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
