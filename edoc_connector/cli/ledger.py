"""`edoc ledger`: whether the recorded facts are the ones that were recorded."""

from __future__ import annotations

import click

from edoc_connector.cli.group import Group
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.output import print_fields, print_json
from edoc_connector.errors import N_
from edoc_connector.ledger.audit import audit
from edoc_connector.own_storage import look_at_storage


@click.group(cls=Group, help=N_("The chain of recorded facts."))
def command() -> None:
    """Only a name for the one below."""


@command.command(
    help=N_(
        "Recompute the whole chain of facts and name the first entry that does not fit."
        " Keep the head it prints elsewhere: it proves later that nothing before it"
        " was changed."
    )
)
@click.option("--json", "as_json", is_flag=True, help=N_("One JSON object."))
@pass_invocation
def verify(invocation: Invocation, *, as_json: bool) -> None:
    """Audit all entries against the head that is kept beside them."""
    with look_at_storage(invocation.settings) as storage, storage.reading() as work:
        head = audit(work.ledger.entries(), work.ledger.head())
    if as_json:
        print_json([head])
    else:
        fields = [(N_("Entries"), head.position), (N_("Head"), head.digest)]
        print_fields(invocation, fields)
        invocation.tell(N_("the ledger is whole"))
