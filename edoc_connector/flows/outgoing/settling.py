"""What became of a packet that was published, written into all books at once."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from edoc_connector.bus.port import Publisher
from edoc_connector.dms.port import Step
from edoc_connector.errors import LostRace, Reason, Unroutable
from edoc_connector.flows.outgoing.retry import Retry
from edoc_connector.flows.site import Site
from edoc_connector.flows.telling import tell_of_many
from edoc_connector.flows.together import together
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
from edoc_connector.model.stages import Kind
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import (
    Destination,
    OutboxItem,
    OutgoingDelivery,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What every packet on its way out is handled with."""

    site: Site
    publisher: Publisher
    storage: Storage
    retry: Retry


def to_go(desk: Desk, items: Sequence[OutboxItem]) -> tuple[OutboxItem, ...]:
    """Leave out what is gone since it was claimed, or parked by a person."""
    with desk.storage.reading() as work:
        held = work.outbox.held([item.id for item in items])
    return tuple(item for item in items if item.id in held)


def settle(
    desk: Desk,
    items: Sequence[OutboxItem],
    event: DeliveryEvent,
    reason: Reason | None = None,
) -> None:
    """Take these out of the queue, move each delivery, write each fact, tell the DMS.

    In one commit where that works, and what is of one document at once.  What a person
    has taken out meanwhile is only written down.
    """
    back: list[Destination] = []

    def write(work: Work, some: Sequence[OutboxItem]) -> None:
        back.extend(_write(desk, work, some, event, reason))

    def alone(some: Sequence[OutboxItem]) -> None:
        _settle_one(desk, some, event, reason)

    def each(some: Sequence[OutboxItem]) -> None:
        recipients = [(item,) for item in some]
        if together(desk.storage, recipients, write, alone=alone):
            _say(desk, some, event, reason, back=back)

    if together(desk.storage, _by_document(items), write, alone=each):
        _say(desk, items, event, reason, back=back)


def _by_document(items: Sequence[OutboxItem]) -> Sequence[Sequence[OutboxItem]]:
    found: dict[MessageId, list[OutboxItem]] = {}
    for item in items:
        found.setdefault(item.message_id, []).append(item)
    return tuple(found.values())


def _settle_one(
    desk: Desk,
    items: Sequence[OutboxItem],
    event: DeliveryEvent,
    reason: Reason | None,
) -> None:
    """Settle one recipient of a document, who may have been moved meanwhile."""
    try:
        with desk.storage.work() as work:
            back = _write(desk, work, items, event, reason)
    except LostRace:
        if to_go(desk, items):
            raise  # its delivery was moved at this moment: it is sent once more
        _record_taken_out(desk, items[0], event)
        return
    _say(desk, items, event, reason, back=back)


def _write(
    desk: Desk,
    work: Work,
    items: Sequence[OutboxItem],
    event: DeliveryEvent,
    reason: Reason | None,
) -> Sequence[Destination]:
    """Write one document into all books; return who can be reached again by this."""
    work.outbox.settle_all([it.id for it in items], at=desk.site.clock(), reason=reason)
    if items[0].kind is Kind.EDOC:
        _record(desk.site, work, items, event, reason)
    if reason is not None:
        return ()
    failing = {one.recipient for one in work.destinations.all()}
    back = [desk.retry.succeed(work, it) for it in items if it.recipient in failing]
    return [one for one in back if one is not None]


def _say(
    desk: Desk,
    items: Sequence[OutboxItem],
    event: DeliveryEvent,
    reason: Reason | None,
    *,
    back: Sequence[Destination],
) -> None:
    for destination in back:
        desk.retry.say_closed(destination)
    for item in items:
        log.log(
            logging.INFO if reason is None else logging.WARNING,
            "packet_relayed" if reason is None else "packet_not_relayed",
            extra={
                "message_id": item.message_id,
                "recipient": item.recipient,
                "step": event,
                "reason": reason.code if reason else "",
            },
        )


def _record_taken_out(desk: Desk, item: OutboxItem, event: DeliveryEvent) -> None:
    """Write down that it left, though it was taken out while it was on the wire.

    A recall takes out what a relay has in hand, and asks the receiver: that it has left
    is true all the same.  What did not leave need not any more.
    """
    if item.kind is not Kind.EDOC or event is not DeliveryEvent.CONFIRM:
        return
    with desk.storage.work() as work:
        delivery = work.deliveries.get(item.message_id, item.recipient)
        if delivery.state is DeliveryState.UNROUTABLE:
            return  # it has come back already (`statuses.returned`)
        if event in DELIVERY_MOVES[delivery.state]:
            _record(desk.site, work, (item,), event, None)
        if work.changes.has_taken_away(item.message_id, item.recipient):
            work.deliveries.forget_deadline(item.message_id, item.recipient)
    log.info("packet_overtaken", extra={"message_id": item.message_id})


def forgo(desk: Desk, item: OutboxItem, error: Unroutable) -> None:
    """Let it be: a partner without a mailbox for such statements compares nothing."""
    with desk.storage.work() as work:
        work.outbox.settle(item.id, at=desk.site.clock(), reason=error.reason)
    log.info("peer_cannot_reconcile", extra={"recipient": item.recipient})


def _record(
    site: Site,
    work: Work,
    items: Sequence[OutboxItem],
    event: DeliveryEvent,
    reason: Reason | None,
) -> None:
    """Move the deliveries, write the facts, and tell the DMS what is new to it."""
    now, first = site.clock(), items[0]
    standing = _standing(work, items)
    after = work.deliveries.move_all(
        standing,
        event,
        at=now,
        reason=reason,
        due_at=site.deadlines.receipt(first.priority, now),
    )
    for item in items:
        work.ledger.append(_fact(item, event, reason), now)
    for state in set(after):
        new = [
            it.recipient
            for it, moved in zip(standing, after, strict=True)
            if moved is state and it.state is not state
        ]
        if new:
            row_id = work.documents.get(first.message_id).row_id
            step = STEPS[state]
            tell_of_many(site, work, row_id, step, recipients=new, reason=reason)


def _standing(work: Work, items: Sequence[OutboxItem]) -> Sequence[OutgoingDelivery]:
    """Return how it stands with each of these recipients of one document."""
    document = items[0].message_id
    if len(items) == 1:
        return (work.deliveries.get(document, items[0].recipient),)
    found = {it.recipient: it for it in work.deliveries.of(document)}
    return [found[item.recipient] for item in items]


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
