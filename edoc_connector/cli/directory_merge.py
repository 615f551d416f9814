"""`edoc directory merge`: what a merger on a day would touch, before it comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from edoc_connector.axis.reading import read_axis
from edoc_connector.cli.directory_options import day_of
from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.moments import Moment
from edoc_connector.cli.organization_option import ORGANIZATION
from edoc_connector.cli.output import print_json, print_table
from edoc_connector.cli.standing_text import AS_JSON
from edoc_connector.errors import N_, MergerNotDone
from edoc_connector.flows.directory.merger import (
    Merger,
    Named,
    Touch,
    Touched,
    touched,
)
from edoc_connector.model.organization_code import OrganizationCode, cleaned
from edoc_connector.own_storage import look_at_storage
from edoc_connector.settings import Settings

KINDS: Final[Mapping[Touch, str]] = {
    Touch.BODY_CLOSES: N_("is closed"),
    Touch.BODY_ORPHANED: N_("is below it: under which code does it go on?"),
    Touch.SUCCESSOR: N_("goes on in their place"),
    Touch.SUCCESSOR_UNKNOWN: N_("nobody knows the successor yet: import it first"),
    Touch.ADDRESS: N_("is written to under this code too; accept it on"),
    Touch.GOING: N_("a document is on its way there"),
    Touch.ANSWER: N_("an answer waits to go there"),
    Touch.COMING: N_("a document from there is not in the register yet"),
    Touch.SETTING: N_("a setting names it"),
}
COLUMNS: Final = (N_("Code"), N_("What happens"), N_("What"), N_("State"))


@click.command(
    cls=Command,
    help=N_(
        "Show what it would touch if the bodies CODE ended and another went on in their"
        " place: bodies, codes, documents on their way, settings."
    ),
)
@click.argument(
    "codes", nargs=-1, required=True, type=ORGANIZATION, metavar=N_("CODE...")
)
@click.option(
    "--into",
    required=True,
    type=ORGANIZATION,
    metavar=N_("CODE"),
    help=N_("The body that goes on in their place."),
)
@click.option(
    "--on",
    metavar=N_("DAY"),
    type=Moment(),
    help=N_("The day of the merger; else today."),
)
@click.option(
    "--axis",
    metavar=N_("FILE"),
    type=click.Path(dir_okay=False, path_type=Path),
    help=N_("The description of the axis: who of its nodes and brokers is touched."),
)
@click.option("--dry-run", is_flag=True, help=N_("Show it, and do nothing."))
@AS_JSON
@pass_invocation
def command(  # noqa: PLR0913  (one per option)
    invocation: Invocation,
    *,
    codes: tuple[OrganizationCode, ...],
    into: OrganizationCode,
    on: datetime | None,
    axis: Path | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Print everything the merger touches."""
    if not dry_run:
        raise MergerNotDone
    ending = tuple(dict.fromkeys(code.canonical for code in codes))
    merger = Merger(ending=ending, into=into.canonical, on=day_of(on))
    named = {**_named(invocation.settings), **_described(axis)}
    with look_at_storage(invocation.settings) as storage, storage.reading() as work:
        found = touched(work, merger, named)
    if as_json:
        print_json(found)
    else:
        print_table(invocation, COLUMNS, _rows(invocation, found))


def _rows(
    invocation: Invocation, found: Sequence[Touched]
) -> Iterator[tuple[object, ...]]:
    for it in found:
        yield it.code, invocation.text(KINDS[it.kind]), it.what, it.state


def _described(axis: Path | None) -> Named:
    """Return where the description of an axis names bodies: `node H53.14: codes`."""
    if axis is None:
        return {}
    described = read_axis(axis)
    named: dict[str, tuple[str, ...]] = {}
    for node in described.node:
        named[f"node {node.account}: codes"] = node.codes
        named[f"node {node.account}: aliases"] = node.aliases
    for broker in described.broker:
        named[f"broker {broker.name}: serves"] = broker.serves
    return {
        place: tuple(map(OrganizationCode, codes)) for place, codes in named.items()
    }


def _named(settings: Settings) -> Named:
    """Return the settings in which bodies are named, and which ones."""
    own, trust = settings.organization, settings.trust
    named: dict[str, tuple[OrganizationCode, ...]] = {
        "organization.code": (OrganizationCode(settings.organization.code),),
        "organization.aliases": tuple(map(OrganizationCode, own.aliases)),
        "organization.takes_over": tuple(map(OrganizationCode, own.takes_over)),
        "trust.unsealed": tuple(map(OrganizationCode, trust.unsealed)),
    }
    for account, codes in trust.accounts.items():
        itself, _ = cleaned(account)
        named[f"trust.accounts.{account}"] = (itself, *map(OrganizationCode, codes))
    for fingerprint, codes in trust.binding.certificates.items():
        place = f"trust.binding.certificates.{fingerprint[:8]}..."
        named[place] = tuple(map(OrganizationCode, codes))
    return named
