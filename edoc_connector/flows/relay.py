"""Outbox -> axis: publish, and believe it only when the broker has confirmed."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Final

from edoc_connector.bus.message import Message, Segment, cut
from edoc_connector.bus.port import Publisher
from edoc_connector.dms.port import Step
from edoc_connector.errors import (
    BusRefused,
    ContentMissing,
    EdocError,
    MailboxBusy,
    Reason,
    Unroutable,
)
from edoc_connector.flows.backoff import Backoff
from edoc_connector.flows.site import Site
from edoc_connector.flows.telling import tell
from edoc_connector.ledger.facts import (
    DocumentParked,
    DocumentSent,
    DocumentUnroutable,
    Fact,
)
from edoc_connector.model.delivery import DeliveryEvent, DeliveryState
from edoc_connector.model.stages import Kind
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import OutboxItem

log = logging.getLogger(__name__)

LEASE_SECONDS: Final = 120.0
"""For how long nobody else takes what this relay has in hand; after a crash it takes it
again at once, because it is the only one of its state folder."""


def relay(
    site: Site,
    publisher: Publisher,
    storage: Storage,
    *,
    limit: int,
    backoff: Backoff,
) -> int:
    """Publish up to `limit` waiting packets, the most urgent first.

    One that the axis cannot take is settled with its reason, one whose mailbox is busy
    is tried again after growing pauses, and the others go on; where the broker is not
    there, all wait: `BusUnavailable`.
    """
    publisher.keep_alive()
    with storage.work() as work:
        items = work.outbox.claim(
            limit, worker=site.worker, now=site.clock(), lease_seconds=LEASE_SECONDS
        )
    for item in items:
        _relay_one(site, publisher, storage, item, backoff)
    return len(items)


def _relay_one(
    site: Site,
    publisher: Publisher,
    storage: Storage,
    item: OutboxItem,
    backoff: Backoff,
) -> None:
    try:
        _publish(site, publisher, storage, item)
    except MailboxBusy as error:
        _postpone(site, storage, item, backoff, error)
    except (Unroutable, BusRefused, ContentMissing) as error:
        if item.kind is Kind.STATUS:
            # Nobody would miss a receipt but its sender, who waits for it for ever.
            _postpone(site, storage, item, backoff, error)
            return
        is_returned = isinstance(error, Unroutable)
        event = DeliveryEvent.RETURN if is_returned else DeliveryEvent.PARK
        _settle(site, storage, item, event, error.reason)
    else:
        # A crash here publishes the packet twice.  The receiver drops the second copy
        # by message id: twice is repairable, never is not.
        _settle(site, storage, item, DeliveryEvent.CONFIRM)


def _postpone(
    site: Site,
    storage: Storage,
    item: OutboxItem,
    backoff: Backoff,
    error: EdocError,
) -> None:
    pause = timedelta(seconds=backoff.seconds(item.attempts))
    with storage.work() as work:
        work.outbox.postpone(item.id, until=site.clock() + pause)
    log.warning(
        "packet_postponed",
        extra={"message_id": item.message_id, "reason": error.code},
    )


def _publish(
    site: Site, publisher: Publisher, storage: Storage, item: OutboxItem
) -> None:
    with storage.content.open(item.packet) as packet:
        for message in cut(packet, _envelope_of(site, item), site.segment_bytes):
            publisher.publish(message)


def _envelope_of(site: Site, item: OutboxItem) -> Message:
    return Message(
        message_id=item.message_id,
        kind=item.kind,
        sender=item.sender,
        recipient=item.recipient,
        correlation_id=item.correlation_id,
        business_type=item.business_type,
        priority=item.priority,
        sent_at=site.clock(),
        packet_digest=item.packet,
        packet_bytes=item.packet_bytes,
        segment=Segment(1, 1),
        answers=item.answers,
        body=b"",
    )


def _settle(
    site: Site,
    storage: Storage,
    item: OutboxItem,
    event: DeliveryEvent,
    reason: Reason | None = None,
) -> None:
    with storage.work() as work:
        work.outbox.settle(item.id, at=site.clock())
        if item.kind is Kind.EDOC:
            _record(site, work, item, event, reason)
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


def _record(
    site: Site,
    work: Work,
    item: OutboxItem,
    event: DeliveryEvent,
    reason: Reason | None,
) -> None:
    """Move the delivery, write the fact, and tell the DMS what is new to it."""
    now = site.clock()
    before = work.deliveries.get(item.message_id, item.recipient).state
    after = work.deliveries.move(
        item.message_id, item.recipient, event, at=now, reason=reason
    )
    work.ledger.append(_fact(item, event, reason), now)
    if after is not before:
        document = work.documents.get(item.message_id)
        step = STEPS[after]
        tell(
            site,
            work,
            document.row_id,
            step,
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
