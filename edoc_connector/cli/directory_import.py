"""`edoc directory import`: a list is laid over the directory, all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

import click

from edoc_connector.cli.asking import YES, ask
from edoc_connector.cli.directory_options import day_of
from edoc_connector.cli.directory_text import (
    Alike,
    in_short,
    print_alike,
    print_flaws,
)
from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.moments import Moment
from edoc_connector.cli.numbers import MOST_ROWS, Number
from edoc_connector.cli.organization_option import ORGANIZATION
from edoc_connector.cli.output import print_fields, print_json
from edoc_connector.cli.standing_text import AS_JSON
from edoc_connector.clock import system_clock
from edoc_connector.directory.read import BodyList, read_list
from edoc_connector.errors import N_, ListClosesMany
from edoc_connector.flows.directory.importing import (
    EVERYBODY,
    Closings,
    Scope,
    closings,
    import_list,
)
from edoc_connector.model.import_summary import ImportSummary
from edoc_connector.model.listing import by_weight
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.own_storage import open_storage
from edoc_connector.storage import Storage

UNASKED: Final = 0.1
"""The part of the bodies that a full list may close without a question."""
MOST: Final = 0.5
"""The part that it may close by a yes, which scripts say unseen; more by a number."""
DEFAULT_LIMIT: Final = 1000


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
    default=DEFAULT_LIMIT,
    show_default=True,
    metavar=N_("NUMBER"),
    type=Number(0, MOST_ROWS),
    help=N_("How many flaws are shown at the most."),
)
@click.option(
    "--may-close",
    metavar=N_("NUMBER"),
    type=Number(0, MOST_ROWS),
    help=N_(
        "With --full: how many bodies may be closed; must be said where it is more than"
        " half of all."
    ),
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
    may_close: int | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Read the file, ask where many bodies would be closed, and lay it over."""
    if under and not full:
        raise click.UsageError(invocation.text(N_("--under is for --full")))
    root = under.canonical if under else EVERYBODY
    scope = Scope(on=day_of(on), is_full=full, root=root)
    bodies = read_list(file)
    with open_storage(invocation.settings) as storage:
        if may_close is None:
            may_close = _agreed(invocation, storage, bodies, scope, yes=yes)
        with storage.work() as work:
            now = system_clock()
            done = import_list(work, bodies, scope, now=now, may_close=may_close)
    if as_json:
        print_flaws(invocation, by_weight(done.flaws)[:limit], as_json=True)
        print_json([done.summary])
        is_cut = limit < len(done.flaws)
    else:
        alike = [*islice(in_short(done.flaws), limit)]
        _print(invocation, alike, done.summary)
        is_cut = len(alike) < len(done.flaws)
    if is_cut:
        _tell_of_all(invocation, len(done.flaws))
    if done.summary.withheld:
        invocation.tell(WITHHELD, count=done.summary.withheld)


def _print(
    invocation: Invocation, flaws: Sequence[Alike], summary: ImportSummary
) -> None:
    """Print who was left out and what else was odd, then the numbers."""
    if flaws:
        print_alike(invocation, flaws)
        click.echo()
    print_fields(invocation, _fields(summary))


def _tell_of_all(invocation: Invocation, count: int) -> None:
    command = "edoc directory problems"
    if count > DEFAULT_LIMIT:
        command = f"{command} --limit {count}"
    invocation.tell(ALL, count=count, command=command)


ALL: Final = N_("all {count} flaws, each by its line: {command}")
WITHHELD: Final = N_(
    "bodies that the list lacks were left open ({count}): a row of it could not be"
    " read, and may have named them"
)


def _agreed(
    invocation: Invocation,
    storage: Storage,
    bodies: BodyList,
    scope: Scope,
    *,
    yes: bool,
) -> int:
    """Return how many bodies may be closed: a few unasked, many if somebody agrees.

    Raises `ListClosesMany` where it would be most of them.
    """
    with storage.reading() as work:
        lacking = closings(work, bodies, scope)
    if lacking.count > lacking.total * MOST:
        count, total = lacking.count, lacking.total
        raise ListClosesMany(path=bodies.path, count=count, total=total)
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
