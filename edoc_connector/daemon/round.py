"""One loop for several organisations: a turn for each, and nobody waits for another."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from edoc_connector.app.connector import Step
from edoc_connector.baton import baton
from edoc_connector.daemon.desk import Desk
from edoc_connector.daemon.loop import is_fatal, pause_after
from edoc_connector.errors import BusRefused, BusUnavailable
from edoc_connector.flows.backoff import Backoff

EVERYBODYS = (BusUnavailable, BusRefused)
"""There is one account at one broker: who fails of it fails for all."""


@dataclass(slots=True, kw_only=True)
class Turn:
    """One organisation's place in a round, and when it is due again."""

    desk: Desk
    rest_seconds: float
    backoff: Backoff
    wakes: bool
    due: float = 0.0
    failures: int = 0

    def wake(self) -> None:
        """Tell it that somebody has left something to do."""
        if self.wakes:
            self.hurry()

    def hurry(self) -> None:
        """Have it come at once, unless it pauses after a failure."""
        if not self.failures:
            self.due = 0.0


class Round:
    """The turns of one loop.  Each does a batch and no more before the next one."""

    def __init__(
        self,
        name: str,
        turns: Sequence[Turn],
        *,
        ring: Callable[[Desk], None],
        is_stopping: Callable[[], bool],
    ) -> None:
        """`ring` is told who has done something: there may be more for that one."""
        self.name = name
        self.turns = turns
        self._ring = ring
        self._is_stopping = is_stopping
        self._first = 0

    def step(self) -> int:
        """Let everybody have his turn who is due; return how much was done.

        What fails is said with the code of the organisation, which pauses alone.
        Raises only what stops everybody: the broker is away.
        """
        done = 0
        for turn in self._in_order():
            if self._is_stopping():
                break
            if time.monotonic() >= turn.due:
                done += self._take(turn)
        return done

    def _in_order(self) -> Iterator[Turn]:
        """Begin with another one each time: who fails for all must not be the last."""
        self._first = (self._first + 1) % len(self.turns)
        yield from self.turns[self._first :]
        yield from self.turns[: self._first]

    def _take(self, turn: Turn) -> int:
        # Set before: who rings meanwhile sets it back, and is not forgotten.
        turn.due = time.monotonic() + turn.rest_seconds
        step = turn.desk.step(self.name)
        if step is None:
            return 0
        with turn.desk.speaking():
            return self._tried(turn, step)

    def _tried(self, turn: Turn, step: Step) -> int:
        try:
            with baton.held():
                done = step()
        except EVERYBODYS:
            raise
        except Exception as error:  # noqa: BLE001  (the shell of each organisation)
            self._pause(turn, error)
            return 0
        turn.failures = 0
        if done:
            turn.due = 0.0
            self._ring(turn.desk)
        return done

    def _pause(self, turn: Turn, error: Exception) -> None:
        if is_fatal(error):
            turn.desk.stop(error)
            return
        seconds = pause_after(error, turn.failures, turn.backoff, loop=self.name)
        turn.failures += 1
        turn.due = time.monotonic() + seconds
