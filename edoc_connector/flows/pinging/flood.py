"""How many pings are answered: a few from each, and never so many that mail waits."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from typing import Final

from edoc_connector.model.organization_code import OrganizationCode

WINDOW: Final = timedelta(minutes=1)
MOST_OF_SENDER: Final = 6
MOST_OF_ACCOUNT: Final = 30
"""A link carries the pings of many bodies under one account."""
MOST: Final = 60


class Flood:
    """Counts what was answered in the last minute; it remembers no more than `MOST`."""

    def __init__(self) -> None:
        self._answered: deque[tuple[datetime, str, str]] = deque()

    def admits(self, account: str, sender: OrganizationCode, now: datetime) -> bool:
        """Say whether this one is answered too, and count it if it is."""
        self._forget(now)
        of_account = sum(it[1] == account for it in self._answered)
        of_sender = sum(it[2] == sender for it in self._answered)
        if (
            len(self._answered) >= MOST
            or of_account >= MOST_OF_ACCOUNT
            or of_sender >= MOST_OF_SENDER
        ):
            return False
        self._answered.append((now, account, str(sender)))
        return True

    def _forget(self, now: datetime) -> None:
        # A clock that was put back must not lock everybody out until it is there again.
        while self._answered and not now - WINDOW < self._answered[0][0] <= now:
            self._answered.popleft()
