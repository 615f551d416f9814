"""A description as far as it can be read, so that all its mistakes are told at once.

What cannot be read is stood in for by something that is nobody's, and remembered: a
mistake that may come of it, and of nothing else, is not told.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import MISSING, dataclass
from typing import Any, Final, TypeVar

from edoc_connector.axis.description import Axis, Broker, Level, Node
from edoc_connector.axis.mistakes import (
    NEAR,
    NO_PASSWORD,
    NO_ROOT,
    NOT_SERVED,
    ONE_PASSWORD,
    SERVED_ELSEWHERE,
    TWO_ROOTS,
    UNKNOWN,
    Said,
)
from edoc_connector.errors import SettingsInvalid
from edoc_connector.toml import Place, read_value

TableT = TypeVar("TableT")
Doubts = frozenset[tuple[str, int, str]]
"""Tables, numbers and fields that were not read, or may stand under a wrong name."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An axis that cannot be planned, and what of it is not as the file says."""

    axis: Axis
    doubts: Doubts

    def is_sure(self, said: Said) -> bool:
        """Whether it is a mistake however the unread would read."""
        here = (said.spot.table, said.spot.number)
        own = {field for table, number, field in self.doubts if (table, number) == here}
        if said.field in own:
            return said.field in LISTS
        anywhere = {(table, field) for table, _, field in self.doubts}
        needed = DEPENDS.get(said.because, frozenset())
        return not (needed & anywhere or OWN.get(said.because, frozenset()) & own)


LISTS: Final = frozenset({"serves", "codes", "aliases"})
"""Of these the items are kept that can be read: what is said of one of them is true."""

PARENTS: Final = frozenset({("broker", "parent")})
BROKERS: Final = frozenset({("broker", "name")})
ROOTS: Final = frozenset({("broker", "serves")})
DEPENDS: Final[Mapping[str, frozenset[tuple[str, str]]]] = {
    NO_ROOT: PARENTS,
    TWO_ROOTS: PARENTS,
    UNKNOWN: BROKERS,
    NEAR: BROKERS,
    NOT_SERVED: ROOTS,
    SERVED_ELSEWHERE: ROOTS,
}
"""What must be as it was read, in whatever table, for a mistake to be one."""

PROOF: Final = frozenset({"login", "password", "password_hash"})
OWN: Final = {ONE_PASSWORD: PROOF, NO_PASSWORD: PROOF}
"""... and what in the very table that it is in."""


NAMES: Final = frozenset({"name", "account", "broker", "parent"})
"""These mean the same to other tables, however unfit they are."""

NOBODYS: Final[Mapping[str, object]] = {
    "name": "#{number}",
    "account": "#{number}",
    "level": Level.CENTRAL,
    "address": "amqps://#{number}",
    "serves": (),
    "broker": "",
    "codes": (),
}
"""What stands in for a required field: it is like nothing else."""


def drafted(table: Mapping[str, object], place: Place) -> Draft | None:
    """Return what can be read of it; None where there are no brokers to speak of."""
    brokers, of_brokers = _tables(Broker, table.get("broker"), place)
    nodes, of_nodes = _tables(Node, table.get("node"), place)
    if not brokers:
        return None
    doubts = frozenset(
        [("broker", *it) for it in of_brokers] + [("node", *it) for it in of_nodes]
    )
    return Draft(Axis(broker=tuple(brokers), node=tuple(nodes)), doubts)


def _tables(
    kind: type[TableT], found: object, place: Place
) -> tuple[list[TableT], list[tuple[int, str]]]:
    """Return the tables of a name, and which fields of which of them are in doubt."""
    tables, doubts = [], []
    for number, it in enumerate(found if isinstance(found, list) else ()):
        given = it if isinstance(it, dict) else {}
        read = _fields(kind, given, number, place)
        tables.append(kind(**{name: value for name, (value, _) in read.items()}))
        doubts += [(number, name) for name, (_, is_sure) in read.items() if not is_sure]
    return tables, doubts


def _fields(
    kind: type, given: Mapping[str, object], number: int, place: Place
) -> dict[str, tuple[object, bool]]:
    """Return each field, and whether it is what the file says."""
    hints = typing.get_type_hints(kind, include_extras=True)
    fields = {it.name: it for it in dataclasses.fields(kind)}
    # A name that nobody knows may be one that is not given, misspelt.
    is_complete = given.keys() <= fields.keys()
    read: dict[str, tuple[object, bool]] = {}
    for name, field in fields.items():
        instead = _instead(field, number)
        if name not in given:
            read[name] = instead, is_complete and field.default is not MISSING
            continue
        try:
            read[name] = read_value(given[name], hints[name], place), True
        except SettingsInvalid:
            as_far = _as_far(name, given[name], hints[name], place)
            read[name] = instead if as_far is None else as_far, False
    return read


def _instead(field: dataclasses.Field[Any], number: int) -> object:
    if field.default is not MISSING:
        return field.default
    value = NOBODYS[field.name]
    if isinstance(value, str) and not isinstance(value, Level):
        return value.format(number=number + 1)
    return value


def _as_far(name: str, value: object, kind: Any, place: Place) -> object:  # noqa: ANN401
    """Return what serves of an unfit value: the text of a name, items of a list."""
    if name in NAMES and isinstance(value, str) and value:
        return value
    if name not in LISTS or not isinstance(value, list):
        return None
    items: list[object] = []
    for item in value:
        with suppress(SettingsInvalid):
            items += read_value([item], kind, place)
    return tuple(items)
