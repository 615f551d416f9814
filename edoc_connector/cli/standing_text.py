"""Where a document stands, in words: its state, since when, whose turn it is, why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import click

from edoc_connector.cli.invocation import Invocation
from edoc_connector.cli.verdict_text import moment
from edoc_connector.errors import N_, Reason
from edoc_connector.flows.story import Direction, Leg, Story
from edoc_connector.flows.wording import (
    ACTORS,
    ARRIVED_STATES,
    CHANGE_STATES,
    CHANGES,
    DOCUMENT_STATES,
    STATES,
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
        invocation.text(_states_of(it)[it.state]),
        moment(it.since),
        invocation.text(ACTORS[it.must_act]),
        _why(invocation, it.reason),
    )


def _states_of(it: Story | Leg) -> Mapping[str, str]:
    """Return what the states of such a thing are called."""
    if isinstance(it, Leg):
        return STATES
    is_received = it.direction is Direction.INCOMING
    return ARRIVED_STATES if is_received else DOCUMENT_STATES


def _why(invocation: Invocation, reason: Reason | None) -> str:
    return invocation.reason_in_short(reason) if reason else ""


def status_fields(
    invocation: Invocation, it: Story | Leg
) -> Iterator[tuple[str, object]]:
    """Yield what the receiver has done with it, in the words of the regulation."""
    if it.status is None or it.status_at is None:
        return
    meaning = word_of(STATUSES[StatusCode(it.status)], invocation.language)
    yield N_("Business status"), f"{it.status} {meaning} ({moment(it.status_at)})"


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
