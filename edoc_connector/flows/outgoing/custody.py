"""What the broker has taken, until it is written down: many cost little more than one.

A crash meanwhile publishes it once more, as one right after the confirm would.  The
receivers drop second copies by message id.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from edoc_connector.bus.port import WAIT_SECONDS
from edoc_connector.flows.outgoing.company import Company

GATHER_SECONDS: Final = 0.1
"""So long the first waits for others, while there are some to come."""

MOST_COMPANIES: Final = 32


@dataclass(slots=True)
class Custody:
    """Packets that have left, in the order in which the broker has confirmed them."""

    now: Callable[[], float] = time.monotonic
    companies: list[Company] = field(default_factory=list)
    _due: float = 0.0

    def add(self, company: Company) -> None:
        """Have it wait for others."""
        if not self.companies:
            self._due = self.now() + GATHER_SECONDS
        self.companies.append(company)

    @property
    def is_due(self) -> bool:
        """Whether nobody is waited for any longer."""
        return len(self.companies) >= MOST_COMPANIES or self.now() >= self._due

    @property
    def patience(self) -> float:
        """For how many seconds the next outcome may be waited for."""
        return max(0.0, self._due - self.now()) if self.companies else WAIT_SECONDS

    def take(self) -> list[Company]:
        """Return all of it, to be written down."""
        companies, self.companies = self.companies, []
        return companies
