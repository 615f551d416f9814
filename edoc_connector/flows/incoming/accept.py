"""Axis -> inbox: durable first, acknowledged after; nothing is judged here.

A packet in several segments is put together on disk, or given up.  A packet that is
here already is answered again with its original receipt.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final, TypeGuard

from edoc_connector.bus.message import Delivery, Foreign
from edoc_connector.bus.port import Consumer
from edoc_connector.bus.returned import Returned
from edoc_connector.errors import (
    N_,
    EdocError,
    EnvelopeMalformed,
    EnvelopeTooLarge,
)
from edoc_connector.flows.incoming.entering import (
    accepted,
    add_entry,
    keep_whole,
    repeat,
)
from edoc_connector.flows.incoming.mailbag import Mailbag
from edoc_connector.flows.incoming.unfinished import (
    LastLook,
    forget,
    give_up_unfinished,
)
from edoc_connector.flows.incoming.unread import keep_unread
from edoc_connector.flows.pinging.answer import SIGNALS, Answering, hear
from edoc_connector.flows.pinging.sent_back import hear_back
from edoc_connector.flows.site import Site
from edoc_connector.flows.statuses.returned import take_back
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.stages import Kind
from edoc_connector.storage import Storage
from edoc_connector.storage.records import InboxEntry, StoredSegment

log = logging.getLogger(__name__)

NEXT_SECONDS: Final = 0.01
"""How long the next message may be in coming by the wire, to enter with the others."""


def accept(  # noqa: PLR0913  (all that the way in touches)
    site: Site,
    consumer: Consumer,
    storage: Storage,
    *,
    wait_seconds: float,
    limit: int = 1,
    answering: Answering | None = None,
    last_look: LastLook | None = None,
) -> int:
    """Accept up to `limit` messages, waiting long for the first only; return how many.

    By `answering` pings are answered; without it none is.  What never became whole is
    looked for now and then, as `last_look` says.

    Several, because all loops look up after a step: in a backlog, once is enough.
    """
    bag = Mailbag(site, consumer, storage)
    try:
        done = _accept_some(bag, limit, wait_seconds, answering)
    except Exception:
        # Against the rule, knowingly: whatever it was, those that came before it are
        # not to stay with us unacknowledged.
        with suppress(EdocError):
            bag.enter()
        raise
    _enter(bag)
    give_up_unfinished(site, storage, last_look or LastLook())
    return done


def _accept_some(
    bag: Mailbag, limit: int, wait_seconds: float, answering: Answering | None
) -> int:
    done = 0
    while done < limit and _accept_one(
        bag, wait_seconds=NEXT_SECONDS if done else wait_seconds, answering=answering
    ):
        done += 1
    return done


def _accept_one(
    bag: Mailbag, *, wait_seconds: float, answering: Answering | None
) -> bool:
    received = bag.consumer.receive(wait_seconds)
    if received is None:
        return False
    if not _can_wait(received, bag):
        _enter(bag)
        with _letting_go(bag):
            _keep_any(bag.site, bag.storage, received, answering)
        # A crash here brings the message again, and the unique key knows it.
        bag.consumer.acknowledge(received)
        return True
    bag.add(received)
    return True


def _enter(bag: Mailbag) -> None:
    with _letting_go(bag):
        bag.enter()


@contextmanager
def _letting_go(bag: Mailbag) -> Iterator[None]:
    """Give everything back where it cannot be kept for now.

    Who neither keeps it nor lets go of it is not given it again, and after a few of
    these is given nothing more: all go back, and come when there is room.
    """
    try:
        yield
    except EdocError as error:
        if error.retryable:
            bag.consumer.close()
        raise


def _can_wait(
    received: Delivery | Foreign | Returned, bag: Mailbag
) -> TypeGuard[Delivery]:
    """Whether it is a whole packet, which may wait for those that come after it."""
    if isinstance(received, Foreign | Returned):
        return False
    if received.message.kind in SIGNALS:
        return False
    message = received.message
    return (
        message.segment.total == 1
        and message.packet_bytes <= bag.site.max_packet_bytes
        and not bag.has(message)
    )


def _keep_any(
    site: Site,
    storage: Storage,
    received: Delivery | Foreign | Returned,
    answering: Answering | None,
) -> None:
    if isinstance(received, Foreign):
        _keep_foreign(site, storage, received)
    elif isinstance(received, Returned):
        _take_back(site, storage, received)
    elif received.message.kind in SIGNALS:
        hear(site, storage, received, answering)
    else:
        _keep(site, storage, received)


def _take_back(site: Site, storage: Storage, returned: Returned) -> None:
    if returned.message.kind is Kind.PING:
        hear_back(site, storage, returned)
    else:
        take_back(site, storage, returned)


def _keep(site: Site, storage: Storage, delivery: Delivery) -> None:
    message, known = delivery.message, _known(storage, delivery)
    if message.packet_bytes > site.max_packet_bytes:
        _keep_oversized(site, storage, delivery)
    elif known is not None:
        repeat(site, storage, message, known)
    elif message.segment.total == 1:
        keep_whole(site, storage, delivery, storage.content.add((message.body,)))
    else:
        _keep_segment(site, storage, delivery)


def _known(storage: Storage, delivery: Delivery) -> InboxEntry | None:
    message = delivery.message
    with storage.reading() as work:
        return work.inbox.find(
            delivery.account, message.message_id, message.packet_digest
        )


def _keep_segment(site: Site, storage: Storage, delivery: Delivery) -> None:
    """Write one segment; when it is the last one missing, put the packet together.

    A packet that its sender has cut anew (its broker takes smaller ones only) begins
    anew: the newest cut counts, and what is here of another is of no use.
    """
    message = delivery.message
    stored = storage.spool.add((message.body,))
    with storage.work() as work:
        outdated = work.segments.forget_other_cuts(
            delivery.account,
            message.message_id,
            message.packet_digest,
            total=message.segment.total,
        )
        work.segments.add(
            account=delivery.account,
            message_id=message.message_id,
            packet=message.packet_digest,
            number=message.segment.number,
            total=message.segment.total,
            content=stored.digest,
            size=stored.size,
            at=site.clock(),
        )
        held = work.segments.held(
            delivery.account, message.message_id, message.packet_digest
        )
    if outdated:
        forget(storage, outdated)
    if held.size > message.packet_bytes:
        _give_up(site, storage, delivery)
    elif held.count == message.segment.total:
        _put_together(site, storage, delivery)


def _give_up(site: Site, storage: Storage, delivery: Delivery) -> None:
    """Forget segments that make up no packet; the newest stays as evidence.

    Their sender is told, and may send the packet anew, also cut in another way.
    """
    segments = _segments(storage, delivery)
    message = delivery.message
    reason = EnvelopeMalformed(problem=N_("its segments do not fit together")).reason
    stored = storage.content.add((message.body,))
    with storage.work() as work:
        work.segments.remove(
            delivery.account, message.message_id, message.packet_digest
        )
        if add_entry(site, work, delivery, stored, reason):
            work.ledger.append(accepted(delivery, stored), site.clock())
    forget(storage, segments)
    log.warning("segments_refused", extra={"message_id": message.message_id})


def _segments(storage: Storage, delivery: Delivery) -> Sequence[StoredSegment]:
    message = delivery.message
    with storage.reading() as work:
        return work.segments.of(
            delivery.account, message.message_id, message.packet_digest
        )


def _put_together(site: Site, storage: Storage, delivery: Delivery) -> None:
    segments = _segments(storage, delivery)
    stored = storage.content.add(_bytes_of(storage, segments))
    # A crash here leaves all segments; the last one comes again and ends here again.
    keep_whole(site, storage, delivery, stored)
    forget(storage, segments)


def _bytes_of(storage: Storage, segments: Sequence[StoredSegment]) -> Iterator[bytes]:
    for segment in segments:
        yield from storage.spool.chunks(segment.content)


def _keep_oversized(site: Site, storage: Storage, delivery: Delivery) -> None:
    """Keep the first segment as evidence; the whole would fill our disk."""
    message = delivery.message
    if message.segment.number != 1:
        return
    error = EnvelopeTooLarge(size=message.packet_bytes, limit=site.max_packet_bytes)
    stored = storage.content.add((message.body,))
    with storage.work() as work:
        if add_entry(site, work, delivery, stored, error.reason):
            work.ledger.append(accepted(delivery, stored), site.clock())
    log.warning(
        "envelope_oversized",
        extra={"message_id": message.message_id, "account": delivery.account},
    )


def _keep_foreign(site: Site, storage: Storage, foreign: Foreign) -> None:
    """Set a message aside that is not of the contract: kept whole, not answered."""
    stored = storage.content.add((foreign.body,))
    reason = EnvelopeMalformed(problem=foreign.problem).reason
    message_id = MessageId(f"foreign-{stored.digest}")
    with storage.work() as work:
        keep_unread(
            work,
            stored,
            account=foreign.account,
            message_id=message_id,
            reason=reason,
            at=site.clock(),
        )
    log.error("message_foreign", extra={"account": foreign.account})
