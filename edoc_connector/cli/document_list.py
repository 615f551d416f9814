"""`edoc document list`: the newest documents, and where each of them stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

import click

from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.moments import LastMoment, Moment
from edoc_connector.cli.numbers import MOST_ROWS, Number
from edoc_connector.cli.organization_option import ORGANIZATION
from edoc_connector.cli.output import print_json, print_table
from edoc_connector.cli.standing_text import AS_JSON, done_since, fate_here, standing
from edoc_connector.errors import N_
from edoc_connector.flows.inspecting.listed import incoming, outgoing
from edoc_connector.flows.inspecting.story import Leg, Story
from edoc_connector.flows.inspecting.wording import DIRECTIONS
from edoc_connector.language import word_of
from edoc_connector.model.delivery import DeliveryState, InboxState
from edoc_connector.model.document import BusinessType
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.tables import BUSINESS
from edoc_connector.own_storage import look_at_storage
from edoc_connector.storage import Work
from edoc_connector.storage.listing import OVER
from edoc_connector.storage.records import Wanted

STATES: Final = tuple(
    dict.fromkeys([*DeliveryState, *(it for it in InboxState if it != "recorded")])
)
"""Of a recipient or of an arrival; a document that is refused has none of either."""


@click.command(
    cls=Command,
    help=N_(
        "List the newest documents, sent and received, newest first. Filters may be"
        " combined; of a document sent only the recipients that fit are shown."
    ),
)
@click.option("--incoming", "received", is_flag=True, help=N_("Only received."))
@click.option("--outgoing", "sent", is_flag=True, help=N_("Only sent."))
@click.option(
    "--state",
    type=click.Choice([*map(str, STATES)]),
    default=None,
    help=N_(
        "Only what is in this state; refused is also what a receiver turned down after"
        " it had arrived (02). docs/states.md explains them."
    ),
)
@click.option(
    "--organization",
    type=ORGANIZATION,
    metavar=N_("CODE"),
    help=N_("Only sent to this body or received from it, in any writing of its code."),
)
@click.option(
    "--since",
    type=Moment(),
    metavar=N_("DAY"),
    help=N_("Only what came to us on this day (25/11/2026 or 2026-11-25) or later."),
)
@click.option(
    "--until",
    type=LastMoment(),
    metavar=N_("DAY"),
    help=N_("Only what came to us on this day (25/11/2026 or 2026-11-25) or earlier."),
)
@click.option(
    "--late", is_flag=True, help=N_("Only sent, and late: a deadline was missed.")
)
@click.option(
    "--failed",
    is_flag=True,
    help=N_(
        "Only what has failed: refused, turned down, unknown receiver, set aside,"
        " expired."
    ),
)
@click.option(
    "--limit",
    default=50,
    show_default=True,
    metavar=N_("NUMBER"),
    type=Number(1, MOST_ROWS),
    help=N_("How many of each at the most."),
)
@AS_JSON
@pass_invocation
def command(  # noqa: PLR0913  (as many filters as people ask for)
    invocation: Invocation,
    *,
    sent: bool,
    received: bool,
    state: str | None,
    organization: OrganizationCode | None,
    since: datetime | None,
    until: datetime | None,
    late: bool,
    failed: bool,
    limit: int,
    as_json: bool,
) -> None:
    """Print one line per recipient of a sent document and per received document."""
    wanted = Wanted(
        state=state or "",
        organization=organization,
        since=since,
        until=until,
        is_late=late,
        is_failed=failed,
    )
    with look_at_storage(invocation.settings) as storage, storage.reading() as work:
        stories = _stories(work, wanted, limit, sent=sent, received=received)
    if as_json:
        print_json(stories)
    elif stories:
        rows = (row for story in stories for row in _rows(invocation, story))
        print_table(invocation, COLUMNS, rows)
    else:
        invocation.tell(N_("there is no such document"))


def _stories(
    work: Work, wanted: Wanted, limit: int, *, sent: bool, received: bool
) -> list[Story]:
    stories: list[Story] = []
    if sent or not received:
        stories += outgoing(work, limit, wanted)
    if received or not sent:
        stories += incoming(work, limit, wanted)
    return sorted(stories, key=_newest, reverse=True)


def _newest(story: Story) -> datetime:
    """Return when something last happened to it."""
    return max([story.since, *(leg.since for leg in story.legs)])


COLUMNS: Final = (
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
        _called(invocation, story),
    )
    if not story.legs:
        yield (*head, _partner(story), *_standing(invocation, story))
    for leg in story.legs:
        yield (*head, leg.recipient, *_standing(invocation, leg))


def _called(invocation: Invocation, story: Story) -> str:
    """Return its label; a recall bears that of what it recalls, so its kind too."""
    if story.business_type == BusinessType.NEW:
        return story.label
    kind = word_of(BUSINESS[BusinessType(story.business_type)], invocation.language)
    return f"{story.label} ({kind})"


def _late(invocation: Invocation, leg: Leg) -> Iterator[str]:
    """Yield since when a deadline was missed, where somebody is still waited for."""
    if leg.late_at is not None and leg.state not in OVER:
        yield invocation.text(N_("LATE since {at}"), at=leg.late_at)


def _standing(invocation: Invocation, it: Story | Leg) -> tuple[str, ...]:
    """Return the state with what was done since, and the rest as it is shown alone."""
    state, *rest = standing(invocation, it)
    since = (
        (*_late(invocation, it), *done_since(invocation, it.status, it.asked))
        if isinstance(it, Leg)
        else fate_here(invocation, it)
    )
    return ("; ".join((state, *since)), *rest)


def _partner(story: Story) -> str:
    return story.sender if story.direction == "incoming" else ""
