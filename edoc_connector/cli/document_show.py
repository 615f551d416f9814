"""`edoc document show`: one document with all that happened to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import click

from edoc_connector.cli.change_lines import change_fields, print_changes
from edoc_connector.cli.document_id import ID
from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.order_text import print_orders
from edoc_connector.cli.output import print_fields, print_json, shown
from edoc_connector.cli.pdf_text import print_pdfs, tell_unchecked
from edoc_connector.cli.standing_text import AS_JSON, standing, status_fields
from edoc_connector.cli.verdict_text import verdict_fields
from edoc_connector.errors import N_, Reason
from edoc_connector.flows.inspecting.story import Happening, Leg, Story
from edoc_connector.flows.inspecting.telling import tell_story
from edoc_connector.flows.inspecting.wording import (
    DIRECTIONS,
    STAMPS,
    detail_of,
    fate_of,
    happening,
)
from edoc_connector.own_storage import look_at_storage


@click.command(
    cls=Command,
    help=N_(
        "Show one document with all that happened to it, for each recipient. ID is an"
        " id or its beginning, a number and notation, a document id or a row number."
    ),
)
@ID
@AS_JSON
@pass_invocation
def command(invocation: Invocation, *, id: str, as_json: bool) -> None:  # noqa: A002
    """Print the story of one document."""
    with look_at_storage(invocation.settings) as storage, storage.reading() as work:
        story = tell_story(work, id)
    if as_json:
        print_json([story])
    else:
        _print_story(invocation, story)


def _print_story(invocation: Invocation, story: Story) -> None:
    told = () if story.legs else standing(invocation, story)
    status = () if story.legs else status_fields(invocation, story)
    print_fields(
        invocation,
        [
            (N_("Id"), story.id),
            (N_("Direction"), invocation.text(DIRECTIONS[story.direction])),
            (N_("Document"), story.label),
            (N_("Document id"), story.document_id),
            (N_("Sender"), story.sender),
            (N_("Subject"), story.subject),
            (N_("DMS row"), _row(invocation, story)),
            *change_fields(invocation, story),
            *_packet(invocation, story),
            *_seal(invocation, story),
            *_told(told),
            *_fate(invocation, story),
            *status,
        ],
    )
    if not story.legs:
        _print_causes(invocation, story.reason)
    _print_timeline(invocation, story)
    print_changes(invocation, story)
    for leg in story.legs:
        click.echo()
        click.echo(f"{shown(leg.recipient)}  {shown(leg.name)}")
        print_fields(
            invocation,
            [
                *_way_of(invocation, leg),
                *_told(standing(invocation, leg)),
                *status_fields(invocation, leg),
                *_deadlines(invocation, leg),
            ],
        )
        _print_causes(invocation, leg.reason)
        _print_timeline(invocation, leg)
    print_orders(invocation, story.orders)
    print_pdfs(invocation, story.pdfs)
    tell_unchecked(invocation, story.pdfs)


def _row(invocation: Invocation, story: Story) -> str:
    """Return its row; a change that was typed bears that of its original."""
    return invocation.text(TYPED) if story.is_typed else story.row_id


TYPED: Final = N_("none, it was asked for at the command line")


def _fate(invocation: Invocation, story: Story) -> Iterator[tuple[str, object]]:
    fate = fate_of(story, invocation.language)
    if fate:
        yield N_("What became of it"), fate


def _packet(invocation: Invocation, story: Story) -> Iterator[tuple[str, object]]:
    if story.packet is not None:
        size = invocation.text(N_("{size} bytes"), size=story.packet_bytes)
        yield N_("Packet"), f"{story.packet} ({size})"


def _seal(invocation: Invocation, story: Story) -> Iterator[tuple[str, object]]:
    if story.seal_form is not None:
        stamp = invocation.text(STAMPS[story.stamp]) if story.stamp else ""
        yield N_("Seal"), "; ".join(filter(None, (story.seal_form, stamp)))
    if story.verdict is not None:
        yield from verdict_fields(invocation, story.verdict)
        yield N_("Certificate SHA-256"), story.verdict.certificate or "-"


def _way_of(invocation: Invocation, leg: Leg) -> Iterator[tuple[str, object]]:
    """Yield who gets it instead, or under which of its codes it travels."""
    if leg.closed_on is not None:
        text = invocation.text(
            N_("{successor}, which goes on in its place from {day}"),
            successor=leg.goes_to,
            day=invocation.day(leg.closed_on),
        )
        yield N_("Sent to"), text
    elif leg.goes_to:
        yield N_("Sent under"), leg.goes_to


def _deadlines(invocation: Invocation, leg: Leg) -> Iterator[tuple[str, object]]:
    """Yield since when a recipient is late, and what comes next."""
    if leg.late_at is not None:
        yield N_("Late since"), invocation.time(leg.late_at)
    if leg.due_at is not None:
        name = N_("Last deadline") if leg.late_at else N_("Due by")
        yield name, invocation.time(leg.due_at)


def _told(told: Sequence[str]) -> Iterator[tuple[str, object]]:
    """Yield what there is to say; most documents have no reason to stand anywhere."""
    for name, value in zip(STANDING, told, strict=False):
        if value:
            yield name, value


STANDING = (N_("State"), N_("Since"), N_("Who must act"), N_("Reason"))


def _print_causes(invocation: Invocation, reason: Reason | None) -> None:
    """Print each of several problems on a line of its own, with what to do."""
    for cause in reason.causes if reason else ():
        click.echo(f"  - {invocation.reason(cause)} [{cause.code}]")


def _print_timeline(invocation: Invocation, told: Story | Leg) -> None:
    for it in told.timeline:
        what = happening(it.kind, invocation.language)
        detail = beyond(what, shown(_detail(invocation, told, it)))
        parts = (invocation.time(it.at), what, detail, _way(invocation, it))
        click.echo("  " + "  ".join(filter(None, parts)))


def beyond(what: str, detail: str) -> str:
    """Return the detail, unless it only repeats what was said before it."""
    repeats = what.casefold().endswith(f": {detail.casefold()}")
    return "" if repeats else detail


def _way(invocation: Invocation, it: Happening) -> str:
    """Return over which brokers it came, if it used any link."""
    brokers = " → ".join(map(shown, it.way))
    return invocation.text(N_("over {brokers}"), brokers=brokers) if it.way else ""


def _detail(invocation: Invocation, told: Story | Leg, it: Happening) -> str:
    """Return a receiver's own words as they are, and ours in words instead of codes."""
    if it.kind.startswith("status:"):
        return it.text
    return detail_of(it.text, told.reason, invocation.language)
