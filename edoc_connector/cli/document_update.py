"""`edoc document update`: new content under the number of a document that was sent."""

from __future__ import annotations

import click

from edoc_connector.cli.asking import YES
from edoc_connector.cli.change_text import BY, REASON, Order, carry_out
from edoc_connector.cli.document_id import ID
from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.standing_text import AS_JSON
from edoc_connector.errors import N_
from edoc_connector.model.document import BusinessType


@click.command(
    cls=Command,
    help=N_(
        "Send the content of NEW as an update of a document that was sent: the same"
        " number and notation, for all who have it. It is shown first, and asked once."
    ),
)
@ID
@BY
@REASON
@YES
@AS_JSON
@pass_invocation
def command(  # noqa: PLR0913  (its options)
    invocation: Invocation,
    *,
    id: str,  # noqa: A002
    by: str,
    reason: str,
    yes: bool,
    as_json: bool,
) -> None:
    """Order an update."""
    typed = Order(type=BusinessType.UPDATE, id=id, by=by, reason=reason)
    carry_out(invocation, typed, yes=yes, as_json=as_json)
