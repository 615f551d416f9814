"""Asks the time stamping service for several seals at once, and knows when not to wait.

Real services take 2 to 131 seconds, and none of them may stop the post.  So a document
waits for a bounded time, and while the service fails it does not wait at all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Semaphore, Thread
from typing import Final

from edoc_connector.errors import N_, Reason, TimestampUnavailable
from edoc_connector.flows.backoff import Backoff
from edoc_connector.signature.ports import TimeStamper

Stamp = bytes | Reason
"""A time stamp token, or why there is none."""

PAUSES: Final = Backoff(60.0, 600.0)
"""For how long no document waits after a failure: an outage of hours then costs one
wait in ten minutes."""

LATE: Final[Stamp] = TimestampUnavailable(
    problem=N_("it does not answer in time")
).reason
PAUSED: Final[Stamp] = TimestampUnavailable(
    problem=N_("it failed a short while ago")
).reason


@dataclass(slots=True, kw_only=True)
class Stamping:
    """The service, how long it may take, and how often it is asked.

    It never has more than `at_once` requests in hand, whoever asks.  Documents wait
    `wait_seconds`; a stamp that is fetched later may take `timeout_seconds`, and is
    given up after so many `attempts`.
    """

    stamper: TimeStamper
    wait_seconds: float
    timeout_seconds: float
    at_once: int
    attempts: int
    pauses: Backoff = PAUSES
    clock: Callable[[], float] = time.monotonic
    _failures: int = field(default=0, init=False)
    _paused_until: float = field(default=0.0, init=False)
    _places: Semaphore = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._places = Semaphore(self.at_once)

    @property
    def later_at_once(self) -> int:
        """How many stamps to fetch later: documents that wait need places too."""
        return max(1, self.at_once // 2)

    def stamp_now(self, values: Sequence[bytes]) -> tuple[Stamp, ...]:
        """Stamp signature values that documents wait for; not while it fails."""
        if not values or (self._failures and self.clock() < self._paused_until):
            return (PAUSED,) * len(values)
        found = self.stamp(values, within_seconds=self.wait_seconds)
        self._learn(any(isinstance(one, bytes) for one in found))
        return found

    def _learn(self, is_there: bool) -> None:  # noqa: FBT001  (what was learnt)
        if is_there:
            self._failures = 0
            return
        self._paused_until = self.clock() + self.pauses.seconds(self._failures)
        self._failures += 1

    def stamp(
        self, values: Sequence[bytes], *, within_seconds: float
    ) -> tuple[Stamp, ...]:
        """Stamp them all at the same time; return what is there when time is up.

        A service that cannot be interrupted is left alone with its thread, which ends
        with the process.
        """
        found = [LATE] * len(values)
        deadline = time.monotonic() + within_seconds
        threads = [
            Thread(
                target=self._stamp_one,
                args=(found, place, value, deadline),
                name="stamp-one",
                daemon=True,
            )
            for place, value in enumerate(values)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return tuple(found)

    def _stamp_one(
        self, found: list[Stamp], place: int, value: bytes, deadline: float
    ) -> None:
        if not self._places.acquire(timeout=max(0.0, deadline - time.monotonic())):
            return
        try:
            left = max(0.0, deadline - time.monotonic())
            found[place] = self.stamper.stamp(value, within_seconds=left)
        except TimestampUnavailable as error:
            found[place] = error.reason
        finally:
            self._places.release()
