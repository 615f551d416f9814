"""What a channel is asked for before its use, and what comes by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

import pika
import pika.spec

from edoc_connector.bus.properties import Properties

Channel = Any
"""pika has no types."""

Prepare = Callable[[Channel, Callable[[object], None]], None]
"""What a channel is asked for before its use; the second argument says it is done."""

PROPERTIES: Final = tuple(field.name for field in fields(Properties))


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as it came by the wire, not yet read."""

    tag: int
    redelivered: bool
    properties: Properties
    body: bytes
    exchange: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Confirm:
    """What the broker said of one message, or of all up to it."""

    tag: int
    up_to: bool
    is_taken: bool


def for_publishing(
    on_return: Callable[[str, Properties], None], on_confirm: Callable[[Confirm], None]
) -> Prepare:
    """Ask for confirms; a message that no queue takes returns before its confirm."""

    def returned(_: object, method: Any, properties: Any, __: object) -> None:  # noqa: ANN401
        on_return(method.routing_key, Properties(**values_of(properties)))

    def confirmed(frame: Any) -> None:  # noqa: ANN401
        method = frame.method
        is_taken = isinstance(method, pika.spec.Basic.Ack)
        on_confirm(Confirm(method.delivery_tag, method.multiple, is_taken))

    def prepare(channel: Channel, ready: Callable[[object], None]) -> None:
        channel.add_on_return_callback(returned)
        channel.confirm_delivery(confirmed, callback=ready)

    return prepare


Arrival = Callable[[Arrived], None]


def for_consuming(mailboxes: Mapping[str, Arrival], prefetch: int) -> Prepare:
    """Ask for the messages of these queues, the first of them first.

    Of each `prefetch` come ahead of our acks.
    """

    def prepare(channel: Channel, ready: Callable[[object], None]) -> None:
        channel.basic_qos(prefetch_count=prefetch)
        last = ready
        for queue, on_arrival in reversed(tuple(mailboxes.items())):
            last = _consuming(channel, queue, on_arrival, last)
        last(None)

    return prepare


def _consuming(
    channel: Channel,
    queue: str,
    on_arrival: Arrival,
    ready: Callable[[object], None],
) -> Callable[[object], None]:
    """Return what asks for one queue; when the broker agrees, it is ready."""

    def arrive(_: object, method: Any, properties: Any, body: bytes) -> None:  # noqa: ANN401
        on_arrival(
            Arrived(
                method.delivery_tag,
                method.redelivered,
                Properties(**values_of(properties)),
                body,
                method.exchange,
                method.routing_key,
            )
        )

    def consume(_: object) -> None:
        channel.basic_consume(queue, arrive, callback=ready)

    return consume


def values_of(properties: Any) -> dict[str, Any]:  # noqa: ANN401  (pika's, or ours)
    """Return them by name, as both pika and we take them."""
    return {name: getattr(properties, name) for name in PROPERTIES}
