"""`edoc document resend`: the same packet again, shown first, asked once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

import click

from edoc_connector.cli.asking import YES, ask
from edoc_connector.cli.change_text import sent
from edoc_connector.cli.document_id import IDS
from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.moments import Moment
from edoc_connector.cli.organization_option import ORGANIZATION
from edoc_connector.cli.output import print_json, print_table
from edoc_connector.cli.standing_text import AS_JSON
from edoc_connector.clock import system_clock
from edoc_connector.errors import N_, ResendWithdrawn
from edoc_connector.flows.inspecting.wording import STATES, happening
from edoc_connector.flows.outgoing.post import resend
from edoc_connector.flows.outgoing.resend import (
    Choice,
    Fate,
    Planned,
    SealStanding,
    failed_documents,
    plan_resend,
    to_send,
)
from edoc_connector.flows.sealing.packet_certificate import PacketCertificates
from edoc_connector.model.delivery import DeliveryState
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.own_storage import look_at_storage
from edoc_connector.parts import deadlines_of
from edoc_connector.storage import Storage
from edoc_connector.storage.listing import is_turned_down

MOST: Final = 1000
"""So many failed documents at a time; what is left comes with the next call."""


@click.command(
    cls=Command,
    help=N_(
        "Send the same packets again, to all recipients or to those named. It is shown"
        " first what each receiver has already, whether the seal and the deadline still"
        " hold, and asked once. A receiver who has a document does not double it and"
        " answers with its original receipt."
    ),
)
@IDS
@click.option(
    "--to",
    multiple=True,
    type=ORGANIZATION,
    metavar=N_("CODE"),
    help=N_("Only to this recipient; may be given several times."),
)
@click.option(
    "--failed",
    is_flag=True,
    help=N_(
        "What is unroutable, refused, set aside or expired; without an ID all. What a"
        " clerk at the receiver has turned down is shown, and left out."
    ),
)
@click.option(
    "--since",
    type=Moment(),
    metavar=N_("DAY"),
    help=N_(
        "With --failed: only what failed from this day (25/11/2026 or 2026-11-25) on."
    ),
)
@click.option("--dry-run", is_flag=True, help=N_("Only show what would happen."))
@YES
@AS_JSON
@pass_invocation
def command(  # noqa: PLR0913  (its options)
    invocation: Invocation,
    *,
    ids: tuple[str, ...],
    to: tuple[OrganizationCode, ...],
    failed: bool,
    since: datetime | None,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Queue the packets; the running connector sends them."""
    _require_meaning(invocation, ids, failed=failed, since=since)
    choice = Choice(to=to, failed=failed, since=since)
    with look_at_storage(invocation.settings) as storage:
        plan = _plan(storage, ids, choice)
        if not as_json:
            _show(invocation, plan)
        going = {} if dry_run else to_send(plan)
        if ids and not (going or dry_run):
            _refuse_withdrawn(plan)
        question = invocation.text(QUESTION, count=sum(map(len, going.values())))
        if going:
            ask(invocation, question, yes=yes)
        _queue(invocation, storage, plan, going, as_json=as_json)


def _queue(
    invocation: Invocation,
    storage: Storage,
    plan: Sequence[Planned],
    going: Mapping[MessageId, Sequence[OrganizationCode]],
    *,
    as_json: bool,
) -> None:
    """Queue one document after the other, and tell which were, also if one fails."""
    queued: dict[MessageId, Sequence[OrganizationCode]] = {}
    deadlines = deadlines_of(invocation.settings)
    try:
        for key, recipients in going.items():
            resend(storage, key, recipients, at=system_clock(), deadlines=deadlines)
            queued[key] = recipients
    finally:
        if as_json:
            print_json(_lines(plan, queued))
        else:
            _tell(invocation, plan, queued)


def _refuse_withdrawn(plan: Sequence[Planned]) -> None:
    """Raise where nothing goes because it was recalled: that is no success.

    Only for whoever named the document: among all that failed it is nothing new.
    """
    gone = [it for it in plan if it.fate is Fate.WITHDRAWN]
    if gone:
        codes = [it.recipient for it in gone if it.id == gone[0].id]
        raise ResendWithdrawn(document=gone[0].label, recipient=", ".join(codes))


AGAIN: Final = N_("only its sender sends it again")
QUESTION: Final = N_("Send again to {count} recipients?")


def _require_meaning(
    invocation: Invocation,
    ids: Sequence[str],
    *,
    failed: bool,
    since: datetime | None,
) -> None:
    if not ids and not failed:
        text = N_("name a document, or say --failed")
        raise click.UsageError(invocation.text(text))
    if since is not None and not failed:
        raise click.UsageError(invocation.text(N_("--since goes with --failed only")))


def _plan(storage: Storage, ids: Sequence[str], choice: Choice) -> tuple[Planned, ...]:
    certificates = PacketCertificates(storage)
    with storage.reading() as work:
        named = {it.key: it for it in (sent(work, text, because=AGAIN) for text in ids)}
        documents = (
            tuple(named.values())
            if ids
            else failed_documents(work, choice.since, limit=MOST)
        )
        now = system_clock()
        return plan_resend(work, documents, choice, certificates.of, now=now)


def _show(invocation: Invocation, plan: Sequence[Planned]) -> None:
    if plan:
        print_table(invocation, HEADS, (_row(invocation, it) for it in plan))


HEADS: Final = (
    N_("Document"),
    N_("Recipient"),
    N_("State now"),
    N_("Last status"),
    N_("Is it there already?"),
    N_("Its seal today"),
    N_("Deadline"),
    N_("What will happen"),
)


def _row(invocation: Invocation, it: Planned) -> Sequence[object]:
    status = happening(f"status:{it.status}", invocation.language) if it.status else ""
    return (
        f"{it.id[:8]} {it.label}",
        it.recipient,
        invocation.text(STATES[it.state]),
        status,
        invocation.text(_there(it)),
        _seal(invocation, it),
        invocation.text(N_("passed, begins again")) if it.is_late else "",
        invocation.text(_outlook(it)),
    )


def _there(it: Planned) -> str:
    """Say whether it has the document already, and what a copy then is to it."""
    if not it.told_twice:
        return N_("no")
    if it.fate not in {Fate.AGAIN, Fate.RELEASED}:
        return N_("it is there") if it.state is DeliveryState.DELIVERED else ""
    if it.state is DeliveryState.DELIVERED:
        return N_("yes: it will get a repeat, and recognise it")
    return N_("perhaps: it would get a repeat, and recognise it")


def _outlook(it: Planned) -> str:
    """Say what will happen; who names a recipient that has refused it is warned."""
    is_warned = it.fate is Fate.AGAIN and is_turned_down(it.state, it.status)
    return ANSWERED_AGAIN if is_warned else FATES[it.fate]


ANSWERED_AGAIN: Final = N_(
    "it is sent again; the receiver has turned it down, and only answers 02 again"
)


def _seal(invocation: Invocation, it: Planned) -> str:
    until = it.seal_until
    day = invocation.day(until) if until else ""
    return invocation.text(SEALS[it.seal], until=day)


SEALS: Final[Mapping[SealStanding, str]] = {
    SealStanding.HOLDS: N_("holds, until {until}"),
    SealStanding.EXPIRED: N_("ended {until}, it may be refused"),
    SealStanding.REVOKED: N_("revoked, it will be refused"),
    SealStanding.UNKNOWN: N_("cannot be read"),
    SealStanding.NONE: N_("not sealed yet"),
}

FATES: Final[Mapping[Fate, str]] = {
    Fate.AGAIN: N_("it is sent again"),
    Fate.RELEASED: N_("it is sealed after all, and sent"),
    Fate.WAITING: N_("nothing: a copy waits already"),
    Fate.WITHDRAWN: N_("nothing: it was recalled, replaced or stopped"),
    Fate.TURNED_DOWN: N_(
        "nothing: the receiver has turned it down and would only answer 02 again; send"
        " a corrected document, or replace it (`edoc document replace`)"
    ),
}


def _tell(
    invocation: Invocation,
    plan: Sequence[Planned],
    queued: Mapping[MessageId, Sequence[OrganizationCode]],
) -> None:
    labels = {it.id: it.label for it in plan}
    for key, recipients in queued.items():
        invocation.tell(
            N_("{document} is queued again for {recipients}"),
            document=labels[key],
            recipients=", ".join(recipients),
        )
    if not plan:
        invocation.tell(N_("there is nothing to send again"))


def _lines(
    plan: Sequence[Planned],
    queued: Mapping[MessageId, Sequence[OrganizationCode]],
) -> Iterator[Mapping[str, object]]:
    """Yield a line per document: to whom it goes, and what was found for each."""
    for key in dict.fromkeys(it.id for it in plan):
        yield {
            "id": key,
            "recipients": queued.get(key, ()),
            "plan": [it for it in plan if it.id == key],
        }
