"""What happens next to a document or a recipient, when, and who must act."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from edoc_connector.errors import N_, DmsRefused, Reason, StatusWordUnknown
from edoc_connector.flows.changes.story import ChangeAt
from edoc_connector.flows.inspecting.next_step import (
    NEXT,
    STATUS_FAILED,
    UPDATE_REFUSED,
)
from edoc_connector.flows.inspecting.sentence import Sentence, say
from edoc_connector.flows.inspecting.standing import Actor, Situation
from edoc_connector.flows.inspecting.story import Leg, Story
from edoc_connector.flows.inspecting.wording import ACTORS
from edoc_connector.model.document import BusinessType


def outlook(story: Story, it: Story | Leg) -> Iterator[Sentence]:
    """Say what happens next; nothing of a document that leaves it to its recipients."""
    if it.situation is None:
        return
    recipient = it.recipient if isinstance(it, Leg) else ""
    last = _last_asked(story, recipient)
    yield say(
        _advice(it.situation, it.reason, last),
        id=story.id[:8],
        recipient=recipient,
        change=last.change[:8] if last else story.id[:8],
        newer=story.replaced_by,
        original=(story.original.id if story.original else story.id)[:8],
    )
    if it.next_at is not None:
        yield say(NEXT_AT.get(it.situation, TRIED), at=it.next_at)
    if it.must_act is not Actor.NOBODY:
        yield say(N_("Who must act: {actor}"), actor=ACTORS[it.must_act])


def _advice(situation: Situation, reason: Reason | None, last: ChangeAt | None) -> str:
    """Return what happens next, as the cause and what was asked last let it be."""
    if situation is Situation.STATUS_WITHHELD:
        is_of_mapping = reason is None or reason.code in OF_THE_MAPPING
        return NEXT[situation] if is_of_mapping else STATUS_FAILED
    is_update = last is not None and last.business_type == BusinessType.UPDATE
    is_refused = situation is Situation.CHANGE_REFUSED
    return UPDATE_REFUSED if is_refused and is_update else NEXT[situation]


OF_THE_MAPPING: Final = frozenset({StatusWordUnknown.code, DmsRefused.code})
"""Why a status is withheld until somebody has compared the mapping with its tables."""


def _last_asked(story: Story, recipient: str) -> ChangeAt | None:
    """Return the last change of this recipient: of the document, else by it."""
    about = [it for it in story.changes if it.recipient == recipient]
    others = [it for it in about if it.change != story.id]
    return next(reversed(others or about), None)


TRIED: Final = N_("Next attempt: {at}")
NEXT_AT: Final[Mapping[Situation, str]] = {
    Situation.AWAITED: N_("The receipt is due at {at}"),
    Situation.BARRED: N_("All for this receiver rests until {at}; then one is tried"),
    Situation.LATE: N_("The last deadline is {at}"),
    Situation.RECEIPT_REFUSED: N_("The receipt is due at {at}"),
}
"""What is to happen then; elsewhere it is the next attempt."""
