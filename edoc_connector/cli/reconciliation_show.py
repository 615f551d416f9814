"""`edoc reconciliation show`: the documents of which a partner says something else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import click

from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.organization_option import ORGANIZATION
from edoc_connector.cli.output import print_fields, print_json
from edoc_connector.cli.standing_text import AS_JSON
from edoc_connector.errors import N_
from edoc_connector.flows.reconciliation.reconciled import CaseLine, case_line
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.reconciliation import CaseKind
from edoc_connector.own_storage import look_at_storage
from edoc_connector.storage.records import Case

MEANINGS: Final[Mapping[str, str]] = {
    CaseKind.NOT_RECEIVED_HERE: N_("the partner has sent it, and it never came here"),
    CaseKind.NOT_RECEIVED_THERE: N_(
        "we have sent it, and it never came to the partner"
    ),
    CaseKind.UNKNOWN_HERE: N_(
        "the partner has received it in our name, and we never sent it"
    ),
    CaseKind.UNKNOWN_THERE: N_(
        "we have received it in the partner's name, and the partner never sent it"
    ),
}

ADVICE: Final[Mapping[str, str]] = {
    CaseKind.NOT_RECEIVED_HERE: N_("ask the partner to send it again"),
    CaseKind.NOT_RECEIVED_THERE: N_("send it again: edoc document resend {id}"),
    CaseKind.UNKNOWN_HERE: N_(
        "find out who sends in our name: look at our keys (edoc key list) and whether"
        " our database was set back"
    ),
    CaseKind.UNKNOWN_THERE: N_(
        "do not act on it before the partner has confirmed it: edoc document show {id}"
    ),
}


@click.command(
    cls=Command,
    help=N_(
        "Show the documents of which a partner says something else than we do, and what"
        " to do about each. A difference closes by itself when the document turns up."
    ),
)
@click.option(
    "--peer",
    type=ORGANIZATION,
    metavar=N_("CODE"),
    help=N_("Only with this partner."),
)
@click.option(
    "--all", "with_closed", is_flag=True, help=N_("Also the newest that are closed.")
)
@AS_JSON
@pass_invocation
def command(
    invocation: Invocation,
    *,
    peer: OrganizationCode | None,
    with_closed: bool,
    as_json: bool,
) -> None:
    """Print one block per difference."""
    code = peer.canonical if peer else None
    with look_at_storage(invocation.settings) as storage, storage.reading() as work:
        found = work.cases.still_open(peer=code)
        if with_closed:
            found = _with_recent(found, work.cases.recent(MOST, code))
    lines = [case_line(it) for it in found]
    if as_json:
        print_json(lines)
        return
    for line in lines:
        _print(invocation, line)
        click.echo()
    if not lines:
        invocation.tell(N_("no differences"))


MOST: Final = 200


def _with_recent(
    still_open: Sequence[Case], recent: Sequence[Case]
) -> tuple[Case, ...]:
    """Return both, newest first: an open one is shown however old it is."""
    found = {it.id: it for it in (*still_open, *recent)}
    return tuple(found[number] for number in sorted(found, reverse=True))


def _print(invocation: Invocation, line: CaseLine) -> None:
    advice = invocation.text(ADVICE[line.kind], id=line.message_id)
    fields: list[tuple[str, object]] = [
        (N_("Case"), line.id),
        (N_("Partner"), line.peer),
        (N_("Day"), invocation.day(date.fromisoformat(line.day))),
        (N_("Document id"), line.document_id),
        (N_("Id"), line.message_id),
        (N_("What differs"), invocation.text(MEANINGS[line.kind])),
        (N_("Since"), invocation.time(line.opened_at)),
    ]
    if line.closed_at is None:
        fields.append((N_("What to do"), advice))
    else:
        fields.append((N_("Closed"), invocation.time(line.closed_at)))
        why = invocation.reason_in_short(line.reason) if line.reason else ""
        fields.append((N_("Reason"), why or invocation.text(N_("it fits again"))))
    print_fields(invocation, fields)
