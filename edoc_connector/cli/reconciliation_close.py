"""`edoc reconciliation close`: a difference that people have settled themselves."""

from __future__ import annotations

import click

from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.numbers import Number
from edoc_connector.cli.output import print_json
from edoc_connector.cli.reason_option import reason_option
from edoc_connector.cli.standing_text import AS_JSON
from edoc_connector.clock import system_clock
from edoc_connector.errors import N_, CaseSettled, CaseUnknown
from edoc_connector.flows.plain import plain
from edoc_connector.flows.reconciliation.case import close_case
from edoc_connector.flows.reconciliation.reconciled import case_line
from edoc_connector.own_storage import look_at_storage

MOST_REASON = 500


@click.command(
    cls=Command,
    help=N_(
        "Close a difference that was settled with the partner. CASE is its number in"
        " `edoc reconciliation show`."
    ),
)
@click.argument("case", type=Number(1), metavar=N_("CASE"))
@reason_option(N_("What was found out."))
@AS_JSON
@pass_invocation
def command(invocation: Invocation, *, case: int, reason: str, as_json: bool) -> None:
    """Close it, with the reason, for ever."""
    with look_at_storage(invocation.settings) as storage, storage.work() as work:
        found = next((it for it in work.cases.still_open() if it.id == case), None)
        if found is None:
            raise CaseUnknown(case=case)
        settled = CaseSettled(text=plain(reason, MOST_REASON)).reason
        close_case(work, found, at=system_clock(), reason=settled)
        closed = case_line(work.cases.get(case))
    if as_json:
        print_json([closed])
    else:
        invocation.tell(N_("the difference {case} is closed"), case=case)
