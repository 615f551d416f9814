"""By when a document is sent, its receipt is there, and nobody waits any longer.

Normal documents count in working days, as the law does: sent on the day they are
signed, receipt the same day (ND 30/2020, articles 18 and 21).  Urgent ones count in
hours, and those pass at night and on holidays too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from edoc_connector.clock import VIETNAM
from edoc_connector.model.document import Priority

ONE_DAY: Final = timedelta(days=1)


class Weekday(StrEnum):
    """A day of the week."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


WEEK: Final = tuple(Weekday)
MONDAY_TO_FRIDAY: Final = WEEK[:5]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingDays:
    """When the office works, in Vietnam time; `make_up`: free days that are worked."""

    ends: time = time(17)
    weekdays: tuple[Weekday, ...] = MONDAY_TO_FRIDAY
    holidays: frozenset[date] = frozenset()
    make_up: frozenset[date] = frozenset()

    def is_worked(self, day: date) -> bool:
        """Whether the office works on this day."""
        if day in self.make_up:
            return True
        return WEEK[day.weekday()] in self.weekdays and day not in self.holidays

    def end(self, at: datetime, days: int) -> datetime:
        """Return the end of the working day of `at`, or of so many after it.

        What comes after its end or on a free day comes on the next working day.
        """
        local = at.astimezone(VIETNAM)
        is_over = local.time() >= self.ends
        day = self._worked(local.date() + ONE_DAY if is_over else local.date())
        for _ in range(days):
            day = self._worked(day + ONE_DAY)
        return datetime.combine(day, self.ends, VIETNAM)

    def _worked(self, day: date) -> date:
        """Return the first working day from this one on; holidays come to an end."""
        while not self.is_worked(day):
            day += ONE_DAY
        return day


@dataclass(frozen=True, slots=True, kw_only=True)
class InDays:
    """Working days: 0 is the end of the same one."""

    send: int = 0
    receipt: int = 0
    last: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class InHours:
    """Hours, day and night."""

    send: float = 1.0
    receipt: float = 2.0
    last: float = 24.0


DEFAULT_HOURS: Final[Mapping[Priority, InHours]] = {
    Priority.URGENT: InHours(),
    Priority.VERY_URGENT: InHours(send=0.5, receipt=1.0, last=12.0),
    Priority.EXPRESS: InHours(send=0.25, receipt=0.5, last=6.0),
    Priority.EXPRESS_TIMED: InHours(send=0.25, receipt=0.5, last=6.0),
}
"""The law says "at once"; these say when a person hears that it was not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """The deadlines of one office; a priority without hours counts in working days."""

    days: WorkingDays = WorkingDays()
    normal: InDays = InDays()
    urgent: Mapping[Priority, InHours] = field(
        default_factory=lambda: DEFAULT_HOURS, hash=False
    )

    def send(self, priority: int, since: datetime) -> datetime:
        """By when a document that was taken then is with the axis."""
        hours = self._hours(priority)
        if hours is None:
            return self.days.end(since, self.normal.send)
        return since + timedelta(hours=hours.send)

    def receipt(self, priority: int, since: datetime) -> datetime:
        """By when the receiver of a document that was sent then has said so."""
        hours = self._hours(priority)
        if hours is None:
            return self.days.end(since, self.normal.receipt)
        return since + timedelta(hours=hours.receipt)

    def last(self, priority: int, since: datetime) -> datetime:
        """Until when a document is waited for that was found late then."""
        hours = self._hours(priority)
        if hours is None:
            return self.days.end(since, self.normal.last)
        return since + timedelta(hours=hours.last)

    def _hours(self, priority: int) -> InHours | None:
        return next((it for of, it in self.urgent.items() if of == priority), None)


DEADLINES: Final = Deadlines()
"""Those of an office that has chosen no others."""
