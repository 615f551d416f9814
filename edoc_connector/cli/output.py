"""How data leaves a command: a table for people, one JSON object per line for programs.

Data goes to standard output and nothing else does.  Texts of strangers are shown
without control characters: a subject must not move the cursor of who reads it.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from shutil import get_terminal_size

import click

from edoc_connector.cli.invocation import Invocation, shown

__all__ = ["columns_of", "print_fields", "print_json", "print_table", "shown"]


GAP = 2
"""What rich puts between two columns."""
BEYOND_ASCII = re.compile(r"[^\x20-\x7e]+")


def print_json(objects: Iterable[object]) -> None:
    """Write each object on a line, with the names used in code and log.

    It says every character, and those that a terminal would obey by their numbers.
    """
    from edoc_connector.json_text import to_json  # noqa: PLC0415  (--help needs none)

    whose = _whose()
    for each in objects:
        said = with_organization(each, whose) if whose else each
        click.echo(BEYOND_ASCII.sub(_numbered, to_json(said)))


def _whose() -> str:
    """Return for which organisation is spoken, where there are several."""
    context = click.get_current_context(silent=True)
    invocation = context.find_object(Invocation) if context else None
    return invocation.heading if invocation else ""


def with_organization(said: object, whose: str) -> object:
    """Return an object that says itself whose it is."""
    from edoc_connector.json_text import to_plain  # noqa: PLC0415

    plain = to_plain(said)
    return {"organization": whose, **plain} if isinstance(plain, dict) else plain


def _numbered(found: re.Match[str]) -> str:
    """Return the letters as they are, and what is none as JSON spells it in ASCII."""
    return "".join(
        letter if letter.isprintable() else json.dumps(letter)[1:-1]
        for letter in found[0]
    )


def print_table(
    invocation: Invocation, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Write rows under translated headings: ruled on a terminal, else plain columns."""
    headings = [invocation.text(column) for column in columns]
    cells = [[shown(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        _plain(headings, cells)
    elif get_terminal_size().columns < _least(headings, cells):
        _blocks(headings, cells)
    else:
        _ruled(headings, cells)


def _least(headings: list[str], cells: list[list[str]]) -> int:
    """Return how many columns a table needs that breaks lines between words only."""
    words = [
        max(columns_of(word) for cell in column for word in cell.split() or [""])
        for column in zip(headings, *cells, strict=True)
    ]
    return sum(words) + GAP * (len(words) - 1)


def _blocks(headings: list[str], cells: list[list[str]]) -> None:
    """Write each row as lines of its own: nothing is broken that people copy."""
    width = max(map(columns_of, headings))
    for row in cells:
        for name, value in zip(headings, row, strict=True):
            if value:
                click.echo(f"{_padded(f'{name}:', width + 1)} {value}")
        click.echo()


def print_fields(invocation: Invocation, fields: Iterable[tuple[str, object]]) -> None:
    """Write one thing as `heading: value` lines."""
    pairs = [(invocation.text(name), shown(value)) for name, value in fields]
    width = max((columns_of(name) for name, _ in pairs), default=0)
    for name, value in pairs:
        click.echo(f"{_padded(f'{name}:', width + 1)} {value}".rstrip())


def columns_of(text: str) -> int:
    """Return how wide a terminal shows it."""
    return sum(
        0
        if unicodedata.combining(letter)
        else 2
        if unicodedata.east_asian_width(letter) in "WF"
        else 1
        for letter in text
    )


def _padded(text: str, width: int) -> str:
    return text + " " * (width - columns_of(text))


def _plain(headings: list[str], cells: list[list[str]]) -> None:
    lines = [headings, *cells]
    widths = [max(map(columns_of, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        padded = map(_padded, line, widths)
        click.echo("  ".join(padded).rstrip())


def _ruled(headings: list[str], cells: list[list[str]]) -> None:
    from rich import box  # noqa: PLC0415  (only a terminal needs it)
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading, *column in zip(headings, *cells, strict=True):
        words = [columns_of(word) for cell in column for word in cell.split()]
        table.add_column(
            Text(heading), min_width=max(words, default=0), overflow="fold"
        )
    for row in cells:
        table.add_row(*map(Text, row))
    Console().print(table)
