"""The axis as data: what a broker is told before the first message travels.

`definitions` returns what RabbitMQ loads at its start (`load_definitions`).  Every node
has one account, two queues of its own (one of them for what cannot wait) and one place
for what nobody could process.  No
account can declare anything, and none can read what belongs to another.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from edoc_connector.bus.message import EXPRESS
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind

VHOST: Final = "edoc"
EXCHANGE: Final = "edoc.axis"
DEAD_EXCHANGE: Final = "edoc.dead"

DELIVERY_LIMIT: Final = 1000
"""Deliveries of one message before it is set aside.

Written down because the default differs: none in RabbitMQ 3, 20 in RabbitMQ 4.  Every
lost connection counts, so it must outlast a bad day and still end a crash loop.
"""

NO_LIMIT: Final = 2**31 - 1
"""What was set aside stays until a person takes it (only RabbitMQ 4 knows -1)."""

SALT_BYTES: Final = 4

Definitions = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One connector: its broker account and the organisations it serves."""

    account: str
    codes: tuple[OrganizationCode, ...]
    password_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One broker of the axis and the connectors attached to it."""

    nodes: tuple[Node, ...]
    vhost: str = VHOST


def inbox_queue(account: str) -> str:
    """Return the name of the queue from which a node reads."""
    return f"edoc.inbox.{account}"


def express_queue(account: str) -> str:
    """Return the name of the queue from which it reads what cannot wait."""
    return f"edoc.express.{account}"


def dead_queue(account: str) -> str:
    """Return the name of the queue that holds what a node could not process."""
    return f"edoc.dead.{account}"


def salted_hash(password: str, salt: bytes) -> str:
    """Return the password as RabbitMQ stores it: base64(salt + SHA-256(salt + it))."""
    if len(salt) != SALT_BYTES:
        raise ValueError("RabbitMQ's salt has 32 bits")
    digest = hashlib.sha256(salt + password.encode()).digest()
    return base64.b64encode(salt + digest).decode("ascii")


def definitions(axis: Axis) -> Definitions:
    """Return the definitions of the broker; loading them again changes nothing."""
    return {
        "vhosts": [{"name": axis.vhost}],
        "users": [_user(node) for node in axis.nodes],
        "permissions": [_permission(axis, node) for node in axis.nodes],
        "exchanges": [
            _exchange(axis, EXCHANGE, "topic"),
            _exchange(axis, DEAD_EXCHANGE, "direct"),
        ],
        "queues": [queue for node in axis.nodes for queue in _queues(axis, node)],
        "bindings": [
            binding for node in axis.nodes for binding in _bindings(axis, node)
        ],
    }


def _user(node: Node) -> Definitions:
    return {
        "name": node.account,
        "password_hash": node.password_hash,
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": "",
        "limits": {},
    }


def _permission(axis: Axis, node: Node) -> Definitions:
    return {
        "user": node.account,
        "vhost": axis.vhost,
        "configure": "^$",
        "write": _only(EXCHANGE),
        "read": _only(inbox_queue(node.account), express_queue(node.account)),
    }


def _only(*names: str) -> str:
    return f"^({'|'.join(map(re.escape, names))})$"


def _exchange(axis: Axis, name: str, kind: str) -> Definitions:
    return {
        "name": name,
        "vhost": axis.vhost,
        "type": kind,
        "durable": True,
        "auto_delete": False,
        "internal": False,
        "arguments": {},
    }


def _queues(axis: Axis, node: Node) -> Iterator[Definitions]:
    for name in (inbox_queue(node.account), express_queue(node.account)):
        yield _queue(
            axis,
            name,
            {
                "x-delivery-limit": DELIVERY_LIMIT,
                "x-dead-letter-exchange": DEAD_EXCHANGE,
                "x-dead-letter-routing-key": dead_queue(node.account),
                # Both together: a message leaves it only once the other queue has it.
                "x-dead-letter-strategy": "at-least-once",
                "x-overflow": "reject-publish",
            },
        )
    yield _queue(axis, dead_queue(node.account), {"x-delivery-limit": NO_LIMIT})


def _queue(axis: Axis, name: str, arguments: Definitions) -> Definitions:
    return {
        "name": name,
        "vhost": axis.vhost,
        "durable": True,
        "auto_delete": False,
        "arguments": {"x-queue-type": "quorum", **arguments},
    }


def _bindings(axis: Axis, node: Node) -> Iterator[Definitions]:
    for key in _routing_keys(node):
        yield _binding(axis, EXCHANGE, inbox_queue(node.account), key)
    for word in _words(node):
        key, queue = f"{EXPRESS}.{word}", express_queue(node.account)
        yield _binding(axis, EXCHANGE, queue, key)
    dead = dead_queue(node.account)
    yield _binding(axis, DEAD_EXCHANGE, dead, dead)


def _routing_keys(node: Node) -> list[str]:
    return sorted(f"{kind}.{word}" for kind in Kind for word in _words(node))


def _words(node: Node) -> list[str]:
    """Return the codes: an old one as it is written and as it is routed."""
    return sorted({it for code in node.codes for it in (code, code.routing_words)})


def _binding(axis: Axis, source: str, queue: str, key: str) -> Definitions:
    return {
        "source": source,
        "vhost": axis.vhost,
        "destination": queue,
        "destination_type": "queue",
        "routing_key": key,
        "arguments": {},
    }
