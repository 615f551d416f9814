"""Bodies and flaws as people and programs read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from edoc_connector.cli.invocation import Invocation
from edoc_connector.cli.output import print_json, print_table
from edoc_connector.errors import N_
from edoc_connector.flows.directory.lookup import Found, Source
from edoc_connector.model.listing import (
    CLEANED,
    MEANINGS,
    Flaw,
    FlawKind,
    by_weight,
)

EXAMPLES: Final = 10
"""Flaws of one kind that are shown where they leave somebody in doubt."""
MORE: Final = N_("{line} and {count} more")

LEVEL_ONE_TABLE: Final = N_("the table of level 1 that comes with the connector")


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidFlaw:
    """A flaw with its message, for programs."""

    line: int
    kind: str
    code: str
    value: str
    other: str
    refuses: bool
    message: str


def flaws_said(invocation: Invocation, flaws: Iterable[Flaw]) -> Iterator[SaidFlaw]:
    """Yield each flaw in the reader's language."""
    for it in flaws:
        yield SaidFlaw(
            line=it.line,
            kind=it.kind.value,
            code=it.code,
            value=it.value,
            other=it.other,
            refuses=it.refuses,
            message=_message(invocation, it),
        )


def print_flaws(
    invocation: Invocation, flaws: Iterable[Flaw], *, as_json: bool
) -> None:
    """Write them, one per line."""
    if as_json:
        print_json(flaws_said(invocation, flaws))
    else:
        print_alike(invocation, map(Alike, flaws))


@dataclass(frozen=True, slots=True)
class Alike:
    """A flaw, and how many more of its kind it stands for."""

    flaw: Flaw
    more: int = 0


def in_short(flaws: Iterable[Flaw]) -> Iterator[Alike]:
    """Yield each flaw that cost a row, and of every other kind a few for all of it."""
    kinds: dict[FlawKind, list[Flaw]] = {}
    for it in by_weight(flaws):
        if it.refuses:
            yield Alike(it)
        else:
            kinds.setdefault(it.kind, []).append(it)
    for kind, alike in kinds.items():
        *first, last = alike[: 1 if kind in CLEANED else EXAMPLES]
        yield from map(Alike, first)
        yield Alike(last, len(alike) - len(first) - 1)


def print_alike(invocation: Invocation, flaws: Iterable[Alike]) -> None:
    """Write them, each line for itself and for what is like it."""
    columns = (N_("Line"), N_("Row"), N_("What is wrong"))
    print_table(invocation, columns, (_row(invocation, it) for it in flaws))


def _row(invocation: Invocation, it: Alike) -> tuple[object, ...]:
    flaw = it.flaw
    row = N_("left out") if flaw.refuses else N_("used")
    line = (
        invocation.text(MORE, line=flaw.line, count=it.more) if it.more else flaw.line
    )
    said = invocation.text(row) if flaw.line else ""
    return line or "", said, _message(invocation, flaw)


def _message(invocation: Invocation, flaw: Flaw) -> str:
    gaps = {"code": flaw.code, "value": flaw.value, "other": flaw.other}
    return invocation.text(MEANINGS[flaw.kind], **gaps)


def body_fields(invocation: Invocation, it: Found) -> Iterator[tuple[str, object]]:
    """Yield what is known of a body; what nobody has stated is left out."""
    yield N_("Code"), it.code
    yield N_("Name"), it.name
    state = N_("open") if it.is_open else N_("closed")
    yield N_("State"), invocation.text(state)
    if it.written != it.code:
        yield N_("Listed as"), it.written
    if it.aliases:
        yield N_("Also called"), ", ".join(it.aliases)
    if it.parent:
        yield N_("Under"), f"{it.parent} {it.parent_name}".strip()
    if it.since:
        yield N_("Since day"), invocation.day(it.since)
    if it.until:
        yield N_("Closed on"), invocation.day(it.until)
    if it.successor:
        yield N_("Successor"), f"{it.successor} {it.successor_name}".strip()
    if it.known_from:
        yield N_("Known since"), invocation.time(it.known_from)
    if it.known_to:
        yield N_("Known until"), invocation.time(it.known_to)
    if it.source is Source.SHIPPED:
        yield N_("From"), invocation.text(LEVEL_ONE_TABLE)
