"""A process that reads a mailbox with a limit of bytes, and does nothing for a while.

    python -m tests.support.slow_reader PORT ACCOUNT PASSWORD QUEUE LIMIT COUNT SECONDS

It writes what it took, and by how much its memory grew.
"""

from __future__ import annotations

import json
import sys
import time

from edoc_connector.bus.message import Delivery
from edoc_connector.bus.rabbit import RabbitAddress, RabbitConsumer
from tests.support.memory import growth

PREFETCH = 1000
WAIT_SECONDS = 5.0
HEARTBEAT_SECONDS = 1


def main() -> None:
    """Take all that comes, rest with it in hand, and take the others."""
    port, account, password, queue, limit, count, seconds = sys.argv[1:]
    address = RabbitAddress(
        host="127.0.0.1",
        port=int(port),
        vhost="edoc",
        account=account,
        password=password,
        heartbeat_seconds=HEARTBEAT_SECONDS,
    )
    consumer = RabbitConsumer(address, queue, PREFETCH, prefetch_bytes=int(limit))
    taken: list[str] = []
    with growth() as grown:
        while len(taken) < int(count) and (in_hand := all_that_comes(consumer)):
            if not taken:
                time.sleep(float(seconds))
            for delivery in in_hand:
                taken.append(delivery.message.correlation_id)
                consumer.acknowledge(delivery)
            del in_hand, delivery
    connections = consumer._line.connections
    consumer.close()
    result = {"taken": taken, "connections": connections, "grown": grown.megabytes}
    sys.stdout.write(json.dumps(result))


def all_that_comes(consumer: RabbitConsumer) -> list[Delivery]:
    """Receive until nothing more is given, as somebody does who never acknowledges."""
    found: list[Delivery] = []
    while isinstance(delivery := consumer.receive(WAIT_SECONDS), Delivery):
        found.append(delivery)
    return found


if __name__ == "__main__":
    main()
