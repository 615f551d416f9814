"""Whole packets that came one after another: they wait for the disk once, together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Self

from edoc_connector.bus.message import Delivery, Message
from edoc_connector.bus.port import Consumer
from edoc_connector.errors import StorageUnavailable
from edoc_connector.flows.incoming.entering import (
    Whole,
    keep_whole,
    repeat,
    say_accepted,
    write_new,
)
from edoc_connector.flows.incoming.unfinished import forget
from edoc_connector.flows.site import Site
from edoc_connector.flows.together import in_bulk
from edoc_connector.model.identifiers import Digest, MessageId
from edoc_connector.storage import Storage
from edoc_connector.storage.records import InboxEntry, PacketName, StoredSegment


@dataclass(slots=True)
class Mailbag:
    """What came and is only in memory yet; `enter` is when it is full."""

    site: Site
    consumer: Consumer
    storage: Storage
    _packets: dict[tuple[MessageId, Digest], Delivery] = field(default_factory=dict)

    def has(self, message: Message) -> bool:
        """Whether this packet is in it: a copy that comes at once is answered after."""
        return (message.message_id, message.packet_digest) in self._packets

    def add(self, delivery: Delivery) -> None:
        """Take one more; how much this can become, the consumer has bounded."""
        message = delivery.message
        self._packets[message.message_id, message.packet_digest] = delivery

    def enter(self) -> None:
        """Bring all into the inbox, and acknowledge each that is there."""
        packets, self._packets = tuple(self._packets.values()), {}
        for whole in self._durable(packets):
            self._enter(whole)

    def _durable(self, packets: Sequence[Delivery]) -> Iterator[Sequence[Whole]]:
        """Bring them to the disk together, or as many as it has room for."""
        if not packets:
            return
        try:
            whole = _store(self.storage, packets)
        except StorageUnavailable:
            if len(packets) == 1:
                raise
            yield from (_store(self.storage, (it,)) for it in packets)
        else:
            yield whole

    def _enter(self, whole: Sequence[Whole]) -> None:
        look = _Look.at(self.storage, whole)
        self._write([it for it in whole if it.name not in look.known], look)
        for it in whole:
            if it.name in look.known:
                entry = look.known[it.name]
                repeat(self.site, self.storage, it.delivery.message, entry)
                self._acknowledge([it])

    def _write(self, new: Sequence[Whole], look: _Look) -> None:
        write = partial(write_new, self.site, segments=look.segments)
        written = in_bulk(self.storage, new, write, alone=self._alone)
        for it in written:
            say_accepted(it.delivery)
        self._acknowledge(written)
        if look.segments:
            forget(self.storage, look.segments)

    def _alone(self, it: Whole) -> None:
        keep_whole(self.site, self.storage, it.delivery, it.stored)
        self._acknowledge([it])

    def _acknowledge(self, whole: Sequence[Whole]) -> None:
        # A crash here brings the messages again, and the unique key knows them.
        if whole:
            self.consumer.acknowledge(*(it.delivery for it in whole))


def _store(storage: Storage, packets: Sequence[Delivery]) -> Sequence[Whole]:
    with storage.content.batch() as batch:
        stored = [batch.add((it.message.body,)) for it in packets]
    # A crash here leaves contents that nobody has heard of; they are never missed.
    return [Whole(*both) for both in zip(packets, stored, strict=True)]


@dataclass(frozen=True, slots=True)
class _Look:
    """What is here of packets that have come: entries by their names, and segments."""

    known: Mapping[PacketName, InboxEntry]
    segments: Sequence[StoredSegment]

    @classmethod
    def at(cls, storage: Storage, whole: Sequence[Whole]) -> Self:
        with storage.reading() as work:
            return cls(
                work.inbox.among({it.name for it in whole}),
                work.segments.of_any({it.announced for it in whole}),
            )
