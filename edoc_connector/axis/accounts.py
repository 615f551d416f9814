"""Who may do what on a broker: a node publishes, and reads its own two queues.

A node may also declare these two again, which changes nothing: by that it asks whether
its queue is as it must be.  A link may publish to its own two exchanges, for what it
brings and for what it brings back, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

from edoc_connector.axis.description import Axis, Broker, Login, Node
from edoc_connector.axis.names import (
    EXCHANGE,
    FIRST_WORDS,
    SENDERS,
    back_exchange,
    express_queue,
    inbox_queue,
    link_account,
    link_exchange,
    only,
)
from edoc_connector.axis.passwords import Secrets
from edoc_connector.axis.queues import Table
from edoc_connector.axis.ways import neighbours

NOTHING = "^$"
KNOWN_KEYS = rf"^({'|'.join(sorted((*FIRST_WORDS, SENDERS)))})\."
"""The key by which a message finds back is one of its others (`CC`): RabbitMQ 4 asks
for leave for each of them, 3.10 only for the first, where this one leads nowhere."""


def users(axis: Axis, broker: str, secrets: Secrets) -> Iterator[Table]:
    """Yield every account of a broker; only who signs in by password has one."""
    for node in axis.nodes_at(broker):
        is_by_password = node.login is Login.PASSWORD
        stored = secrets.hashes[node.account] if is_by_password else ""
        yield _user(node.account, stored)
    for neighbour in neighbours(axis, broker):
        account = link_account(neighbour.name)
        is_by_password = neighbour.link_password is not None
        yield _user(account, secrets.hashes[account] if is_by_password else "")


def _user(account: str, password_hash: str) -> Table:
    # An empty hash is no empty password: RabbitMQ lets nobody in by it.
    return {
        "name": account,
        "password_hash": password_hash,
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": "",
        "limits": {},
    }


def permissions(axis: Axis, broker: str) -> Iterator[Table]:
    """Yield what each account may configure, write and read."""
    for node in axis.nodes_at(broker):
        own = only(*_queues_of(node))
        yield _permission(
            axis, node.account, configure=own, write=only(EXCHANGE), read=own
        )
    for neighbour in neighbours(axis, broker):
        account = link_account(neighbour.name)
        yield _permission(
            axis,
            account,
            configure=NOTHING,
            write=only(*_exchanges_of(neighbour)),
            read=NOTHING,
        )


def _permission(
    axis: Axis, account: str, *, configure: str, write: str, read: str
) -> Table:
    return {
        "user": account,
        "vhost": axis.vhost,
        "configure": configure,
        "write": write,
        "read": read,
    }


def topic_permissions(axis: Axis, broker: str) -> Iterator[Table]:
    """Yield under which keys each account may publish."""
    for node in axis.nodes_at(broker):
        yield _topic_permission(axis, node.account, EXCHANGE)
    for neighbour in neighbours(axis, broker):
        for exchange in _exchanges_of(neighbour):
            account = link_account(neighbour.name)
            yield _topic_permission(axis, account, exchange)


def _topic_permission(axis: Axis, account: str, exchange: str) -> Table:
    return {
        "user": account,
        "vhost": axis.vhost,
        "exchange": exchange,
        "write": KNOWN_KEYS,
        "read": NOTHING,
    }


def _exchanges_of(neighbour: Broker) -> tuple[str, str]:
    return link_exchange(neighbour.name), back_exchange(neighbour.name)


def _queues_of(node: Node) -> tuple[str, str]:
    return inbox_queue(node.account), express_queue(node.account)
