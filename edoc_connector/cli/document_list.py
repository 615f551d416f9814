"""`edoc document list`: the newest documents, and where each of them stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import click

from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.output import print_json, print_table
from edoc_connector.cli.standing_text import AS_JSON, standing
from edoc_connector.errors import N_
from edoc_connector.flows.story import Story, incoming, outgoing
from edoc_connector.flows.wording import DIRECTIONS
from edoc_connector.own_storage import look_at_storage


@click.command(
    cls=Command,
    help=N_("List the newest documents, sent and received, newest first."),
)
@click.option("--incoming", "received", is_flag=True, help=N_("Only received."))
@click.option("--outgoing", "sent", is_flag=True, help=N_("Only sent."))
@click.option(
    "--limit",
    default=50,
    show_default=True,
    type=click.IntRange(1),
    help=N_("How many of each at the most."),
)
@AS_JSON
@pass_invocation
def command(
    invocation: Invocation, *, sent: bool, received: bool, limit: int, as_json: bool
) -> None:
    """Print one line per recipient of a sent document and per received document."""
    with look_at_storage(invocation.settings) as storage, storage.reading() as work:
        stories: list[Story] = []
        if sent or not received:
            stories += outgoing(work, limit)
        if received or not sent:
            stories += incoming(work, limit)
    stories.sort(key=_newest, reverse=True)
    if as_json:
        print_json(stories)
    else:
        rows = (row for story in stories for row in _rows(invocation, story))
        print_table(invocation, COLUMNS, rows)


def _newest(story: Story) -> datetime:
    """Return when something last happened to it."""
    return max([story.since, *(leg.since for leg in story.legs)])


COLUMNS = (
    N_("Id"),
    N_("Direction"),
    N_("Document"),
    N_("With"),
    N_("State"),
    N_("Since"),
    N_("Who must act"),
    N_("Reason"),
)


def _rows(invocation: Invocation, story: Story) -> Iterator[Sequence[object]]:
    """Yield a line per recipient, or one line for a document that has none."""
    head = (
        story.id[:8],
        invocation.text(DIRECTIONS[story.direction]),
        story.label,
    )
    if not story.legs:
        yield (*head, _partner(story), *standing(invocation, story))
    for leg in story.legs:
        yield (*head, leg.recipient, *standing(invocation, leg))


def _partner(story: Story) -> str:
    return story.sender if story.direction == "incoming" else ""
