"""RabbitMQ as the way in: what a consumer promises, kept over a wire."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Final

from edoc_connector.bus.address import RabbitAddress
from edoc_connector.bus.channel import Channel, for_consuming
from edoc_connector.bus.intake import MOST_BYTES, Intake
from edoc_connector.bus.line import Line
from edoc_connector.bus.message import Delivery, Foreign
from edoc_connector.bus.properties import read_message
from edoc_connector.bus.returned import Returned
from edoc_connector.errors import BusRefused, BusUnavailable

log = logging.getLogger(__name__)

TAGS_PER_CONNECTION: Final = 2**48

MOST_PREFETCH: Final = 65_535
"""AMQP has sixteen bits for it."""

NO_ACCESS: Final = 403
NOT_FOUND: Final = 404
REFUSES_READING: Final = frozenset({NO_ACCESS, NOT_FOUND})


class RabbitConsumer:
    """One thread's way in, from the two queues that are ours."""

    def __init__(
        self,
        address: RabbitAddress,
        queue: str,
        prefetch: int,
        express: str = "",
        *,
        prefetch_bytes: int = MOST_BYTES,
    ) -> None:
        """Read `express` before `queue`; an axis may have no such queue for us yet.

        So much is in memory and not acknowledged: `prefetch` messages of each, and
        `prefetch_bytes` of all, with one message more at the most.
        """
        self._address = address
        self._intake = Intake(prefetch_bytes)
        self._queue, self._express_queue = queue, express
        self._prefetch = self._usual_prefetch = prefetch
        self._line = self._new_line()

    def _new_line(self) -> Line:
        mailboxes = {self._queue: self._intake.arrive}
        if self._express_queue:
            express = {self._express_queue: self._intake.arrive_express}
            mailboxes = express | mailboxes

        def prepare(channel: Channel, ready: Callable[[object], None]) -> None:
            for_consuming(mailboxes, self._prefetch)(channel, ready)

        is_full = lambda: self._intake.is_full  # noqa: E731  (read at every turn)
        return Line(self._address, REFUSES_READING, prepare, is_full)

    def receive(self, wait_seconds: float) -> Delivery | Foreign | Returned | None:
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

    def _receive(self, wait_seconds: float) -> Delivery | Foreign | Returned | None:
        if not self._intake.is_in_hand:
            self._line.renew()
        if self._line.wire is None:
            self._intake.begin_anew()
        with self._line.in_use() as wire:
            wire.check()
            if not self._intake.has_mail:  # as after most of a backlog
                wire.wait(lambda: self._intake.has_mail, wait_seconds)
        return self._next() if self._intake.has_mail else None

    def acknowledge(self, *deliveries: Delivery | Foreign | Returned) -> None:
        """Tell the broker to forget them; after `BusUnavailable` they come again."""
        tags = self._tags_of(deliveries)
        if tags:
            with self._line.in_use() as wire:
                settled = self._intake.let_go(tags)
                wire.acknowledge(settled.up_to, settled.others)
        if len(tags) < len(deliveries):
            raise BusUnavailable(
                address=self._address, problem="the connection it came by is gone"
            )

    def set_aside(self, *deliveries: Delivery | Foreign | Returned) -> None:
        """Keep no room for them.

        What has come by another connection is not set aside: it comes again anyhow.
        """
        self._intake.set_aside(self._tags_of(deliveries))

    @property
    def is_held_up(self) -> bool:
        """Whether what was set aside is most of what we may have at a time."""
        is_most = self._intake.aside > self._prefetch / 2
        return is_most and self._prefetch < MOST_PREFETCH

    def _tags_of(
        self, deliveries: Sequence[Delivery | Foreign | Returned]
    ) -> list[int]:
        """Return the tags of those that came by this connection.

        Two connections count alike: the broker would forget other messages.
        """
        named = [divmod(it.tag, TAGS_PER_CONNECTION) for it in deliveries]
        here = self._line.connections if self._line.wire else None
        return [tag for connection, tag in named if connection == here]

    def close(self) -> None:
        """Let go of the connection; unacknowledged messages go back.

        Where we were held up, twice as many may come by the next one.  One consumer for
        all of them, because of several a broker mixes what they give back.
        """
        if self._line.wire is not None:
            self._prefetch = self._next_prefetch()
        self._line.close()
        self._intake.begin_anew()

    def _next_prefetch(self) -> int:
        if self.is_held_up:
            return min(2 * self._prefetch, MOST_PREFETCH)
        return self._prefetch if self._intake.aside else self._usual_prefetch

    def _next(self) -> Delivery | Foreign | Returned:
        arrived = self._intake.hand_out()
        return read_message(
            arrived.properties,
            arrived.body,
            tag=self._line.connections * TAGS_PER_CONNECTION + arrived.tag,
            redelivered=arrived.redelivered,
            mailboxes=(self._queue, self._express_queue),
            exchange=arrived.exchange,
            key=arrived.key,
        )
