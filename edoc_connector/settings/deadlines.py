"""By when things are to have happened, and when days are reconciled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Annotated

from edoc_connector.checks import Filled, Limits
from edoc_connector.model.deadlines import Weekday

Hours = Annotated[float, Limits(0.01, 8784)]


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalSettings:
    """Deadlines of a normal document, in working days; 0: the end of the same one."""

    send_days: Annotated[int, Limits(0, 366)] = 0
    """From the day it is taken over to the broker's confirm."""
    receipt_days: Annotated[int, Limits(0, 366)] = 0
    """From the day it is sent to the receiver's receipt."""
    last_days: Annotated[int, Limits(0, 366)] = 3
    """From the day it is found late to the end of waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgentSettings:
    """Deadlines of an urgent document (khẩn), in hours of day and night."""

    send_hours: Hours = 1.0
    """From when it is taken over to the broker's confirm."""
    receipt_hours: Hours = 2.0
    """From when it is sent to the receiver's receipt."""
    last_hours: Hours = 24.0
    """From when it is found late to the end of waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VeryUrgentSettings(UrgentSettings):
    """Those of a very urgent one (thượng khẩn)."""

    send_hours: Hours = 0.5
    """From when it is taken over to the broker's confirm."""
    receipt_hours: Hours = 1.0
    """From when it is sent to the receiver's receipt."""
    last_hours: Hours = 12.0
    """From when it is found late to the end of waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressSettings(UrgentSettings):
    """Those of an express one (hỏa tốc)."""

    send_hours: Hours = 0.25
    """From when it is taken over to the broker's confirm."""
    receipt_hours: Hours = 0.5
    """From when it is sent to the receiver's receipt."""
    last_hours: Hours = 6.0
    """From when it is found late to the end of waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineSettings:
    """By when documents are sent, receipts are there, and nobody waits any longer."""

    day_ends: time = time(17)
    """When the working day ends, in Vietnam time."""
    weekdays: Annotated[tuple[Weekday, ...], Filled()] = tuple(Weekday)[:5]
    """The days of the week on which the office works."""
    holidays: tuple[date, ...] = ()
    """Days on which it does not."""
    make_up_days: tuple[date, ...] = ()
    """Free days on which it does."""
    normal: NormalSettings = NormalSettings()
    """Normal documents, in working days."""
    urgent: UrgentSettings = UrgentSettings()
    """Urgent ones (khẩn), in hours of day and night, like those that follow."""
    very_urgent: VeryUrgentSettings = VeryUrgentSettings()
    """Very urgent ones (thượng khẩn)."""
    express: ExpressSettings = ExpressSettings()
    """Express ones (hỏa tốc)."""
    express_timed: ExpressSettings = ExpressSettings()
    """Express ones for a set time (hỏa tốc hẹn giờ)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationSettings:
    """Once a day partners tell each other what passed between them."""

    enabled: bool = True
    """Whether this connector states its days and compares those of others."""
    at: time = time(0, 30)
    """From when on the day before is stated, in Vietnam time."""
    wait_hours: Annotated[float, Limits(0.1, 168)] = 6.0
    """How long a difference may only be under way before it becomes a case."""
