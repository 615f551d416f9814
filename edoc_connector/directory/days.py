"""Days as lists write them: ISO 8601, as in Vietnam, or milliseconds since 1970."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Final

from edoc_connector.clock import VIETNAM

ISO: Final = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?:[T ].*)?")
PRINTED: Final = re.compile(
    r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})(?: .*)?"
)
MILLISECONDS: Final = re.compile(r"\d{12,13}")


def day_of(text: str) -> date:
    """Return the day; what hour it was makes no difference.  Raises `ValueError`."""
    if MILLISECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text) / 1000, UTC).astimezone(VIETNAM).date()
    found = ISO.fullmatch(text) or PRINTED.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return date(int(found["year"]), int(found["month"]), int(found["day"]))
