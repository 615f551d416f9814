"""What a document changes, and what was asked about it, as lines of its story."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import click

from edoc_connector.cli.invocation import Invocation
from edoc_connector.cli.output import shown
from edoc_connector.errors import N_
from edoc_connector.flows.changes.story import ChangeAt
from edoc_connector.flows.inspecting.story import Story
from edoc_connector.flows.inspecting.wording import CHANGE_STATES
from edoc_connector.language import word_of
from edoc_connector.model.document import BusinessType
from edoc_connector.model.tables import BUSINESS

CHANGES: Final[Mapping[int, str]] = {
    BusinessType.RECALL: N_("Recalls"),
    BusinessType.UPDATE: N_("Updates"),
    BusinessType.REPLACE: N_("Replaces"),
}


def change_fields(invocation: Invocation, story: Story) -> Iterator[tuple[str, object]]:
    """Yield which document this one changes, and since when it is frozen."""
    if story.original is not None and story.business_type in CHANGES:
        original = story.original
        yield CHANGES[story.business_type], f"{original.id[:8]} {original.label}"
        yield N_("Reason given"), next((it.why for it in story.changes), "")
    for key in story.replacing:
        yield N_("Also sent as a replacement"), key[:8]
    if story.frozen_at is not None:
        yield N_("Frozen since"), invocation.time(story.frozen_at)


def print_changes(invocation: Invocation, story: Story) -> None:
    """Print a line for each change and recipient, with what became of it."""
    if story.changes:
        click.echo()
        click.echo(invocation.text(N_("Changes:")))
    for change in {it.change: it for it in story.changes}.values():
        if change.why and change.change != story.id:
            words = (invocation.time(change.asked_at), _kind(invocation, change))
            told = "  ".join([*words, change.change[:8], f"“{shown(change.why)}”"])
            click.echo(f"  {told}")
    for it in story.changes:
        click.echo(f"  {_line(invocation, it)}".rstrip())


def _kind(invocation: Invocation, it: ChangeAt) -> str:
    return word_of(BUSINESS[BusinessType(it.business_type)], invocation.language)


def _line(invocation: Invocation, it: ChangeAt) -> str:
    kind = _kind(invocation, it)
    state = invocation.text(CHANGE_STATES[it.state])
    reason = invocation.reason_in_short(it.reason) if it.reason else ""
    since = invocation.time(it.since)
    words = (since, kind, it.change[:8], it.recipient, state, reason)
    return "  ".join(shown(word) for word in words if word)
