"""How a document began: taken over or received, sealed, and what was asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from edoc_connector.errors import N_, ReplaceDone
from edoc_connector.flows.changes.story import ChangeAt
from edoc_connector.flows.inspecting.order_story import AskedChange
from edoc_connector.flows.inspecting.sentence import (
    KIND_WORDS,
    Sentence,
    kind_words,
    say,
)
from edoc_connector.flows.inspecting.story import Happening, Story
from edoc_connector.flows.inspecting.wording import ORDER_STATES
from edoc_connector.model.change import ChangeState
from edoc_connector.model.document import BusinessType


def how_it_began(story: Story) -> Iterator[Sentence]:
    """Say where a document of ours comes from, and what was asked about it since."""
    yield from _taken(story)
    yield from _asks(story)
    for key in story.replacing:
        again = N_("It was also sent in the place of another document: edoc why {id}")
        yield say(again, id=key[:8])
    for happening in _sealed(story):
        yield say(N_("It was sealed at {at}"), at=happening.at)
    yield from _was_asked(story)
    if story.frozen_at is not None:
        frozen = RECALLED if _is_recalled(story) else KEPT
        yield say(frozen, at=story.frozen_at)


RECALLED: Final = N_("It was recalled; since {at} it is kept as it was")
KEPT: Final = N_("Since {at} it is kept as it was, for a recall was asked for")


def _taken(story: Story) -> Iterator[Sentence]:
    row, label = story.row_id, story.label or story.row_id
    if story.is_typed:
        typed = N_("{what} was asked for at the command line at {at}")
        yield say(typed, what=kind_words(story.business_type), at=story.since)
    else:
        taken = N_(
            "{label} was taken over from the document software at {at}: row {row}"
        )
        yield say(taken, label=label, at=story.since, row=row)


def _asks(story: Story) -> Iterator[Sentence]:
    """Say what it asks itself, if it is a change."""
    if story.original is not None:
        asks = kind_words(story.business_type)
        original = story.original.label or story.original.document_id
        yield say(N_("It asks for {what} of {original}"), what=asks, original=original)
        yield from _wish(next(iter(_changes(story, is_own=True)), None))


def _sealed(story: Story) -> list[Happening]:
    return [it for it in story.timeline if it.kind == "document:sealed"][:1]


def _was_asked(story: Story) -> Iterator[Sentence]:
    for change in _changes(story, is_own=False):
        yield say(
            N_("{what} was asked for at {at}: edoc why {id}"),
            what=kind_words(change.business_type),
            at=change.asked_at,
            id=change.change[:8],
        )
        yield from _wish(change)


def _changes(story: Story, *, is_own: bool) -> list[ChangeAt]:
    """Return what it asks itself, or what was asked about it, each once."""
    found = {it.change: it for it in story.changes}
    return [it for it in found.values() if (it.change == story.id) is is_own]


def _wish(change: ChangeAt | None) -> Iterator[Sentence]:
    """Say what its receivers were told of why."""
    if change is not None and change.why:
        yield say(N_("The reason given: {wish}"), wish=change.why)


def _is_recalled(story: Story) -> bool:
    """Whether every recipient has given it back, or never had it."""
    recalls = {
        it.recipient: it.state
        for it in story.changes
        if it.change != story.id and it.business_type == BusinessType.RECALL
    }
    states = {recalls.get(leg.recipient, "") for leg in story.legs}
    return bool(states) and states <= GIVEN_BACK and states != {ChangeState.MOOT}


GIVEN_BACK: Final = frozenset(
    {ChangeState.AGREED, ChangeState.STOPPED, ChangeState.MOOT}
)


def how_it_came(story: Story) -> Iterator[Sentence]:
    """Say where a received document comes from, and what was asked of it since."""
    came = N_("{label} came from {sender} at {at}")
    label, at = story.label or story.document_id, story.received_at
    yield say(came, label=label, sender=story.sender, at=at)
    if story.row_id:
        arrived = N_("It is in the document software since {at}: row {row}")
        yield say(arrived, at=story.since, row=story.row_id)
    if story.verdict is not None:
        yield say(
            N_("Its seal was checked: {outcome}"), outcome=story.verdict.indication
        )
    for order in story.orders:
        yield from _wanted(order)


def _wanted(order: AskedChange) -> Iterator[Sentence]:
    """Say what somebody asks of it, why, and what became of that and why."""
    is_other = order.is_own and order.about
    yield say(
        ASKED_OF if is_other else N_("{sender} asked for {what} at {at}: {state}"),
        original=order.about,
        sender=order.sender,
        what=KIND_WORDS.get(order.kind, N_("a change")),
        at=order.asked_at,
        state=ORDER_STATES[order.state],
    )
    if order.wish:
        yield say(N_("Their reason: {wish}"), wish=order.wish)
    if is_other and order.reason and order.reason.code == ReplaceDone.code:
        marked = N_("The original {original} was marked in the register as replaced")
        yield say(marked, original=order.about)
    elif order.reason is not None:
        because = N_("Because: {reason}")
        yield Sentence(template=because, details={}, reason=order.reason)


ASKED_OF: Final = N_("{sender} asked for {what} of {original} at {at}: {state}")
