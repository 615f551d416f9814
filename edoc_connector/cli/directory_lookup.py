"""`edoc directory lookup`: who is behind a code or a name, on a day, as then known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import click

from edoc_connector.cli.directory_options import AS_KNOWN, ON, day_of
from edoc_connector.cli.directory_text import body_fields
from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.numbers import MOST_ROWS, Number
from edoc_connector.cli.output import print_fields, print_json, print_table
from edoc_connector.cli.standing_text import AS_JSON
from edoc_connector.errors import N_
from edoc_connector.flows.directory.lookup import Found, lookup
from edoc_connector.own_storage import look_at_storage
from edoc_connector.storage.directory import Asked

COLUMNS = (N_("Code"), N_("Name"), N_("State"), N_("Under"))


def _filled(
    ctx: click.Context, _param: click.Parameter, words: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the words, of which there is one at least."""
    if not "".join(words).strip():
        invocation = ctx.find_object(Invocation)
        assert invocation is not None  # noqa: S101  (every call has one)
        raise click.BadParameter(invocation.text(N_("it is empty or no plain text")))
    return words


@click.command(
    cls=Command,
    help=N_(
        "Look up a body. TEXT is a code in any form, another code of it, or words of"
        " its name, with or without tones."
    ),
)
@click.argument("text", nargs=-1, required=True, metavar=N_("TEXT"), callback=_filled)
@ON
@AS_KNOWN
@click.option(
    "--limit",
    default=20,
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
    text: tuple[str, ...],
    on: datetime | None,
    as_known: datetime | None,
    limit: int,
    as_json: bool,
) -> None:
    """Print who is meant; of one everything, of several a line each."""
    asked = Asked(day_of(on), as_known)
    with look_at_storage(invocation.settings) as storage, storage.reading() as work:
        found = lookup(work, " ".join(text), asked, limit)
    if as_json:
        print_json(found)
    elif len(found) == 1:
        print_fields(invocation, body_fields(invocation, found[0]))
    else:
        print_table(invocation, COLUMNS, _rows(invocation, found))


def _rows(
    invocation: Invocation, found: tuple[Found, ...]
) -> Iterator[tuple[object, ...]]:
    for it in found:
        state = invocation.text(N_("open") if it.is_open else N_("closed"))
        yield it.code, it.name, state, it.parent_name or it.parent
