"""One document as people are told of it, sent or received."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from edoc_connector.errors import Reason
from edoc_connector.flows.changes.story import ChangeAt, Original
from edoc_connector.flows.inspecting.order_story import AskedChange
from edoc_connector.flows.inspecting.packets import Fate
from edoc_connector.flows.inspecting.standing import Actor, Situation
from edoc_connector.model.document import BusinessType
from edoc_connector.model.identifiers import Digest, MessageId
from edoc_connector.model.verdict import SealForm
from edoc_connector.storage.records import Change, InspectedFile, KeptVerdict


class Direction(StrEnum):
    """Văn bản đi, văn bản đến."""

    OUTGOING = "outgoing"
    INCOMING = "incoming"


class StampState(StrEnum):
    """What became of a time stamp that was not there when the document left."""

    AWAITED = "awaited"
    KEPT = "kept"
    GIVEN_UP = "given-up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One fact of the ledger, or one status a receiver sent.

    `way` names the brokers over which it came here, where their links said so.
    """

    at: datetime
    kind: str
    organization: str
    text: str
    way: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One recipient of an outgoing document: its state, since when, why, whose turn.

    `due_at` is its next deadline, `late_at` since when it has missed one.  `goes_to` is
    the code under which it travels, where that is another one; since `closed_on` the
    recipient is closed, and that is its successor.
    """

    recipient: str
    name: str
    state: str
    since: datetime
    reason: Reason | None
    must_act: Actor
    situation: Situation
    next_at: datetime | None = None
    status: str | None = None
    status_at: datetime | None = None
    due_at: datetime | None = None
    late_at: datetime | None = None
    goes_to: str = ""
    closed_on: date | None = None
    asked: Change | None = None
    """The last change asked of this recipient: by this document, or of it."""
    timeline: tuple[Happening, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One document, sent or received; of a received one, what its seal proved.

    `status` is what our register has done with one that was received.
    Of one sent, how it was sealed, and what became of a stamp that came too late.
    """

    id: str
    direction: Direction
    label: str
    document_id: str
    sender: str
    subject: str
    state: str
    since: datetime
    reason: Reason | None
    must_act: Actor
    situation: Situation | None
    packet: Digest | None
    packet_bytes: int
    row_id: str
    next_at: datetime | None = None
    received_at: datetime | None = None
    status: str | None = None
    status_at: datetime | None = None
    verdict: KeptVerdict | None = None
    seal_form: SealForm | None = None
    stamp: StampState | None = None
    legs: tuple[Leg, ...] = ()
    timeline: tuple[Happening, ...] = ()
    pdfs: tuple[InspectedFile, ...] = ()
    """Attached PDFs that were looked at, with the signatures in them."""
    business_type: int = BusinessType.NEW
    original: Original | None = None
    """What it recalls, updates or replaces."""
    changes: tuple[ChangeAt, ...] = ()
    """What was asked about it, or what it asks, at each recipient."""
    frozen_at: datetime | None = None
    is_typed: bool = False
    """Whether the change was asked for at the command line, and has no row."""
    replacing: tuple[MessageId, ...] = ()
    """In what else it was sent: in the place of other documents."""
    fate: Fate | None = None
    replaced_by: str = ""
    """What became of a received document since, and what has taken its place."""
    request: str = ""
    """How the change stands that a received packet asks for."""
    orders: tuple[AskedChange, ...] = ()
    """What was asked of a received document, or by this packet."""
