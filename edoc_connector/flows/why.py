"""The story of one document in plain sentences: what happened, why, and what is next.

Sentences are messages of the catalogue with what stands in their gaps, so each reader
gets them in their own language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from edoc_connector.errors import N_, Reason
from edoc_connector.flows.change_story import ChangeAt
from edoc_connector.flows.next_step import NEXT
from edoc_connector.flows.order_story import AskedChange
from edoc_connector.flows.standing import Actor, Situation
from edoc_connector.flows.story import Direction, Happening, Leg, Story
from edoc_connector.flows.wording import (
    ACTORS,
    ARRIVED_STATES,
    CHANGE_STATES,
    DOCUMENT_STATES,
    ORDER_STATES,
    STATES,
)
from edoc_connector.model.change import KINDS
from edoc_connector.model.document import BusinessType
from edoc_connector.model.status import StatusCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A message of the catalogue; a reason in it is said with its causes and remedy."""

    template: str
    details: Mapping[str, object]
    reason: Reason | None = None
    status: StatusCode | None = None


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


CHANGES: Final[Mapping[int, str]] = {
    BusinessType.RECALL: N_("a recall"),
    BusinessType.UPDATE: N_("an update"),
    BusinessType.REPLACE: N_("a replacement"),
}


KIND_WORDS: Final[Mapping[str, str]] = {
    KINDS[type_]: words for type_, words in CHANGES.items()
}


def explain(story: Story) -> Explanation:
    """Return the story as sentences, the open parts first."""
    is_sent = story.direction is Direction.OUTGOING
    parts = [_of_leg(story, leg) for leg in story.legs] or [_of_all(story)]
    return Explanation(
        id=story.id,
        label=story.label,
        direction=story.direction,
        sentences=tuple(_begun(story) if is_sent else _came(story)),
        parts=tuple(sorted(parts, key=lambda it: it.must_act is Actor.NOBODY)),
    )


def _say(template: str, **details: object) -> Sentence:
    return Sentence(template=template, details=details)


def _begun(story: Story) -> Iterator[Sentence]:
    taken = N_("{label} was taken over from the document software at {at}: row {row}")
    row, label = story.row_id, story.label or story.row_id
    yield _say(taken, label=label, at=story.since, row=row)
    if story.original is not None:
        asks = CHANGES.get(story.business_type, N_("a change"))
        original = story.original.label or story.original.document_id
        yield _say(N_("It asks for {what} of {original}"), what=asks, original=original)
    for happening in _first(story, "document:sealed"):
        yield _say(N_("It was sealed at {at}"), at=happening.at)
    if story.frozen_at is not None:
        frozen = N_("It was recalled at {at}; it is kept as it was and not sent again")
        yield _say(frozen, at=story.frozen_at)


def _came(story: Story) -> Iterator[Sentence]:
    came = N_("{label} came from {sender} at {at}")
    label, at = story.label or story.document_id, story.received_at
    yield _say(came, label=label, sender=story.sender, at=at)
    if story.row_id:
        arrived = N_("It is in the document software since {at}: row {row}")
        yield _say(arrived, at=story.since, row=story.row_id)
    if story.verdict is not None:
        yield _say(
            N_("Its seal was checked: {outcome}"), outcome=story.verdict.indication
        )
    for order in story.orders:
        yield from _wanted(order)


def _wanted(order: AskedChange) -> Iterator[Sentence]:
    """Say what somebody asks of it, why, and what became of that and why."""
    yield _say(
        N_("{sender} asked for {what} at {at}: {state}"),
        sender=order.sender,
        what=KIND_WORDS.get(order.kind, N_("a change")),
        at=order.asked_at,
        state=ORDER_STATES[order.state],
    )
    if order.wish:
        yield _say(N_("Their reason: {wish}"), wish=order.wish)
    if order.reason is not None:
        because = N_("Because: {reason}")
        yield Sentence(template=because, details={}, reason=order.reason)


def _first(it: Story | Leg, kind: str) -> list[Happening]:
    return [each for each in it.timeline if each.kind == kind][:1]


def _of_leg(story: Story, leg: Leg) -> Part:
    return Part(
        organization=leg.recipient,
        name=leg.name,
        situation=leg.situation,
        must_act=leg.must_act,
        next_at=leg.next_at,
        sentences=(
            *_on_its_way(leg),
            *(_asked(it) for it in story.changes if it.recipient == leg.recipient),
            *_standing(leg, STATES[leg.state]),
            *_next(story, leg),
        ),
    )


def _on_its_way(leg: Leg) -> Iterator[Sentence]:
    """Say what is past: when it left, what the receiver said, and what was asked."""
    sent = [each for each in leg.timeline if each.kind == "document:sent"]
    if sent:
        yield _say(N_("The axis took it at {at}"), at=sent[0].at)
    if len(sent) > 1:
        again = N_("It was sent again, the last time at {at}")
        yield _say(again, at=sent[-1].at)
    if leg.status is not None:
        said = N_("The receiver says, at {at}: {status}")
        details = {"at": leg.status_at}
        code = StatusCode(leg.status)
        yield Sentence(template=said, details=details, status=code)
    if leg.late_at is not None and leg.must_act is not Actor.NOBODY:
        yield _say(
            N_("A deadline was missed; that was noticed at {at}"), at=leg.late_at
        )


def _asked(change: ChangeAt) -> Sentence:
    """Say what was asked of this recipient, and what became of it."""
    return Sentence(
        template=N_("{what} was asked of this receiver; since {at}: {state}"),
        details={
            "what": CHANGES.get(change.business_type, N_("a change")),
            "at": change.since,
            "state": CHANGE_STATES[change.state],
        },
    )


def _standing(it: Story | Leg, state: str) -> Iterator[Sentence]:
    yield _say(N_("Since {at}: {state}"), at=it.since, state=state)
    if it.reason is not None:
        yield Sentence(template=N_("Because: {reason}"), details={}, reason=it.reason)


def _next(story: Story, it: Story | Leg) -> Iterator[Sentence]:
    if it.situation is None:
        return
    recipient = it.recipient if isinstance(it, Leg) else ""
    yield _say(NEXT[it.situation], id=story.id[:8], recipient=recipient)
    if it.next_at is not None:
        yield _say(NEXT_AT.get(it.situation, TRIED), at=it.next_at)
    if it.must_act is not Actor.NOBODY:
        yield _say(N_("Who must act: {actor}"), actor=ACTORS[it.must_act])


TRIED: Final = N_("Next attempt: {at}")
NEXT_AT: Final[Mapping[Situation, str]] = {
    Situation.AWAITED: N_("The receipt is due at {at}"),
    Situation.LATE: N_("The last deadline is {at}"),
    Situation.RECEIPT_REFUSED: N_("The receipt is due at {at}"),
}
"""What is to happen then; elsewhere it is the next attempt."""


def _of_all(story: Story) -> Part:
    is_received = story.direction is Direction.INCOMING
    words = ARRIVED_STATES if is_received else DOCUMENT_STATES
    return Part(
        organization=story.sender if is_received else "",
        name="",
        situation=story.situation or Situation.TO_SEAL,
        must_act=story.must_act,
        next_at=story.next_at,
        sentences=(*_standing(story, words[story.state]), *_next(story, story)),
    )
