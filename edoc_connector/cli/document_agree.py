"""`edoc document agree`: let a sender have its document changed."""

from __future__ import annotations

import click

from edoc_connector.cli.decision import decide
from edoc_connector.cli.document_id import ID
from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.standing_text import AS_JSON
from edoc_connector.errors import N_
from edoc_connector.model.change import ChangeDecision


@click.command(
    cls=Command,
    help=N_(
        "Agree to the recall, update or replacement that the sender of a received"
        " document asks for (status 15). The running connector changes the register"
        " and answers. ID is that of the document or of the request."
    ),
)
@ID
@AS_JSON
@pass_invocation
def command(invocation: Invocation, *, id: str, as_json: bool) -> None:  # noqa: A002
    """Write the decision down."""
    decide(invocation, id, ChangeDecision.AGREE, as_json=as_json)
