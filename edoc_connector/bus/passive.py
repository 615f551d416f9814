"""What an account learns of a broker by asking it passively, which changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edoc_connector.bus.address import RabbitAddress
from edoc_connector.bus.channel import Prepare
from edoc_connector.bus.mailbox import NOT_FOUND, REFUSALS
from edoc_connector.bus.wire import Wire
from edoc_connector.errors import BusRefused


def messages_in(address: RabbitAddress, queue: str) -> int | None:
    """Return how many messages are ready in a queue, None where there is none."""
    counted: list[int] = []

    def prepare(channel: Any, ready: Callable[[object], None]) -> None:  # noqa: ANN401
        def answered(frame: Any) -> None:  # noqa: ANN401  (pika's)
            counted.append(frame.method.message_count)
            ready(frame)

        channel.queue_declare(queue, passive=True, callback=answered)

    return counted[0] if _is_there(address, prepare) else None


def has_exchange(address: RabbitAddress, name: str, kind: str) -> bool:
    """Whether there is an exchange of this name."""

    def prepare(channel: Any, ready: Callable[[object], None]) -> None:  # noqa: ANN401
        channel.exchange_declare(name, kind, passive=True, callback=ready)

    return _is_there(address, prepare)


def _is_there(address: RabbitAddress, prepare: Prepare) -> bool:
    wire = Wire(address, REFUSALS, prepare)
    try:
        wire.open()
    except BusRefused as error:
        if error.details["reply"] != NOT_FOUND:
            raise
        return False
    finally:
        wire.close()
    return True
