"""A whole packet enters the inbox once, and those that came together in one commit."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace

from edoc_connector.bus.message import Delivery, Message
from edoc_connector.bus.port import Consumer
from edoc_connector.errors import LostRace, Reason
from edoc_connector.flows.poison import is_poison
from edoc_connector.flows.site import Site
from edoc_connector.flows.statuses.answer import answer_again
from edoc_connector.flows.together import together
from edoc_connector.ledger.facts import EnvelopeAccepted
from edoc_connector.model.delivery import INBOX_MOVES, InboxEvent, InboxState
from edoc_connector.model.identifiers import Digest
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.hashing import Stored
from edoc_connector.storage.records import InboxEntry

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Whole:
    """A packet whose bytes are durable, without them."""

    delivery: Delivery
    stored: Stored


@dataclass(slots=True)
class Mailbag:
    """New whole packets that came one after the other; `enter` is when it is full."""

    site: Site
    consumer: Consumer
    storage: Storage
    _packets: list[_Whole] = field(default_factory=list)

    def has(self, message: Message) -> bool:
        """Whether this packet is in it: a copy that comes at once is answered after."""
        name = (message.message_id, message.packet_digest)
        packets = (it.delivery.message for it in self._packets)
        return any((it.message_id, it.packet_digest) == name for it in packets)

    def add(self, delivery: Delivery) -> None:
        """Make the bytes durable; the row and the acknowledgement wait for others."""
        message = delivery.message
        stored = self.storage.content.add((message.body,))
        bare = replace(delivery, message=replace(message, body=b""))
        self._packets.append(_Whole(bare, stored))

    def enter(self) -> None:
        """Write all into the inbox, and acknowledge each that is there."""
        packets, self._packets = self._packets, []
        for it in together(self.storage, packets, self._write, alone=self._alone):
            _say(it.delivery)
            # A crash here brings the messages again, and the unique key knows them.
            self.consumer.acknowledge(it.delivery)

    def _write(self, work: Work, it: _Whole) -> None:
        if not _write_whole(self.site, work, it.delivery, it.stored):
            raise LostRace(key=it.delivery.message.message_id)

    def _alone(self, it: _Whole) -> None:
        keep_whole(self.site, self.storage, it.delivery, it.stored)
        # A crash here brings the message again, and the unique key knows it.
        self.consumer.acknowledge(it.delivery)


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
    _say(delivery)


def _write_whole(site: Site, work: Work, delivery: Delivery, stored: Stored) -> bool:
    message = delivery.message
    work.segments.remove(delivery.account, message.message_id, message.packet_digest)
    is_new = add_entry(site, work, delivery, stored)
    if is_new:
        work.ledger.append(accepted(delivery, stored), site.clock())
    return is_new


def _say(delivery: Delivery) -> None:
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
