"""RabbitMQ as the axis: what a publisher and a consumer promise, kept over a wire.

Each belongs to one thread.  The connection is made by the first call that needs it, and
again by the first call after a failure.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

from edoc_connector.bus.address import RabbitAddress
from edoc_connector.bus.certificate import FileState, states_of
from edoc_connector.bus.message import Delivery, Foreign, Message
from edoc_connector.bus.properties import (
    Properties,
    read_message,
    write_properties,
)
from edoc_connector.bus.tls import handshake_for
from edoc_connector.bus.turns import Turns
from edoc_connector.bus.wire import (
    Arrived,
    Prepare,
    Wire,
    for_consuming,
    for_publishing,
)
from edoc_connector.errors import (
    N_,
    BusRefused,
    BusUnavailable,
    EdocError,
    MailboxBusy,
    Unroutable,
)

__all__ = ["RabbitAddress", "RabbitConsumer", "RabbitPublisher"]

log = logging.getLogger(__name__)

SLOWEST_BYTES_PER_SECOND: Final = 65_536
"""A line as slow as this still gets its large message confirmed in time."""

TAGS_PER_CONNECTION: Final = 2**48

TOO_LARGE: Final = 311
NO_ACCESS: Final = 403
NOT_FOUND: Final = 404
PRECONDITION_FAILED: Final = 406
REFUSES_READING: Final = frozenset({NO_ACCESS, NOT_FOUND})
REFUSES_WRITING: Final = frozenset({TOO_LARGE, PRECONDITION_FAILED})
"""What is wrong with the message.  Where the exchange or a permission is missing, all
wait: no message can mend that."""


BLOCKED: Final = N_("it takes nothing for now: its memory or its disk is full")


class _Line:
    """A wire that is made when it is needed and dropped when it has failed."""

    def __init__(
        self, address: RabbitAddress, refusals: frozenset[int], prepare: Prepare
    ) -> None:
        self.wire: Wire | None = None
        self.connections = 0
        self._address = address
        self._refusals = refusals
        self._prepare = prepare
        self._opened_at = 0.0
        self._files: tuple[FileState, ...] = ()

    @contextmanager
    def in_use(self) -> Iterator[Wire]:
        """Give an open wire; after a failure nothing of it is used again."""
        try:
            wire = self._open()
            wire.check_certificates()
            yield wire
        except BaseException:
            self.close()
            raise

    def keep_alive(self) -> None:
        """Answer heartbeats, and drop a wire that was lost while we rested."""
        if self.wire is None:
            return
        try:
            self.wire.glance()
        except EdocError:
            self.close()
        self.renew()

    def renew(self) -> None:
        """Replace a wire that is old, or whose certificates were renewed, at a rest.

        New files that do not serve yet are said once, and change nothing.
        """
        if self.wire is None:
            return
        is_old = time.monotonic() - self._opened_at > self._address.reconnect_seconds
        files = states_of(self._address.tls)
        if is_old or (files != self._files and self._serve(files)):
            log.info("broker_reconnected", extra={"address": str(self._address)})
            self.close()

    def _serve(self, files: tuple[FileState, ...]) -> bool:
        self._files = files
        try:
            handshake_for(self._address, datetime.now(UTC))
        except EdocError as error:
            extra = {"address": str(self._address)}
            log.warning("broker_certificate_unfit", extra=extra, exc_info=error)
            return False
        return True

    def close(self) -> None:
        """Let go of the connection."""
        wire, self.wire = self.wire, None
        if wire is not None:
            wire.close()

    def _open(self) -> Wire:
        if self.wire is None:
            self.connections += 1
            self._files = states_of(self._address.tls)
            self._opened_at = time.monotonic()
            self.wire = Wire(self._address, self._refusals, self._prepare)
            self.wire.open()
        return self.wire


class RabbitPublisher:
    """One thread's way out, onto the exchange of the axis."""

    def __init__(self, address: RabbitAddress) -> None:
        self._address = address
        self._is_confirmed: bool | None = None
        self._is_returned = False
        prepare = for_publishing(self._on_return, self._on_confirm)
        self._line = _Line(address, REFUSES_WRITING, prepare)

    def publish(self, message: Message) -> None:
        """Return only when the broker has confirmed custody."""
        properties = write_properties(message, self._address.account)
        self._line.keep_alive()
        for key in message.routing_keys:
            if self._is_routed(key, properties, message):
                return
        raise Unroutable(recipient=message.recipient)

    def _is_routed(self, key: str, properties: Properties, message: Message) -> bool:
        """Publish it under this key; False where no queue is bound for it."""
        self._is_confirmed, self._is_returned = None, False
        with self._line.in_use() as wire:
            wire.publish(key, properties, message.body)
            is_taken = self._wait_for_confirm(wire, len(message.body))
        if not is_taken:
            raise MailboxBusy(address=self._address, recipient=message.recipient)
        return not self._is_returned

    def connect(self) -> None:
        """Sign in now; raise `BusUnavailable` where that is not possible."""
        with self._line.in_use():
            pass

    def keep_alive(self) -> None:
        """Answer heartbeats, and drop a connection that was lost while we rested."""
        self._line.keep_alive()

    def close(self) -> None:
        """Let go of the connection."""
        self._line.close()

    def _wait_for_confirm(self, wire: Wire, size: int) -> bool:
        """Return whether the broker took it; raise where it says nothing in time.

        Or at once where it says that it takes nothing now: a confirm that comes later
        is for a message that is published again, and dropped where it arrives.
        """
        seconds = self._address.timeout_seconds + size / SLOWEST_BYTES_PER_SECOND
        has_answered = wire.wait(
            lambda: self._is_confirmed is not None or wire.is_blocked, seconds
        )
        if self._is_confirmed is not None:
            return self._is_confirmed
        if has_answered:
            raise wire.unavailable(BLOCKED)
        raise wire.unavailable(f"not confirmed within {seconds:g} s")

    def _on_return(self) -> None:
        self._is_returned = True

    def _on_confirm(self, is_taken: bool) -> None:  # noqa: FBT001  (ack or nack)
        self._is_confirmed = is_taken


class RabbitConsumer:
    """One thread's way in, from the two queues that are ours."""

    def __init__(
        self, address: RabbitAddress, queue: str, prefetch: int, express: str = ""
    ) -> None:
        """Read `express` before `queue`; an axis may have no such queue for us yet."""
        self._address = address
        self._ordinary: deque[Arrived] = deque()
        self._express: deque[Arrived] = deque()
        self._in_hand: set[int] = set()
        self._turns = Turns()
        self._queue, self._prefetch, self._express_queue = queue, prefetch, express
        self._line = self._new_line()

    def _new_line(self) -> _Line:
        mailboxes = {self._queue: self._ordinary.append}
        if self._express_queue:
            mailboxes = {self._express_queue: self._express.append, **mailboxes}
        prepare = for_consuming(mailboxes, self._prefetch)
        return _Line(self._address, REFUSES_READING, prepare)

    def receive(self, wait_seconds: float) -> Delivery | Foreign | None:
        """Return the next message, or None after waiting."""
        try:
            return self._receive(wait_seconds)
        except BusRefused:
            if not self._express_queue:
                raise
            # Its broker was set up before there were express queues: urgent mail comes
            # with the rest until it is brought up to date and we start anew.
            log.warning("express_queue_missing", extra={"queue": self._express_queue})
            self._express_queue = ""
            connections, self._line = self._line.connections, self._new_line()
            self._line.connections = connections
            return self._receive(wait_seconds)

    def _receive(self, wait_seconds: float) -> Delivery | Foreign | None:
        if not self._in_hand:
            self._line.renew()
        if self._line.wire is None:
            # What an earlier connection brought comes again.
            self._ordinary.clear()
            self._express.clear()
            self._in_hand.clear()
        with self._line.in_use() as wire:
            wire.check()
            has_come = wire.wait(self._has_mail, wait_seconds)
        return self._next() if has_come else None

    def _has_mail(self) -> bool:
        return bool(self._express or self._ordinary)

    def acknowledge(self, delivery: Delivery | Foreign) -> None:
        """Tell the broker to forget it; after `BusUnavailable` it comes again."""
        connection, tag = divmod(delivery.tag, TAGS_PER_CONNECTION)
        # Two connections count alike: the broker would forget another message.
        if self._line.wire is None or connection != self._line.connections:
            raise BusUnavailable(
                address=self._address, problem="the connection it came by is gone"
            )
        with self._line.in_use() as wire:
            wire.acknowledge(tag)
        self._in_hand.discard(tag)

    def close(self) -> None:
        """Let go of the connection; unacknowledged messages go back."""
        self._line.close()

    def _next(self) -> Delivery | Foreign:
        is_express = self._turns.is_express(
            express=bool(self._express), ordinary=bool(self._ordinary)
        )
        arrived = (self._express if is_express else self._ordinary).popleft()
        self._in_hand.add(arrived.tag)
        return read_message(
            arrived.properties,
            arrived.body,
            tag=self._line.connections * TAGS_PER_CONNECTION + arrived.tag,
            redelivered=arrived.redelivered,
        )
