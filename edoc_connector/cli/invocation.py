"""What one call of `edoc` was told: its language, its settings, how much to say."""

from __future__ import annotations

import os
import unicodedata
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from edoc_connector.errors import EdocError, Reason
from edoc_connector.language import (
    Language,
    day_in,
    moment_in,
    say,
    say_in_short,
    translate,
)

if TYPE_CHECKING:
    from edoc_connector.settings import Settings


def shown(value: object) -> str:
    """Return a value as text on one line, without what a terminal would obey."""
    text = "" if value is None else unicodedata.normalize("NFC", str(value))
    return "".join(
        letter if letter.isprintable() else " " if letter.isspace() else "\ufffd"
        for letter in text
    )


def _printable(reason: Reason) -> Reason:
    """Return the same reason, fit for a terminal; only our own log has lines."""
    details = {
        name: "\n".join(map(shown, value.splitlines()))
        if name == "log"
        else shown(value)
        for name, value in reason.details.items()
    }
    return Reason(reason.code, details, tuple(map(_printable, reason.causes)))


class Invocation:
    """One call.  `settings` are read when a command first asks for them."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.path: Path | None = None
        self.verbose = False

    @cached_property
    def settings_path(self) -> Path:
        """The settings file that is meant.  Raises `SettingsNotFound`."""
        from edoc_connector.settings import find  # noqa: PLC0415  (--help needs none)

        return find(os.environ, self.path)

    @cached_property
    def settings(self) -> Settings:
        """The settings.  Raises `SettingsInvalid`."""
        from edoc_connector.settings import load  # noqa: PLC0415  (--help needs none)

        return load(self.settings_path)

    def start_logs(self) -> None:
        """Log to standard error as the settings and -v say."""
        from edoc_connector.logs import Level, configure  # noqa: PLC0415

        log = self.settings.log
        configure(Level.DEBUG if self.verbose else log.level, log.format)

    def text(self, template: str, **details: object) -> str:
        """Say a message of the catalogue in the language of this call."""
        return translate(template, self.language, **details)

    def time(self, at: datetime | None) -> str:
        """Return a moment as the reader writes it, `-` for none."""
        return moment_in(self.language, at) if at else "-"

    def day(self, day: date) -> str:
        """Return a day as the reader writes it."""
        return day_in(self.language, day)

    def reason(self, reason: Reason | EdocError) -> str:
        """Say a reason, with all its causes, in the language of this call."""
        said = reason.reason if isinstance(reason, EdocError) else reason
        return say(_printable(said), self.language)

    def reason_in_short(self, reason: Reason) -> str:
        """Say it on one line of a table: of several causes only how many."""
        return say_in_short(_printable(reason), self.language)

    def tell(self, template: str, **details: object) -> None:
        """Say something to the person: standard error, so that data stays data.

        Details may quote strangers, and none of them moves the cursor of who reads.
        """
        said = {name: shown(value) for name, value in details.items()}
        click.echo(self.text(template, **said), err=True)


pass_invocation = click.make_pass_decorator(Invocation)
