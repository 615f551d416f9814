"""What `edoc demo --axis` draws: the tree of the brokers, and each way through it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final

import click

from edoc_connector.axis.description import Axis, Broker
from edoc_connector.axis.drawing import LEVELS, tree
from edoc_connector.axis.ways import between
from edoc_connector.cli.invocation import Invocation
from edoc_connector.cli.output import print_table, shown
from edoc_connector.clock import VIETNAM
from edoc_connector.demo.journeys import Journey, Trip, journeys
from edoc_connector.demo.linked_stage import LinkedStage
from edoc_connector.errors import N_
from edoc_connector.language import word_of
from edoc_connector.model.status import StatusCode
from edoc_connector.model.tables import STATUSES

UP, DOWN, ELSEWHERE = "↑", "↓", "→"
TENTHS: Final = -5
"""Of a time with microseconds, what is cut off."""

COLUMNS: Final = (
    N_("Document"),
    N_("What"),
    N_("Ready"),
    N_("Way"),
    N_("Arrived"),
)


def draw(invocation: Invocation, stage: LinkedStage) -> bool:
    """Print the tree, then the way of every document and of every answer.

    Return whether each of them took the one way there is in the tree.
    """
    names = {it.account: it.organization.name for it in stage.sites}
    brokers = {it.account: stage.broker_of(it) for it in stage.sites}
    click.echo(invocation.text(N_("\nThree brokers, linked, and who signs in where")))
    for line in _tree(invocation, stage.axis, names):
        click.echo(line)
    click.echo(invocation.text(N_("\nThe way of every document and of its statuses")))
    ways = journeys(stage.sites, brokers)
    print_table(invocation, COLUMNS, _rows(invocation, stage.axis, ways))
    click.echo(invocation.text(EXPLAINED))
    trips = [trip for journey in ways for trip in journey.trips]
    strayed = sum(not _is_as_planned(stage.axis, it, brokers) for it in trips)
    text = STRAYED if strayed else ALL_BY_THE_TREE
    click.echo(invocation.text(text, count=len(trips), strayed=strayed))
    return not strayed


EXPLAINED: Final = N_(
    "\n↑ to the broker above, ↓ to one below; where there is neither, no link was used."
    " Ready: sealed, or said by the receiver's software. Arrived: kept on the"
    " other side.\nThe brokers are those that the links themselves noted on each"
    " message; they note no times."
)
ALL_BY_THE_TREE: Final = N_("{count} messages, each by the way that the codes name.")
STRAYED: Final = N_("{count} messages, {strayed} of them BY ANOTHER WAY.")


def _is_as_planned(axis: Axis, trip: Trip, brokers: Mapping[str, str]) -> bool:
    """Whether it went over the brokers that lie between its ends, and no others."""
    return trip.brokers == between(axis, brokers[trip.sender], brokers[trip.recipient])


def _tree(
    invocation: Invocation, axis: Axis, names: Mapping[str, str]
) -> Iterator[str]:
    for line in tree(axis):
        if isinstance(line.thing, Broker):
            level = invocation.text(LEVELS[line.thing.level])
            yield f"{line.branches}{line.thing.name} ({level})"
        else:
            account = line.thing.account
            yield f"{line.branches}{account}  {shown(names[account])}"


def _rows(
    invocation: Invocation, axis: Axis, ways: Sequence[Journey]
) -> Iterator[tuple[str, ...]]:
    for journey in ways:
        for number, trip in enumerate(journey.trips):
            yield (
                "" if number else journey.label,
                _what(invocation, trip),
                _clock(trip.ready_at),
                way_text(axis, trip),
                _clock(trip.arrived_at),
            )


def _what(invocation: Invocation, trip: Trip) -> str:
    if not trip.status:
        return invocation.text(N_("document"))
    word = word_of(STATUSES[StatusCode(trip.status)], invocation.language)
    return f"{trip.status} {word}"


def way_text(axis: Axis, trip: Trip) -> str:
    """Return a way as a line: `H20.5 · dong-thap ↑ quoc-gia ↓ ha-noi · H26.14`."""
    first, *_ = trip.brokers
    steps = (f" {_step(axis, *it)} {it[1]}" for it in pairwise(trip.brokers))
    return f"{trip.sender} · {first}{''.join(steps)} · {trip.recipient}"


def _step(axis: Axis, left: str, reached: str) -> str:
    brokers = axis.brokers
    if left in brokers and brokers[left].parent == reached:
        return UP
    return DOWN if reached in brokers and brokers[reached].parent == left else ELSEWHERE


def _clock(at: datetime | None) -> str:
    """Return a time of today to the tenth of a second."""
    return f"{at.astimezone(VIETNAM):%H:%M:%S.%f}"[:TENTHS] if at else "-"
