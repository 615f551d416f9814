"""Who is served here: one organisation, or several with a file of settings for each.

A settings file with a table `[organizations]` says what is common to all of them; the
files it leads to say whose they are, and whatever else they have of their own.  A file
without that table is one organisation, as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from edoc_connector.errors import (
    OfficesCollide,
    OfficesMissing,
    SettingCommon,
    SettingFileUnreadable,
    SettingsInvalid,
    SettingsRefused,
)
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.settings import Settings, completed
from edoc_connector.toml import (
    Layer,
    Place,
    parsed,
    parsed_text,
    read_over,
    read_table,
)

TABLE: Final = "organizations"

COMMON: Final = ("axis", "log")
"""One process has one account at the broker, and one log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationsSettings:
    """Where the files of the organisations are."""

    folder: Path | None = None
    """The folder of files that end in .toml, one for each organisation."""
    files: tuple[Path, ...] = ()
    """Files that come first, in this order; those of the folder follow by name."""


@dataclass(frozen=True, slots=True)
class Office:
    """One organisation that is served here, and the file that says so."""

    file: Path
    settings: Settings

    @property
    def code(self) -> OrganizationCode:
        """Its identifier, as its settings write it."""
        return OrganizationCode(self.settings.organization.code)

    @property
    def codes(self) -> tuple[OrganizationCode, ...]:
        """Its identifier, and all others under which its mail comes."""
        own = self.settings.organization
        return (
            self.code,
            *map(OrganizationCode, own.aliases),
            *map(OrganizationCode, own.takes_over),
        )

    def is_called(self, code: OrganizationCode) -> bool:
        """Whether this means it, in whatever writing."""
        return any(own.is_same_body(code) for own in self.codes)

    @property
    def name(self) -> str:
        """Its official name."""
        return self.settings.organization.name


@dataclass(frozen=True, slots=True)
class Offices:
    """All organisations of one connector, in the order in which they are shown.

    `are_many` where the settings speak of several, though there be only one by now.
    """

    file: Path
    all: tuple[Office, ...]
    are_many: bool

    @property
    def share_registers(self) -> bool:
        """Whether two of them read one document database."""
        return len({it.settings.dms.url for it in self.all}) < len(self.all)

    def of(self, code: OrganizationCode) -> Office | None:
        """Return the one with this code, in its old or new writing."""
        return next((it for it in self.all if it.is_called(code)), None)


def load_offices(path: Path) -> Offices:
    """Read the settings of whoever is served here.

    Raises `SettingsInvalid`, where several files are wrong as one `SettingsRefused`.
    Nobody is left out for a file that cannot be read: their mail would be a stranger's.
    """
    table = parsed(path)
    if TABLE not in table:
        own = completed(read_table(table, Settings, Place(path)))
        return Offices(path, (Office(path, own),), are_many=False)
    found = read_table(table.pop(TABLE), OrganizationsSettings, Place(path, TABLE))
    files = _files(found, None)
    if not files:
        raise OfficesMissing(where=path)
    common = Layer(path, table)
    offices, problems = _each(files, lambda it: _office(common, Layer(it, parsed(it))))
    problems += _collisions(offices)
    if problems:
        raise _all_of(problems, path)
    return Offices(path, _vouched(offices), are_many=True)


def office_of(common: Path, file: Path, text: str) -> Office:
    """Return who would be served by a file of this text, whoever else there is.

    Raises `SettingsInvalid`.
    """
    table = parsed(common)
    table.pop(TABLE, None)
    try:
        return _office(Layer(common, table), Layer(file, parsed_text(text, file)))
    except SettingsRefused as error:
        # The file is not there yet: what is wrong with the common one is told of it.
        places = {it.details.get("where", str(file)) for it in error.problems}
        where = places.pop() if len(places) == 1 else file
        raise SettingsRefused(where, error.problems) from error


def office_files(path: Path, more: Path | None = None) -> Sequence[Path]:
    """Return the files of those served here, in their order, as if `more` were there.

    It is among them where it would be read.  Raises `SettingsInvalid`.
    """
    table = parsed(path).get(TABLE, {})
    return _files(read_table(table, OrganizationsSettings, Place(path, TABLE)), more)


def _files(found: OrganizationsSettings, more: Path | None) -> Sequence[Path]:
    first = {it.resolve() for it in found.files}
    in_folder = (it for it in _in_folder(found, more) if it.resolve() not in first)
    return [*found.files, *sorted(in_folder, key=lambda it: it.name)]


def _in_folder(found: OrganizationsSettings, more: Path | None) -> Sequence[Path]:
    folder = found.folder
    if folder is None:
        return []
    added = [it for it in [more] if it and it.parent.resolve() == folder.resolve()]
    if more is not None and not folder.exists():
        return added  # the folder is made with the file
    try:
        return [*(it for it in folder.iterdir() if it.suffix == ".toml"), *added]
    except OSError as error:
        name, problem = f"{TABLE}.folder", error.strerror
        raise SettingFileUnreadable(name=name, path=folder, problem=problem) from error


def _each(
    files: Sequence[Path], read: Callable[[Path], Office]
) -> tuple[list[Office], list[SettingsInvalid]]:
    offices: list[Office] = []
    problems: list[SettingsInvalid] = []
    for file in files:
        try:
            offices.append(read(file))
        except SettingsRefused as error:
            problems += error.problems
        except SettingsInvalid as error:
            problems.append(error)
    return offices, problems


def _all_of(problems: Sequence[SettingsInvalid], path: Path) -> SettingsInvalid:
    # What is wrong with the common file is found again with each of the others.
    told = [*{str(it): it for it in problems}.values()]
    return told[0] if len(told) == 1 else SettingsRefused(path, told)


def _office(common: Layer, own: Layer) -> Office:
    """Read one file over the common one; its state has a folder of its own."""
    for name in (*COMMON, TABLE):
        if name in own.table:
            raise SettingCommon(where=own.file, name=name, common=common.file)
    read = read_over(common, own, Settings)
    if "folder" not in _table(own.table, "state"):
        folder = read.state.folder / read.organization.code
        read = replace(read, state=replace(read.state, folder=folder))
    return Office(own.file, completed(read, account=account_of(read)))


def _table(table: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = table.get(name)
    return found if isinstance(found, dict) else {}


def account_of(settings: Settings) -> str:
    """Return the account by which we are known to the broker."""
    return unquote(urlsplit(settings.axis.url).username or "")


def _collisions(offices: Sequence[Office]) -> Iterator[SettingsInvalid]:
    """Yield what two of them have in common and may not."""
    for first, second in combinations(offices, 2):
        files = {"first": first.file, "second": second.file}
        one, other = first.settings.state, second.settings.state
        for code in second.codes:
            if first.is_called(code):
                yield OfficesCollide(name="organization.code", found=code, **files)
        if one.folder.resolve() == other.folder.resolve():
            yield OfficesCollide(name="state.folder", found=other.folder, **files)
        if one.database == other.database:
            yield OfficesCollide(name="state.database", found=other.database, **files)


def _vouched(offices: Sequence[Office]) -> tuple[Office, ...]:
    """Have each of them know that our account speaks for all: they write each other."""
    codes = tuple(it.settings.organization.code for it in offices)
    return tuple(
        Office(it.file, _trusting(it.settings, account_of(it.settings), codes))
        for it in offices
    )


def _trusting(settings: Settings, account: str, codes: tuple[str, ...]) -> Settings:
    accounts = {account: codes, **settings.trust.accounts}
    return replace(settings, trust=replace(settings.trust, accounts=accounts))
