"""Is our mailbox as it must be?  The broker is asked by declaring it again as planned.

That changes nothing: where something differs RabbitMQ refuses with 406 and names the
argument.  A mailbox that is missing is not made here, which the broker would not allow
either.  What a policy of the broker does to it cannot be seen this way.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final

from edoc_connector.bus.address import RabbitAddress
from edoc_connector.bus.wire import Prepare, Wire
from edoc_connector.errors import BusRefused, MailboxUnsafe

log = logging.getLogger(__name__)

NO_ACCESS: Final = 403
NOT_FOUND: Final = 404
PRECONDITION_FAILED: Final = 406
REFUSALS: Final = frozenset({NO_ACCESS, NOT_FOUND, PRECONDITION_FAILED})

DIFFERS: Final = re.compile(
    r"inequivalent arg '(?P<argument>[^']+)'.*but current is"
    r"(?: the value)? (?:'(?P<value>[^']*)'|none)"
)
"""How RabbitMQ says it, from 3.8 to 4.x; there is no other way to learn it."""

NONE: Final = ""

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


def look_at_mailbox(
    address: RabbitAddress, queue: str, arguments: Arguments
) -> Standing:
    """Return what the broker says of the queue, compared with these arguments.

    Other limits than ours are the operator's choice.  Raises `MailboxUnsafe` where the
    queue would lose documents, `BusUnavailable` where nobody can be asked.
    """
    wanted = dict(arguments)
    # Each round learns one value; a broker that names one twice is not to be read.
    for _ in range(len(LOSING) + len(wanted)):
        try:
            _declare(address, queue, wanted)
        except BusRefused as error:
            reply = int(error.details["reply"])
            found = DIFFERS.search(error.details["problem"])
            if reply == NOT_FOUND:
                return Standing.MISSING
            if reply == NO_ACCESS or found is None:
                return _unseen(queue, error)
            _require_safe(queue, found["argument"], found["value"] or NONE, wanted)
            _adopt(wanted, found["argument"], found["value"] or NONE)
            continue
        return Standing.SAFE
    return _unseen(queue, None)


def _unseen(queue: str, error: BusRefused | None) -> Standing:
    cause = error.details["problem"] if error else "no end of differences"
    log.warning("mailbox_unseen", extra={"queue": queue, "cause": cause})
    return Standing.UNSEEN


def _require_safe(queue: str, argument: str, value: str, wanted: Arguments) -> None:
    if argument in LOSING and LOSING[argument](value):
        raise MailboxUnsafe(
            queue=queue,
            argument=argument,
            found=value or "-",
            expected=wanted.get(argument, "true" if argument == "durable" else "-"),
        )
    log.info("mailbox_differs", extra={"queue": queue, "key": argument})


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
