"""The links of a broker: shovels that carry what waits for a neighbour over to it.

A second one carries back what came from there and has no mailbox.

A shovel takes a message off its queue only when the neighbour has confirmed it, so a
cut costs a second copy at worst, and receivers drop that.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from edoc_connector.axis.description import Axis, Broker
from edoc_connector.axis.names import (
    back_exchange,
    link_account,
    link_exchange,
    link_queue,
    return_queue,
)
from edoc_connector.axis.passwords import Secrets
from edoc_connector.axis.queues import Table, link_arguments
from edoc_connector.axis.ways import neighbours

PREFETCH: Final = 64
"""Messages on their way at once: 1 GiB in the broker's memory at the very most."""

RECONNECT_SECONDS: Final = 2
PORTS: Final = {"amqp": 5672, "amqps": 5671}
PERSISTENT: Final = 2


def parameters(axis: Axis, broker: str, secrets: Secrets) -> Iterator[Table]:
    """Yield the two shovels to each neighbour."""
    here = axis.brokers[broker]
    ways = ((link_queue, link_exchange), (return_queue, back_exchange))
    for there in neighbours(axis, broker):
        for queue, exchange in ways:
            ends = queue(there.name), exchange(here.name)
            yield {
                "component": "shovel",
                "vhost": axis.vhost,
                "name": queue(there.name),
                "value": _shovel(axis, here, there, secrets, ends),
            }


def _shovel(
    axis: Axis, here: Broker, there: Broker, secrets: Secrets, ends: tuple[str, str]
) -> Table:
    source, exchange = ends
    vhost = quote(axis.vhost, safe="")
    return {
        "src-protocol": "amqp091",
        # Within the broker itself: no account, and nothing on a network.
        "src-uri": f"amqp:///{vhost}",
        "src-queue": source,
        # Links are imported before queues, and one that finds no queue makes it.
        "src-queue-args": link_arguments(there.name),
        "src-prefetch-count": PREFETCH,
        "src-delete-after": "never",
        "dest-protocol": "amqp091",
        "dest-uri": destination(axis, here, there, secrets),
        "dest-exchange": exchange,
        # By its note a receiver knows over which brokers a message came.
        "dest-add-forward-headers": True,
        "dest-publish-properties": {
            # The neighbour compares it with the account: nobody else vouches for it.
            "user_id": link_account(here.name),
            "delivery_mode": PERSISTENT,
        },
        "ack-mode": "on-confirm",
        "reconnect-delay": RECONNECT_SECONDS,
    }


def destination(axis: Axis, here: Broker, there: Broker, secrets: Secrets) -> str:
    """Return where a link leads, and by what it signs in there."""
    url = urlsplit(there.address)
    host = f"[{url.hostname}]" if ":" in str(url.hostname) else url.hostname
    place = f"{host}:{url.port or PORTS[url.scheme]}/{quote(axis.vhost, safe='')}"
    query = urlencode(_query(here, there), quote_via=quote, safe="/")
    return f"{url.scheme}://{_login(here, secrets)}{place}{query and '?'}{query}"


def _login(here: Broker, secrets: Secrets) -> str:
    if here.link_password is None:
        return ""
    password = quote(secrets.link_passwords[here.name], safe="")
    return f"{link_account(here.name)}:{password}@"


def _query(here: Broker, there: Broker) -> dict[str, str]:
    """Return how the neighbour is checked, and by what certificate we sign in."""
    url = urlsplit(there.address)
    if url.scheme != "amqps":
        return {}
    checks = {
        "cacertfile": here.authorities,
        "certfile": here.certificate,
        "keyfile": here.key,
        "verify": "verify_peer",
        "server_name_indication": str(url.hostname),
    }
    return checks if here.link_password else {**checks, "auth_mechanism": "external"}
