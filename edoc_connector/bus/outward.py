"""RabbitMQ as the way out: what a publisher promises, kept over a wire."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from edoc_connector.bus.address import RabbitAddress
from edoc_connector.bus.channel import Confirm, for_publishing
from edoc_connector.bus.line import Line
from edoc_connector.bus.message import Message
from edoc_connector.bus.outcome import Outcome, Refusal, Room
from edoc_connector.bus.port import WAIT_SECONDS
from edoc_connector.bus.properties import write_properties
from edoc_connector.bus.too_large import largest_after
from edoc_connector.bus.ways import Ways
from edoc_connector.bus.window import Flight, Window
from edoc_connector.bus.wire import Wire
from edoc_connector.clock import VIETNAM
from edoc_connector.errors import (
    BusBlocked,
    BusRefused,
    MailboxBusy,
    MessageTooLarge,
    Unroutable,
)

SLOWEST_BYTES_PER_SECOND: Final = 65_536
"""A line as slow as this still gets its large message confirmed in time."""

USUAL_FRAME_BYTES: Final = 131_072
"""What RabbitMQ agrees to unless it is told otherwise."""

OTHER_HEADER_BYTES: Final = 16_384
"""Kept free in that frame: our other properties, and what each link adds."""

TOO_LARGE: Final = 311
PRECONDITION_FAILED: Final = 406
REFUSES_WRITING: Final = frozenset({TOO_LARGE, PRECONDITION_FAILED})
"""What is wrong with the message.  Where the exchange or a permission is missing, all
wait: no message can mend that."""

ROOM: Final = Room()
MINUTE: Final = "%H:%M %d/%m/%Y"


class RabbitPublisher:
    """One thread's way out, onto the exchange of the axis."""

    def __init__(self, address: RabbitAddress, room: Room = ROOM) -> None:
        self.most_bytes = 0
        self._address = address
        self._window = Window(room)
        self._ways = Ways()
        self._known: list[Outcome] = []
        self._doubtful: deque[Flight] = deque()
        """One of them is refused; each goes alone, to find out which."""
        self._waited = 0.0
        """How long the broker has said nothing of what is on its way."""
        self._blocked_at: datetime | None = None
        prepare = for_publishing(self._window.give_back, self._on_confirm)
        self._line = Line(address, REFUSES_WRITING, prepare)

    @property
    def is_full(self) -> bool:
        """Whether `send` would wait."""
        return bool(self._doubtful) or self._window.is_full

    @property
    def most_header_bytes(self) -> int:
        """All properties of a message must be in one frame (AMQP 0-9-1, 2.3.5.2)."""
        wire = self._line.wire
        frame_bytes = wire.frame_bytes if wire else USUAL_FRAME_BYTES
        return max(0, frame_bytes - OTHER_HEADER_BYTES)

    def publish(self, message: Message) -> None:
        """Return only when the broker has confirmed custody."""
        self.send(0, message)
        while not (known := self.outcomes()):
            pass
        for outcome in known:
            outcome.require()

    def way_to(self, keys: tuple[str, ...]) -> str:
        """Return the key under which that was taken a short while ago by this line."""
        return self._ways.to(keys) if self._line.wire else ""

    def send(self, ticket: int, message: Message, keys: Sequence[str] = ()) -> None:
        """Put the message on its way, where need be after others were confirmed."""
        try:
            properties = write_properties(message, self._address.account, keys)
        except BusRefused as error:
            self._known.append(Outcome(ticket, error))
            return
        if not self._window:
            self._line.keep_alive()
        while self.is_full:
            self._advance(WAIT_SECONDS)
        first, *others = keys[:1] or message.routing_keys
        self._launch(
            Flight(
                ticket=ticket,
                message=message,
                properties=properties,
                key=first,
                others=tuple(others),
            )
        )

    def outcomes(self, wait_seconds: float = WAIT_SECONDS) -> Sequence[Outcome]:
        """Return what is known; if it is nothing yet, wait so long for a confirm."""
        # A fast confirm has come while its own message was still being written.
        self._judge_landed()
        until = time.monotonic() + wait_seconds
        while not self._known and (self._window or self._doubtful):
            if (left := until - time.monotonic()) <= 0:
                break
            self._advance(left)
        known, self._known = self._known, []
        return known

    def connect(self) -> None:
        """Sign in now; raise `BusUnavailable` where that is not possible."""
        with self._line.in_use():
            pass

    def keep_alive(self) -> None:
        """Answer heartbeats, and drop a connection that was lost while we rested."""
        if not self._window:
            self._line.keep_alive()

    def close(self) -> None:
        """Let go of the connection, and of what is on its way."""
        self._forget()
        self._line.close()

    def _launch(self, flight: Flight) -> None:
        if self._line.wire is None:
            self._window.begin_anew()
            self._ways.forget_all()
        with self._in_use() as wire:
            self._window.launch(flight)
            wire.publish(flight.key, flight.properties, flight.message.body)

    def _advance(self, wait_seconds: float) -> None:
        """Wait so long for the broker to speak; raise where it is silent for too long.

        Or at once where it says that it takes nothing now: a confirm that comes later
        is for a message that is published again, and dropped where it arrives.
        """
        if not self._window:
            self._launch(self._doubtful.popleft())
        patience = self._address.timeout_seconds
        patience += self._window.bytes / SLOWEST_BYTES_PER_SECOND
        seconds = max(0.0, min(wait_seconds, patience - self._waited))
        landed = self._window.landed
        with self._in_use() as wire:
            if wire.wait(lambda: bool(landed) or wire.is_blocked, seconds):
                if not landed:
                    raise self._blocked()
            else:
                self._waited += seconds
                if self._waited >= patience:
                    raise wire.unavailable(f"not confirmed within {patience:g} s")
        self._judge_landed()

    def _blocked(self) -> BusBlocked:
        """Say since when; a new connection finds the broker as the last one left it."""
        self._blocked_at = self._blocked_at or datetime.now(UTC)
        since = self._blocked_at.astimezone(VIETNAM).strftime(MINUTE)
        return BusBlocked(address=self._address, since=since)

    def _judge_landed(self) -> None:
        while self._window.landed:
            flight = self._window.landed.popleft()
            self._blocked_at, self._waited = None, 0.0
            if flight.is_taken and flight.is_returned and flight.others:
                first, *others = flight.others
                again = replace(flight, key=first, others=tuple(others))
                again.is_returned = again.is_taken = False
                self._launch(again)
            else:
                refusal = self._refusal(flight)
                self._learn(flight, refusal)
                self._known.append(Outcome(flight.ticket, refusal, flight.key))

    def _learn(self, flight: Flight, refusal: Refusal | None) -> None:
        """Remember the way of what went to one; of several it is known of none."""
        keys = flight.message.routing_keys
        if flight.message.others:
            if refusal is not None:
                self._ways.forget_all()
        elif refusal is None:
            self._ways.prove(keys, flight.key)
        else:
            self._ways.forget(keys)

    def _refusal(self, flight: Flight) -> Refusal | None:
        recipient = flight.message.recipient
        if not flight.is_taken:
            return MailboxBusy(address=self._address, recipient=recipient)
        return Unroutable(recipient=recipient) if flight.is_returned else None

    @contextmanager
    def _in_use(self) -> Iterator[Wire]:
        """Give the wire; nothing of what was on its way is known after a failure."""
        try:
            with self._line.in_use() as wire:
                yield wire
        except BusRefused as error:
            self._find_refused(error)
        except BaseException:
            self._forget()
            raise

    def _find_refused(self, error: BusRefused) -> None:
        """Say which message it was at which the broker closed the channel.

        It does not say that itself, so those on their way go once more, one by one.
        """
        self._waited = 0.0
        flying = self._window.begin_anew()
        self._judge_landed()
        if len(flying) == 1:
            refusal = self._sized(error, flying[0])
            self._known.append(Outcome(flying[0].ticket, refusal))
            return
        for flight in flying:
            flight.is_returned = False
        self._doubtful.extend(flying)

    def _sized(self, error: BusRefused, flight: Flight) -> BusRefused:
        """Learn from a refusal how large a message may be, if that is what it is."""
        limit = largest_after(error, flight.bytes)
        if not limit:
            return error
        self.most_bytes = limit
        return MessageTooLarge(limit=limit, problem=error.details["problem"])

    def _forget(self) -> None:
        self._waited = 0.0
        self._doubtful.clear()
        self._window.begin_anew()
        self._window.landed.clear()
        self._known.clear()

    def _on_confirm(self, it: Confirm) -> None:
        self._window.confirm(it.tag, up_to=it.up_to, is_taken=it.is_taken)
