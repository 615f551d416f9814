"""`edoc document`: where each document is, why, its exact packet, and again."""

from __future__ import annotations

import click

from edoc_connector.cli.group import LazyGroup
from edoc_connector.errors import N_


@click.group(
    cls=LazyGroup,
    prefix="document_",
    modules={
        "list": N_("List the newest documents, sent and received, newest first."),
        "show": N_("Show one document with all that happened to it."),
        "packet": N_("Write the exact packet of a document to a file."),
        "resend": N_("Send the same packet again."),
        "recall": N_("Stop a document here, or ask for it back."),
        "update": N_("Send new content under the same number."),
        "replace": N_("Send another document in its place."),
        "statement": N_("Write the sealed statement that a document did not arrive."),
        "agree": N_("Agree to what the sender of a received document asks for."),
        "refuse": N_("Refuse what the sender of a received document asks for."),
        "evidence": N_("Write all by which others can judge a document's seal."),
    },
    help=N_(
        "Documents sent and received: where each is and why, its packet, sending it"
        " again, recalling, updating and replacing it, agreeing to what its sender asks"
        " for or refusing it, and the statement that it did not arrive."
    ),
)
def command() -> None:
    """Only a name for those below, each in a module of its own."""
