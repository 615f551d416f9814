"""`edoc directory import`: a list is laid over the directory, all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

import click

from edoc_connector.cli.asking import YES, ask
from edoc_connector.cli.directory_options import day_of
from edoc_connector.cli.directory_text import print_flaws
from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.moments import Moment
from edoc_connector.cli.numbers import MOST_ROWS, Number
from edoc_connector.cli.organization_option import ORGANIZATION
from edoc_connector.cli.output import print_fields, print_json
from edoc_connector.cli.standing_text import AS_JSON
from edoc_connector.clock import system_clock
from edoc_connector.directory.read import BodyList, read_list
from edoc_connector.errors import N_
from edoc_connector.flows.directory.importing import (
    EVERYBODY,
    Closings,
    Scope,
    closings,
    import_list,
)
from edoc_connector.model.import_summary import ImportSummary
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.own_storage import open_storage
from edoc_connector.storage import Storage

UNASKED: Final = 0.1
"""The part of the bodies that a full list may close without a question."""


@click.command(
    cls=Command,
    help=N_(
        "Import a list of bodies: CSV with a row of headings, or the JSON list of the"
        " axis. Nothing known is deleted; the same list again changes nothing."
    ),
)
@click.argument("file", metavar=N_("FILE"), type=click.Path(path_type=Path))
@click.option(
    "--full",
    is_flag=True,
    help=N_("The list is whole: who is not in it is closed. Else it is a delta."),
)
@click.option(
    "--under",
    metavar=N_("CODE"),
    type=ORGANIZATION,
    help=N_("With --full: the list is whole for this body and those below it."),
)
@click.option(
    "--on",
    metavar=N_("DAY"),
    type=Moment(),
    help=N_("From when changes hold that the list does not date; else from today."),
)
@click.option(
    "--limit",
    default=1000,
    show_default=True,
    metavar=N_("NUMBER"),
    type=Number(0, MOST_ROWS),
    help=N_("How many flaws are shown at the most."),
)
@YES
@AS_JSON
@pass_invocation
def command(  # noqa: PLR0913  (one per option)
    invocation: Invocation,
    *,
    file: Path,
    full: bool,
    under: OrganizationCode | None,
    on: datetime | None,
    limit: int,
    yes: bool,
    as_json: bool,
) -> None:
    """Read the file, ask where many bodies would be closed, and lay it over."""
    root = under.canonical if under else EVERYBODY
    scope = Scope(on=day_of(on), is_full=full, root=root)
    bodies = read_list(file)
    with open_storage(invocation.settings) as storage:
        may_close = _agreed(invocation, storage, bodies, scope, yes=yes)
        with storage.work() as work:
            now = system_clock()
            done = import_list(work, bodies, scope, now=now, may_close=may_close)
    if limit and done.flaws:
        flaws = islice(done.flaws, limit)
        print_flaws(invocation, flaws, as_json=as_json)
    if as_json:
        print_json([done.summary])
    else:
        print_fields(invocation, _fields(done.summary))
    if len(done.flaws) > limit:
        invocation.tell(N_("all flaws: edoc directory problems --limit NUMBER"))
    if done.summary.withheld:
        invocation.tell(
            N_(
                "bodies that the list lacks were left open ({count}): a row of it could"
                " not be read, and may have named them"
            ),
            count=done.summary.withheld,
        )


def _agreed(
    invocation: Invocation,
    storage: Storage,
    bodies: BodyList,
    scope: Scope,
    *,
    yes: bool,
) -> int:
    """Return how many bodies may be closed: a few unasked, many if somebody agrees."""
    with storage.reading() as work:
        lacking = closings(work, bodies, scope)
    unasked = int(lacking.total * UNASKED)
    if lacking.count > unasked:
        ask(invocation, _question(invocation, bodies, lacking), yes=yes)
    return max(lacking.count, unasked)


def _question(invocation: Invocation, bodies: BodyList, lacking: Closings) -> str:
    return invocation.text(
        N_("{path} lacks {count} of {total} open bodies. Close them?"),
        path=bodies.path,
        count=lacking.count,
        total=lacking.total,
    )


def _fields(summary: ImportSummary) -> Iterator[tuple[str, object]]:
    yield N_("Rows"), summary.rows
    yield N_("New"), summary.new
    yield N_("Changed"), summary.changed
    yield N_("Closed"), summary.closed
    yield N_("Unchanged"), summary.unchanged
    yield N_("Rows left out"), summary.refused
    yield N_("Flaws"), summary.flaws
