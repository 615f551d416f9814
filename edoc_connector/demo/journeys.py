"""Which way each document and each answer took, as both of its ends tell it.

When something was ready to leave is what its sender wrote down; when it arrived and
over which brokers, what its receiver did, from the notes of the links.  The plan of the
axis is not asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from edoc_connector.demo.site import DemoSite
from edoc_connector.flows.inspecting.listed import incoming, outgoing
from edoc_connector.flows.inspecting.story import Direction, Happening, Leg, Story
from edoc_connector.flows.inspecting.telling import tell_story
from edoc_connector.own_storage import look_at_storage
from edoc_connector.settings import load

MOST: Final = 1_000_000
STATUS: Final = "status:"
SEALED: Final = "document:sealed"
ACCEPTED: Final = "envelope:accepted"
DELIVERED: Final = "document:delivered"
ARRIVED: Final = f"{STATUS}01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """What went from one organisation to another; `status` "" is the document.

    `brokers` are those it came over, from the sender's to the receiver's; where it used
    no link, the one that both of them sign in to.
    """

    status: str
    sender: str
    recipient: str
    ready_at: datetime | None
    brokers: tuple[str, ...]
    arrived_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """A document to one of its recipients, and all that came back of it."""

    label: str
    subject: str
    trips: tuple[Trip, ...]

    @property
    def began_at(self) -> datetime:
        """When the document was ready to leave."""
        first = self.trips[0]
        return first.ready_at or first.arrived_at


def journeys(
    sites: Sequence[DemoSite], brokers: Mapping[str, str]
) -> tuple[Journey, ...]:
    """Return the ways of all documents that arrived, in the order they were sealed.

    `brokers` says where each organisation signs in.
    """
    arrived = {
        (str(site.organization.code), story.id): story
        for site in sites
        for story in _stories(site, Direction.INCOMING)
    }
    found = (
        _journey(story, leg, arrived[leg.recipient, story.id], brokers)
        for site in sites
        for story in _stories(site, Direction.OUTGOING)
        for leg in story.legs
        if (leg.recipient, story.id) in arrived
    )
    return tuple(sorted(found, key=lambda it: it.began_at))


def _stories(site: DemoSite, direction: Direction) -> Iterator[Story]:
    """Yield what a connector knows in full of each document, the newest first."""
    several = outgoing if direction is Direction.OUTGOING else incoming
    with look_at_storage(load(site.settings)) as storage, storage.reading() as work:
        for story in several(work, MOST):
            yield tell_story(work, story.id, direction, with_copies=True)


def _journey(
    sent: Story, leg: Leg, received: Story, brokers: Mapping[str, str]
) -> Journey:
    there = {it.kind: it for it in received.timeline}
    sealed = next((it for it in sent.timeline if it.kind == SEALED), None)
    answers = [it for it in leg.timeline if it.kind.startswith(STATUS)]
    return Journey(
        label=sent.label,
        subject=sent.subject,
        trips=(
            _trip("", (sent.sender, leg.recipient), sealed, there[ACCEPTED], brokers),
            *(
                _trip(
                    it.kind.removeprefix(STATUS),
                    (leg.recipient, sent.sender),
                    there.get(DELIVERED if it.kind == ARRIVED else it.kind),
                    it,
                    brokers,
                )
                for it in answers
            ),
        ),
    )


def _trip(
    status: str,
    ends: tuple[str, str],
    ready: Happening | None,
    arrived: Happening,
    brokers: Mapping[str, str],
) -> Trip:
    sender, recipient = ends
    return Trip(
        status=status,
        sender=sender,
        recipient=recipient,
        ready_at=ready.at if ready else None,
        brokers=arrived.way or (brokers[recipient],),
        arrived_at=arrived.at,
    )
