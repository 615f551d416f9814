"""As of which day a question is asked, and by what was known at which moment."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

import click

from edoc_connector.cli.moments import LastMoment, Moment
from edoc_connector.clock import VIETNAM, system_clock
from edoc_connector.errors import N_

ON: Final = click.option(
    "--on",
    metavar=N_("DAY"),
    type=Moment(),
    help=N_("As of this day; else today."),
)
AS_KNOWN: Final = click.option(
    "--as-known",
    metavar=N_("DAY"),
    type=LastMoment(),
    help=N_("By what was known at the end of this day; else by what is known now."),
)


def day_of(at: datetime | None) -> date:
    """Return the day in Vietnam that is meant, today where none was said."""
    return (at or system_clock()).astimezone(VIETNAM).date()
