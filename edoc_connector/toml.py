"""The only reader of TOML: one file, one frozen dataclass, every problem told at once.

A dataclass is a table, its fields are the keys, a field without a default is required.
Fields may be text, numbers, booleans, days, times of day, paths (relative to the file),
`StrEnum`s, other dataclasses, `tuple[X, ...]`, `Mapping[str, X]`, `X | None`, or a
class that reads itself (`FromToml`).  What must also be true of a value is a `Check` in
its `Annotated` type.  Tables of a list are told by the key whose name their class has
as `CALLED`.
"""

from __future__ import annotations

import dataclasses
import tomllib
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn, Protocol, Self, TypeVar, Union, cast

from edoc_connector.errors import (
    N_,
    SettingForeign,
    SettingMissing,
    SettingsInvalid,
    SettingsNotToml,
    SettingsRefused,
    SettingsUnreadable,
    SettingUnknown,
    SettingWrong,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: the file, and the dotted key in it.

    `inherited` names the files of those keys that stand in another one.
    """

    file: Path
    key: str = ""
    inherited: Mapping[str, Path] = dataclasses.field(default_factory=dict)

    def at(self, name: str) -> Place:
        """Return the place of a key in this table."""
        key = f"{self.key}.{name}" if self.key else name
        return Place(self.inherited.get(key, self.file), key, self.inherited)

    def item(self, number: int) -> Place:
        """Return the place of an item of this list."""
        return Place(self.file, f"{self.key}[{number}]", self.inherited)

    def entry(self, number: int, names: Sequence[object]) -> Place:
        """Return the place of a table of this list, of which each has such a name."""
        key = f"{self.key} {entry_name(number, names)}"
        return Place(self.file, key, self.inherited)

    def wrong(self, value: object, expected: str) -> NoReturn:
        """Refuse a value by saying what stands there and what belongs there."""
        raise SettingWrong(
            where=self.file, name=self.key, found=_shown(value), expected=expected
        )


def entry_name(number: int, names: Sequence[object]) -> str:
    """Return by what people find it: by its name, and by its turn where it needs one.

    Turns are counted from 1, as people count.
    """
    name = names[number]
    if not isinstance(name, str) or not name:
        return f"#{number + 1}"
    return f'"{name}"' if names.count(name) == 1 else f'#{number + 1} "{name}"'


class Check(Protocol):
    """Something that must be true of a value beside its type."""

    def accept(self, value: Any, place: Place) -> Any:  # noqa: ANN401  (any TOML)
        """Return the value, perhaps completed, or raise `SettingsInvalid`."""
        ...


class FromToml(Protocol):
    """A class that reads itself."""

    @classmethod
    def from_toml(cls, value: object, place: Place) -> Self:
        """Return the value, or raise `SettingsInvalid`."""
        ...


def read_toml(path: Path, kind: type[T]) -> T:
    """Read the whole file as one `kind`.

    Raises `SettingsUnreadable`, `SettingsNotToml`, the one problem found, or
    `SettingsRefused` with all of them.
    """
    return read_table(parsed(path), kind, Place(path))


def read_value(value: object, kind: Any, place: Place) -> Any:  # noqa: ANN401
    """Read one value as a field of this type.  Raises what `read_toml` raises of it."""
    return _value(value, kind, place)


def each_problem(error: SettingsInvalid) -> Iterable[SettingsInvalid]:
    """Return the problems that are told by an error, or the one that it is."""
    return error.problems if isinstance(error, SettingsRefused) else (error,)


def tell(problems: Sequence[SettingsInvalid], file: Path) -> None:
    """Raise the one problem, or all of them at once; nothing where there is none."""
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise SettingsRefused(file, problems)


def read_table(table: Mapping[str, object], kind: type[T], place: Place) -> T:
    """Read a table that stands at this place.  Raises what `read_toml` raises of it."""
    return cast("T", _table(table, kind, place))


@dataclass(frozen=True, slots=True)
class Layer:
    """What a file says, and where it is."""

    file: Path
    table: Mapping[str, object]


def read_over(common: Layer, own: Layer, kind: type[T]) -> T:
    """Read a file with what it does not say itself from a common one.

    Tables are put together, and whatever else is given takes the place of the common
    one.  Each path is relative to the file in which it stands.
    """
    inherited: dict[str, Path] = {}
    table = _over(common.table, own.table, Place(common.file), inherited)
    return read_table(table, kind, Place(own.file, inherited=inherited))


def _over(
    common: Mapping[str, object],
    own: Mapping[str, object],
    place: Place,
    inherited: dict[str, Path],
) -> Mapping[str, object]:
    table = dict(own)
    for name, value in common.items():
        found = own.get(name)
        if name not in own:
            table[name] = value
            inherited[place.at(name).key] = place.file
        elif isinstance(value, dict) and isinstance(found, dict):
            table[name] = _over(value, found, place.at(name), inherited)
    return table


def parsed(path: Path) -> dict[str, Any]:
    """Return the file as it stands.  Raises `SettingsUnreadable`, `SettingsNotToml`."""
    try:
        return parsed_text(path.read_text(encoding="utf-8"), path)
    except OSError as error:
        raise SettingsUnreadable(where=path, problem=error.strerror) from error
    except UnicodeDecodeError as error:
        raise SettingsNotToml(where=path, problem=error) from error


def parsed_text(text: str, path: Path) -> dict[str, Any]:
    """Return what a file of this text would say.  Raises `SettingsNotToml`."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsNotToml(where=path, problem=error) from error


def _table(value: Any, kind: type, place: Place) -> object:  # noqa: ANN401
    if not isinstance(value, dict):
        place.wrong(value, N_("a table"))
    types_of = typing.get_type_hints(kind, include_extras=True)
    fields = [field for field in dataclasses.fields(kind) if field.init]
    problems = [*_unknown(value, [field.name for field in fields], place)]
    given: dict[str, object] = {}
    for field in fields:
        try:
            if field.name in value:
                found, wanted = value[field.name], types_of[field.name]
                given[field.name] = _value(found, wanted, place.at(field.name))
            elif _required(field):
                problems += _missing(types_of[field.name], place.at(field.name))
        except SettingsInvalid as error:
            problems += each_problem(error)
    tell(problems, place.file)
    return kind(**given)


def _required(field: dataclasses.Field[Any]) -> bool:
    return (
        field.default is dataclasses.MISSING
        and field.default_factory is dataclasses.MISSING
    )


def _unknown(
    value: Mapping[str, object], known: list[str], place: Place
) -> Iterable[SettingsInvalid]:
    for name in value:
        if name in known:
            continue
        where, key = place.at(name).file, place.at(name).key
        near = _nearest(name, known)
        if near:
            yield SettingUnknown(where=where, name=key, near=place.at(near[0]).key)
        else:
            yield SettingForeign(where=where, name=key, known=", ".join(known))


def _nearest(name: str, known: list[str]) -> list[str]:
    import difflib  # noqa: PLC0415  (every command reads settings, few find a slip)

    return difflib.get_close_matches(name, known, n=1)


def _missing(kind: Any, place: Place) -> Iterable[SettingsInvalid]:  # noqa: ANN401
    """Name the missing key, or every required key of a missing table."""
    if typing.get_origin(kind) is Annotated:
        return _missing(typing.get_args(kind)[0], place)
    if not dataclasses.is_dataclass(kind):
        expected = _expected(kind)
        return [SettingMissing(where=place.file, name=place.key, expected=expected)]
    try:
        _table({}, cast("type", kind), place)
    except SettingsInvalid as error:
        return each_problem(error)
    return [SettingMissing(where=place.file, name=place.key, expected=N_("a table"))]


def _value(value: Any, kind: Any, place: Place) -> object:  # noqa: ANN401, PLR0911
    """Turn one TOML value into one typed value: a case for each way to write a type."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is Annotated:
        return _checked(_value(value, arguments[0], place), arguments[1:], place)
    if origin in (Union, types.UnionType):
        return _optional(value, arguments, place)
    if origin is tuple:
        return _list(value, arguments[0], place)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(value, arguments, place)
    if isinstance(kind, typing.NewType):
        return _value(value, kind.__supertype__, place)
    if dataclasses.is_dataclass(kind) and not hasattr(kind, "from_toml"):
        return _table(value, cast("type", kind), place)
    return _leaf(value, kind, place)


def _checked(value: Any, checks: Iterable[Check], place: Place) -> object:  # noqa: ANN401
    for check in checks:
        value = check.accept(value, place)
    return value


def _optional(value: Any, arguments: tuple[Any, ...], place: Place) -> object:  # noqa: ANN401
    """Read `X | None`: an empty text says none, because TOML has no null."""
    (kind,) = (argument for argument in arguments if argument is not types.NoneType)
    return None if value == "" else _value(value, kind, place)


def _list(value: Any, kind: Any, place: Place) -> tuple[object, ...]:  # noqa: ANN401
    if not isinstance(value, list):
        place.wrong(value, N_("a list"))
    problems: list[SettingsInvalid] = []
    items: list[object] = []
    for number, item in enumerate(value):
        try:
            items.append(_value(item, kind, _item(number, value, kind, place)))
        except SettingsInvalid as error:
            problems += each_problem(error)
    tell(problems, place.file)
    return tuple(items)


def _item(number: int, value: Sequence[object], kind: Any, place: Place) -> Place:  # noqa: ANN401
    """Return the place of an item; tables that are `CALLED` by a key have names."""
    called = getattr(kind, "CALLED", "")
    return (
        place.entry(number, names_of(value, called)) if called else place.item(number)
    )


def names_of(entries: Iterable[object], called: str) -> list[object]:
    """Return what the tables of a list are called, as it stands there."""
    return [it.get(called) if isinstance(it, dict) else None for it in entries]


def _mapping(
    value: Any,  # noqa: ANN401
    arguments: tuple[Any, ...],
    place: Place,
) -> Mapping[object, object]:
    if not isinstance(value, dict):
        place.wrong(value, N_("a table"))
    problems: list[SettingsInvalid] = []
    items: dict[object, object] = {}
    for name, item in value.items():
        try:
            key = _value(name, arguments[0], place.at(name))
            items[key] = _value(item, arguments[1], place.at(name))
        except SettingsInvalid as error:
            problems += each_problem(error)
    tell(problems, place.file)
    return items


def _leaf(value: Any, kind: Any, place: Place) -> object:  # noqa: ANN401
    if hasattr(kind, "from_toml"):
        return kind.from_toml(value, place)
    if issubclass(kind, StrEnum):
        return _member(value, kind, place)
    if kind is Path:
        return _path(value, place)
    expected, fits = SIMPLE[kind]
    if not fits(value):
        place.wrong(value, expected)
    return value if kind in {date, time} else kind(value)


def _text(value: object, place: Place) -> str:
    if not isinstance(value, str):
        place.wrong(value, N_("text"))
    return value


def _member(value: object, kind: type[StrEnum], place: Place) -> StrEnum:
    try:
        return kind(_text(value, place))
    except ValueError:
        place.wrong(value, _expected(kind))


def _path(value: object, place: Place) -> Path:
    if not isinstance(value, str) or not value:
        place.wrong(value, N_("the path of a file or folder"))
    return place.file.parent.absolute() / value


def _expected(kind: Any) -> str:  # noqa: ANN401
    """Say in words what belongs there."""
    if typing.get_origin(kind) is Annotated:
        return _expected(typing.get_args(kind)[0])
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return ", ".join(f'"{member}"' for member in kind)
    if kind is Path:
        return N_("the path of a file or folder")
    if typing.get_origin(kind) is tuple:
        return N_("a list")
    return SIMPLE[kind][0] if kind in SIMPLE else N_("a value")


def _shown(value: object) -> str:
    """Show a value as TOML would write it, and no more of it than helps."""
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return N_("a table")
        case list():
            return N_("a list")
        case str():
            return f'"{value}"'
        case _:
            return str(value)


SIMPLE: typing.Final[Mapping[type, tuple[str, Callable[[object], bool]]]] = {
    str: (N_("text"), lambda value: isinstance(value, str)),
    bool: (N_("true or false"), lambda value: isinstance(value, bool)),
    int: (
        N_("a whole number"),
        lambda value: isinstance(value, int) and not isinstance(value, bool),
    ),
    float: (
        N_("a number"),
        lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    ),
    date: (
        N_("a day, such as 2026-06-30"),
        lambda value: isinstance(value, date) and not isinstance(value, datetime),
    ),
    time: (
        N_("a time of day, such as 17:00:00"),
        lambda value: isinstance(value, time),
    ),
}
