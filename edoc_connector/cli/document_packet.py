"""`edoc document packet`: the bytes of a packet, and nothing but the bytes."""

from __future__ import annotations

from pathlib import Path

import click

from edoc_connector.cli.document_id import ID
from edoc_connector.cli.files import TO_FILE, write_argument
from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.errors import N_
from edoc_connector.flows.inspecting.telling import tell_story
from edoc_connector.flows.outgoing.post import packet_of
from edoc_connector.own_storage import look_at_storage


@click.command(
    cls=Command,
    help=N_(
        "Write the exact packet of a document, as it was sent or received, to a file"
        " (- for standard output). Check it with `edoc verify` or xmlsec1."
    ),
)
@ID
@TO_FILE
@pass_invocation
def command(invocation: Invocation, *, id: str, output: Path) -> None:  # noqa: A002
    """Copy the bytes, and nothing but the bytes."""
    with look_at_storage(invocation.settings) as storage:
        with storage.reading() as work:
            story = tell_story(work, id)
        write_argument(output, storage.content.chunks(packet_of(story)))
    invocation.tell(
        N_("{size} bytes, SHA-256 {digest}"),
        size=story.packet_bytes,
        digest=story.packet,
    )
