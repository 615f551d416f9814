"""A loop that can leave unread what a broker sends, so that memory has a bound.

TCP then lets the broker wait; what it has sent already stays with the system.  pika has
no such thing: AMQP counts messages ahead of our acks, and those of strangers are large.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Final

from pika.adapters.select_connection import IOLoop

READ: Final = int(IOLoop.READ)

Handler = Callable[[int, int], None]
Callback = Callable[[], None]


class Valve(IOLoop):  # type: ignore[misc]  # pika has no types
    """pika's loop; while it is shut nothing is read, and all else goes on."""

    def __init__(self) -> None:
        super().__init__()
        self._wanted: dict[int, int] = {}
        self._put_off: deque[Callback] = deque()
        self._is_shut = False

    def add_handler(self, fd: int, handler: Handler, events: int) -> None:
        """Watch a connection, for what is let through."""
        self._wanted[fd] = events
        super().add_handler(fd, handler, self._let_through(events))

    def update_handler(self, fd: int, events: int) -> None:
        """Watch it for other events, of which reading may have to wait."""
        self._wanted[fd] = events
        super().update_handler(fd, self._let_through(events))

    def remove_handler(self, fd: int) -> None:
        """Watch it no more."""
        del self._wanted[fd]
        super().remove_handler(fd)

    def add_callback_threadsafe(self, callback: Callback) -> None:
        """Call it at the next turn, or when the valve is open again.

        Over TLS pika reads on by itself, in such calls: whether the system has more is
        no longer asked.  Of the others none is wanted before we read again.
        """
        super().add_callback_threadsafe(partial(self._call, callback))

    add_callback = add_callback_threadsafe

    def _call(self, callback: Callback) -> None:
        if self._is_shut:
            self._put_off.append(callback)
        else:
            callback()

    def shut(self, *, is_shut: bool) -> None:
        """Read nothing from now on, or read again."""
        if is_shut is self._is_shut:
            return
        self._is_shut = is_shut
        for fd, events in self._wanted.items():
            super().update_handler(fd, self._let_through(events))
        while self._put_off and not is_shut:
            self.add_callback_threadsafe(self._put_off.popleft())

    def _let_through(self, events: int) -> int:
        return events & ~READ if self._is_shut else events
