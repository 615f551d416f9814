"""One thread computes at a time, and those that wait for it do not shove.

An interpreter runs one thread at a time anyway.  Every statement of a database, every
hash and every file gives it away for a moment, and who wants it back then stands in
line with all the others: some two hundred times for one document, which was a quarter
of all processor time.  So whoever has a batch in hand holds the baton, and lays it down
where he waits for somebody else.  It is handed on in the order of asking: who does the
last step of a document's way is not to starve behind those who begin with new ones.

It is a courtesy and no lock.  Nothing is protected by it, and who has waited as long as
`PATIENCE_SECONDS` goes on without.  Behind who has had it for longer nobody even begins
to wait: a register that does not answer keeps nobody from his work.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, local
from time import monotonic
from typing import Final

PATIENCE_SECONDS: Final = 0.5
"""Longer than a batch takes; short for who waits because somebody else is stuck."""


class Baton:
    """In the hands of one thread, or of none."""

    def __init__(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._patience_seconds = patience_seconds
        self._guard = Lock()
        self._is_out = False
        self._since = 0.0
        self._line: deque[Lock] = deque()
        """Closed locks of who waits; that of the next one is opened for him."""
        self._hands = local()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Compute with the baton in hand, or without where it does not come in time."""
        self._take()
        try:
            yield
        finally:
            self._lay_down()

    @contextmanager
    def laid_down(self) -> Iterator[None]:
        """Wait for somebody else meanwhile; who has no baton in hand just waits.

        Not inside of a transaction: who has the baton next may wait for its end.
        """
        had_it = self._lay_down()
        try:
            yield
        finally:
            if had_it:
                self._take()

    def _take(self) -> None:
        place = self._place_in_line()
        self._hands.are_full = place is not None and self._was_handed(place)

    def _place_in_line(self) -> Lock | None:
        """Return what is open when it is our turn; None where its holder is stuck."""
        place = Lock()
        with self._guard:
            if not self._is_out:
                self._is_out, self._since = True, monotonic()
                return place
            if monotonic() > self._since + self._patience_seconds:
                return None
            place.acquire()
            self._line.append(place)
            return place

    def _was_handed(self, place: Lock) -> bool:
        if place.acquire(timeout=self._patience_seconds):
            return True
        with self._guard:
            if place in self._line:
                self._line.remove(place)
                return False
        return True  # it came just now

    def _lay_down(self) -> bool:
        if not getattr(self._hands, "are_full", False):
            return False
        self._hands.are_full = False
        with self._guard:
            if self._line:
                self._since = monotonic()
                self._line.popleft().release()
            else:
                self._is_out = False
        return True


baton: Final = Baton()
"""That of this process: it has one interpreter."""
