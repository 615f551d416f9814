"""How long is gone on with whom: the circuit breaker of a recipient, and answers.

A breaker is closed while mail gets through.  After some failures in a row it opens: for
a while nothing is tried there but what is urgent.  Then one packet is (half open): if
it gets through, all follow; if not, the recipient rests longer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from edoc_connector.flows.backoff import Backoff
from edoc_connector.storage.records import Destination


@dataclass(frozen=True, slots=True)
class Breaker:
    """Opens after `failures` in a row, each time for a longer pause."""

    failures: int = 5
    pauses: Backoff = field(default_factory=lambda: Backoff(60.0, 300.0))

    def pause(self, failures: int) -> timedelta | None:
        """Return for how long a recipient rests after these; None: not at all."""
        beyond = failures - self.failures
        return None if beyond < 0 else timedelta(seconds=self.pauses.seconds(beyond))

    def is_open(self, destination: Destination, now: datetime) -> bool:
        """Whether it rests now; longer than any pause only by a clock set back."""
        until = destination.open_until
        longest = timedelta(seconds=self.pauses.most_seconds)
        return until is not None and now < until <= now + longest


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """When a recipient is left alone, and when an answer to one is given up."""

    breaker: Breaker = field(default_factory=Breaker)
    answers: timedelta = timedelta(days=30)
    answer_pauses: Backoff = field(default_factory=lambda: Backoff(60.0, 21_600.0))
    """Between attempts at a mailbox that is not there: minutes first, then hours."""
