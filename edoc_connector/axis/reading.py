"""The only way from a file to an axis that can be planned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from edoc_connector.axis.description import Axis, Broker, Node
from edoc_connector.axis.draft import drafted
from edoc_connector.axis.mistakes import Said, mistakes
from edoc_connector.errors import (
    AxisMistaken,
    FileUnreadable,
    SettingsInvalid,
    SettingsUnreadable,
)
from edoc_connector.toml import (
    Place,
    each_problem,
    entry_name,
    names_of,
    parsed,
    read_table,
    tell,
)


def read_axis(path: Path) -> Axis:
    """Read a description: a tree of brokers in which every code leads to one mailbox.

    Raises `SettingsInvalid` with the one problem, or `SettingsRefused` with all: those
    of single values, and those of the whole that do not come of them.  It is no file of
    settings: where it cannot be read, `FileUnreadable`.
    """
    try:
        table = parsed(path)
    except SettingsUnreadable as error:
        raise FileUnreadable(path=path, problem=error.details["problem"]) from error
    try:
        axis = read_table(table, Axis, Place(path))
    except SettingsInvalid as error:
        draft = drafted(table, Place(path))
        whole = (
            [it for it in mistakes(draft.axis) if draft.is_sure(it)] if draft else []
        )
        tell([*each_problem(error), *_told(table, whole, path)], path)
        raise
    tell([*_told(table, mistakes(axis), path)], path)
    return axis


def _told(
    table: Mapping[str, Any], found: Iterable[Said], path: Path
) -> Iterator[AxisMistaken]:
    for it in found:
        name = _place(table, it)
        yield AxisMistaken(where=path, name=name, because=it.because, **it.details)


def _place(table: Mapping[str, Any], said: Said) -> str:
    """Return where it stands, as what is wrong with a single value says it too."""
    name, number = said.spot.table, said.spot.number
    if not said.field:
        return name
    names = names_of(table[name], CALLED[name])
    return f"{name} {entry_name(number, names)}.{said.field}"


CALLED: Final = {"broker": Broker.CALLED, "node": Node.CALLED}
