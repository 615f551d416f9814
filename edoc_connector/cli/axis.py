"""`edoc axis`: the brokers of an axis, planned from one description."""

from __future__ import annotations

import click

from edoc_connector.cli.group import LazyGroup
from edoc_connector.errors import N_


@click.group(
    cls=LazyGroup,
    prefix="axis_",
    modules={
        "plan": N_("Write what each broker of an axis is told, from its description."),
        "check": N_("Compare a running broker with the plan, and name what differs."),
        "draw": N_("Draw the tree of an axis: text, or SVG."),
    },
    help=N_("The brokers of an axis: plan, check, draw."),
)
def command() -> None:
    """Only a name for those below, each in a module of its own."""
