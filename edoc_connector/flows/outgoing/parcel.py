"""One packet on its way out: to whom, how it is cut, and how much of it has left."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, Self

from edoc_connector.bus.message import (
    Message,
    Segment,
    cut,
    keys_of_document,
    segments_of,
)
from edoc_connector.bus.properties import LEAST_SEGMENT_BYTES
from edoc_connector.flows.site import Site
from edoc_connector.storage import Storage
from edoc_connector.storage.records import OutboxItem

ALL_OF_IT: Final = Segment(1, 1)

STILL_THERE: Final = timedelta(days=5)
"""So long after its last segment the receiver certainly still has the others: it gives
them up after a week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A packet, cut into pieces of `segment_bytes`, of which `sent` were confirmed.

    To several it goes under the `keys` by which they were reached, and after so many
    `trials` each of them alone.
    """

    items: tuple[OutboxItem, ...]
    segment_bytes: int
    sent: int = 0
    keys: tuple[str, ...] = ()
    trials: int = 0

    @classmethod
    def of(cls, site: Site, items: Sequence[OutboxItem], most_bytes: int) -> Self:
        """Go on where it stopped, or begin; the broker takes `most_bytes`, if not 0."""
        wanted = min(site.segment_bytes, most_bytes or site.segment_bytes)
        first = items[0]
        if _is_begun(site, first) and first.segment_bytes <= (most_bytes or wanted):
            wanted, sent = first.segment_bytes, first.segments_sent
            return cls(items=tuple(items), segment_bytes=wanted, sent=sent)
        return cls(items=tuple(items), segment_bytes=wanted)

    @property
    def item(self) -> OutboxItem:
        """Its first recipient, who stands for all where they do not differ."""
        return self.items[0]

    @property
    def total(self) -> int:
        """How many segments there are."""
        return segments_of(self.item.packet_bytes, self.segment_bytes)

    @property
    def is_at_its_last(self) -> bool:
        """Whether the broker has all of it with one more."""
        return self.sent + 1 >= self.total

    def one_more(self) -> Self:
        """Return the same after one more confirm."""
        return replace(self, sent=self.sent + 1)

    def to(self, ids: Collection[int]) -> Self | None:
        """Return the same for these alone; None if they are none of them."""
        left = [at for at, item in enumerate(self.items) if item.id in ids]
        if not left:
            return None
        keys = tuple(self.keys[at] for at in left) if self.keys else ()
        return replace(self, items=tuple(self.items[at] for at in left), keys=keys)

    def once_more(self) -> Self:
        """Return it as what was refused where it goes to several."""
        return replace(self, keys=(), trials=self.trials + 1)

    def apart(self) -> Iterator[Self]:
        """Yield it for each of its recipients alone."""
        return (replace(self, items=(item,), keys=()) for item in self.items)

    def smaller(self, most_bytes: int) -> Self | None:
        """Return it cut anew for a broker that takes so much; None if that is no help.

        The receiver forgets the larger segments as soon as one of the new ones comes.
        """
        if not LEAST_SEGMENT_BYTES <= most_bytes < self.segment_bytes:
            return None
        return replace(self, segment_bytes=most_bytes, sent=0)

    def message(self, site: Site, storage: Storage) -> Message:
        """Return the next one.  Raises `ContentMissing`."""
        number, item = self.sent + 1, self.item
        with storage.content.open(item.packet) as packet:
            body = cut(
                packet,
                item.packet_bytes,
                number=number,
                segment_bytes=self.segment_bytes,
            )
        segment = Segment(number, self.total)
        return envelope_of(site, item, self.items[1:], segment=segment, body=body)


def _is_begun(site: Site, item: OutboxItem) -> bool:
    if not item.segments_sent or item.segment_sent_at is None:
        return False
    return site.clock() - item.segment_sent_at < STILL_THERE


def envelope_of(
    site: Site,
    item: OutboxItem,
    others: Sequence[OutboxItem] = (),
    *,
    segment: Segment = ALL_OF_IT,
    body: bytes = b"",
) -> Message:
    """Return the message to one recipient and to others, with this part in it."""
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
        segment=segment,
        answers=item.answers,
        body=body,
        others=tuple(it.recipient for it in others),
        goes_to=item.goes_to,
    )


def keys_to(item: OutboxItem) -> tuple[str, ...]:
    """Return under which keys a document is published for one recipient."""
    return keys_of_document(item.goes_to or item.recipient, item.priority)
