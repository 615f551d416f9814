"""`edoc reconciliation list`: each day with each partner, and whether it fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

import click

from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.numbers import MOST_ROWS, Number
from edoc_connector.cli.output import print_json, print_table
from edoc_connector.cli.standing_text import AS_JSON
from edoc_connector.errors import N_
from edoc_connector.flows.reconciliation.reconciled import DayLine, DayState, Said, days
from edoc_connector.own_storage import look_at_storage

STATES: Final[Mapping[DayState, str]] = {
    DayState.FITS: N_("fits"),
    DayState.PARTLY: N_("fits, but was too much to be listed whole"),
    DayState.DIFFERS: N_("differs: edoc reconciliation show"),
    DayState.WAITING: N_("differs, may be under way"),
    DayState.SILENT: N_("the partner has said nothing"),
    DayState.CANNOT: N_("the partner's connector does not reconcile"),
}

COLUMNS: Final = (
    N_("Day"),
    N_("Partner"),
    N_("We sent"),
    N_("We received"),
    N_("They sent"),
    N_("They received"),
    N_("State"),
)


@click.command(cls=Command, help=N_("List the days with each partner, newest first."))
@click.option(
    "--limit",
    default=50,
    show_default=True,
    metavar=N_("NUMBER"),
    type=Number(1, MOST_ROWS),
    help=N_("How many at the most."),
)
@AS_JSON
@pass_invocation
def command(invocation: Invocation, *, limit: int, as_json: bool) -> None:
    """Print one line per day and partner."""
    with look_at_storage(invocation.settings) as storage, storage.reading() as work:
        lines = days(work, limit)
    if as_json:
        print_json(lines)
    elif not lines:
        invocation.tell(N_("there is no day with any partner yet"))
    else:
        print_table(invocation, COLUMNS, _rows(invocation, lines))


def _rows(
    invocation: Invocation, lines: Sequence[DayLine]
) -> Iterator[Sequence[object]]:
    for line in lines:
        state = invocation.text(STATES[line.state])
        yield (
            _day(invocation, line),
            line.peer,
            *_counts(line.ours),
            *_counts(line.theirs),
            state,
        )


def _day(invocation: Invocation, line: DayLine) -> str:
    return invocation.day(date.fromisoformat(line.day))


def _counts(said: Said | None) -> tuple[object, object]:
    return (said.sent, said.received) if said else ("-", "-")
