"""What became of a packet that was published, written into all books at once."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from edoc_connector.bus.port import Publisher
from edoc_connector.dms.port import Step
from edoc_connector.errors import LostRace, Reason, Unroutable
from edoc_connector.flows.outgoing.books import Books
from edoc_connector.flows.outgoing.retry import Retry
from edoc_connector.flows.site import Site
from edoc_connector.flows.telling import tell
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
from edoc_connector.model.stages import Kind
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import Destination, OutboxItem

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

    In one commit where that works.  What a person has taken out meanwhile is only
    written down.
    """
    back: dict[int, Destination | None] = {}
    books = Books()

    def write(work: Work, item: OutboxItem) -> None:
        back[item.id] = _write(desk, work, item, event, reason, books=books)

    def alone(item: OutboxItem) -> None:
        _settle_alone(desk, item, event, reason)

    for item in together(desk.storage, items, write, alone=alone):
        _say(desk, item, event, reason, back=back[item.id])


def _settle_alone(
    desk: Desk, item: OutboxItem, event: DeliveryEvent, reason: Reason | None
) -> None:
    try:
        with desk.storage.work() as work:
            back = _write(desk, work, item, event, reason, books=Books())
    except LostRace:
        if to_go(desk, (item,)):
            raise  # its delivery was moved at this moment: it is sent once more
        _record_taken_out(desk, item, event)
        return
    _say(desk, item, event, reason, back=back)


def _write(  # noqa: PLR0913  (what became of it, and where that is written)
    desk: Desk,
    work: Work,
    item: OutboxItem,
    event: DeliveryEvent,
    reason: Reason | None,
    *,
    books: Books,
) -> Destination | None:
    """Write it into all books; return who can be reached again by this."""
    work.outbox.settle(item.id, at=desk.site.clock(), reason=reason)
    if item.kind is Kind.EDOC:
        _record(desk.site, work, item, event, reason, books=books)
    if reason is None and item.recipient in books.failing(work):
        return desk.retry.succeed(work, item)
    return None


def _say(
    desk: Desk,
    item: OutboxItem,
    event: DeliveryEvent,
    reason: Reason | None,
    *,
    back: Destination | None,
) -> None:
    desk.retry.say_closed(back)
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
        if event in DELIVERY_MOVES[delivery.state]:
            _record(desk.site, work, item, event, None, books=Books())
        if work.changes.has_taken_away(item.message_id, item.recipient):
            work.deliveries.forget_deadline(item.message_id, item.recipient)
    log.info("packet_overtaken", extra={"message_id": item.message_id})


def forgo(desk: Desk, item: OutboxItem, error: Unroutable) -> None:
    """Let it be: a partner without a mailbox for such statements compares nothing."""
    with desk.storage.work() as work:
        work.outbox.settle(item.id, at=desk.site.clock(), reason=error.reason)
    log.info("peer_cannot_reconcile", extra={"recipient": item.recipient})


def _record(  # noqa: PLR0913  (what became of it, and where that is written)
    site: Site,
    work: Work,
    item: OutboxItem,
    event: DeliveryEvent,
    reason: Reason | None,
    *,
    books: Books,
) -> None:
    """Move the delivery, write the fact, and tell the DMS what is new to it."""
    now = site.clock()
    standing = books.delivery(work, item)
    after = work.deliveries.move(
        item.message_id,
        item.recipient,
        event,
        at=now,
        reason=reason,
        due_at=site.deadlines.receipt(item.priority, now),
        standing=standing,
    )
    work.ledger.append(_fact(item, event, reason), now)
    if after is not standing.state:
        tell(
            site,
            work,
            books.row_id(work, item.message_id),
            STEPS[after],
            recipient=item.recipient,
            reason=reason,
        )


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
