"""Dates, stamps, numbers and truths as packets spell them, and as we do.

Nothing is guessed: `05/06/2020` is two different days to two offices, so it stays the
text it is, an `Unread`, and comes out again as it came in.  A seal covers values
without the white space around them, of whatever script (`signature.stated`), so it
means nothing here either: else a sealed date could be made unreadable on its way.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Final

from edoc_connector.clock import VIETNAM
from edoc_connector.model.document import Day, Number, Unread

Value = str | int | date | Unread | None
"""What a field of the model may hold; a `datetime` is a `date` too."""

TRUTHS: Final = {"": False, "false": False, "0": False, "true": True, "1": True}
MONTHS: Final = 12
NUMBER: Final = re.compile(r"-?[0-9]{1,9}")
DATE: Final = (
    r"(?:(?P<year>[0-9]{4})(?P<mark>[/.-])(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})"
    r"|(?P<first>[0-9]{1,2})(?P<sign>[/.-])(?P<second>[0-9]{1,2})(?P=sign)(?P<last>[0-9]{4}))"
)
TIME: Final = (
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<seconds>[0-9]{2})(?:\.[0-9]{1,9})?)?"
    r" ?(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?"
)
MOMENT: Final = re.compile(rf"{DATE}(?:[T ]+{TIME})?")
LONGEST: Final = 40
"""Characters of a moment that is remembered."""


def value_text(value: Value) -> str:
    """Return a value as it stands in a packet; empty for none.

    Negative numbers are what the axis's library writes for "not set", and are none.
    """
    match value:
        case str():  # first, because most of them are
            return str(value)
        case None:
            return ""
        case Unread(text):
            return text
        case datetime():  # before date, of which it is one
            return stamp_text(value)
        case date():
            return date_text(value)
        case _:
            return str(value) if value >= 0 else ""


def truth_text(truth: bool | Unread) -> str:  # noqa: FBT001  (a value, not a flag)
    """Return `true` or `false`, or what nobody could read."""
    return truth.text if isinstance(truth, Unread) else str(truth).lower()


def date_text(day: date) -> str:
    """`yyyy/MM/dd`, the only form we write."""
    return f"{day.year:04}/{day.month:02}/{day.day:02}"


def stamp_text(at: datetime) -> str:
    """`yyyy/MM/dd HH:mm:ss` in Vietnam time; a naive time has no meaning here."""
    if at.tzinfo is None:
        raise ValueError("a stamp needs a time zone")
    local = at.astimezone(VIETNAM)
    return f"{date_text(local)} {local.hour:02}:{local.minute:02}:{local.second:02}"


def read_number(text: str) -> Number:
    """Return a whole number; absent and negative (the library's "unset") are None."""
    bare = text.strip()
    if not bare:
        return None
    if not NUMBER.fullmatch(bare):
        return Unread(text)
    number = int(bare)
    return None if number < 0 else number


def read_truth(text: str) -> bool | Unread:
    """Return a boolean; absent is False."""
    return TRUTHS.get(text.strip().lower(), Unread(text))


def read_date(text: str) -> Day:
    """Return the day; a time beside it decides nothing unless it names a zone."""
    moment = read_stamp(text)
    return moment.date() if isinstance(moment, datetime) else moment


def read_stamp(text: str) -> datetime | Unread | None:
    """Return the moment, aware, to the second; a stamp without a zone is Vietnam's."""
    bare = text.strip()
    if not bare:
        return None
    moment = _known_moment(bare) if len(bare) <= LONGEST else _moment(bare)
    return moment or Unread(text)


def _moment(bare: str) -> datetime | None:
    found = MOMENT.fullmatch(bare)
    if not found or is_ambiguous(bare):
        return None
    try:
        moment = datetime.combine(_day(found), _time(found), _zone(found))
        return moment.astimezone(UTC).astimezone(VIETNAM)
    except (ValueError, OverflowError):  # a day or an hour that is none somewhere
        return None


# What comes within an hour is of one day, and each is read in several places.
_known_moment: Final = lru_cache(maxsize=512)(_moment)


def is_ambiguous(text: str) -> bool:
    """Whether a date can be read as two different days: `05/06/2020`."""
    found = MOMENT.fullmatch(text)
    if not found or found["year"]:
        return False
    first, second = int(found["first"]), int(found["second"])
    return first <= MONTHS and second <= MONTHS and first != second


def _day(found: re.Match[str]) -> date:
    if found["year"]:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    year, first, second = (int(found[part]) for part in ("last", "first", "second"))
    return date(year, second, first) if second <= MONTHS else date(year, first, second)


def _time(found: re.Match[str]) -> time:
    hour, minute, second = (
        int(found[part] or 0) for part in ("hour", "minute", "seconds")
    )
    return time(hour, minute, second)


def _zone(found: re.Match[str]) -> timezone:
    zone = found["zone"]
    if not zone:
        return VIETNAM
    if zone == "Z":
        return UTC
    digits = zone[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if zone[0] == "-" else offset)
