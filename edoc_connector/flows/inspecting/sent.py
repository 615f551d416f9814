"""The story of a document of ours, and of each of its recipients."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from edoc_connector.flows.changes.story import changes_at, original_of, was_typed
from edoc_connector.flows.inspecting.attached import pdfs_of
from edoc_connector.flows.inspecting.standing import Actor
from edoc_connector.flows.inspecting.story import Direction, Leg, StampState, Story
from edoc_connector.flows.inspecting.surroundings import AroundSent
from edoc_connector.flows.inspecting.timeline import (
    as_typed,
    happening_of,
    recipient_of,
    timeline_of,
    told_in,
)
from edoc_connector.model.document import BusinessType
from edoc_connector.model.evidence import EvidenceKind
from edoc_connector.model.identifiers import MessageId
from edoc_connector.storage import Work
from edoc_connector.storage.records import OutgoingDelivery, OutgoingDocument


def sent_in_short(around: AroundSent, it: OutgoingDocument) -> Story:
    """Tell where it and its recipients stand, without what happened to them."""
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


def sent_in_full(work: Work, around: AroundSent, it: OutgoingDocument) -> Story:
    """Tell it with all that happened, to it and to each of its recipients."""
    entries = work.ledger.of(it.key)
    receipts = work.receipts.of(it.key)
    ways = work.around.ways([receipt.message_id for receipt in receipts])
    told = [told_in(receipt, ways) for receipt in receipts]
    story = sent_in_short(around, it)
    refused = around.refused.get(it.key, ())
    legs = tuple(
        replace(leg, timeline=timeline_of(leg.recipient, entries, told, refused))
        for leg in story.legs
    )
    original = original_of(work, it)
    is_typed = was_typed(it, original)
    common = (happening_of(entry) for entry in entries if not recipient_of(entry))
    return replace(
        story,
        legs=legs,
        timeline=tuple(as_typed(one) if is_typed else one for one in common),
        stamp=_stamp_state(work, it),
        pdfs=pdfs_of(work, it.packet),
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


def _stamp_state(work: Work, it: OutgoingDocument) -> StampState | None:
    pending = work.stamps.of(it.packet) if it.packet else None
    if pending is None:
        return None
    if pending.settled_at is None:
        return StampState.AWAITED
    kinds = {one.kind for one in work.evidence.of(pending.packet)}
    is_kept = EvidenceKind.TIMESTAMP in kinds
    return StampState.KEPT if is_kept else StampState.GIVEN_UP
