"""The newest documents that a person asks for, sent or received."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from edoc_connector.flows.inspecting.received import received_in_short
from edoc_connector.flows.inspecting.sent import sent_in_short
from edoc_connector.flows.inspecting.story import Leg, Story
from edoc_connector.flows.inspecting.surroundings import around_received, around_sent
from edoc_connector.model.delivery import DeliveryState
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.storage import Work
from edoc_connector.storage.listing import OVER, has_failed, is_refused
from edoc_connector.storage.records import Wanted

EVERYTHING: Final = Wanted()


def outgoing(work: Work, limit: int, wanted: Wanted = EVERYTHING) -> tuple[Story, ...]:
    """Return the newest documents of ours that are wanted, without their timelines.

    Of each only the recipients that are wanted themselves.
    """
    keys = work.listing.outgoing(wanted, limit)
    documents = work.around.documents(keys)
    around = around_sent(work, documents)
    stories = (sent_in_short(around, document) for document in documents)
    return tuple(_narrowed(story, wanted) for story in stories)


def incoming(work: Work, limit: int, wanted: Wanted = EVERYTHING) -> tuple[Story, ...]:
    """Return the newest documents received; a status is not a document."""
    entries = work.around.entries(work.listing.incoming(wanted, limit))
    around = around_received(work, entries)
    return tuple(received_in_short(around, entry) for entry in entries)


def _narrowed(story: Story, wanted: Wanted) -> Story:
    """Leave out the recipients nobody asked for."""
    legs = tuple(leg for leg in story.legs if is_wanted(leg, wanted))
    return replace(story, legs=legs)


def is_wanted(leg: Leg, wanted: Wanted) -> bool:
    """Whether a recipient is one of those a person asks for."""
    code = wanted.organization
    return all(
        (
            code is None or OrganizationCode(leg.recipient).is_same_body(code),
            not wanted.state or _is_in(leg, wanted.state),
            not wanted.is_failed or has_failed(leg.state, leg.status),
            not wanted.is_late or (leg.late_at is not None and leg.state not in OVER),
        )
    )


def _is_in(leg: Leg, state: str) -> bool:
    """Whether a recipient is in a state; refused is also what was turned down there."""
    if state == DeliveryState.REFUSED:
        return is_refused(leg.state, leg.status)
    return leg.state == state
