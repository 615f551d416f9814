"""The tree of an axis as text: each broker with what it serves, and its nodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from edoc_connector.axis.description import Axis, Broker, Level, Node
from edoc_connector.errors import N_

LEVELS = {
    Level.CENTRAL: N_("central"),
    Level.MINISTRY: N_("ministry"),
    Level.PROVINCE: N_("province"),
    Level.DISTRICT: N_("district"),
    Level.COMMUNE: N_("commune"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the tree: its branches, and the broker or node it stands for."""

    branches: str
    thing: Broker | Node


def tree(axis: Axis) -> Iterator[Line]:
    """Yield the lines from the root down; the nodes of a broker before its children."""
    root = next(broker for broker in axis.broker if not broker.parent)
    yield Line("", root)
    yield from _below(axis, root, "")


def _below(axis: Axis, broker: Broker, indent: str) -> Iterator[Line]:
    below = children(axis, broker)
    for number, thing in enumerate(below, 1):
        is_last = number == len(below)
        yield Line(f"{indent}{'└─ ' if is_last else '├─ '}", thing)
        if isinstance(thing, Broker):
            yield from _below(axis, thing, f"{indent}{'   ' if is_last else '│  '}")


def children(axis: Axis, broker: Broker) -> tuple[Broker | Node, ...]:
    """Return what hangs on a broker: its nodes, then the brokers below it."""
    brokers = (it for it in axis.broker if it.parent == broker.name)
    return (*axis.nodes_at(broker.name), *brokers)
