"""`edoc directory`: who is who, since when, and what came after."""

from __future__ import annotations

import click

from edoc_connector.cli.group import LazyGroup
from edoc_connector.errors import N_


@click.group(
    cls=LazyGroup,
    prefix="directory_",
    modules={
        "import": N_("Import a list of bodies, CSV or JSON of the axis."),
        "lookup": N_("Look up a body by code, other code or name."),
        "tree": N_("Show a body and those below it."),
        "problems": N_("Show what is wrong with the directory."),
        "merge": N_("Show what a merger of bodies would touch."),
    },
    help=N_("Who is who: import, lookup, tree, problems, merge."),
)
def command() -> None:
    """Only a name for those below, each in a module of its own."""
