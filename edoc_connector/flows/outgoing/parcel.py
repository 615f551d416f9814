"""One packet on its way out: how it is cut, and how much of it the broker has taken."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, Self

from edoc_connector.bus.message import Message, Segment, cut, segments_of
from edoc_connector.bus.properties import LEAST_SEGMENT_BYTES
from edoc_connector.flows.site import Site
from edoc_connector.storage import Storage
from edoc_connector.storage.records import OutboxItem

STILL_THERE: Final = timedelta(days=5)
"""So long after its last segment the receiver certainly still has the others: it gives
them up after a week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A packet, cut into pieces of `segment_bytes`, of which `sent` were confirmed."""

    item: OutboxItem
    segment_bytes: int
    sent: int = 0

    @classmethod
    def of(cls, site: Site, item: OutboxItem, most_bytes: int) -> Self:
        """Go on where it stopped, or begin; the broker takes `most_bytes`, if not 0."""
        wanted = min(site.segment_bytes, most_bytes or site.segment_bytes)
        if _is_begun(site, item) and item.segment_bytes <= (most_bytes or wanted):
            return cls(
                item=item, segment_bytes=item.segment_bytes, sent=item.segments_sent
            )
        return cls(item=item, segment_bytes=wanted)

    @property
    def total(self) -> int:
        """How many segments there are."""
        return segments_of(self.item.packet_bytes, self.segment_bytes)

    @property
    def is_sent(self) -> bool:
        """Whether the broker has all of it."""
        return self.sent >= self.total

    def one_more(self) -> Self:
        """Return the same after one more confirm."""
        return replace(self, sent=self.sent + 1)

    def smaller(self, most_bytes: int) -> Self | None:
        """Return it cut anew for a broker that takes so much; None if that is no help.

        The receiver forgets the larger segments as soon as one of the new ones comes.
        """
        if not LEAST_SEGMENT_BYTES <= most_bytes < self.segment_bytes:
            return None
        return replace(self, segment_bytes=most_bytes, sent=0)

    def message(self, site: Site, storage: Storage) -> Message:
        """Return the next one.  Raises `ContentMissing`."""
        with storage.content.open(self.item.packet) as packet:
            return cut(
                packet,
                _envelope_of(site, self.item),
                number=self.sent + 1,
                segment_bytes=self.segment_bytes,
            )


def _is_begun(site: Site, item: OutboxItem) -> bool:
    if not item.segments_sent or item.segment_sent_at is None:
        return False
    return site.clock() - item.segment_sent_at < STILL_THERE


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
