"""Who of a document's recipients share one upload, and how each is reached.

The broker copies what is uploaded once (AMQP's `CC`), but returns it only where it
reaches nobody.  So the way to each is tried before, by a probe under the very key that
the upload is to have for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from edoc_connector.bus.message import Message, probe_of
from edoc_connector.bus.properties import MOST_RECIPIENTS, room_of
from edoc_connector.flows.outgoing.parcel import Parcel, envelope_of
from edoc_connector.flows.site import Site
from edoc_connector.model.stages import Kind
from edoc_connector.storage import Storage
from edoc_connector.storage.records import OutboxItem

MESSAGE_COSTS_BYTES: Final = 65_536
"""One message more costs broker and sender as much as so many bytes of a packet do.

On one computer it is twice as much (0.4 ms, and 0.35 ms for 100 KB), on a slow line
next to nothing.
"""

Company = tuple[OutboxItem, ...]
"""Recipients of one packet, of which the broker has as much for each."""


def companies_of(items: Iterable[OutboxItem]) -> Iterator[Company]:
    """Yield who goes together, in the order in which the first of each came.

    The same body twice goes twice: each copy has a confirm of its own.
    """
    found: dict[Hashable, list[OutboxItem]] = {}
    seen: Counter[Hashable] = Counter()
    for item in items:
        packet = _packet_of(item)
        one = (packet, item.recipient.routing_words)
        found.setdefault((packet, seen[one]), []).append(item)
        seen[one] += 1
    for several in found.values():
        if is_worth_it(several):
            yield tuple(several)
        else:
            yield from ((item,) for item in several)


def _packet_of(item: OutboxItem) -> Hashable:
    begun = (item.segment_bytes, item.segments_sent) if item.segments_sent else ()
    return item.message_id, item.kind, item.packet, item.priority, begun


def is_worth_it(items: Sequence[OutboxItem]) -> bool:
    """Whether a probe for each and one upload cost less than an upload for each.

    That is one message more, and all bodies but one less.
    """
    saved_bytes = (len(items) - 1) * items[0].packet_bytes
    return items[0].kind is Kind.EDOC and saved_bytes > MESSAGE_COSTS_BYTES


@dataclass(slots=True)
class Trial:
    """A parcel for several, while the way to each of them is tried."""

    parcel: Parcel
    keys: dict[int, str] = field(default_factory=dict)
    """By item, the key under which its recipient was reached."""
    heard: int = 0

    def probes(self) -> Iterator[Probe]:
        """Yield one for each recipient whose way is not known."""
        items = [item for item in self.parcel.items if item.id not in self.keys]
        return (Probe(item, self) for item in items)

    def hear(self, item: OutboxItem, key: str) -> None:
        """Take down what became of one; the key is empty where it was not reached."""
        self.heard += 1
        if key:
            self.keys[item.id] = key

    @property
    def is_over(self) -> bool:
        """Whether something is known of each."""
        return self.heard == len(self.parcel.items)

    def uploads(self, most_header_bytes: int) -> Iterator[Parcel]:
        """Yield what is to be uploaded now, each to as many as have room in it."""
        reached = [item for item in self.parcel.items if item.id in self.keys]
        for some in self._in_room(reached, most_header_bytes):
            keys = tuple(self.keys[item.id] for item in some)
            yield replace(self.parcel, items=some, keys=keys)

    def _in_room(
        self, items: Iterable[OutboxItem], most_bytes: int
    ) -> Iterator[Company]:
        some: list[OutboxItem] = []
        used = 0
        for item in items:
            more = room_of(item.recipient, self.keys[item.id])
            if some and (used + more > most_bytes or len(some) == MOST_RECIPIENTS):
                yield tuple(some)
                some, used = [], 0
            some.append(item)
            used += more
        if some:
            yield tuple(some)


@dataclass(frozen=True, slots=True)
class Probe:
    """What tries the way to one of several."""

    item: OutboxItem
    trial: Trial
    keys: tuple[str, ...] = ()
    """Those of its recipient are tried in turn."""

    @property
    def items(self) -> Company:
        """All who wait for what becomes of it."""
        return self.trial.parcel.items

    def message(self, site: Site, storage: Storage) -> Message:
        """Return what goes to the broker."""
        del storage
        return probe_of(envelope_of(site, self.item))
