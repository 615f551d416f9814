"""Which way leads where: the brokers are a tree, so there is one between any two."""

from __future__ import annotations

from collections.abc import Iterator

from edoc_connector.axis.description import Axis, Broker


def neighbours(axis: Axis, broker: str) -> tuple[Broker, ...]:
    """Return the brokers that have a link with this one: its parent, its children."""
    parent = axis.brokers[broker].parent
    return tuple(it for it in axis.broker if it.name == parent or it.parent == broker)


def behind(axis: Axis, broker: str, neighbour: str) -> Iterator[Broker]:
    """Yield the brokers that this one reaches over the link to a neighbour."""
    yield axis.brokers[neighbour]
    for further in neighbours(axis, neighbour):
        if further.name != broker:
            yield from behind(axis, neighbour, further.name)


def roots_behind(axis: Axis, broker: str, neighbour: str) -> tuple[str, ...]:
    """Return the roots of all codes that lie over this link, sorted."""
    return tuple(
        sorted(root for it in behind(axis, broker, neighbour) for root in it.serves)
    )


def between(axis: Axis, broker: str, other: str) -> tuple[str, ...]:
    """Return the brokers on the one way from one to another, both of them included."""
    up, down = _to_root(axis, broker), _to_root(axis, other)
    shared = next(name for name in up if name in down)
    return (*up[: up.index(shared)], *reversed(down[: down.index(shared) + 1]))


def _to_root(axis: Axis, broker: str) -> tuple[str, ...]:
    parent = axis.brokers[broker].parent
    return (broker, *(_to_root(axis, parent) if parent else ()))
