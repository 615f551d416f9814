"""A whole packet enters the inbox once; one that is there is answered again."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from edoc_connector.bus.message import Delivery, Message
from edoc_connector.errors import LostRace, Reason
from edoc_connector.flows.poison import is_poison
from edoc_connector.flows.site import Site
from edoc_connector.flows.statuses.answer import answer_again
from edoc_connector.ledger.facts import EnvelopeAccepted
from edoc_connector.model.delivery import INBOX_MOVES, InboxEvent, InboxState
from edoc_connector.model.identifiers import Digest
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.hashing import Stored
from edoc_connector.storage.records import (
    InboxEntry,
    NewPacket,
    PacketName,
    StoredSegment,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Whole:
    """A packet whose bytes are durable."""

    delivery: Delivery
    stored: Stored

    @property
    def name(self) -> PacketName:
        """What its entry is known by."""
        message = self.delivery.message
        return self.delivery.account, message.message_id, self.stored.digest

    @property
    def announced(self) -> PacketName:
        """What segments of it would be known by."""
        message = self.delivery.message
        return self.delivery.account, message.message_id, message.packet_digest


def write_new(
    site: Site, work: Work, whole: Sequence[Whole], *, segments: Iterable[StoredSegment]
) -> None:
    """Write the inbox rows of packets of which none is known.

    `segments` are what is here of these in parts, which nobody needs any more.  Raises
    `LostRace` where one of them is known after all.
    """
    at = site.clock()
    for name in {it.of for it in segments}:
        work.segments.remove(*name)
    work.inbox.add_all([_new(it, at) for it in whole])
    for it in whole:
        work.ledger.append(accepted(it.delivery, it.stored), at)


def _new(it: Whole, at: datetime) -> NewPacket:
    message = it.delivery.message
    return NewPacket(
        account=it.delivery.account,
        message_id=message.message_id,
        kind=message.kind,
        sender=message.sender,
        correlation_id=message.correlation_id,
        answers=message.answers,
        packet=it.stored.digest,
        packet_bytes=it.stored.size,
        accepted_at=at,
        priority=message.priority,
        way=it.delivery.way,
    )


def keep_whole(
    site: Site, storage: Storage, delivery: Delivery, stored: Stored
) -> None:
    """Write the inbox row of a packet whose bytes are durable.

    Whether they are the bytes the sender sealed is judged later, by the seal and not by
    the digest a message announces.
    """
    with storage.work() as work:
        is_new = _write_whole(site, work, delivery, stored)
    if not is_new:  # the same bytes under another announced digest
        entry = _entry(storage, delivery, stored.digest)
        repeat(site, storage, delivery.message, entry)
        return
    say_accepted(delivery)


def _write_whole(site: Site, work: Work, delivery: Delivery, stored: Stored) -> bool:
    message = delivery.message
    work.segments.remove(delivery.account, message.message_id, message.packet_digest)
    is_new = add_entry(site, work, delivery, stored)
    if is_new:
        work.ledger.append(accepted(delivery, stored), site.clock())
    return is_new


def say_accepted(delivery: Delivery) -> None:
    """Log that it is here, once that is committed."""
    extra = {"message_id": delivery.message.message_id, "account": delivery.account}
    log.info("envelope_accepted", extra=extra)


def _entry(storage: Storage, delivery: Delivery, packet: Digest) -> InboxEntry:
    with storage.reading() as work:
        found = work.inbox.find(delivery.account, delivery.message.message_id, packet)
    if found is None:
        raise LostRace(key=delivery.message.message_id)
    return found


def repeat(site: Site, storage: Storage, message: Message, entry: InboxEntry) -> None:
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


def add_entry(
    site: Site,
    work: Work,
    delivery: Delivery,
    stored: Stored,
    reason: Reason | None = None,
) -> bool:
    """Add the row of a packet; False where it is there already."""
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


def accepted(delivery: Delivery, stored: Stored) -> EnvelopeAccepted:
    """Return what the ledger says of it."""
    return EnvelopeAccepted(
        message_id=delivery.message.message_id,
        account=delivery.account,
        packet=stored.digest,
        packet_bytes=stored.size,
    )
