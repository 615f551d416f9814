"""`edoc axis draw`: the tree of an axis, on the terminal or in a file."""

from __future__ import annotations

from pathlib import Path

import click

from edoc_connector.axis.description import Broker, Node
from edoc_connector.axis.drawing import LEVELS, tree
from edoc_connector.axis.reading import read_axis
from edoc_connector.axis.svg import draw
from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.errors import N_, NotWritable


@click.command(
    cls=Command,
    help=N_(
        "Draw the axis in FILE: its brokers, what each serves, and its nodes. A tree of"
        " text on the terminal, or a picture with --svg."
    ),
)
@click.argument(
    "file", metavar=N_("FILE"), type=click.Path(dir_okay=False, path_type=Path)
)
@click.option(
    "--svg",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar=N_("FILE"),
    help=N_("Write an SVG to this file; one that is there is written over."),
)
@pass_invocation
def command(invocation: Invocation, *, file: Path, svg: Path | None) -> None:
    """Print the tree, or write the picture."""
    axis = read_axis(file)
    if svg is None:
        for line in tree(axis):
            click.echo(line.branches + " · ".join(words(invocation, line.thing)))
        return
    title = invocation.text(TITLE, name=axis.axis.name)
    picture = draw(axis, title, lambda thing: words(invocation, thing))
    try:
        svg.write_bytes(picture)
    except OSError as error:
        raise NotWritable(path=svg, problem=error.strerror) from error


TITLE = N_("The axis {name}")
ALSO = N_("also {codes}")


def words(invocation: Invocation, thing: Broker | Node) -> tuple[str, ...]:
    """Return what is said of a broker or a node, line by line."""
    if isinstance(thing, Broker):
        level = invocation.text(LEVELS[thing.level])
        served = ", ".join(thing.serves)
        return f"{thing.name} ({level})", thing.address, served
    codes = ", ".join(thing.codes)
    if thing.aliases:
        also = invocation.text(ALSO, codes=", ".join(thing.aliases))
        codes = f"{codes}; {also}"
    return thing.account, codes
