"""The messages on their way over one channel, until the broker has spoken of each.

A new line carries one message, and one more for each that was confirmed: were the whole
window sent at once over a line that breaks often, none would ever be confirmed.

A message is taken by its own confirm and by nothing else.  What no queue takes comes
back before its confirm, and says by its own properties which it was.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from edoc_connector.bus.message import Message
from edoc_connector.bus.outcome import Room
from edoc_connector.bus.properties import SEGMENT, Properties


@dataclass(slots=True, kw_only=True)
class Flight:
    """One message on its way under one key; `others` are for who has no such box."""

    ticket: int
    message: Message
    properties: Properties
    key: str
    others: tuple[str, ...]
    is_returned: bool = False
    is_taken: bool = False

    @property
    def bytes(self) -> int:
        """How much of it is in memory."""
        return len(self.message.body)


class Window:
    """Counts as the broker counts: from 1 on each channel."""

    def __init__(self, room: Room) -> None:
        self.landed: deque[Flight] = deque()
        """Of these the broker has spoken, in the order in which it did."""
        self._room = room
        self._flying: dict[int, Flight] = {}
        self._last_tag = 0
        self._proven = 1
        """So many at a time the line has shown that it carries."""
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._flying)

    @property
    def is_full(self) -> bool:
        """Whether nothing more is to be sent before something was confirmed."""
        is_many = len(self._flying) >= min(self._proven, self._room.messages)
        return is_many or (bool(self._flying) and self.bytes >= self._room.bytes)

    def launch(self, flight: Flight) -> None:
        """Remember what is being published now."""
        self._last_tag += 1
        self._flying[self._last_tag] = flight
        self.bytes += flight.bytes

    def give_back(self, key: str, properties: Properties) -> None:
        """Mark the message that no queue took; its confirm follows."""
        for flight in self._flying.values():
            if not flight.is_returned and _is_of(flight, key, properties):
                flight.is_returned = True
                return

    def confirm(self, tag: int, *, up_to: bool, is_taken: bool) -> None:
        """Land one message, or all `up_to` it (AMQP's `multiple`; 0 is every one)."""
        tags = [tag]
        if up_to:
            # They are in the order of their tags.
            tags = [it for it in self._flying if it <= tag or tag == 0]
        for each in tags:
            flight = self._flying.pop(each, None)
            if flight is not None:
                flight.is_taken = is_taken
                self.bytes -= flight.bytes
                self._proven = min(self._proven + 1, self._room.messages)
                self.landed.append(flight)

    def begin_anew(self) -> tuple[Flight, ...]:
        """Count for a new channel; return what was on its way over the old one."""
        flying = tuple(self._flying.values())
        self._flying.clear()
        self._last_tag, self._proven, self.bytes = 0, 1, 0
        return flying


def _is_of(flight: Flight, key: str, properties: Properties) -> bool:
    """Whether the broker has sent back this one: segments of a packet share an id.

    So do a probe and what follows it.
    """
    own = flight.properties
    ours = (flight.key, own.message_id, own.type, _segment(own))
    theirs = (key, properties.message_id, properties.type, _segment(properties))
    return ours == theirs


def _segment(properties: Properties) -> object:
    headers = properties.headers
    return headers.get(SEGMENT) if isinstance(headers, Mapping) else None
