"""A row of a list as its file says it, and what its columns are called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from edoc_connector.model.folding import folded

MOST_BYTES: Final = 256 * 1024 * 1024
"""No list is larger: the national one has thirty million bytes."""
MOST_ROWS: Final = 500_000
"""Four times the bodies there are; all rows of a list are held at once."""
MOST_FIELD: Final = 8 * 1024
"""Letters of one value."""

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "code": ("code", "organ id", "organid", "ma", "ma dinh danh", "ma don vi"),
    "name": ("name", "organ name", "organname", "ten", "ten don vi", "ten co quan"),
    "parent": ("parent", "parent code", "pcode", "ma cha", "ma cap tren"),
    "aliases": (
        *("aliases", "alias", "old code", "oldcode", "code102", "ma cu", "ma khac"),
    ),
    "successor": ("successor", "successor code", "ma thay the", "ma ke thua"),
    "since": ("valid from", "tu ngay", "ngay hieu luc"),
    "until": ("valid to", "closed on", "den ngay", "ngay dong"),
    "changed_on": ("modify date", "modifydate", "modified", "ngay sua"),
    "level": ("level", "cap"),
    "closed": ("deleted", "closed", "da xoa", "da dong"),
    "action": ("paction", "action"),
    "axis_id": ("id",),
    "parent_id": ("pid", "parent id"),
    "revision": ("version", "revision"),
}
"""What each is called, in CSV and in the list of the axis, as words without tones."""

NAMED: Final = {called: name for name, all_ in COLUMNS.items() for called in all_}
SEPARATOR: Final = ";"
"""Between two aliases."""


@dataclass(frozen=True, slots=True)
class Raw:
    """What stands in a row, by our names of the columns; `problem` where it is none."""

    line: int
    values: Mapping[str, str]
    problem: str = ""


def column_of(heading: str) -> str | None:
    """Return which of the columns is meant by a heading, if it is one that we read."""
    return NAMED.get(folded(heading))


def by_column(pairs: Iterator[tuple[str | None, str]]) -> dict[str, str]:
    """Put values under the names of their columns; several of aliases are joined."""
    values: dict[str, str] = {}
    for column, value in pairs:
        if column is None:
            continue
        before = values.get(column, "")
        joined = f"{before}{SEPARATOR}{value}" if before and value else before or value
        values[column] = joined if column == "aliases" else before or value
    return values
