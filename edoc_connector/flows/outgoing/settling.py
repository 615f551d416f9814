"""What became of a packet that was published, written into all books at once."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from edoc_connector.bus.port import Publisher
from edoc_connector.dms.port import Step
from edoc_connector.errors import LostRace, NotFound, Reason, Unroutable
from edoc_connector.flows.attempts import passes
from edoc_connector.flows.outgoing.retry import Retry
from edoc_connector.flows.outgoing.saying import say_settled
from edoc_connector.flows.site import Site
from edoc_connector.flows.telling import tell, text_of
from edoc_connector.flows.together import in_bulk
from edoc_connector.ledger.facts import (
    DocumentParked,
    DocumentSent,
    DocumentUnroutable,
    Fact,
)
from edoc_connector.model.delivery import (
    DELIVERY_MOVES,
    DeliveryEvent,
    DeliveryState,
)
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import (
    Destination,
    OutboxItem,
    OutgoingDelivery,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What every packet on its way out is handled with."""

    site: Site
    publisher: Publisher
    storage: Storage
    retry: Retry


def settle(
    means: Means,
    items: Sequence[OutboxItem],
    event: DeliveryEvent,
    reason: Reason | None = None,
) -> None:
    """Take these out of the queue, move each delivery, write each fact, tell the DMS.

    In one commit where that works.  What a person has taken out meanwhile is only
    written down.  What cannot be written for a defect is counted and goes once more, a
    third time to a person; it keeps none of the others.
    """
    back: list[Destination] = []

    def write(work: Work, some: Sequence[OutboxItem]) -> None:
        back.extend(_write(means, work, some, event, reason))

    def alone(item: OutboxItem) -> None:
        _settle_one(means, item, event, reason)

    if in_bulk(means.storage, items, write, alone=alone):
        _say(means, items, event, reason, back=back)


def _settle_one(
    means: Means, item: OutboxItem, event: DeliveryEvent, reason: Reason | None
) -> None:
    try:
        try:
            _settle_or_record(means, item, event, reason)
        except LostRace:
            # Its delivery was moved at this moment; now it stands where it was moved.
            _settle_or_record(means, item, event, reason)
    except Exception as error:
        # Against the rule, knowingly: what one packet finds is not to send the others
        # twice.
        if passes(error) and not isinstance(error, LostRace):
            raise
        means.retry.unwritten(item, error)


def _settle_or_record(
    means: Means, item: OutboxItem, event: DeliveryEvent, reason: Reason | None
) -> None:
    """Settle one recipient of a document, who may have been moved meanwhile."""
    try:
        with means.storage.work() as work:
            back = _write(means, work, (item,), event, reason)
    except LostRace:
        with means.storage.reading() as work:
            is_queued = work.outbox.is_queued(item.id)
        if is_queued:
            raise
        _record_taken_out(means, item, event)
        return
    _say(means, (item,), event, reason, back=back)


def _write(
    means: Means,
    work: Work,
    items: Sequence[OutboxItem],
    event: DeliveryEvent,
    reason: Reason | None,
) -> Sequence[Destination]:
    """Write all of them into all books; return who can be reached again by this."""
    work.outbox.settle_all(
        [it.id for it in items], at=means.site.clock(), reason=reason
    )
    documents = [it for it in items if it.kind is Kind.EDOC]
    if documents:
        _record(means.site, work, documents, event, reason)
    if reason is not None:
        return ()
    return means.retry.succeed(work, {it.recipient for it in items})


def _say(
    means: Means,
    items: Sequence[OutboxItem],
    event: DeliveryEvent,
    reason: Reason | None,
    *,
    back: Sequence[Destination],
) -> None:
    for destination in back:
        means.retry.say_closed(destination)
    say_settled(items, event, reason)


def _record_taken_out(means: Means, item: OutboxItem, event: DeliveryEvent) -> None:
    """Write down that it left, though it was taken out while it was on the wire.

    A recall takes out what a relay has in hand, and asks the receiver: that it has left
    is true all the same.  What did not leave need not any more.
    """
    if item.kind is not Kind.EDOC or event is not DeliveryEvent.CONFIRM:
        return
    with means.storage.work() as work:
        delivery = work.deliveries.get(item.message_id, item.recipient)
        if delivery.state is DeliveryState.UNROUTABLE:
            return  # it has come back already (`statuses.returned`)
        if event in DELIVERY_MOVES[delivery.state]:
            _record(means.site, work, (item,), event, None)
        if work.changes.has_taken_away(item.message_id, item.recipient):
            work.deliveries.forget_deadline(item.message_id, item.recipient)
    log.info("packet_overtaken", extra={"message_id": item.message_id})


def forgo(means: Means, item: OutboxItem, error: Unroutable) -> None:
    """Let it be: a partner without a mailbox for such statements compares nothing."""
    # Who has taken it out meanwhile knows better.
    with suppress(LostRace), means.storage.work() as work:
        work.outbox.settle(item.id, at=means.site.clock(), reason=error.reason)
    log.info("peer_cannot_reconcile", extra={"recipient": item.recipient})


def _record(
    site: Site,
    work: Work,
    items: Sequence[OutboxItem],
    event: DeliveryEvent,
    reason: Reason | None,
) -> None:
    """Move the deliveries, tell the DMS what is new to it, and write the facts."""
    moved = _record_sealed(site, work, items, event, reason)
    others = [it for it in items if _delivery_of(it) not in moved]
    if others:
        _record_others(site, work, others, event, reason)
    now = site.clock()
    for item in items:
        work.ledger.append(_fact(item, event, reason), now)


Delivery = tuple[MessageId, OrganizationCode]


def _delivery_of(item: OutboxItem) -> Delivery:
    return item.message_id, item.recipient


def _record_sealed(
    site: Site,
    work: Work,
    items: Sequence[OutboxItem],
    event: DeliveryEvent,
    reason: Reason | None,
) -> Collection[Delivery]:
    """Move those who stand as nearly all do, and return who they were.

    Nothing has to be read of them, so a few statements do for any number.
    """
    now, moved = site.clock(), set[Delivery]()
    for priority in {it.priority for it in items}:
        moved |= work.deliveries.move_queued(
            [it.id for it in items if it.priority == priority],
            event,
            seen=DeliveryState.SEALED,
            at=now,
            due_at=site.deadlines.receipt(priority, now),
            reason=reason,
        )
    if moved:
        step = STEPS[DELIVERY_MOVES[DeliveryState.SEALED][event]]
        packets = {_delivery_of(it): it.id for it in items if _delivery_of(it) in moved}
        text = text_of(site, step, reason)
        work.progress.add_queued(packets.values(), step=step, text=text, at=now)
    return moved


def _record_others(
    site: Site,
    work: Work,
    items: Sequence[OutboxItem],
    event: DeliveryEvent,
    reason: Reason | None,
) -> None:
    """Move those of whom more is known already, each from where it stands."""
    now = site.clock()
    standing = _standing(work, items)
    due_at = {it.message_id: site.deadlines.receipt(it.priority, now) for it in items}
    after = work.deliveries.move_all(
        standing, event, at=now, reason=reason, due_at=due_at
    )
    for it, state in zip(standing, after, strict=True):
        if it.state is not state:
            row_id, step = work.documents.row_of(it.document), STEPS[state]
            tell(site, work, row_id, step, recipient=it.recipient, reason=reason)


def _standing(work: Work, items: Sequence[OutboxItem]) -> Sequence[OutgoingDelivery]:
    """Return how it stands with each recipient, once for all copies of a packet."""
    wanted = dict.fromkeys(map(_delivery_of, items))
    found = work.deliveries.of_all(
        {document for document, _ in wanted}, {recipient for _, recipient in wanted}
    )
    for key in wanted:
        if key not in found:
            raise NotFound(what=" ".join(key))
    return [found[key] for key in wanted]


STEPS: Final = {
    DeliveryState.SENT: Step.SENT,
    DeliveryState.UNROUTABLE: Step.UNROUTABLE,
    DeliveryState.PARKED: Step.PARKED,
}


def _fact(item: OutboxItem, event: DeliveryEvent, reason: Reason | None) -> Fact:
    document, recipient = item.message_id, item.recipient
    if event is DeliveryEvent.RETURN:
        return DocumentUnroutable(document=document, recipient=recipient)
    if event is DeliveryEvent.PARK:
        code = reason.code if reason else ""
        return DocumentParked(document=document, recipient=recipient, reason=code)
    return DocumentSent(document=document, recipient=recipient, packet=item.packet)
