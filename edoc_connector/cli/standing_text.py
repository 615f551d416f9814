"""Where a document stands, in words: its state, since when, whose turn it is, why."""

from __future__ import annotations

from collections.abc import Iterator

import click

from edoc_connector.cli.invocation import Invocation
from edoc_connector.errors import N_, Reason
from edoc_connector.flows.inspecting.packets import Fate
from edoc_connector.flows.inspecting.story import Direction, Leg, Story
from edoc_connector.flows.inspecting.wording import (
    ACTORS,
    CHANGE_STATES,
    CHANGES,
    DOCUMENT_STATES,
    STATES,
    fate_of,
    state_received,
)
from edoc_connector.language import word_of
from edoc_connector.model.change import KINDS
from edoc_connector.model.status import StatusCode
from edoc_connector.model.tables import STATUSES
from edoc_connector.storage.records import Change

AS_JSON = click.option("--json", "as_json", is_flag=True, help=N_("JSON lines."))


def standing(invocation: Invocation, it: Story | Leg) -> tuple[str, ...]:
    """Return the state, since when, who must act, and why, as people read them."""
    return (
        invocation.text(_state(it)),
        invocation.time(it.since),
        invocation.text(ACTORS[it.must_act]),
        _why(invocation, it.reason),
    )


def _state(it: Story | Leg) -> str:
    """Return what the state of such a thing is called."""
    if isinstance(it, Leg):
        return STATES[it.state]
    if it.direction is Direction.INCOMING:
        return state_received(it)
    return DOCUMENT_STATES[it.state]


def _why(invocation: Invocation, reason: Reason | None) -> str:
    return invocation.reason_in_short(reason) if reason else ""


def status_fields(
    invocation: Invocation, it: Story | Leg
) -> Iterator[tuple[str, object]]:
    """Yield what the receiver has done with it, in the words of the regulation."""
    if it.status is None or it.status_at is None:
        return
    meaning = word_of(STATUSES[StatusCode(it.status)], invocation.language)
    since = invocation.time(it.status_at)
    yield N_("Business status"), f"{it.status} {meaning} ({since})"


def fate_here(invocation: Invocation, story: Story) -> Iterator[str]:
    """Yield what became of a received document: what was done with it, and by whom."""
    fate = fate_of(story, invocation.language)
    if fate:
        yield fate
    if story.fate in {None, Fate.KEPT, Fate.REPLACED}:
        yield from done_since(invocation, story.status, None)


def done_since(
    invocation: Invocation, status: str | None, asked: Change | None
) -> Iterator[str]:
    """Yield what was done with it after it arrived, and what was asked about it."""
    if status not in {None, StatusCode.ARRIVED}:
        code = StatusCode(status)
        yield f"{code} {word_of(STATUSES[code], invocation.language)}"
    if asked is not None:
        kind = invocation.text(CHANGES[KINDS[asked.business_type]])
        yield f"{kind}: {invocation.text(CHANGE_STATES[asked.state])}"
