"""`edoc document`: where each document is, why, its exact packet, and again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import click

from edoc_connector.app import look_at_storage
from edoc_connector.cli.document_evidence import evidence
from edoc_connector.cli.document_id import ID
from edoc_connector.cli.files import TO_FILE, write_argument
from edoc_connector.cli.group import Group
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.output import print_fields, print_json, print_table, shown
from edoc_connector.cli.pdf_text import print_pdfs, tell_unchecked
from edoc_connector.cli.verdict_text import moment, verdict_fields
from edoc_connector.clock import system_clock
from edoc_connector.errors import N_, Reason, ReceivedNotSent
from edoc_connector.flows.post import packet_of
from edoc_connector.flows.post import resend as post_again
from edoc_connector.flows.story import (
    Direction,
    Happening,
    Leg,
    Story,
    incoming,
    outgoing,
    tell_story,
)
from edoc_connector.flows.wording import (
    ACTORS,
    ARRIVED_STATES,
    DIRECTIONS,
    DOCUMENT_STATES,
    STAMPS,
    STATES,
    happening,
)
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode

AS_JSON = click.option("--json", "as_json", is_flag=True, help=N_("JSON lines."))


@click.group(
    cls=Group, help=N_("Documents sent and received: list, show, packet, resend.")
)
def command() -> None:
    """Only a name for those below."""


@command.command(
    "list", help=N_("List the newest documents, sent and received, newest first.")
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
def list_(
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
        yield (*head, _partner(story), *_standing(invocation, story))
    for leg in story.legs:
        yield (*head, leg.recipient, *_standing(invocation, leg))


def _partner(story: Story) -> str:
    return story.sender if story.direction == "incoming" else ""


def _standing(invocation: Invocation, it: Story | Leg) -> tuple[str, ...]:
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


@command.command(
    help=N_(
        "Show one document with all that happened to it, for each recipient. ID is an"
        " id or its beginning, a number and notation, a document id or a row number."
    )
)
@ID
@AS_JSON
@pass_invocation
def show(invocation: Invocation, *, id: str, as_json: bool) -> None:  # noqa: A002
    """Print the story of one document."""
    with look_at_storage(invocation.settings) as storage, storage.reading() as work:
        story = tell_story(work, id)
    if as_json:
        print_json([story])
    else:
        _print_story(invocation, story)


def _print_story(invocation: Invocation, story: Story) -> None:
    standing = () if story.legs else _standing(invocation, story)
    print_fields(
        invocation,
        [
            (N_("Id"), story.id),
            (N_("Direction"), invocation.text(DIRECTIONS[story.direction])),
            (N_("Document"), story.label),
            (N_("Document id"), story.document_id),
            (N_("Sender"), story.sender),
            (N_("Subject"), story.subject),
            (N_("DMS row"), story.row_id),
            *_packet(invocation, story),
            *_seal(invocation, story),
            *_told(standing),
        ],
    )
    if not story.legs:
        _print_causes(invocation, story.reason)
    _print_timeline(invocation, story.timeline)
    for leg in story.legs:
        click.echo()
        click.echo(f"{leg.recipient}  {shown(leg.name)}")
        print_fields(invocation, _told(_standing(invocation, leg)))
        _print_causes(invocation, leg.reason)
        _print_timeline(invocation, leg.timeline)
    print_pdfs(invocation, story.pdfs)
    tell_unchecked(invocation, story.pdfs)


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


def _told(standing: Sequence[str]) -> Iterator[tuple[str, object]]:
    """Yield what there is to say; most documents have no reason to stand anywhere."""
    for name, value in zip(STANDING, standing, strict=False):
        if value:
            yield name, value


STANDING = (N_("State"), N_("Since"), N_("Who must act"), N_("Reason"))


def _print_causes(invocation: Invocation, reason: Reason | None) -> None:
    """Print each of several problems on a line of its own, with what to do."""
    for cause in reason.causes if reason else ():
        click.echo(f"  - {invocation.reason(cause)} [{cause.code}]")


def _print_timeline(invocation: Invocation, timeline: Sequence[Happening]) -> None:
    for it in timeline:
        what = happening(it.kind, invocation.language)
        text = f"  {moment(it.at)}  {what}  {shown(it.text)}"
        click.echo(text.rstrip())


@command.command(
    help=N_(
        "Write the exact packet of a document, as it was sent or received, to a file"
        " (- for standard output). Check it with `edoc verify` or xmlsec1."
    )
)
@ID
@TO_FILE
@pass_invocation
def packet(invocation: Invocation, *, id: str, output: Path) -> None:  # noqa: A002
    """Copy the bytes, and nothing but the bytes."""
    with look_at_storage(invocation.settings) as storage:
        with storage.reading() as work:
            story = tell_story(work, id)
        write_argument(output, storage.content.chunks(packet_of(story)))
    invocation.tell(
        N_("{size} bytes, SHA-256 {digest}"),
        size=story.packet_bytes,
        digest=story.packet,
    )


@command.command(
    help=N_(
        "Send the same packet again, to all recipients or to those named. A receiver"
        " who has it does not double it and answers with its original receipt."
    )
)
@ID
@click.option(
    "--to",
    multiple=True,
    metavar=N_("CODE"),
    help=N_("Only to this recipient; may be given several times."),
)
@AS_JSON
@pass_invocation
def resend(
    invocation: Invocation,
    *,
    id: str,  # noqa: A002
    to: tuple[str, ...],
    as_json: bool,
) -> None:
    """Queue the packet; the running connector sends it."""
    with look_at_storage(invocation.settings) as storage:
        with storage.reading() as work:
            story = tell_story(work, id)
        if story.direction is Direction.INCOMING:
            raise ReceivedNotSent(document=story.label)
        codes = [OrganizationCode(code) for code in to]
        key = MessageId(story.id)
        recipients = post_again(storage, key, codes, at=system_clock())
    if as_json:
        print_json([{"id": story.id, "recipients": recipients}])
    else:
        invocation.tell(
            N_("{document} is queued again for {recipients}"),
            document=story.label,
            recipients=", ".join(recipients),
        )


command.add_command(evidence)
