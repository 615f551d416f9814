"""The story of one document in plain sentences: what happened, why, and what is next.

Sentences are messages of the catalogue with what stands in their gaps, so each reader
gets them in their own language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from edoc_connector.errors import (
    N_,
    DmsRefused,
    Reason,
    ReplaceDone,
    StatusWordUnknown,
)
from edoc_connector.flows.changes.story import ChangeAt
from edoc_connector.flows.inspecting.next_step import (
    NEXT,
    STATUS_FAILED,
    UPDATE_REFUSED,
)
from edoc_connector.flows.inspecting.order_story import AskedChange
from edoc_connector.flows.inspecting.standing import Actor, Situation
from edoc_connector.flows.inspecting.story import Direction, Happening, Leg, Story
from edoc_connector.flows.inspecting.wording import (
    ACTORS,
    DOCUMENT_STATES,
    ORDER_STATES,
    STATES,
    state_received,
)
from edoc_connector.model.change import KINDS, ChangeState
from edoc_connector.model.document import BusinessType
from edoc_connector.model.status import StatusCode
from edoc_connector.storage.listing import FAILED


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
    row, label = story.row_id, story.label or story.row_id
    if story.is_typed:
        typed = N_("{what} was asked for at the command line at {at}")
        yield _say(typed, what=_kind(story.business_type), at=story.since)
    else:
        taken = N_(
            "{label} was taken over from the document software at {at}: row {row}"
        )
        yield _say(taken, label=label, at=story.since, row=row)
    if story.original is not None:
        asks = _kind(story.business_type)
        original = story.original.label or story.original.document_id
        yield _say(N_("It asks for {what} of {original}"), what=asks, original=original)
        yield from _wish(next(iter(_changes(story, is_own=True)), None))
    for key in story.replacing:
        again = N_("It was also sent in the place of another document: edoc why {id}")
        yield _say(again, id=key[:8])
    for happening in _first(story, "document:sealed"):
        yield _say(N_("It was sealed at {at}"), at=happening.at)
    for change in _changes(story, is_own=False):
        yield _say(
            N_("{what} was asked for at {at}: edoc why {id}"),
            what=_kind(change.business_type),
            at=change.asked_at,
            id=change.change[:8],
        )
        yield from _wish(change)
    if story.frozen_at is not None:
        frozen = RECALLED if _is_recalled(story) else KEPT
        yield _say(frozen, at=story.frozen_at)


RECALLED: Final = N_("It was recalled; since {at} it is kept as it was")
KEPT: Final = N_("Since {at} it is kept as it was, for a recall was asked for")


def _kind(business_type: int) -> str:
    return CHANGES.get(business_type, N_("a change"))


def _changes(story: Story, *, is_own: bool) -> list[ChangeAt]:
    """Return what it asks itself, or what was asked about it, each once."""
    found = {it.change: it for it in story.changes}
    return [it for it in found.values() if (it.change == story.id) is is_own]


def _wish(change: ChangeAt | None) -> Iterator[Sentence]:
    """Say what its receivers were told of why."""
    if change is not None and change.why:
        yield _say(N_("The reason given: {wish}"), wish=change.why)


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
    is_other = order.is_own and order.about
    yield _say(
        ASKED_OF if is_other else N_("{sender} asked for {what} at {at}: {state}"),
        original=order.about,
        sender=order.sender,
        what=KIND_WORDS.get(order.kind, N_("a change")),
        at=order.asked_at,
        state=ORDER_STATES[order.state],
    )
    if order.wish:
        yield _say(N_("Their reason: {wish}"), wish=order.wish)
    if is_other and order.reason and order.reason.code == ReplaceDone.code:
        marked = N_("The original {original} was marked in the register as replaced")
        yield _say(marked, original=order.about)
    elif order.reason is not None:
        because = N_("Because: {reason}")
        yield Sentence(template=because, details={}, reason=order.reason)


ASKED_OF: Final = N_("{sender} asked for {what} of {original} at {at}: {state}")


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
            *_standing(leg, STATES[leg.state]),
            *_asked(story, leg),
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


def _asked(story: Story, leg: Leg) -> Iterator[Sentence]:
    """Say what became of each change that was asked of this recipient, and why."""
    for change in story.changes:
        if change.recipient != leg.recipient:
            continue
        is_failed = change.state == ChangeState.ASKED and change.packet in FAILED
        yield _say(
            NOT_ASKED if is_failed else OUTCOMES[ChangeState(change.state)],
            what=_kind(change.business_type),
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
    yield _say(N_("Since {at}: {state}"), at=it.since, state=state)
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


def _next(story: Story, it: Story | Leg) -> Iterator[Sentence]:
    if it.situation is None:
        return
    recipient = it.recipient if isinstance(it, Leg) else ""
    last = _last_asked(story, recipient)
    yield _say(
        _advice(it.situation, it.reason, last),
        id=story.id[:8],
        recipient=recipient,
        change=last.change[:8] if last else story.id[:8],
        newer=story.replaced_by,
        original=(story.original.id if story.original else story.id)[:8],
    )
    if it.next_at is not None:
        yield _say(NEXT_AT.get(it.situation, TRIED), at=it.next_at)
    if it.must_act is not Actor.NOBODY:
        yield _say(N_("Who must act: {actor}"), actor=ACTORS[it.must_act])


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


def _of_all(story: Story) -> Part:
    is_received = story.direction is Direction.INCOMING
    state = state_received(story) if is_received else DOCUMENT_STATES[story.state]
    return Part(
        organization=story.sender if is_received else "",
        name="",
        situation=story.situation or Situation.TO_SEAL,
        must_act=story.must_act,
        next_at=story.next_at,
        sentences=(*_standing(story, state), *_next(story, story)),
    )
