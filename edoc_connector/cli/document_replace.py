"""`edoc document replace`: another document in the place of one that was sent."""

from __future__ import annotations

import click

from edoc_connector.cli.asking import YES
from edoc_connector.cli.change_text import BY, REASON, TO, Order, carry_out
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
        "Send another document, NEW, in the place of one that was sent. Where the old"
        " one has not left yet it is stopped here; whoever may have it gets the new one"
        " as its replacement. It is shown first, and asked once."
    ),
)
@ID
@BY
@REASON
@TO
@YES
@AS_JSON
@pass_invocation
def command(  # noqa: PLR0913  (its options)
    invocation: Invocation,
    *,
    id: str,  # noqa: A002
    by: str,
    reason: str,
    to: tuple[OrganizationCode, ...],
    yes: bool,
    as_json: bool,
) -> None:
    """Order a replacement."""
    typed = Order(type=BusinessType.REPLACE, id=id, by=by, reason=reason, to=to)
    carry_out(invocation, typed, yes=yes, as_json=as_json)
