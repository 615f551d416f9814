"""What each broker is told before the first message travels, as RabbitMQ imports it.

Importing it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from edoc_connector.axis.accounts import permissions, topic_permissions, users
from edoc_connector.axis.description import Axis
from edoc_connector.axis.exchanges import bindings, exchanges
from edoc_connector.axis.links import parameters
from edoc_connector.axis.passwords import NO_SECRETS, Secrets
from edoc_connector.axis.queues import Table, queues
from edoc_connector.axis.ways import neighbours

LINKS: Final = r"^edoc\.(link|return)\."

Definitions = Mapping[str, list[Table]]


def definitions(
    axis: Axis, broker: str, secrets: Secrets = NO_SECRETS
) -> dict[str, list[Table]]:
    """Return the definitions of one broker of the axis."""
    return {
        "vhosts": [{"name": axis.vhost}],
        "users": [*users(axis, broker, secrets)],
        "permissions": [*permissions(axis, broker)],
        "topic_permissions": [*topic_permissions(axis, broker)],
        "parameters": [*parameters(axis, broker, secrets)],
        "policies": [*policies(axis, broker)],
        "exchanges": [*exchanges(axis, broker)],
        "queues": [*queues(axis, broker)],
        "bindings": [*bindings(axis, broker)],
    }


def policies(axis: Axis, broker: str) -> Iterator[Table]:
    """Yield the limits that may change while there are messages in the queues."""
    limits = axis.limits
    if limits.mailbox_bytes:
        size = {"max-length-bytes": limits.mailbox_bytes}
        yield _policy(axis, "edoc.mailbox-bytes", r"^edoc\.(inbox|express)\.", size)
    if neighbours(axis, broker):
        tries = {"delivery-limit": limits.delivery_limit}
        yield _policy(axis, "edoc.link-deliveries", LINKS, tries)


def _policy(axis: Axis, name: str, pattern: str, definition: Table) -> Table:
    return {
        "vhost": axis.vhost,
        "name": name,
        "pattern": pattern,
        "apply-to": "queues",
        "priority": 0,
        "definition": definition,
    }
