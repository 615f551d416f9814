"""The story of one document in plain sentences: what happened, why, and what is next.

Sentences are messages of the catalogue with what stands in their gaps, so each reader
gets them in their own language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from edoc_connector.errors import N_
from edoc_connector.flows.inspecting.beginnings import how_it_began, how_it_came
from edoc_connector.flows.inspecting.outlook import outlook
from edoc_connector.flows.inspecting.sentence import Sentence, kind_words, say
from edoc_connector.flows.inspecting.standing import Actor, Situation
from edoc_connector.flows.inspecting.story import Direction, Leg, Story
from edoc_connector.flows.inspecting.wording import (
    DOCUMENT_STATES,
    STATES,
    state_received,
)
from edoc_connector.model.change import ChangeState
from edoc_connector.model.status import StatusCode
from edoc_connector.storage.listing import FAILED


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is to be said of one recipient, or of the document where it has none."""

    organization: str
    name: str
    situation: Situation
    must_act: Actor
    next_at: datetime | None
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What happened to a document, and where each part of it stands."""

    id: str
    label: str
    direction: Direction
    sentences: tuple[Sentence, ...]
    parts: tuple[Part, ...]


def explain(story: Story) -> Explanation:
    """Return the story as sentences, the open parts first."""
    is_sent = story.direction is Direction.OUTGOING
    parts = [_of_leg(story, leg) for leg in story.legs] or [_of_all(story)]
    return Explanation(
        id=story.id,
        label=story.label,
        direction=story.direction,
        sentences=tuple(how_it_began(story) if is_sent else how_it_came(story)),
        parts=tuple(sorted(parts, key=lambda it: it.must_act is Actor.NOBODY)),
    )


def _of_leg(story: Story, leg: Leg) -> Part:
    return Part(
        organization=leg.recipient,
        name=leg.name,
        situation=leg.situation,
        must_act=leg.must_act,
        next_at=leg.next_at,
        sentences=(
            *_on_its_way(leg),
            *_standing(leg, STATES[leg.state]),
            *_asked(story, leg),
            *outlook(story, leg),
        ),
    )


def _on_its_way(leg: Leg) -> Iterator[Sentence]:
    """Say what is past: when it left, what the receiver said, and what was asked."""
    sent = [each for each in leg.timeline if each.kind == "document:sent"]
    if sent:
        yield say(N_("The axis took it at {at}"), at=sent[0].at)
    if len(sent) > 1:
        again = N_("It was sent again, the last time at {at}")
        yield say(again, at=sent[-1].at)
    if leg.status is not None:
        said = N_("The receiver says, at {at}: {status}")
        details = {"at": leg.status_at}
        code = StatusCode(leg.status)
        yield Sentence(template=said, details=details, status=code)
    if leg.late_at is not None and leg.must_act is not Actor.NOBODY:
        yield say(N_("A deadline was missed; that was noticed at {at}"), at=leg.late_at)


def _asked(story: Story, leg: Leg) -> Iterator[Sentence]:
    """Say what became of each change that was asked of this recipient, and why."""
    for change in story.changes:
        if change.recipient != leg.recipient:
            continue
        is_failed = change.state == ChangeState.ASKED and change.packet in FAILED
        yield say(
            NOT_ASKED if is_failed else OUTCOMES[ChangeState(change.state)],
            what=kind_words(change.business_type),
            id=change.change[:8],
            at=change.since,
            state=STATES[change.packet] if is_failed and change.packet else "",
        )
        is_said = is_failed and change.change == story.id
        if change.reason is not None and not is_said:
            because = N_("Because: {reason}")
            yield Sentence(template=because, details={}, reason=change.reason)


OUTCOMES: Final[Mapping[ChangeState, str]] = {
    ChangeState.ASKED: N_("{what} ({id}): this receiver has not answered yet"),
    ChangeState.AGREED: N_("{what} ({id}): this receiver agreed to it at {at}"),
    ChangeState.REFUSED: N_("{what} ({id}): this receiver refused it at {at}"),
    ChangeState.STOPPED: N_("{what} ({id}): stopped here at {at}, before it left"),
    ChangeState.MOOT: N_("{what} ({id}): there is nothing to change at this receiver"),
}
NOT_ASKED: Final = N_("{what} ({id}) did not come to this receiver: {state}")


def _standing(it: Story | Leg, state: str) -> Iterator[Sentence]:
    yield say(N_("Since {at}: {state}"), at=it.since, state=state)
    if it.reason is not None and it.situation not in OF_A_CHANGE:
        yield Sentence(template=N_("Because: {reason}"), details={}, reason=it.reason)


OF_A_CHANGE: Final = frozenset(
    {
        Situation.CHANGE_FAILED,
        Situation.CHANGE_SET_ASIDE,
        Situation.CHANGE_REFUSED,
    }
)
"""Their reason is that of the change, and is said with it."""


def _of_all(story: Story) -> Part:
    is_received = story.direction is Direction.INCOMING
    state = state_received(story) if is_received else DOCUMENT_STATES[story.state]
    return Part(
        organization=story.sender if is_received else "",
        name="",
        situation=story.situation or Situation.TO_SEAL,
        must_act=story.must_act,
        next_at=story.next_at,
        sentences=(*_standing(story, state), *outlook(story, story)),
    )
