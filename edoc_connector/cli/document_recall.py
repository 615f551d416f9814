"""`edoc document recall`: stop a document here, or ask for it back."""

from __future__ import annotations

import click

from edoc_connector.cli.asking import YES
from edoc_connector.cli.change_text import REASON, TO, Order, carry_out
from edoc_connector.cli.document_id import ID
from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.standing_text import AS_JSON
from edoc_connector.errors import N_
from edoc_connector.model.document import BusinessType
from edoc_connector.model.organization_code import OrganizationCode


@click.command(
    cls=Command,
    help=N_(
        "Recall a document: where it has not left yet it is stopped here, whoever may"
        " have it is asked to give it back. It is shown first, and asked once."
    ),
)
@ID
@REASON
@TO
@YES
@AS_JSON
@pass_invocation
def command(  # noqa: PLR0913  (its options)
    invocation: Invocation,
    *,
    id: str,  # noqa: A002
    reason: str,
    to: tuple[OrganizationCode, ...],
    yes: bool,
    as_json: bool,
) -> None:
    """Order a recall."""
    typed = Order(type=BusinessType.RECALL, id=id, reason=reason, to=to)
    carry_out(invocation, typed, yes=yes, as_json=as_json)
