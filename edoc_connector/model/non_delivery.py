"""What is stated when nobody has confirmed a document by the last deadline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from edoc_connector.model.document import Organization
from edoc_connector.model.identifiers import Digest, DocumentId, MessageId

NAMESPACE: Final = "urn:edoc-connector:non-delivery:1"


class Outcome(StrEnum):
    """How far it came."""

    NOT_SENT = "not-sent"
    NO_RECEIPT = "no-receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """Something that was done for this recipient, as the ledger has it."""

    at: datetime
    kind: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A status that the receiver sent, and the sealed packet that says it."""

    received_at: datetime
    stated_at: datetime
    code: str
    description: str
    receipt: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class NonDelivery:
    """Which document, to whom, what was tried and when, with which answers.

    `attempts` is how often publishing failed, `failure` why at last.
    """

    sender: Organization
    recipient: Organization
    message_id: MessageId
    document_id: DocumentId
    label: str
    subject: str
    priority: int
    packet: Digest | None
    outcome: Outcome
    taken_at: datetime
    late_at: datetime | None
    deadline: datetime
    stated_at: datetime
    attempts: int = 0
    failure: str = ""
    tried: tuple[Tried, ...] = ()
    told: tuple[Told, ...] = ()
