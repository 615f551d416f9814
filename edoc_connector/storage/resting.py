"""What has failed rests for a while, so that what is behind it has its turn."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

PAUSE: Final = timedelta(minutes=5)
"""For how long: soon for who mends the cause, rarely for who reads the log."""


def is_rested(until: sa.Column[datetime], now: datetime) -> sa.ColumnElement[bool]:
    """Whether it may be tried; what rests for longer than any pause does not.

    That was put off by a clock that was ahead.
    """
    return sa.or_(until.is_(None), until <= now, until > now + PAUSE)
