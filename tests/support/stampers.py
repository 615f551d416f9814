"""Time stamping services that answer as a test says, without any network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from edoc_connector.errors import TimestampUnavailable
from edoc_connector.flows.backoff import Backoff
from edoc_connector.flows.sealing.stamping import Stamping


def token_of(value: bytes) -> bytes:
    """What a service that is there gives for a signature value."""
    return b"token of " + value[:8]


@dataclass
class Stamper:
    """A service that is there or down; it remembers how long it was given."""

    is_down: bool = False
    asked: list[float] = field(default_factory=list)
    answer: Callable[[bytes], bytes] = token_of

    def stamp(self, signature_value: bytes, *, within_seconds: float) -> bytes:
        """Answer as it was told."""
        self.asked.append(within_seconds)
        if self.is_down:
            raise TimestampUnavailable(problem="it is down")
        return self.answer(signature_value)


@dataclass
class SlowStamper:
    """A service that answers nothing until it is released."""

    released: Event = field(default_factory=Event)
    begun: int = 0

    def stamp(self, signature_value: bytes, *, within_seconds: float) -> bytes:
        """Hold the answer back."""
        del within_seconds
        self.begun += 1
        self.released.wait()
        return token_of(signature_value)


def stamping(stamper: Any, **changes: Any) -> Stamping:
    """The service as the settings would have it."""
    values = {
        "stamper": stamper,
        "wait_seconds": 20.0,
        "timeout_seconds": 180.0,
        "at_once": 4,
        "attempts": 3,
        "pauses": Backoff(60.0, 600.0, chance=lambda: 0.0),
    }
    return Stamping(**values | changes)
