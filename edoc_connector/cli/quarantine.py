"""`edoc quarantine`: packets set aside on the way in, and what a person decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import click

from edoc_connector.cli.asking import YES, ask
from edoc_connector.cli.document_id import ID
from edoc_connector.cli.group import Group
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.numbers import MOST_ROWS, Number
from edoc_connector.cli.output import print_fields, print_json, print_table
from edoc_connector.cli.reason_option import reason_option
from edoc_connector.cli.standing_text import AS_JSON
from edoc_connector.cli.verdict_text import verdict_fields
from edoc_connector.clock import system_clock
from edoc_connector.errors import N_
from edoc_connector.flows.incoming.quarantine import (
    SetAside,
    list_set_aside,
    plan_rejection,
    reject,
    release,
    show_set_aside,
)
from edoc_connector.flows.inspecting.wording import ARRIVED_STATES
from edoc_connector.model.delivery import InboxState
from edoc_connector.model.stages import Kind
from edoc_connector.own_storage import look_at_storage


@click.group(
    cls=Group,
    help=N_("Packets set aside on the way in: look at them, and decide about them."),
)
def command() -> None:
    """Only a name for those below."""


@command.command(
    "list", help=N_("List packets that were set aside: who sent them and why.")
)
@click.option(
    "--limit",
    default=50,
    show_default=True,
    metavar=N_("NUMBER"),
    type=Number(1, MOST_ROWS),
    help=N_("How many at the most, newest first."),
)
@AS_JSON
@pass_invocation
def list_(invocation: Invocation, *, limit: int, as_json: bool) -> None:
    """Print one line per packet."""
    with look_at_storage(invocation.settings) as storage, storage.reading() as work:
        found = list_set_aside(work, limit)
    if as_json:
        print_json(found)
    elif not found:
        invocation.tell(N_("no packet is set aside"))
    else:
        print_table(invocation, COLUMNS, (_row(invocation, it) for it in found))


COLUMNS: Final = (
    N_("No."),
    N_("Document"),
    N_("Sender"),
    N_("Account"),
    N_("Since"),
    N_("Bytes"),
    N_("Told to its sender"),
    N_("Reason"),
)


def _row(invocation: Invocation, it: SetAside) -> Sequence[object]:
    return (
        it.id,
        _document(invocation, it),
        it.sender,
        it.account,
        invocation.time(it.since),
        it.packet_bytes,
        invocation.text(N_("told") if it.is_told else N_("not told")),
        invocation.reason_in_short(it.reason) if it.reason else "",
    )


def _document(invocation: Invocation, it: SetAside) -> str:
    if it.kind is Kind.STATUS:
        return invocation.text(N_("status about {document}"), document=it.document)
    return it.document


@command.command(
    "show",
    help=N_(
        "Show one packet: why it was set aside, what its seal proves, how it departs"
        " from the standard, and what to do. ID is its number in the list, or its"
        " message id or the beginning of it."
    ),
)
@ID
@AS_JSON
@pass_invocation
def show(invocation: Invocation, *, id: str, as_json: bool) -> None:  # noqa: A002
    """Print all that is known of one packet."""
    from edoc_connector.cli.envelope_text import print_deviations  # noqa: PLC0415

    settings = invocation.settings
    most = settings.axis.max_packet_bytes
    with look_at_storage(settings) as storage, storage.reading() as work:
        found = show_set_aside(storage, work, id, max_bytes=most)
    if as_json:
        print_json([found])
        return
    print_fields(invocation, _fields(invocation, found))
    print_deviations(invocation, found.deviations)
    invocation.tell(_advice(found))


def _fields(invocation: Invocation, it: SetAside) -> Iterator[tuple[str, object]]:
    named = zip(COLUMNS, _row(invocation, it), strict=True)
    yield from ((name, value) for name, value in named if name != "Reason")
    yield N_("Message id"), it.message_id
    yield N_("State"), invocation.text(ARRIVED_STATES[it.state])
    yield N_("Packet SHA-256"), it.packet
    if it.reason:
        yield N_("Reason"), invocation.reason(it.reason)
    if it.verdict:
        yield from verdict_fields(invocation, it.verdict)


REJECTED: Final = N_(
    "a person has rejected it; to have it judged again after all: edoc quarantine"
    " release"
)
POISON: Final = N_(
    "give the packet to whoever maintains this connector; it is tried again only"
    " after: edoc quarantine release; to refuse it: edoc quarantine reject"
)
TOLD: Final = N_(
    "its sender was told and must send it anew; if the cause was here and is mended:"
    " edoc quarantine release"
)
UNTOLD: Final = N_(
    "its sender does not know; mend the cause and: edoc quarantine release; or refuse"
    " it: edoc quarantine reject"
)


def _advice(it: SetAside) -> str:
    if it.state is InboxState.REJECTED:
        return REJECTED
    if it.is_poison:
        return POISON
    return TOLD if it.is_told else UNTOLD


@command.command(
    "release",
    help=N_("Have a packet judged again, as if it had just come."),
)
@ID
@AS_JSON
@pass_invocation
def release_(invocation: Invocation, *, id: str, as_json: bool) -> None:  # noqa: A002
    """Give it back; the running connector judges it."""
    with look_at_storage(invocation.settings) as storage:
        entry = release(storage, id, at=system_clock())
    if as_json:
        print_json([{"id": entry.id, "message_id": entry.message_id}])
        return
    text = N_("packet {id} is judged again by the running connector")
    invocation.tell(text, id=entry.id)


REJECT: Final = N_("Reject packet {id} for good? Nothing is sent for it.")
REJECT_TOLD: Final = N_(
    "Reject packet {id} for good? Its sender gets a status 02 with your reason."
)


@command.command(
    "reject",
    help=N_(
        "Refuse a packet for good. Its sender gets a sealed status 02 with the reason,"
        " unless it was answered before. It is shown first, and asked once."
    ),
)
@ID
@reason_option(N_("What its sender and your colleagues read; no names of persons."))
@YES
@AS_JSON
@pass_invocation
def reject_(
    invocation: Invocation,
    *,
    id: str,  # noqa: A002
    reason: str,
    yes: bool,
    as_json: bool,
) -> None:
    """Show it, ask, decide; the running connector sends the status."""
    from edoc_connector.app.sites import site_of  # noqa: PLC0415  (only this one seals)

    settings = invocation.settings
    with look_at_storage(settings) as storage:
        with storage.reading() as work:
            planned = plan_rejection(work, id)
        number = f"{planned.packet.id}"
        if not as_json:
            print_fields(invocation, _fields(invocation, planned.packet))
        question = REJECT_TOLD if planned.tells_sender else REJECT
        ask(invocation, invocation.text(question, id=number), yes=yes)
        # By its number: what was shown is what is rejected.
        is_told = reject(site_of(settings), storage, number, because=reason)
    if as_json:
        print_json([{"id": planned.packet.id, "is_told": is_told}])
        return
    told = N_("rejected; the running connector tells its sender with a status 02")
    invocation.tell(told if is_told else N_("rejected; nothing is sent for it"))
