"""Outbox -> axis: publish, and believe it only when the broker has confirmed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from edoc_connector.bus.message import Message, Segment, cut
from edoc_connector.bus.port import Publisher
from edoc_connector.dms.port import Step
from edoc_connector.errors import (
    BusRefused,
    BusUnavailable,
    ContentMissing,
    EdocError,
    LostRace,
    MailboxBusy,
    Reason,
    Unroutable,
)
from edoc_connector.flows.backoff import Backoff
from edoc_connector.flows.outgoing.patience import Patience
from edoc_connector.flows.outgoing.retry import Retry
from edoc_connector.flows.site import Site
from edoc_connector.flows.telling import tell
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

LEASE_SECONDS: Final = 120.0
"""For how long nobody else takes what this relay has in hand; after a crash it takes it
again at once, because it is the only one of its state folder."""

PROBE_SECONDS: Final = 30.0
"""For how long a recipient goes on resting whose probe nobody has lived to judge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """What every packet on its way out is handled with."""

    site: Site
    publisher: Publisher
    storage: Storage
    retry: Retry


def relay(  # noqa: PLR0913  (the parts of a connector, and its patience)
    site: Site,
    publisher: Publisher,
    storage: Storage,
    *,
    limit: int,
    backoff: Backoff,
    patience: Patience | None = None,
) -> int:
    """Publish up to `limit` waiting packets, the most urgent first.

    What is urgent waits for the packet in hand and no longer.  A packet that the axis
    cannot take is settled with its reason, one whose mailbox is busy is tried again
    after growing pauses, and the others go on; where the broker is not there, all wait:
    `BusUnavailable`.
    """
    retry = Retry(site, storage, backoff, patience or Patience())
    desk = _Desk(site=site, publisher=publisher, storage=storage, retry=retry)
    publisher.keep_alive()
    done, is_interrupted = 0, True
    while is_interrupted and done < limit:
        items = _claim(desk, limit - done)
        relayed = _relay_some(desk, items)
        is_interrupted = relayed < len(items)
        done += relayed
    return done


def _claim(desk: _Desk, limit: int) -> Sequence[OutboxItem]:
    """Lease what is to leave: one item for each recipient that is to be probed."""
    now = desk.site.clock()
    with desk.storage.work() as work:
        resting = work.destinations.resting()
        probes = [
            item
            for one in resting
            if not desk.retry.patience.breaker.is_open(one, now)
            for item in _probe(desk.site, work, one, now)
        ]
        others = work.outbox.claim(
            limit,
            worker=desk.site.worker,
            now=now,
            lease_seconds=LEASE_SECONDS,
            resting=[one.recipient for one in resting],
        )
    items = {item.id: item for item in (*probes, *others)}
    return sorted(items.values(), key=lambda it: (-it.priority, it.id))


def _probe(
    site: Site, work: Work, resting: Destination, now: datetime
) -> Sequence[OutboxItem]:
    """Take the one packet that shows whether mail gets through again."""
    items = work.outbox.claim(
        1,
        worker=site.worker,
        now=now,
        lease_seconds=LEASE_SECONDS,
        to=resting.recipient,
    )
    until = now + timedelta(seconds=PROBE_SECONDS)
    if items and work.destinations.probe(resting, until=until):
        return items
    return ()


def _relay_some(desk: _Desk, items: Sequence[OutboxItem]) -> int:
    """Relay these until something more urgent has come or a recipient is to rest."""
    for number, item in enumerate(items):
        if number and _is_overtaken(desk, item):
            return number
        if _is_held_back(desk, item):
            continue
        if not _relay_one(desk, item):
            return number + 1
    return len(items)


def _is_overtaken(desk: _Desk, item: OutboxItem) -> bool:
    now, worker = desk.site.clock(), desk.site.worker
    with desk.storage.reading() as work:
        resting = [one.recipient for one in work.destinations.resting()]
        return work.outbox.is_overtaken(item, worker, now, resting=resting)


def _is_held_back(desk: _Desk, item: OutboxItem) -> bool:
    """Whether a person has parked it since it was claimed, or it is gone."""
    with desk.storage.reading() as work:
        return not work.outbox.holds(item.id)


def _relay_one(desk: _Desk, item: OutboxItem) -> bool:
    """Return whether the ones behind it may go on as they were claimed."""
    site, storage, retry = desk.site, desk.storage, desk.retry
    try:
        _publish(site, desk.publisher, storage, item)
    except MailboxBusy as error:
        return retry.postpone(item, error)
    except BusUnavailable as error:
        retry.note(item, error)
        raise
    except (Unroutable, BusRefused, ContentMissing) as error:
        if item.kind is Kind.RECONCILIATION and isinstance(error, Unroutable):
            _forgo(desk, item, error)
            return True
        if item.kind is not Kind.EDOC:
            return retry.answer(item, error)
        is_returned = isinstance(error, Unroutable)
        event = DeliveryEvent.RETURN if is_returned else DeliveryEvent.PARK
        _settle(desk, item, event, error.reason)
    except Exception as error:
        # Against the rule, knowingly: a defect that one packet finds is not to keep
        # all the others here.
        if isinstance(error, EdocError) and (error.retryable or error.fatal):
            raise
        poison = retry.unexpected(item, error)
        if poison is not None:
            _settle(desk, item, DeliveryEvent.PARK, poison)
    else:
        # A crash here publishes the packet twice.  The receiver drops the second copy
        # by message id: twice is repairable, never is not.
        _settle(desk, item, DeliveryEvent.CONFIRM)
    return True


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
    desk: _Desk,
    item: OutboxItem,
    event: DeliveryEvent,
    reason: Reason | None = None,
) -> None:
    site = desk.site
    try:
        with desk.storage.work() as work:
            work.outbox.settle(item.id, at=site.clock(), reason=reason)
            if item.kind is Kind.EDOC:
                _record(site, work, item, event, reason)
            back = desk.retry.succeed(work, item) if reason is None else None
    except LostRace:
        if not _is_held_back(desk, item):
            raise  # its delivery was moved at this moment: it is sent once more
        _record_taken_out(desk, item, event)
        return
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


def _record_taken_out(desk: _Desk, item: OutboxItem, event: DeliveryEvent) -> None:
    """Write down that it left, though it was taken out while it was on the wire.

    A recall takes out what a relay has in hand, and asks the receiver: that it has left
    is true all the same.  What did not leave need not any more.
    """
    if item.kind is not Kind.EDOC or event is not DeliveryEvent.CONFIRM:
        return
    with desk.storage.work() as work:
        delivery = work.deliveries.get(item.message_id, item.recipient)
        if event in DELIVERY_MOVES[delivery.state]:
            _record(desk.site, work, item, event, None)
        if work.changes.has_taken_away(item.message_id, item.recipient):
            work.deliveries.forget_deadline(item.message_id, item.recipient)
    log.info("packet_overtaken", extra={"message_id": item.message_id})


def _forgo(desk: _Desk, item: OutboxItem, error: Unroutable) -> None:
    """Let it be: a partner without a mailbox for such statements compares nothing."""
    with desk.storage.work() as work:
        work.outbox.settle(item.id, at=desk.site.clock(), reason=error.reason)
    log.info("peer_cannot_reconcile", extra={"recipient": item.recipient})


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
        item.message_id,
        item.recipient,
        event,
        at=now,
        reason=reason,
        due_at=site.deadlines.receipt(item.priority, now),
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
