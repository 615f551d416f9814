"""What one call of `edoc` was told: its language, its settings, how much to say."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import click

from edoc_connector.errors import EdocError, OfficeUnknown, OfficeUnnamed, Reason
from edoc_connector.language import (
    Language,
    day_in,
    moment_in,
    say,
    say_in_short,
    translate,
)

if TYPE_CHECKING:
    from edoc_connector.model.organization_code import OrganizationCode
    from edoc_connector.organizations import Office, Offices
    from edoc_connector.settings import Settings


FoundT = TypeVar("FoundT")


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
        self.whose: OrganizationCode | None = None
        self._office: Office | None = None
        self._found: dict[str, object] = {}

    @cached_property
    def settings_path(self) -> Path:
        """The settings file that is meant.  Raises `SettingsNotFound`."""
        from edoc_connector.settings import find  # noqa: PLC0415  (--help needs none)

        return find(os.environ, self.path)

    @cached_property
    def offices(self) -> Offices:
        """Whoever is served here.  Raises `SettingsInvalid`."""
        return offices_of(self.settings_path)

    @property
    def serves_many(self) -> bool:
        """Whether the settings speak of several organisations.

        Where they cannot be read, that is for the command to say: it may need none.
        """
        try:
            return self.offices.are_many
        except EdocError:
            return False

    @property
    def settings(self) -> Settings:
        """The settings of the organisation for which is spoken.

        Raises `SettingsInvalid`, `OfficeUnknown`, and `OfficeUnnamed` where there are
        several and nobody said for which.
        """
        return self.office.settings

    @property
    def office(self) -> Office:
        """The organisation for which is spoken.  Raises as `settings`."""
        if self._office is not None:
            return self._office
        return chosen_of(self.offices, self.whose)

    @property
    def heading(self) -> str:
        """The code under which data is shown; "" where there is only one."""
        if not self.serves_many:
            return ""
        named = self.offices.of(self.whose) if self.whose else None
        found = self._office or named
        return found.code if found else ""

    @contextmanager
    def speaking_for(self, office: Office) -> Iterator[None]:
        """Have everything be about this organisation meanwhile."""
        before, self._office = self._office, office
        try:
            yield
        finally:
            self._office = before

    @property
    def is_for_first(self) -> bool:
        """Whether what all organisations share is told with this one, so once."""
        return self._office is None or self._office is self.offices.all[0]

    @property
    def settings_files(self) -> tuple[Path, ...]:
        """The files that say what holds here, the common one with the first."""
        own = self.office.file
        common = [self.settings_path] if self.is_for_first else []
        return tuple(dict.fromkeys([*common, own]))

    def once(self, name: str, work: Callable[[], FoundT]) -> FoundT:
        """Return what the work has found when it was done first, in this call."""
        if name not in self._found:
            self._found[name] = work()
        return cast("FoundT", self._found[name])

    def start_logs(self) -> None:
        """Log to standard error as the settings and -v say."""
        from edoc_connector.logs import Level, configure  # noqa: PLC0415

        log = self.offices.all[0].settings.log
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


def offices_of(path: Path) -> Offices:
    """Return whoever these settings are of, if they can be kept apart.

    Raises `SettingsInvalid`.
    """
    from edoc_connector.organizations import load_offices  # noqa: PLC0415

    offices = load_offices(path)
    if offices.share_registers:
        from edoc_connector.parts import require_registers_apart  # noqa: PLC0415

        require_registers_apart(offices)
    return offices


def chosen_of(offices: Offices, whose: OrganizationCode | None) -> Office:
    """Return the one that is meant.  Raises `OfficeUnknown` or `OfficeUnnamed`."""
    if whose is None:
        if offices.are_many:
            raise OfficeUnnamed(count=len(offices.all))
        return offices.all[0]
    found = offices.of(whose)
    if found is None:
        known = ", ".join(it.code for it in offices.all)
        raise OfficeUnknown(organization=whose, known=known)
    return found


pass_invocation = click.make_pass_decorator(Invocation)
