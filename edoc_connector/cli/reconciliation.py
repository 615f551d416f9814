"""`edoc reconciliation`: what passed between us and each partner, and what differs."""

from __future__ import annotations

import click

from edoc_connector.cli.group import LazyGroup
from edoc_connector.errors import N_


@click.group(
    cls=LazyGroup,
    prefix="reconciliation_",
    modules={
        "list": N_("List the days with each partner, newest first."),
        "show": N_("Show the differences, and what to do about each."),
        "close": N_("Close a difference that was settled with the partner."),
    },
    help=N_("What passed between us and each partner: list, show, close."),
)
def command() -> None:
    """Only a name for those below, each in a module of its own."""
