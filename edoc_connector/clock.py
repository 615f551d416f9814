"""What time it is: the only module that asks the computer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

Clock = Callable[[], datetime]

VIETNAM: Final = timezone(timedelta(hours=7))
"""Stamps of the standard carry no zone and are meant in this one."""


def system_clock() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)
