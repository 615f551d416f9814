"""What can be said of a field: where it stands, its names, what may stand in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from edoc_connector.model.tables import Term


class Cardinality(StrEnum):
    """How often a value stands in its group."""

    ONE = "1"
    OPTIONAL = "0..1"
    SOME = "1..n"
    ANY = "0..n"


class FieldKind(StrEnum):
    """What a value is."""

    TEXT = "text"
    DAY = "day"
    MOMENT = "moment"
    NUMBER = "number"
    COUNT = "count"
    TRUTH = "truth"
    CODE = "code"


FORMATS: Final[Mapping[FieldKind, str]] = {
    FieldKind.DAY: "yyyy/MM/dd",
    FieldKind.MOMENT: "yyyy/MM/dd HH:mm:ss",
    FieldKind.NUMBER: "0..999999999",
    FieldKind.COUNT: "0..65535",
    FieldKind.TRUTH: "true, false",
}
"""The one form in which each kind is written; moments are those of Vietnam."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field: where it stands, what people call it, and what may stand in it.

    `number` is that of the standard, empty for what only the axis's library has.
    `cardinality` is what we write, within a group that is there.  `limit` counts
    characters.  `codes` are the values of a code, as they are written.
    """

    path: str
    number: str
    label: Term
    cardinality: Cardinality
    kind: FieldKind
    limit: int | None = None
    codes: Mapping[str, Term] = field(default_factory=dict)
    source: str

    @property
    def is_required(self) -> bool:
        """Whether it must be there wherever its group is."""
        return self.cardinality in {Cardinality.ONE, Cardinality.SOME}

    @property
    def group(self) -> str:
        """The path of what it stands in, empty for the message itself."""
        return self.path.rpartition("/")[0]

    @property
    def name(self) -> str:
        """What it is called in its group."""
        return self.path.rpartition("/")[2]

    @property
    def format(self) -> str:
        """The form in which it is written, empty for text."""
        return ", ".join(self.codes) or FORMATS.get(self.kind, "")
