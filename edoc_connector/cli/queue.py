"""`edoc queue`: what waits for the axis, why, until when, and holding it back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import click

from edoc_connector.cli.group import Group
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.numbers import MOST_ROWS, Number
from edoc_connector.cli.organization_option import ORGANIZATION
from edoc_connector.cli.output import print_fields, print_json, print_table
from edoc_connector.cli.standing_text import AS_JSON
from edoc_connector.clock import system_clock
from edoc_connector.errors import N_
from edoc_connector.flows.backoff import Backoff
from edoc_connector.flows.inspecting.queue import (
    QueueLine,
    Waits,
    list_queue,
    park,
    release,
    show_queued,
)
from edoc_connector.language import word_of
from edoc_connector.model.document import Priority
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from edoc_connector.model.tables import PRIORITIES
from edoc_connector.own_storage import look_at_storage
from edoc_connector.settings import Settings

IDS: Final = click.argument("ids", metavar="[ID]...", nargs=-1)
TO: Final = click.option(
    "--to",
    type=ORGANIZATION,
    metavar=N_("CODE"),
    help=N_("Only what goes to this recipient."),
)


@click.group(
    cls=Group, help=N_("What waits for the axis: list it, hold it back, let it go on.")
)
def command() -> None:
    """Only a name for those below."""


@command.command(
    "list",
    help=N_(
        "List what waits for the axis, in the order in which it is to leave: why it"
        " waits and when it is tried next."
    ),
)
@TO
@click.option("--parked", is_flag=True, help=N_("Only what a person must release."))
@click.option(
    "--limit",
    default=50,
    show_default=True,
    metavar=N_("NUMBER"),
    type=Number(1, MOST_ROWS),
    help=N_("How many at the most."),
)
@AS_JSON
@pass_invocation
def list_(
    invocation: Invocation,
    *,
    to: OrganizationCode | None,
    parked: bool,
    limit: int,
    as_json: bool,
) -> None:
    """Print one line per packet and recipient."""
    settings, now = invocation.settings, system_clock()
    with look_at_storage(settings) as storage, storage.reading() as work:
        lines = list_queue(
            work,
            _pauses(settings),
            now=now,
            limit=limit,
            to=to,
            parked=parked,
        )
        waiting = work.outbox.waiting()
    if as_json:
        print_json(lines)
        return
    if lines:
        print_table(invocation, COLUMNS, (_row(invocation, it) for it in lines))
    elif waiting:
        invocation.tell(N_("nothing of this kind waits"))
    invocation.tell(N_("{count} packets wait in all"), count=waiting)


def _pauses(settings: Settings) -> Backoff:
    return Backoff(settings.retry.first_seconds, settings.retry.most_seconds)


COLUMNS: Final = (
    N_("No."),
    N_("Document"),
    N_("To"),
    N_("Priority"),
    N_("Since"),
    N_("Waits for"),
    N_("Attempts"),
    N_("Next attempt"),
    N_("Reason"),
)

WAITS: Final[Mapping[Waits, str]] = {
    Waits.TURN: N_("its turn"),
    Waits.PAUSE: N_("the end of a pause"),
    Waits.RECIPIENT: N_("its recipient, who takes no mail at present"),
    Waits.PERSON: N_("a person: edoc queue release"),
}


def _row(invocation: Invocation, line: QueueLine) -> Sequence[object]:
    return (
        line.id,
        _document(invocation, line),
        line.recipient,
        word_of(PRIORITIES[Priority(line.priority)], invocation.language),
        invocation.time(line.since),
        invocation.text(WAITS[line.waits_for]),
        line.attempts,
        invocation.time(line.coming[0] if line.coming else None),
        invocation.reason_in_short(line.reason) if line.reason else "",
    )


def _document(invocation: Invocation, line: QueueLine) -> str:
    if line.kind is Kind.STATUS:
        return invocation.text(N_("status about {document}"), document=line.document)
    if line.kind is Kind.RECONCILIATION:
        return invocation.text(N_("reconciliation"))
    return line.document


@command.command(
    "show",
    help=N_(
        "Show what waits under ID, a number of the list or a message id or its"
        " beginning, with the attempts that are to come."
    ),
)
@click.argument("id_", metavar="ID")
@AS_JSON
@pass_invocation
def show(invocation: Invocation, *, id_: str, as_json: bool) -> None:
    """Print each item with its schedule."""
    settings, now = invocation.settings, system_clock()
    with look_at_storage(settings) as storage, storage.reading() as work:
        lines = show_queued(work, _pauses(settings), id_, now=now)
    if as_json:
        print_json(lines)
        return
    for number, line in enumerate(lines):
        if number:
            click.echo()
        print_fields(invocation, _fields(invocation, line))


def _fields(invocation: Invocation, line: QueueLine) -> Iterator[tuple[str, object]]:
    named = zip(COLUMNS, _row(invocation, line), strict=True)
    yield from ((name, value) for name, value in named if name not in ONLY_LISTED)
    yield N_("Message id"), line.message_id
    if line.parked_at:
        yield N_("Held back since"), invocation.time(line.parked_at)
    if line.rests_until:
        yield N_("Recipient rests until"), invocation.time(line.rests_until)
        yield N_("Its failures in a row"), line.failures
    if line.reason:
        yield N_("Reason"), invocation.reason(line.reason)
    for at in line.coming:
        yield N_("Attempt at the latest"), invocation.time(at)


ONLY_LISTED: Final = {"Next attempt", "Reason"}


@command.command(
    "park",
    help=N_(
        "Hold packets back: those of the IDs, or with --to all that wait now for this"
        " recipient. They stay in the list until they are released."
    ),
)
@IDS
@TO
@AS_JSON
@pass_invocation
def park_(
    invocation: Invocation,
    *,
    ids: tuple[str, ...],
    to: OrganizationCode | None,
    as_json: bool,
) -> None:
    """Hold them back; the running connector passes them over."""
    _need_something(invocation, ids, to)
    with look_at_storage(invocation.settings) as storage:
        held = park(storage, ids, to, at=system_clock())
    if as_json:
        print_json({"id": it.id, "recipient": it.recipient} for it in held)
        return
    if not held:
        invocation.tell(N_("all of it was held back before"))
        return
    invocation.tell(
        N_("held back: {count}; to let them go on: edoc queue release"), count=len(held)
    )


@command.command(
    "release",
    help=N_(
        "Let packets go on at once: those of the IDs, or with --to all for this"
        " recipient, who is then tried again whatever failed before."
    ),
)
@IDS
@TO
@AS_JSON
@pass_invocation
def release_(
    invocation: Invocation,
    *,
    ids: tuple[str, ...],
    to: OrganizationCode | None,
    as_json: bool,
) -> None:
    """Let them go on; the running connector sends them."""
    _need_something(invocation, ids, to)
    with look_at_storage(invocation.settings) as storage:
        let_go = release(storage, ids, to, at=system_clock())
    if as_json:
        print_json({"id": it.id, "recipient": it.recipient} for it in let_go)
        return
    if to is not None and not ids:
        text = N_(
            "let go on: {count}; the running connector tries at once whatever waits for"
            " {recipient}"
        )
        invocation.tell(text, count=len(let_go), recipient=to)
    elif let_go:
        text = N_("let go on: {count}; the running connector tries them at once")
        invocation.tell(text, count=len(let_go))
    else:
        invocation.tell(N_("nothing of it was held back; nothing was done"))


def _need_something(
    invocation: Invocation, ids: Sequence[str], to: OrganizationCode | None
) -> None:
    if not ids and not to:
        text = N_("name at least one ID of the list, or a recipient with --to")
        raise click.UsageError(invocation.text(text))
