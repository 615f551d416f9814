"""Where a document is and why, put together from what is stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from edoc_connector.errors import Ambiguous, DocumentUnknown, Reason, SeveralDocuments
from edoc_connector.flows.changes.story import (
    ChangeAt,
    Original,
    changes_at,
    original_of,
    was_typed,
)
from edoc_connector.flows.inspecting.order_story import (
    AskedChange,
    asked_of,
    is_only_asking,
)
from edoc_connector.flows.inspecting.packets import Fate
from edoc_connector.flows.inspecting.standing import Actor, Situation
from edoc_connector.flows.inspecting.surroundings import (
    AroundReceived,
    AroundSent,
    around_received,
    around_sent,
)
from edoc_connector.ledger.canonical import Entry
from edoc_connector.model.delivery import DeliveryState, InboxState
from edoc_connector.model.document import BusinessType
from edoc_connector.model.evidence import EvidenceKind
from edoc_connector.model.identifiers import Digest, MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.pdf_signatures import PdfState
from edoc_connector.model.stages import Kind
from edoc_connector.model.verdict import SealForm
from edoc_connector.storage import Work
from edoc_connector.storage.around import Told
from edoc_connector.storage.listing import OVER, has_failed, is_refused
from edoc_connector.storage.records import (
    Change,
    InboxEntry,
    InspectedFile,
    KeptVerdict,
    OutgoingDelivery,
    OutgoingDocument,
    Receipt,
    Wanted,
)

EVERYTHING: Final = Wanted()


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


def outgoing(work: Work, limit: int, wanted: Wanted = EVERYTHING) -> tuple[Story, ...]:
    """Return the newest documents of ours that are wanted, without their timelines.

    Of each only the recipients that are wanted themselves.
    """
    keys = work.listing.outgoing(wanted, limit)
    documents = work.around.documents(keys)
    around = around_sent(work, documents)
    stories = (_sent(around, document) for document in documents)
    return tuple(_narrowed(story, wanted) for story in stories)


def incoming(work: Work, limit: int, wanted: Wanted = EVERYTHING) -> tuple[Story, ...]:
    """Return the newest documents received; a status is not a document."""
    entries = work.around.entries(work.listing.incoming(wanted, limit))
    around = around_received(work, entries)
    return tuple(_received(around, entry) for entry in entries)


def tell_story(
    work: Work,
    text: str,
    only: Direction | None = None,
    *,
    with_copies: bool = False,
) -> Story:
    """Return the one document a person means, with all that happened to it.

    `text` is an id or its beginning, a number and notation, a document id or a DMS row.
    Raises `DocumentUnknown` for none, `Ambiguous` for several.  What was also sent in
    the place of another document is that twice only `with_copies`.
    """
    found: list[Story] = []
    if only is not Direction.INCOMING:
        documents = _documents(work, text)
        documents = documents if with_copies else _for_themselves(documents)
        around = around_sent(work, documents)
        found += [_sent_in_full(work, around, it) for it in documents]
    if only is not Direction.OUTGOING:
        found += _arrived(work, text)
    if not found:
        raise DocumentUnknown(what=text)
    if len({story.id for story in found}) > 1:
        raise _ambiguous(text, found)
    return found[0]


def _ambiguous(text: str, found: Sequence[Story]) -> Ambiguous:
    sent = _named(found, Direction.OUTGOING)
    received = _named(found, Direction.INCOMING)
    if sent and received:
        return Ambiguous(text=text, sent=sent, received=received)
    return SeveralDocuments(text=text, found=sent or received)


def _for_themselves(
    documents: tuple[OutgoingDocument, ...],
) -> tuple[OutgoingDocument, ...]:
    """Leave out what repeats one of them in the place of another document."""
    new = {it.document_id for it in documents if it.business_type == BusinessType.NEW}
    return tuple(
        it
        for it in documents
        if it.business_type != BusinessType.REPLACE or it.document_id not in new
    )


def _arrived(work: Work, text: str) -> list[Story]:
    entries = _entries(work, text)
    around = around_received(work, entries)
    found = [_received_in_full(work, around, it) for it in entries]
    delivered = [it for it in found if it.state == InboxState.DELIVERED]
    # What others sent under the same names does not hide what is in the register.
    return delivered if len(delivered) == 1 else found


def _documents(work: Work, text: str) -> tuple[OutgoingDocument, ...]:
    """Return what a person may mean; a change bears the names of what it changes."""
    found = work.documents.find(text, MOST)
    keys = {it.key for it in found}
    return tuple(it for it in found if it.key == text or it.changes not in keys)


def _named(stories: Iterable[Story], direction: Direction) -> str:
    names = (f"{it.id[:8]} {it.label}" for it in stories if it.direction is direction)
    return ", ".join(dict.fromkeys(names))


MOST: Final = 20
"""How many documents one text may mean before only a longer text helps."""


def _entries(work: Work, text: str) -> list[InboxEntry]:
    found = {entry.id: entry for entry in work.inbox.find_text(text, MOST)}
    for arrival in work.arrivals.find_text(text, MOST):
        found[arrival.inbox_id] = work.inbox.get(arrival.inbox_id)
    ids = set(found)
    return [
        entry
        for entry in found.values()
        if entry.kind is Kind.EDOC and not is_only_asking(work, entry, ids)
    ]


def _sent(around: AroundSent, it: OutgoingDocument) -> Story:
    legs = tuple(_leg(around, delivery) for delivery in around.recipients(it))
    standing = around.standing_of_row(it)
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
        must_act=standing.must_act if standing else _most_urgent(legs),
        situation=standing.situation if standing else None,
        packet=it.packet,
        packet_bytes=it.packet_bytes,
        row_id=it.row_id,
        business_type=it.business_type,
        frozen_at=it.frozen_at,
        seal_form=it.seal_form,
        legs=legs,
    )


def _most_urgent(legs: Iterable[Leg]) -> Actor:
    waiting = {leg.must_act for leg in legs}
    return next((actor for actor in URGENCY if actor in waiting), Actor.NOBODY)


URGENCY: Final = (
    Actor.OPERATOR,
    Actor.CLERK,
    Actor.CONNECTOR,
    Actor.AXIS,
    Actor.RECEIVER,
)


def _leg(around: AroundSent, it: OutgoingDelivery) -> Leg:
    standing = around.standing(it)
    return Leg(
        recipient=it.recipient,
        name=it.name,
        state=it.state,
        since=standing.since,
        reason=standing.reason,
        must_act=standing.must_act,
        situation=standing.situation,
        next_at=standing.next_at,
        status=it.status,
        status_at=it.status_at,
        due_at=None if it.is_unplanned else it.due_at,
        late_at=it.late_at,
        goes_to=it.goes_to,
        closed_on=it.closed_on,
        asked=around.change(it),
    )


def _narrowed(story: Story, wanted: Wanted) -> Story:
    """Leave out the recipients nobody asked for."""
    legs = tuple(leg for leg in story.legs if is_wanted(leg, wanted))
    return replace(story, legs=legs)


def is_wanted(leg: Leg, wanted: Wanted) -> bool:
    """Whether a recipient is one of those a person asks for."""
    code = wanted.organization
    return all(
        (
            code is None or OrganizationCode(leg.recipient).is_same_body(code),
            not wanted.state or _is_in(leg, wanted.state),
            not wanted.is_failed or has_failed(leg.state, leg.status),
            not wanted.is_late or (leg.late_at is not None and leg.state not in OVER),
        )
    )


def _is_in(leg: Leg, state: str) -> bool:
    """Whether a recipient is in a state; refused is also what was turned down there."""
    if state == DeliveryState.REFUSED:
        return is_refused(leg.state, leg.status)
    return leg.state == state


def _sent_in_full(work: Work, around: AroundSent, it: OutgoingDocument) -> Story:
    entries = work.ledger.of(it.key)
    receipts = work.receipts.of(it.key)
    ways = work.around.ways([receipt.message_id for receipt in receipts])
    told = [_told(receipt, ways) for receipt in receipts]
    story = _sent(around, it)
    refused = around.refused.get(it.key, ())
    legs = tuple(
        replace(leg, timeline=_of_recipient(leg.recipient, entries, told, refused))
        for leg in story.legs
    )
    original = original_of(work, it)
    is_typed = was_typed(it, original)
    common = (_happening(entry) for entry in entries if not _recipient(entry))
    return replace(
        story,
        legs=legs,
        timeline=tuple(_as_typed(one) if is_typed else one for one in common),
        stamp=_stamp_state(work, it),
        pdfs=_pdfs(work, it.packet),
        original=original,
        is_typed=is_typed,
        changes=changes_at(work, it),
        replacing=_replacing(work, it),
    )


def _replacing(work: Work, it: OutgoingDocument) -> tuple[MessageId, ...]:
    if it.business_type != BusinessType.NEW or not it.document_id:
        return ()
    alike = work.documents.by_document_id(it.sender, it.document_id)
    return tuple(one.key for one in alike if one.business_type == BusinessType.REPLACE)


def _not_believed(entry: InboxEntry) -> Happening:
    """Tell of a receipt that was not believed here: nobody else can see it."""
    return Happening(
        at=entry.accepted_at,
        kind=REFUSED_RECEIPT,
        organization=entry.sender,
        text=entry.reason.code if entry.reason else "",
    )


def _as_typed(it: Happening) -> Happening:
    """Call the beginning of a change that was typed what it was: no row was read."""
    return replace(it, kind=TYPED) if it.kind == TAKEN_FACT else it


TYPED: Final = "change:typed"
TAKEN_FACT: Final = "document:taken"
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
    recipient: str,
    entries: Iterable[Entry],
    told: Iterable[Happening],
    refused: Iterable[InboxEntry],
) -> tuple[Happening, ...]:
    """Return all that concerns one recipient, in order of time."""
    facts = [
        _happening(entry)
        for entry in entries
        if _recipient(entry) == recipient and entry.kind != RECEIPT_FACT
    ]
    said = [it for it in told if it.organization == recipient]
    doubted = [_not_believed(entry) for entry in refused if entry.sender == recipient]
    return tuple(sorted([*facts, *said, *doubted], key=lambda it: it.at))


RECEIPT_FACT: Final = "receipt:accepted"
STATUS_FACT: Final = "status:given"


def _recipient(entry: Entry) -> str:
    return str(entry.details.get("recipient", ""))


def _happening(entry: Entry) -> Happening:
    return Happening(
        at=entry.at,
        kind=_kind(entry),
        organization=_recipient(entry),
        text=str(entry.details.get("reason") or entry.details.get("indication", "")),
    )


def _kind(entry: Entry) -> str:
    """Call a status that we gave as one that we were given is called."""
    is_status = entry.kind == STATUS_FACT
    return f"status:{entry.details['status']}" if is_status else entry.kind


def _told(receipt: Receipt, ways: Mapping[Told, tuple[str, ...]]) -> Happening:
    return Happening(
        at=receipt.received_at,
        kind=f"status:{receipt.status}",
        organization=receipt.recipient,
        text=receipt.description,
        way=ways.get((receipt.message_id, receipt.recipient), ()),
    )


def _received(around: AroundReceived, entry: InboxEntry) -> Story:
    arrival = around.arrivals.get(entry.id)
    standing, order = around.standing(entry), around.orders.get(entry.id)
    return Story(
        id=entry.message_id,
        direction=Direction.INCOMING,
        label=arrival.label if arrival else entry.correlation_id.rpartition(",")[2],
        document_id=arrival.document_id if arrival else entry.correlation_id,
        sender=arrival.sender if arrival else entry.account,
        subject=arrival.subject if arrival else "",
        state=entry.state,
        since=standing.since,
        reason=standing.reason,
        must_act=standing.must_act,
        situation=standing.situation,
        next_at=standing.next_at,
        packet=entry.packet,
        packet_bytes=entry.packet_bytes,
        row_id=arrival.row_id if arrival else "",
        received_at=entry.accepted_at,
        status=arrival.status if arrival else None,
        status_at=(arrival.status_at or arrival.arrived_at) if arrival else None,
        business_type=order.business_type if order else BusinessType.NEW,
        fate=around.fate(entry),
        replaced_by=around.replaced.get(entry.id, ""),
        request=order.state if order else "",
    )


def _received_in_full(work: Work, around: AroundReceived, entry: InboxEntry) -> Story:
    """Tell it by the facts of its own account: others may use the same message id.

    What a partner says of it has no account: the seal alone says who that is.
    """
    facts = work.ledger.of(entry.message_id)
    ours = (it for it in facts if it.details.get("account", "") in {entry.account, ""})
    timeline = tuple(_with_way(_happening(it), entry) for it in ours)
    return replace(
        _received(around, entry),
        verdict=work.verdicts.latest(entry.id),
        timeline=timeline,
        pdfs=_pdfs(work, entry.packet),
        orders=asked_of(work, entry),
    )


def _with_way(it: Happening, entry: InboxEntry) -> Happening:
    return replace(it, way=entry.way) if it.kind == ACCEPTED_FACT else it


ACCEPTED_FACT: Final = "envelope:accepted"
