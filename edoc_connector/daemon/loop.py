"""A loop is a step, a rest and a way to stop."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event

from edoc_connector.errors import EdocError
from edoc_connector.flows.backoff import Backoff

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """One step, repeated: at once while there is work, after a rest when there is none.

    `step` returns how many things it did.  `wake` cuts a rest short: it is set when
    another loop has left something to do.  One that `feeds` others wakes these.

    Work comes in drops, and many together cost little more than one.  So a step that
    was not `full` leaves them `gather_seconds` to become more.
    """

    name: str
    step: Callable[[], int]
    rest_seconds: float
    backoff: Backoff
    feeds: tuple[str, ...] = ()
    gather_seconds: float = 0.0
    full: int = 1
    wake: Event = field(default_factory=Event)

    def run(self, stop: Event, ring: Callable[[], None]) -> None:
        """Work until `stop`; raises only an error after which nothing should go on.

        What is retryable is tried again after growing pauses, for ever.  What needs a
        person is said as an error and tried again after the longest pause, because the
        other loops do not depend on it.
        """
        failures = 0
        while not stop.is_set():
            try:
                worked = self.step()
            except Exception as error:  # noqa: BLE001  (the shell of the daemon)
                self._pause(error, failures, stop)
                failures += 1
                continue
            failures = 0
            if worked:
                ring()
            if worked < self.full:
                self._rest(stop, worked=worked)

    def _rest(self, stop: Event, *, worked: int) -> None:
        is_due = bool(worked) or self.wake.wait(self.rest_seconds)
        if is_due and self.gather_seconds:
            stop.wait(self.gather_seconds)
        self.wake.clear()

    def _pause(self, error: Exception, failures: int, stop: Event) -> None:
        if is_fatal(error):
            raise error
        stop.wait(pause_after(error, failures, self.backoff, loop=self.name))


def is_fatal(error: Exception) -> bool:
    """Whether nothing may go on after it."""
    return isinstance(error, EdocError) and error.fatal


def pause_after(
    error: Exception, failures: int, backoff: Backoff, *, loop: str
) -> float:
    """Say that a step failed, and return how many seconds it is to rest."""
    if isinstance(error, EdocError) and error.retryable:
        seconds, level = backoff.seconds(failures), logging.WARNING
    else:
        seconds, level = backoff.most_seconds, logging.ERROR
    log.log(
        level,
        "step_failed",
        extra={"loop": loop, "pause_seconds": round(seconds, 1)},
        exc_info=error,
    )
    return seconds
