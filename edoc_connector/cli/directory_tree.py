"""`edoc directory tree`: a body and those below it, on a day, as then known."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import click

from edoc_connector.cli.directory_options import AS_KNOWN, ON, day_of
from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation, shown
from edoc_connector.cli.numbers import MOST_ROWS, Number
from edoc_connector.cli.output import print_json
from edoc_connector.cli.standing_text import AS_JSON
from edoc_connector.errors import N_
from edoc_connector.flows.directory.lookup import MOST_DEEP, tree
from edoc_connector.own_storage import look_at_storage
from edoc_connector.storage.directory import Asked

STEP: Final = "  "


@click.command(
    cls=Command,
    help=N_("Show a body and those below it; without CODE all of level 1."),
)
@click.argument("code", default="", metavar=N_("[CODE]"))
@click.option(
    "--depth",
    default=2,
    show_default=True,
    metavar=N_("NUMBER"),
    type=Number(1, MOST_DEEP),
    help=N_("How many levels below it."),
)
@ON
@AS_KNOWN
@click.option(
    "--limit",
    default=1000,
    show_default=True,
    metavar=N_("NUMBER"),
    type=Number(1, MOST_ROWS),
    help=N_("How many at the most."),
)
@AS_JSON
@pass_invocation
def command(  # noqa: PLR0913  (one per option)
    invocation: Invocation,
    *,
    code: str,
    depth: int,
    on: datetime | None,
    as_known: datetime | None,
    limit: int,
    as_json: bool,
) -> None:
    """Print each body under the one it belongs to."""
    asked = Asked(day_of(on), as_known)
    with look_at_storage(invocation.settings) as storage, storage.reading() as work:
        branches = tree(work, code, asked, depth=depth, limit=limit)
    if as_json:
        print_json(branches)
        return
    for branch in branches:
        body = branch.body
        click.echo(f"{STEP * branch.depth}{shown(body.code)}  {shown(body.name)}")
    if len(branches) >= limit:
        invocation.tell(N_("there may be more; say how many with --limit"))
