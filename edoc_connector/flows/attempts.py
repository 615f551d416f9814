"""Things on the way out at which a process may die, counted before they are begun.

Whatever is counted after a start was in the hand of a process that died, or has failed
in a way nobody foresaw.  It is tried after the others and alone, and no fourth time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from edoc_connector.errors import EdocError, Poison, Reason
from edoc_connector.flows.poison import MOST_TRIES, died_of
from edoc_connector.storage import Storage
from edoc_connector.storage.tries import TriedStep


def passes(error: BaseException) -> bool:
    """Whether it is no fault of what was in hand: all wait for something else."""
    if isinstance(error, EdocError):
        return error.retryable or error.fatal
    return not isinstance(error, Exception)


@dataclass(frozen=True, slots=True)
class Attempts:
    """What was tried in vain at one step of this storage."""

    storage: Storage
    step: TriedStep

    def of(self, subjects: Sequence[str]) -> Mapping[str, int]:
        """Return how often each of these was begun in vain."""
        with self.storage.reading() as work:
            return work.tries.of(self.step, subjects) if subjects else {}

    @contextmanager
    def counted(self, subjects: Sequence[str]) -> Iterator[None]:
        """Count these as begun; each is forgotten in the transaction that ends it.

        Where something else was away the count is taken back.
        """
        with self.storage.work() as work:
            work.tries.begin(self.step, subjects)
        try:
            yield
        except (Exception, KeyboardInterrupt):
            with suppress(EdocError), self.storage.work() as work:
                work.tries.let_go(self.step, subjects)
            raise

    def verdict(self, subject: str, error: Exception) -> Reason | None:
        """Return why it is to be set aside after this failure, if it is."""
        attempts = self.of([subject]).get(subject, 0)
        if attempts < MOST_TRIES:
            return None
        return Poison(attempts=attempts, problem=type(error).__name__).reason


def too_often(attempts: int) -> Reason | None:
    """Return why a thing that was begun so often is not begun again, if it is not."""
    return died_of(attempts) if attempts >= MOST_TRIES else None
