"""`edoc document resend`: the same packet again, to all recipients or to some."""

from __future__ import annotations

import click

from edoc_connector.cli.document_id import ID
from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.output import print_json
from edoc_connector.cli.standing_text import AS_JSON
from edoc_connector.clock import system_clock
from edoc_connector.errors import N_, ReceivedNotSent
from edoc_connector.flows.post import resend
from edoc_connector.flows.story import Direction, tell_story
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.own_storage import look_at_storage


@click.command(
    cls=Command,
    help=N_(
        "Send the same packet again, to all recipients or to those named. A receiver"
        " who has it does not double it and answers with its original receipt."
    ),
)
@ID
@click.option(
    "--to",
    multiple=True,
    metavar=N_("CODE"),
    help=N_("Only to this recipient; may be given several times."),
)
@AS_JSON
@pass_invocation
def command(
    invocation: Invocation,
    *,
    id: str,  # noqa: A002
    to: tuple[str, ...],
    as_json: bool,
) -> None:
    """Queue the packet; the running connector sends it."""
    with look_at_storage(invocation.settings) as storage:
        with storage.reading() as work:
            story = tell_story(work, id)
        if story.direction is Direction.INCOMING:
            raise ReceivedNotSent(document=story.label)
        codes = [OrganizationCode(code) for code in to]
        key = MessageId(story.id)
        recipients = resend(storage, key, codes, at=system_clock())
    if as_json:
        print_json([{"id": story.id, "recipients": recipients}])
    else:
        invocation.tell(
            N_("{document} is queued again for {recipients}"),
            document=story.label,
            recipients=", ".join(recipients),
        )
