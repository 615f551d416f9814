"""The exchanges of a broker, and the bindings that make the codes the routing.

What comes over a link is bound to every mailbox here and to every other link, never
back: in a tree, nothing loops and nothing comes twice.
"""

from __future__ import annotations

from collections.abc import Iterator

from edoc_connector.axis.description import Axis, Broker
from edoc_connector.axis.names import (
    DEAD,
    EXCHANGE,
    FIRST_WORDS,
    KINDS,
    LOST,
    RETURNED,
    SENDERS,
    back_exchange,
    dead_queue,
    exact,
    express_queue,
    home_exchange,
    inbox_queue,
    link_account,
    link_exchange,
    link_queue,
    return_queue,
    under,
)
from edoc_connector.axis.queues import Table
from edoc_connector.axis.ways import neighbours, roots_behind
from edoc_connector.bus.message import EXPRESS


def exchanges(axis: Axis, broker: str) -> Iterator[Table]:
    """Yield every exchange of a broker."""
    yield _exchange(axis, EXCHANGE, "topic")
    yield _exchange(axis, DEAD, "direct")
    linked = neighbours(axis, broker)
    if linked:
        yield _exchange(axis, LOST, "fanout")
    for neighbour in linked:
        yield _exchange(axis, dead_queue(link_account(neighbour.name)), "fanout")
        yield from _exchanges_of(axis, neighbour.name)


def _exchanges_of(axis: Axis, neighbour: str) -> Iterator[Table]:
    """Yield what one link needs: for what it brings, and for what goes back.

    What has no mailbox here goes back, and what cannot go back, or finds no sender, is
    kept: nobody can be told.
    """
    back = return_queue(neighbour)
    yield _or_else(_exchange(axis, link_exchange(neighbour), "topic"), back)
    yield _or_else(_exchange(axis, back_exchange(neighbour), "topic"), LOST)
    for name in (back, home_exchange(neighbour)):
        # Nobody publishes there, whatever he may.
        inside = {**_exchange(axis, name, "topic"), "internal": True}
        yield _or_else(inside, LOST)


def _or_else(exchange: Table, other: str) -> Table:
    """Return an exchange that gives what it cannot lead anywhere to another one."""
    return {**exchange, "arguments": {"alternate-exchange": other}}


def bindings(axis: Axis, broker: str) -> Iterator[Table]:
    """Yield every binding of a broker."""
    linked = neighbours(axis, broker)
    yield from _bindings_of(axis, broker, EXCHANGE, linked)
    for neighbour in linked:
        others = tuple(it for it in linked if it is not neighbour)
        yield from _bindings_of(axis, broker, link_exchange(neighbour.name), others)
        yield from _ways_back(axis, broker, neighbour.name, others)
    if linked:
        yield _binding(axis, LOST, LOST, "")
    for node in axis.nodes_at(broker):
        dead = dead_queue(node.account)
        yield _binding(axis, DEAD, dead, dead)
    for neighbour in linked:
        dead = dead_queue(link_account(neighbour.name))
        yield _binding(axis, dead, dead, "")


def _bindings_of(
    axis: Axis, broker: str, source: str, links: tuple[Broker, ...]
) -> Iterator[Table]:
    """Yield what leads from an exchange to the mailboxes here, and over these links."""
    for node in axis.nodes_at(broker):
        for kind in KINDS:
            for key in exact(node.all_codes, kind):
                yield _binding(axis, source, inbox_queue(node.account), key)
        for key in exact(node.all_codes, EXPRESS):
            yield _binding(axis, source, express_queue(node.account), key)
    for link in links:
        for root in roots_behind(axis, broker, link.name):
            for word in FIRST_WORDS:
                key = under(root, word)
                yield _binding(axis, source, link_queue(link.name), key)


def _ways_back(
    axis: Axis, broker: str, neighbour: str, others: tuple[Broker, ...]
) -> Iterator[Table]:
    """Yield what leads back to its sender what has no mailbox, here or further off.

    A neighbour may send back only what goes to codes behind it.  Without that, whoever
    runs a broker could say of anybody that he is unknown.
    """
    here, home = return_queue(neighbour), home_exchange(neighbour)
    for root in roots_behind(axis, broker, neighbour):
        yield _binding(axis, here, here, under(root, SENDERS))
        for word in RETURNED:
            key = under(root, word)
            led = _binding(axis, back_exchange(neighbour), home, key)
            yield {**led, "destination_type": "exchange"}
    for node in axis.nodes_at(broker):
        for key in exact(node.all_codes, SENDERS):
            yield _binding(axis, home, inbox_queue(node.account), key)
    for other in others:
        for root in roots_behind(axis, broker, other.name):
            yield _binding(axis, home, return_queue(other.name), under(root, SENDERS))


def _exchange(axis: Axis, name: str, kind: str) -> Table:
    return {
        "name": name,
        "vhost": axis.vhost,
        "type": kind,
        "durable": True,
        "auto_delete": False,
        "internal": False,
        "arguments": {},
    }


def _binding(axis: Axis, source: str, queue: str, key: str) -> Table:
    return {
        "source": source,
        "vhost": axis.vhost,
        "destination": queue,
        "destination_type": "queue",
        "routing_key": key,
        "arguments": {},
    }
