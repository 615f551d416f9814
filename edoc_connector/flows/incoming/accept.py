"""Axis -> inbox: durable first, acknowledged after; nothing is judged here.

A packet in several segments is put together on disk, or given up.  A packet that is
here already is answered again with its original receipt.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

from edoc_connector.bus.message import Delivery, Foreign, Message
from edoc_connector.bus.port import Consumer
from edoc_connector.errors import (
    N_,
    EdocError,
    EnvelopeMalformed,
    EnvelopeTooLarge,
    LostRace,
    Reason,
)
from edoc_connector.flows.incoming.unfinished import forget, give_up_unfinished
from edoc_connector.flows.incoming.unread import keep_unread
from edoc_connector.flows.pinging.answer import SIGNALS, Answering, hear
from edoc_connector.flows.poison import is_poison
from edoc_connector.flows.site import Site
from edoc_connector.flows.statuses.answer import answer_again
from edoc_connector.ledger.facts import EnvelopeAccepted
from edoc_connector.model.delivery import INBOX_MOVES, InboxEvent, InboxState
from edoc_connector.model.identifiers import Digest, MessageId
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.content import Stored
from edoc_connector.storage.records import InboxEntry, StoredSegment

log = logging.getLogger(__name__)


def accept(  # noqa: PLR0913  (all that the way in touches)
    site: Site,
    consumer: Consumer,
    storage: Storage,
    *,
    wait_seconds: float,
    limit: int = 1,
    answering: Answering | None = None,
) -> int:
    """Accept up to `limit` messages, waiting for the first only; return how many.

    By `answering` pings are answered; without it none is.

    Several, because all loops look up after a step: in a backlog, once is enough.
    """
    done = 0
    while done < limit and _accept_one(
        site,
        consumer,
        storage,
        wait_seconds=0 if done else wait_seconds,
        answering=answering,
    ):
        done += 1
    give_up_unfinished(site, storage)
    return done


def _accept_one(
    site: Site,
    consumer: Consumer,
    storage: Storage,
    *,
    wait_seconds: float,
    answering: Answering | None,
) -> bool:
    received = consumer.receive(wait_seconds)
    if received is None:
        return False
    try:
        _keep_any(site, storage, received, answering)
    except EdocError as error:
        # Who neither keeps it nor lets go of it is not given it again, and after a few
        # of these is given nothing more: all go back, and come when there is room.
        if error.retryable:
            consumer.close()
        raise
    # A crash here brings the message again, and the unique key knows it.
    consumer.acknowledge(received)
    return True


def _keep_any(
    site: Site,
    storage: Storage,
    received: Delivery | Foreign,
    answering: Answering | None,
) -> None:
    if isinstance(received, Foreign):
        _keep_foreign(site, storage, received)
    elif received.message.kind in SIGNALS:
        hear(site, storage, received, answering)
    else:
        _keep(site, storage, received)


def _keep(site: Site, storage: Storage, delivery: Delivery) -> None:
    message, known = delivery.message, _known(storage, delivery)
    if message.packet_bytes > site.max_packet_bytes:
        _keep_oversized(site, storage, delivery)
    elif known is not None:
        _repeat(site, storage, message, known)
    elif message.segment.total == 1:
        _keep_whole(site, storage, delivery, storage.content.add((message.body,)))
    else:
        _keep_segment(site, storage, delivery)


def _known(storage: Storage, delivery: Delivery) -> InboxEntry | None:
    message = delivery.message
    with storage.reading() as work:
        return work.inbox.find(
            delivery.account, message.message_id, message.packet_digest
        )


def _entry(storage: Storage, delivery: Delivery, packet: Digest) -> InboxEntry:
    with storage.reading() as work:
        found = work.inbox.find(delivery.account, delivery.message.message_id, packet)
    if found is None:
        raise LostRace(key=delivery.message.message_id)
    return found


def _repeat(site: Site, storage: Storage, message: Message, entry: InboxEntry) -> None:
    """Answer again, once per repetition: at its last segment.

    What was not delivered is judged again: somebody may have mended what was wrong, and
    a status says again what it says.  What a person has rejected or has to look at
    first gets no further by being sent again.
    """
    if message.segment.number != message.segment.total:
        return
    is_free = entry.state is not InboxState.REJECTED and not is_poison(entry.reason)
    with storage.work() as work:
        if is_free and InboxEvent.RELEASE in INBOX_MOVES[entry.state]:
            work.inbox.move(entry.id, InboxEvent.RELEASE)
        else:
            answer_again(site, work, entry.id)
    log.info("envelope_repeated", extra={"message_id": message.message_id})


def _keep_whole(
    site: Site, storage: Storage, delivery: Delivery, stored: Stored
) -> None:
    """Write the inbox row of a packet whose bytes are durable.

    Whether they are the bytes the sender sealed is judged later, by the seal and not by
    the digest a message announces.
    """
    message = delivery.message
    with storage.work() as work:
        work.segments.remove(
            delivery.account, message.message_id, message.packet_digest
        )
        is_new = _add(site, work, delivery, stored)
        if is_new:
            work.ledger.append(_accepted(delivery, stored), site.clock())
    if not is_new:  # the same bytes under another announced digest
        _repeat(site, storage, message, _entry(storage, delivery, stored.digest))
        return
    log.info(
        "envelope_accepted",
        extra={"message_id": message.message_id, "account": delivery.account},
    )


def _add(
    site: Site,
    work: Work,
    delivery: Delivery,
    stored: Stored,
    reason: Reason | None = None,
) -> bool:
    message = delivery.message
    added = work.inbox.add(
        account=delivery.account,
        message_id=message.message_id,
        kind=message.kind,
        sender=message.sender,
        correlation_id=message.correlation_id,
        answers=message.answers,
        packet=stored.digest,
        packet_bytes=stored.size,
        state=InboxState.ACCEPTED,
        reason=reason,
        at=site.clock(),
        priority=message.priority,
        way=delivery.way,
    )
    return added is not None


def _accepted(delivery: Delivery, stored: Stored) -> EnvelopeAccepted:
    return EnvelopeAccepted(
        message_id=delivery.message.message_id,
        account=delivery.account,
        packet=stored.digest,
        packet_bytes=stored.size,
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
        if _add(site, work, delivery, stored, reason):
            work.ledger.append(_accepted(delivery, stored), site.clock())
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
    _keep_whole(site, storage, delivery, stored)
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
        if _add(site, work, delivery, stored, error.reason):
            work.ledger.append(_accepted(delivery, stored), site.clock())
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
