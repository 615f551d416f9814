"""A row as its file says it becomes a row that can be used, and what was wrong with it.

Pure.  What can be mended without a guess is mended and said; what cannot is left out
and said.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from edoc_connector.directory.days import day_of
from edoc_connector.directory.raw import SEPARATOR, Raw
from edoc_connector.model.invisible import without_invisible
from edoc_connector.model.listing import MOST_NAME, Flaw, FlawKind, Listed
from edoc_connector.model.organization_code import (
    NEW,
    NODE,
    OLD,
    Form,
    OrganizationCode,
    Problem,
    cleaned,
)

NONE: Final = OrganizationCode("")
FORMULA: Final = re.compile(r"[=@\t\r]|[+-](?=[\w(=+-])")
"""How a cell begins that a spreadsheet would compute; `- Phòng` is a name."""
YES: Final = frozenset({"true", "1", "yes", "x", "có", "delete", "deleted"})
REVISION: Final = re.compile("[0-9]{1,18}")
"""What 64 bits hold, however large it is."""
SHOWN: Final = 80
"""Letters of a value that a flaw quotes."""

CODE_FLAWS: Final[Mapping[Problem, FlawKind]] = {
    Problem.EMPTY: FlawKind.CODE_MISSING,
    Problem.NULL: FlawKind.CODE_MISSING,
    Problem.UNKNOWN_FORM: FlawKind.CODE_MALFORMED,
    Problem.TOO_LONG: FlawKind.CODE_TOO_LONG,
    Problem.INVISIBLE: FlawKind.CODE_CLEANED,
    Problem.SPACE: FlawKind.CODE_CLEANED,
    Problem.FULL_WIDTH: FlawKind.CODE_CLEANED,
    Problem.LOWER_CASE: FlawKind.CODE_CLEANED,
    Problem.SHORTENED: FlawKind.CODE_ODD,
    Problem.LEVEL_ONE: FlawKind.CODE_ODD,
    Problem.UNUSED_LEVEL: FlawKind.CODE_ODD,
    Problem.NODE: FlawKind.CODE_ODD,
}


def normalised(raw: Raw) -> tuple[Listed | None, tuple[Flaw, ...]]:
    """Return the row, unless it has to be left out, and all its flaws."""
    if raw.problem:
        kind = FlawKind.ROW_UNREADABLE
        return None, (Flaw(line=raw.line, kind=kind, value=raw.problem[:SHOWN]),)
    reading = _Reading(raw)
    listed = reading.listed()
    flaws = tuple(reading.flaws)
    return (None if any(it.refuses for it in flaws) else listed), flaws


@dataclass(slots=True)
class _Reading:
    """One row while it is read, with the flaws found so far."""

    raw: Raw
    code: OrganizationCode = NONE
    flaws: list[Flaw] = field(default_factory=list)

    def listed(self) -> Listed:
        written = self._written(self.raw.values.get("code", ""))
        # Most are written so: half a million codes need not be there twice.
        canonical = written.canonical
        self.code = written if written == canonical else canonical
        is_closed = self._is_closed()
        since, until = self._day("since"), self._day("until")
        if since and until and until <= since:
            self._flaw(FlawKind.ENDS_BEFORE)
        self._check_level()
        return Listed(
            line=self.raw.line,
            code=self.code,
            written=written,
            name=self._name(ends=is_closed or until is not None),
            parent=self._parent(),
            parent_id=self.raw.values.get("parent_id", ""),
            successor=self._successor(),
            aliases=self._aliases(),
            axis_id=self.raw.values.get("axis_id", "")[:SHOWN],
            revision=self._revision(),
            since=since,
            until=until,
            changed_on=self._day("changed_on"),
            is_closed=is_closed,
        )

    def _written(self, text: str) -> OrganizationCode:
        if OLD.fullmatch(text) or NEW.fullmatch(text):
            written = OrganizationCode(text)
            found: tuple[Problem, ...] = ()
        else:
            written, found = cleaned(text)
        problems = dict.fromkeys((*found, *written.problems))
        for kind in dict.fromkeys(CODE_FLAWS[problem] for problem in problems):
            self._flaw(kind, code=str(written))
        return written

    def _name(self, *, ends: bool) -> str:
        text = self.raw.values.get("name", "")
        name = " ".join(text.split()) if text else ""
        if not name.isascii() or not name.isprintable():
            name = self._spelled(text)
        elif name != text:
            self._flaw(FlawKind.NAME_SPACES)
        if not name and not ends:
            self._flaw(FlawKind.NAME_MISSING)
        if len(name) > MOST_NAME:
            self._flaw(FlawKind.NAME_TOO_LONG)
        if FORMULA.match(name):
            self._flaw(FlawKind.NAME_FORMULA)
        return name

    def _spelled(self, text: str) -> str:
        """Return a name of more letters than ASCII has, as it is meant to be."""
        seen = without_invisible(text)
        if seen != text:
            self._flaw(FlawKind.NAME_INVISIBLE)
        whole = unicodedata.normalize("NFC", seen)
        if whole != seen:
            self._flaw(FlawKind.NAME_NOT_NFC)
        name = " ".join(whole.split())
        if name != whole:
            self._flaw(FlawKind.NAME_SPACES)
        return name

    def _parent(self) -> OrganizationCode | None:
        """Return who stands above: as is said, or as the code says where that is empty.

        `None` where the list has no such column, and where only an id is given.
        """
        text = self.raw.values.get("parent")
        if text is None:
            return None
        if not text.strip():
            return None if self.raw.values.get("parent_id") else above(self.code)
        parent = _usable(text)
        if parent is None:
            self._flaw(FlawKind.PARENT_MALFORMED, value=text)
            return above(self.code)
        return parent

    def _successor(self) -> OrganizationCode | None:
        text = self.raw.values.get("successor", "").strip()
        if not text:
            return None
        successor = _usable(text)
        if successor is None:
            self._flaw(FlawKind.SUCCESSOR_UNKNOWN, value=text)
        elif successor == self.code:
            self._flaw(FlawKind.SUCCESSOR_ITSELF)
            return None
        return successor

    def _aliases(self) -> tuple[OrganizationCode, ...] | None:
        text = self.raw.values.get("aliases")
        if text is None:
            return None
        return tuple(dict.fromkeys(self._each_alias(text)))

    def _each_alias(self, text: str) -> Iterator[OrganizationCode]:
        for each in filter(None, map(str.strip, text.split(SEPARATOR))):
            alias = _usable(each)
            if alias is None:
                self._flaw(FlawKind.ALIAS_MALFORMED, value=each)
            elif alias != self.code:
                yield alias

    def _is_closed(self) -> bool:
        values = self.raw.values
        said = (values.get("closed", ""), values.get("action", ""))
        return any(it.strip().casefold() in YES for it in said)

    def _day(self, column: str) -> date | None:
        text = self.raw.values.get(column, "").strip()
        if not text:
            return None
        try:
            return day_of(text)
        except (ValueError, OverflowError, OSError):
            self._flaw(FlawKind.DAY_UNREADABLE, value=text)
            return None

    def _revision(self) -> int | None:
        text = self.raw.values.get("revision", "").strip()
        return int(text) if REVISION.fullmatch(text) else None

    def _check_level(self) -> None:
        text = self.raw.values.get("level", "").strip()
        level = self.code.level
        if text and level is not None and text != str(level):
            self._flaw(FlawKind.LEVEL_DIFFERS, value=str(level), other=text)

    def _flaw(
        self, kind: FlawKind, *, code: str = "", value: str = "", other: str = ""
    ) -> None:
        said = {"code": code or self.code, "value": value, "other": other}
        cut = {name: str(text)[:SHOWN] for name, text in said.items()}
        self.flaws.append(Flaw(line=self.raw.line, kind=kind, **cut))


def above(code: OrganizationCode) -> OrganizationCode:
    """Return who stands above a canonical code by its own writing; empty for none.

    It is what `parent` says, without taking the code apart: it is asked very often.
    """
    if code.startswith(NODE):
        return NONE
    groups, _, _ = code.rpartition(".")
    while groups and not (last := groups.rpartition("."))[2].strip("0"):
        groups = last[0]
    return OrganizationCode(groups)


def _usable(text: str) -> OrganizationCode | None:
    """Return the canonical code that is meant, or None where the text is no code."""
    code, _ = cleaned(text)
    unusable = code.form is Form.UNKNOWN or Problem.TOO_LONG in code.problems
    return None if unusable else code.canonical
