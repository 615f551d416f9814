"""A day or a moment, as people write it on the command line."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import click

from edoc_connector.cli.invocation import Invocation
from edoc_connector.clock import VIETNAM
from edoc_connector.errors import N_


class Moment(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.3 only
    """`2031-01-01`, or with a time of day; without a zone it is that of Vietnam."""

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
            return moment(str(value))
        except ValueError:
            self.fail(_refusal(ctx, str(value)), param, ctx)


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
        is_day = isinstance(value, str) and len(value) == len("2031-01-01")
        return at + timedelta(days=1) if is_day else at


def moment(text: str) -> datetime:
    """Return what the text says.  Raises `ValueError`."""
    if len(text) == len("2031-01-01"):
        return datetime.combine(date.fromisoformat(text), time(), VIETNAM)
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=VIETNAM)


def _refusal(ctx: click.Context | None, value: str) -> str:
    invocation = ctx.find_object(Invocation) if ctx else None
    template = N_("{value} is no day; write it as 2031-01-01 or 2031-01-01T08:00")
    if invocation is None:
        return template.format(value=value)
    return invocation.text(template, value=value)
