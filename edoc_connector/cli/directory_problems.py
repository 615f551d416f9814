"""`edoc directory problems`: flaws of the last list, and what contradicts itself."""

from __future__ import annotations

from itertools import chain, islice

import click

from edoc_connector.cli.directory_options import day_of
from edoc_connector.cli.directory_text import print_flaws
from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.numbers import MOST_ROWS, Number
from edoc_connector.cli.standing_text import AS_JSON
from edoc_connector.errors import N_, ExitCode
from edoc_connector.flows.directory.problems import (
    contradictions,
    flaws_of_last_import,
)
from edoc_connector.model.listing import by_weight
from edoc_connector.own_storage import look_at_storage


@click.command(
    cls=Command,
    help=N_(
        "Show every flaw of the list that was imported last by its line, those for"
        " which rows were left out first, and what of the whole directory contradicts"
        " itself."
    ),
)
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
def command(invocation: Invocation, *, limit: int, as_json: bool) -> ExitCode:
    """Print them, those of the list first."""
    with look_at_storage(invocation.settings) as storage, storage.reading() as work:
        flaws = by_weight(flaws_of_last_import(work))
        every = chain(flaws, contradictions(work, day_of(None)))
        found = tuple(islice(every, limit))
    if not found:
        invocation.tell(N_("nothing is wrong with the directory"))
        return ExitCode.OK
    print_flaws(invocation, found, as_json=as_json)
    return ExitCode.ATTENTION
