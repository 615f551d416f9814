"""`edoc document refuse`: keep a document as it is, and tell its sender why."""

from __future__ import annotations

import click

from edoc_connector.cli.decision import decide
from edoc_connector.cli.document_id import ID
from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.reason_option import reason_option
from edoc_connector.cli.standing_text import AS_JSON
from edoc_connector.errors import N_
from edoc_connector.model.change import ChangeDecision


@click.command(
    cls=Command,
    help=N_(
        "Refuse the recall, update or replacement that the sender of a received"
        " document asks for (status 16, with the reason). The register stays as it is."
        " ID is that of the document or of the request."
    ),
)
@ID
@reason_option(N_("Why; its sender reads it."))
@AS_JSON
@pass_invocation
def command(
    invocation: Invocation,
    *,
    id: str,  # noqa: A002
    reason: str,
    as_json: bool,
) -> None:
    """Write the decision down."""
    decide(invocation, id, ChangeDecision.REFUSE, because=reason, as_json=as_json)
