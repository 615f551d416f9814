"""A day or a moment, as people write it on the command line."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import click

from edoc_connector.cli.invocation import Invocation
from edoc_connector.clock import VIETNAM
from edoc_connector.errors import N_


class Moment(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.3 only
    """`2031-01-01` or `01/01/2031`, or with a time of day as we print it.

    Without a zone it is that of Vietnam.
    """

    name = "day"

    def convert(
        self,
        value: Any,  # noqa: ANN401  (whatever click hands over)
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> datetime:
        """Return the moment, aware; a day begins at its midnight."""
        if isinstance(value, datetime):
            return value
        try:
            at = moment(str(value))
            at.astimezone(UTC)  # as it is asked for: the first and the last day are not
        except (ValueError, OverflowError):
            self.fail(_refusal(ctx, str(value)), param, ctx)
        return at


class LastMoment(Moment):
    """The same as an end: a day is meant with all its hours."""

    def convert(
        self,
        value: Any,  # noqa: ANN401  (whatever click hands over)
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> datetime:
        """Return the first moment that is no longer meant."""
        at = super().convert(value, param, ctx)
        is_day = isinstance(value, str) and len(iso(value)) == len("2031-01-01")
        try:
            return at + timedelta(days=1) if is_day else at
        except OverflowError:
            self.fail(_refusal(ctx, str(value)), param, ctx)


PRINTED: Final = re.compile(
    r"(?:(?P<clock>\d\d:\d\d(?::\d\d)?) )?"
    r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})"
)
"""A day or a moment as Vietnamese tables have it."""


def iso(text: str) -> str:
    """Write as ISO 8601 what is written as in Vietnam, and leave the rest as it is."""
    found = PRINTED.fullmatch(text.strip())
    if found is None:
        return text
    day = f"{found['year']}-{int(found['month']):02}-{int(found['day']):02}"
    return f"{day}T{found['clock']}" if found["clock"] else day


def moment(text: str) -> datetime:
    """Return what the text says.  Raises `ValueError`."""
    text = iso(text)
    if len(text) == len("2031-01-01"):
        return datetime.combine(date.fromisoformat(text), time(), VIETNAM)
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=VIETNAM)


def _refusal(ctx: click.Context | None, value: str) -> str:
    invocation = ctx.find_object(Invocation) if ctx else None
    template = N_(
        "{value} is no day; write it as 25/11/2026 or 2026-11-25, or with a time as"
        " 2026-11-25T08:00"
    )
    if invocation is None:
        return template.format(value=value)
    return invocation.text(template, value=value)
