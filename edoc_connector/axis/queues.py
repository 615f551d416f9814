"""The queues of a broker: all of them durable and replicated, none drops a message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from edoc_connector.axis.description import Axis
from edoc_connector.axis.names import (
    DEAD,
    LOST,
    dead_queue,
    express_queue,
    inbox_queue,
    link_account,
    link_queue,
    return_queue,
)
from edoc_connector.axis.ways import neighbours

Table = Mapping[str, object]
"""A piece of RabbitMQ's definitions."""

NO_LIMIT: Final = 2**31 - 1
"""What was set aside stays until a person takes it (only RabbitMQ 4 knows -1)."""

KEEPING: Final[Table] = {"x-queue-type": "quorum", "x-delivery-limit": NO_LIMIT}
"""The arguments of a queue that nobody reads but people."""


SAFE: Final[Table] = {
    "x-queue-type": "quorum",
    # Both together: a message leaves it only once the other queue has it.
    "x-dead-letter-strategy": "at-least-once",
    "x-overflow": "reject-publish",
}


def mailbox_arguments(account: str, delivery_limit: int) -> Table:
    """Return the arguments of the mailboxes of a node."""
    return {
        **SAFE,
        "x-delivery-limit": delivery_limit,
        "x-dead-letter-exchange": DEAD,
        "x-dead-letter-routing-key": dead_queue(account),
    }


def link_arguments(neighbour: str) -> Table:
    """Return the arguments of the queues of what waits to go to a neighbour.

    A link may be there first and makes its queue then (see `links.py`), and may name
    neither a delivery limit (it is a policy) nor a routing key (its dead letters have
    an exchange of their own): RabbitMQ 3.10 refuses the one and fails on the other.
    """
    return {**SAFE, "x-dead-letter-exchange": dead_queue(link_account(neighbour))}


def queues(axis: Axis, broker: str) -> Iterator[Table]:
    """Yield every queue of a broker."""
    limit = axis.limits.delivery_limit
    for node in axis.nodes_at(broker):
        arguments = mailbox_arguments(node.account, limit)
        yield _queue(axis, inbox_queue(node.account), arguments)
        yield _queue(axis, express_queue(node.account), arguments)
        yield _queue(axis, dead_queue(node.account), KEEPING)
    linked = neighbours(axis, broker)
    for neighbour in linked:
        arguments = link_arguments(neighbour.name)
        yield _queue(axis, link_queue(neighbour.name), arguments)
        yield _queue(axis, return_queue(neighbour.name), arguments)
        yield _queue(axis, dead_queue(link_account(neighbour.name)), KEEPING)
    if linked:
        yield _queue(axis, LOST, KEEPING)


def _queue(axis: Axis, name: str, arguments: Table) -> Table:
    return {
        "name": name,
        "vhost": axis.vhost,
        "durable": True,
        "auto_delete": False,
        "arguments": dict(arguments),
    }
