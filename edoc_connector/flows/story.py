"""Where a document is and why, put together from what is stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, assert_never

from edoc_connector.errors import Ambiguous, NotFound, Reason, RevocationUnknown
from edoc_connector.ledger.canonical import Entry
from edoc_connector.model.delivery import DeliveryState, DocumentState, InboxState
from edoc_connector.model.evidence import EvidenceKind
from edoc_connector.model.identifiers import Digest
from edoc_connector.model.pdf_signatures import PdfState
from edoc_connector.model.stages import Kind
from edoc_connector.model.verdict import SealForm
from edoc_connector.storage import Work
from edoc_connector.storage.records import (
    InboxEntry,
    InspectedFile,
    KeptVerdict,
    OutgoingDelivery,
    OutgoingDocument,
    Receipt,
)


class Direction(StrEnum):
    """Văn bản đi, văn bản đến."""

    OUTGOING = "outgoing"
    INCOMING = "incoming"


class Actor(StrEnum):
    """Who must act next."""

    NOBODY = "nobody"
    CONNECTOR = "connector"
    RECEIVER = "receiver"
    CLERK = "clerk"
    OPERATOR = "operator"
    SENDER = "sender"


WAITS_FOR: Final[Mapping[DeliveryState, Actor]] = {
    DeliveryState.TAKEN: Actor.CONNECTOR,
    DeliveryState.SEALED: Actor.CONNECTOR,
    DeliveryState.SENT: Actor.RECEIVER,
    DeliveryState.DELIVERED: Actor.NOBODY,
    DeliveryState.REFUSED: Actor.CLERK,
    DeliveryState.UNROUTABLE: Actor.CLERK,
    DeliveryState.PARKED: Actor.OPERATOR,
    DeliveryState.EXPIRED: Actor.CLERK,
    DeliveryState.WITHDRAWN: Actor.NOBODY,
}


class StampState(StrEnum):
    """What became of a time stamp that was not there when the document left."""

    AWAITED = "awaited"
    KEPT = "kept"
    GIVEN_UP = "given-up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One fact of the ledger, or one status a receiver sent."""

    at: datetime
    kind: str
    organization: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One recipient of an outgoing document: its state, since when, why, whose turn.

    `due_at` is its next deadline, `late_at` since when it has missed one.
    """

    recipient: str
    name: str
    state: str
    since: datetime
    reason: Reason | None
    must_act: Actor
    due_at: datetime | None = None
    late_at: datetime | None = None
    timeline: tuple[Happening, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One document, sent or received; of a received one, what its seal proved.

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
    packet: Digest | None
    packet_bytes: int
    row_id: str
    received_at: datetime | None = None
    verdict: KeptVerdict | None = None
    seal_form: SealForm | None = None
    stamp: StampState | None = None
    legs: tuple[Leg, ...] = ()
    timeline: tuple[Happening, ...] = ()
    pdfs: tuple[InspectedFile, ...] = ()
    """Attached PDFs that were looked at, with the signatures in them."""


def outgoing(work: Work, limit: int) -> tuple[Story, ...]:
    """Return the newest documents to be sent, newest first, without their timelines."""
    return tuple(_sent(work, document) for document in work.documents.recent(limit))


def incoming(work: Work, limit: int) -> tuple[Story, ...]:
    """Return the newest documents received; a status is not a document."""
    return tuple(
        _received(work, entry) for entry in work.inbox.recent(Kind.EDOC, limit)
    )


def tell_story(work: Work, text: str) -> Story:
    """Return the one document a person means, with all that happened to it.

    `text` is an id or its beginning, a number and notation, a document id or a DMS row.
    Raises `NotFound` for none, and for several: with what tells them apart.
    """
    found = [_sent_in_full(work, it) for it in work.documents.find(text, MOST)]
    found += [_received_in_full(work, it) for it in _entries(work, text)]
    if not found:
        raise NotFound(what=text)
    delivered = [it for it in found if it.state == InboxState.DELIVERED]
    # What others sent under the same names does not hide what is in the register.
    chosen = delivered if len(delivered) == 1 else found
    if len({story.id for story in chosen}) > 1:
        raise Ambiguous(
            text=text,
            sent=_named(chosen, Direction.OUTGOING),
            received=_named(chosen, Direction.INCOMING),
        )
    return chosen[0]


def _named(stories: Iterable[Story], direction: Direction) -> str:
    names = (f"{it.id[:8]} {it.label}" for it in stories if it.direction is direction)
    return ", ".join(dict.fromkeys(names)) or "-"


MOST: Final = 20
"""How many documents one text may mean before only a longer text helps."""


def _entries(work: Work, text: str) -> list[InboxEntry]:
    found = {entry.id: entry for entry in work.inbox.find_text(text, MOST)}
    for arrival in work.arrivals.find_text(text, MOST):
        found[arrival.inbox_id] = work.inbox.get(arrival.inbox_id)
    return [entry for entry in found.values() if entry.kind is Kind.EDOC]


def _sent(work: Work, it: OutgoingDocument) -> Story:
    legs = tuple(_leg(delivery) for delivery in work.deliveries.of(it.key))
    return Story(
        id=it.key,
        direction=Direction.OUTGOING,
        label=it.label,
        document_id=it.document_id,
        sender=it.sender,
        subject=it.document.subject if it.document else "",
        state=it.state,
        since=it.taken_at,
        reason=it.reason,
        must_act=_actor_of(work, it, legs),
        packet=it.packet,
        packet_bytes=it.packet_bytes,
        row_id=it.row_id,
        seal_form=it.seal_form,
        legs=legs,
    )


def _actor_of(work: Work, it: OutgoingDocument, legs: tuple[Leg, ...]) -> Actor:
    if it.state is DocumentState.REFUSED:
        # Once the row was corrected, its old refusal is history.
        return Actor.NOBODY if work.documents.is_superseded(it) else Actor.CLERK
    waiting = {leg.must_act for leg in legs}
    return next((actor for actor in URGENCY if actor in waiting), Actor.NOBODY)


URGENCY: Final = (Actor.OPERATOR, Actor.CLERK, Actor.CONNECTOR, Actor.RECEIVER)


def _leg(delivery: OutgoingDelivery) -> Leg:
    return Leg(
        recipient=delivery.recipient,
        name=delivery.name,
        state=delivery.state,
        since=delivery.changed_at,
        reason=delivery.reason,
        must_act=WAITS_FOR[delivery.state],
        due_at=None if delivery.is_unplanned else delivery.due_at,
        late_at=delivery.late_at,
    )


def _sent_in_full(work: Work, it: OutgoingDocument) -> Story:
    entries = work.ledger.of(it.key)
    receipts = work.receipts.of(it.key)
    story = _sent(work, it)
    refused = work.inbox.refused_receipts(it.key, MOST)
    legs = tuple(
        _with_refused(
            replace(leg, timeline=_of_recipient(leg.recipient, entries, receipts)),
            [one for one in refused if one.sender == leg.recipient],
        )
        for leg in story.legs
    )
    common = (_happening(entry) for entry in entries if not _recipient(entry))
    return replace(
        story,
        legs=legs,
        must_act=_actor_of(work, it, legs),
        timeline=tuple(common),
        stamp=_stamp_state(work, it),
        pdfs=_pdfs(work, it.packet),
    )


def _with_refused(leg: Leg, refused: list[InboxEntry]) -> Leg:
    """Tell of receipts that came and were not believed here: nobody else can see it."""
    told = [
        Happening(
            at=it.accepted_at,
            kind=REFUSED_RECEIPT,
            organization=leg.recipient,
            text=it.reason.code if it.reason else "",
        )
        for it in refused
    ]
    timeline = tuple(sorted([*leg.timeline, *told], key=lambda it: it.at))
    if not refused or leg.state != DeliveryState.SENT:
        return replace(leg, timeline=timeline)
    reason = refused[-1].reason
    return replace(leg, timeline=timeline, must_act=Actor.OPERATOR, reason=reason)


REFUSED_RECEIPT: Final = "receipt:refused"


def _stamp_state(work: Work, it: OutgoingDocument) -> StampState | None:
    pending = work.stamps.of(it.packet) if it.packet else None
    if pending is None:
        return None
    if pending.settled_at is None:
        return StampState.AWAITED
    kinds = {one.kind for one in work.evidence.of(pending.packet)}
    is_kept = EvidenceKind.TIMESTAMP in kinds
    return StampState.KEPT if is_kept else StampState.GIVEN_UP


def _pdfs(work: Work, packet: Digest | None) -> tuple[InspectedFile, ...]:
    files = work.inspections.of(packet) if packet else ()
    return tuple(it for it in files if it.report.state is not PdfState.NO_PDF)


def _of_recipient(
    recipient: str, entries: Iterable[Entry], receipts: Iterable[Receipt]
) -> tuple[Happening, ...]:
    """Return all that concerns one recipient, in order of time."""
    facts = [
        _happening(entry)
        for entry in entries
        if _recipient(entry) == recipient and entry.kind != RECEIPT_FACT
    ]
    told = [_told(receipt) for receipt in receipts if receipt.recipient == recipient]
    return tuple(sorted([*facts, *told], key=lambda it: it.at))


RECEIPT_FACT: Final = "receipt:accepted"


def _recipient(entry: Entry) -> str:
    return str(entry.details.get("recipient", ""))


def _happening(entry: Entry) -> Happening:
    return Happening(
        at=entry.at,
        kind=entry.kind,
        organization=_recipient(entry),
        text=str(entry.details.get("reason") or entry.details.get("indication", "")),
    )


def _told(receipt: Receipt) -> Happening:
    return Happening(
        at=receipt.received_at,
        kind=f"status:{receipt.status}",
        organization=receipt.recipient,
        text=receipt.description,
    )


def _received(work: Work, entry: InboxEntry) -> Story:
    arrival = next(iter(work.arrivals.of(entry.id)), None)
    return Story(
        id=entry.message_id,
        direction=Direction.INCOMING,
        label=arrival.label if arrival else entry.correlation_id.rpartition(",")[2],
        document_id=arrival.document_id if arrival else entry.correlation_id,
        sender=arrival.sender if arrival else entry.account,
        subject=arrival.subject if arrival else "",
        state=entry.state,
        since=arrival.arrived_at if arrival else entry.accepted_at,
        reason=entry.reason,
        must_act=_actor_for(work, entry),
        packet=entry.packet,
        packet_bytes=entry.packet_bytes,
        row_id=arrival.row_id if arrival else "",
        received_at=entry.accepted_at,
    )


def _actor_for(work: Work, entry: InboxEntry) -> Actor:
    match entry.state:
        case InboxState.ACCEPTED:
            # Held for an answer about revocation: only a person opens the way to it.
            return Actor.OPERATOR if _is_held(entry) else Actor.CONNECTOR
        case InboxState.QUARANTINED:
            # Whoever was not told cannot mend it.
            return Actor.SENDER if work.answers.of(entry.id) else Actor.OPERATOR
        case InboxState.DELIVERED | InboxState.RECORDED | InboxState.REJECTED:
            return Actor.NOBODY
        case other:
            assert_never(other)


def _is_held(entry: InboxEntry) -> bool:
    return entry.reason is not None and entry.reason.code == RevocationUnknown.code


def _received_in_full(work: Work, entry: InboxEntry) -> Story:
    """Tell it by the facts of its own account: others may use the same message id."""
    facts = work.ledger.of(entry.message_id)
    timeline = tuple(
        _happening(it) for it in facts if it.details.get("account") == entry.account
    )
    return replace(
        _received(work, entry),
        verdict=work.verdicts.latest(entry.id),
        timeline=timeline,
        pdfs=_pdfs(work, entry.packet),
    )
