"""Dates, stamps, numbers and truths as packets spell them, and as we do.

Nothing is guessed: `05/06/2020` is two different days to two offices, so it is refused
by name and value (`2018/09/28` once became the year 34 in somebody's register).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final

from edoc_connector.clock import VIETNAM
from edoc_connector.envelope.xml import shown
from edoc_connector.errors import EnvelopeMalformed

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


def date_text(day: date | None) -> str:
    """`yyyy/MM/dd`, the only form we write; empty for no date."""
    return f"{day.year:04}/{day.month:02}/{day.day:02}" if day else ""


def stamp_text(at: datetime) -> str:
    """`yyyy/MM/dd HH:mm:ss` in Vietnam time; a naive time has no meaning here."""
    if at.tzinfo is None:
        raise ValueError("a stamp needs a time zone")
    local = at.astimezone(VIETNAM)
    return f"{date_text(local)} {local:%H:%M:%S}"


def read_number(field: str, text: str) -> int | None:
    """Return a whole number; absent and negative (the library's "unset") are None."""
    if not text:
        return None
    if not NUMBER.fullmatch(text):
        raise EnvelopeMalformed(problem=f"{field} is {shown(text)}, not a number")
    number = int(text)
    return None if number < 0 else number


def read_truth(field: str, text: str) -> bool:
    """Return a boolean; absent is False."""
    try:
        return TRUTHS[text.lower()]
    except KeyError:
        problem = f"{field} is {shown(text)}, neither true nor false"
        raise EnvelopeMalformed(problem=problem) from None


def read_date(field: str, text: str) -> date | None:
    """Return the day; a time beside it decides nothing unless it names a zone."""
    moment = read_stamp(field, text)
    return moment.date() if moment else None


def read_stamp(field: str, text: str) -> datetime | None:
    """Return the moment, aware, to the second; a stamp without a zone is Vietnam's."""
    if not text:
        return None
    found = MOMENT.fullmatch(text)
    if not found:
        raise EnvelopeMalformed(problem=f"{field} is {shown(text)}, not a date")
    try:
        day = _day(field, text, found)
        return datetime.combine(day, _time(found), _zone(found)).astimezone(VIETNAM)
    except (ValueError, OverflowError) as error:
        problem = f"{field} is {shown(text)}, a day or time that does not exist"
        raise EnvelopeMalformed(problem=problem) from error


def _day(field: str, text: str, found: re.Match[str]) -> date:
    if found["year"]:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    year, first, second = (int(found[part]) for part in ("last", "first", "second"))
    if first <= MONTHS and second <= MONTHS and first != second:
        problem = f"{field} is {shown(text)}, which can be read as two different days"
        raise EnvelopeMalformed(problem=problem)
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
