"""Is our mailbox as it must be?  The broker is asked by declaring it again as planned.

That changes nothing: where something differs RabbitMQ refuses with 406 and names the
argument.  A mailbox that is missing is not made here, which the broker would not allow
either.  What a policy of the broker does to it cannot be seen this way.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from edoc_connector.bus.address import RabbitAddress
from edoc_connector.bus.channel import Prepare
from edoc_connector.bus.wire import Wire
from edoc_connector.errors import BusRefused, MailboxUnsafe

log = logging.getLogger(__name__)

NOT_FOUND: Final = "404"
REFUSALS: Final = frozenset({403, 404, 406})
"""Not permitted, not there, not so."""

DIFFERS: Final = re.compile(
    r"inequivalent arg '(?P<argument>[^']+)'.*but current is"
    r"(?: the value)? (?:'(?P<value>[^']*)'|none)"
)
"""How RabbitMQ says it, from 3.8 to 4.x; there is no other way to learn it."""

NONE: Final = ""
DURABLE: Final = {"durable": "true"}
"""What is no argument, and differs all the same."""

Arguments = Mapping[str, object]

LOSING: Final[Mapping[str, Callable[[str], bool]]] = {
    "durable": lambda value: value != "true",
    # One without a type is classic.
    "x-queue-type": lambda value: value != "quorum",
    "x-delivery-limit": lambda value: value == NONE,
    "x-dead-letter-exchange": lambda value: value == NONE,
    "x-message-ttl": lambda value: value != NONE,
    "x-expires": lambda value: value != NONE,
}
"""With which values documents are lost, or set aside though nothing is wrong."""


class Standing(StrEnum):
    """What was learnt of a mailbox."""

    SAFE = "safe"
    UNSEEN = "unseen"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a queue that is other than wanted; empty where there is none."""

    name: str
    wanted: str
    found: str


def look_at_mailbox(
    address: RabbitAddress, queue: str, arguments: Arguments
) -> Standing:
    """Return what the broker says of the queue, compared with these arguments.

    Other limits than ours are the operator's choice.  Raises `MailboxUnsafe` where the
    queue would lose documents, `BusUnavailable` where nobody can be asked.
    """
    try:
        for it in differing(address, queue, arguments):
            _require_safe(queue, it)
    except BusRefused as error:
        if error.details["reply"] == NOT_FOUND:
            return Standing.MISSING
        cause = error.details["problem"]
        log.warning("mailbox_unseen", extra={"queue": queue, "cause": cause})
        return Standing.UNSEEN
    return Standing.SAFE


def _require_safe(queue: str, found: Argument) -> None:
    if found.name in LOSING and LOSING[found.name](found.found):
        raise MailboxUnsafe(
            queue=queue,
            argument=found.name,
            found=found.found or "-",
            expected=found.wanted or "-",
        )
    log.info("mailbox_differs", extra={"queue": queue, "key": found.name})


def differing(
    address: RabbitAddress, queue: str, arguments: Arguments
) -> Iterator[Argument]:
    """Yield each argument that is other than these.

    Raises `BusRefused`, with the `reply` 404 where there is no such queue and 403 where
    the account may not ask.
    """
    wanted = dict(arguments)
    # Each round learns one value; a broker that repeats itself is not asked for ever.
    for _ in range(len(LOSING) + len(wanted)):
        try:
            _declare(address, queue, wanted)
        except BusRefused as error:
            found = DIFFERS.search(error.details["problem"])
            if found is None:
                raise
            name, value = found["argument"], found["value"] or NONE
            yield Argument(name, str(wanted.get(name, DURABLE.get(name, NONE))), value)
            if name in DURABLE:
                return
            _adopt(wanted, name, value)
            continue
        return


def _adopt(wanted: dict[str, object], argument: str, value: str) -> None:
    if value == NONE:
        wanted.pop(argument, None)
    else:
        wanted[argument] = int(value) if value.isdigit() else value


def _declare(address: RabbitAddress, queue: str, arguments: Arguments) -> None:
    wire = Wire(address, REFUSALS, _declaring(queue, arguments))
    try:
        wire.open()
    finally:
        wire.close()


def _declaring(queue: str, arguments: Arguments) -> Prepare:
    """Ask first whether it is there: what is missing must not be made by asking."""

    def prepare(channel: Any, ready: Callable[[object], None]) -> None:  # noqa: ANN401
        def again(_: object) -> None:
            channel.queue_declare(
                queue, durable=True, arguments=dict(arguments), callback=ready
            )

        channel.queue_declare(queue, passive=True, callback=again)

    return prepare
