"""One row of a strange database, read with care: every value is typed or refused.

Databases and drivers disagree about everything (a number may come as text, a date as
text or as a time stamp in UTC), and people paste from anywhere.  Only what cannot be a
value is refused here; whether it may be sent, `envelope.check` says.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final, TypeVar

from edoc_connector.clock import VIETNAM
from edoc_connector.dms.fields import Field
from edoc_connector.errors import FieldInvalid, FieldMissing, RowBroken
from edoc_connector.model.remembered import remembered

ValueT = TypeVar("ValueT")

SHOWN: Final = 60
"""How much of a wrong value a message quotes."""

DIGITS: Final = 15
EXACT: Final = 1e15
"""Up to here a float counts whole numbers exactly."""

LOST: Final = "\N{REPLACEMENT CHARACTER}"
YEAR_FIRST: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T].*)?")
DAY_FIRST: Final = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?: .*)?")
CLOCK_FIRST: Final = re.compile(
    r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}) (\d{1,2}):(\d{2})(?::(\d{2}))?"
)
WHOLE: Final = re.compile(r"[+-]?\d{1,9}")


@dataclass(frozen=True, slots=True)
class Columns:
    """The values of one row by the mapping's names; `fields` says what they are."""

    values: Mapping[str, object]
    fields: Mapping[str, Field]

    def text(self, name: str) -> str:
        """Return one line of clean text, empty where there is none."""
        value = self.values.get(name)
        return "" if value is None else self._clean(name, text_of(value))

    def required(self, name: str) -> str:
        """Return one line of clean text, or raise `FieldMissing`."""
        text = self.text(name)
        if not text:
            raise FieldMissing(field=self.fields[name].name)
        return text

    def lines(self, name: str) -> tuple[str, ...]:
        """Return a text of several lines, or of parts between `;`, one by one."""
        parts = re.split(r"[;\r\n]+", raw_text(self.values.get(name)))
        lines = (self._clean(name, one_line(part)) for part in parts)
        return tuple(filter(None, lines))

    def number(self, name: str) -> int | None:
        """Return a whole number, or None where there is none."""
        text = self.text(name)
        if not text:
            return None
        if not WHOLE.fullmatch(text):
            raise self.invalid(name, text)
        return int(text)

    def required_date(self, name: str) -> date:
        """Return a day as Vietnam counts it, or raise `FieldMissing`."""
        day = self.date(name)
        if day is None:
            raise FieldMissing(field=self.fields[name].name)
        return day

    def date(self, name: str) -> date | None:
        """Return a day as Vietnam counts it, or None where there is none."""
        value = self.values.get(name)
        try:
            return _day(value)
        except (ValueError, OverflowError):
            raise self.invalid(name, text_of(value)) from None

    def moment(self, name: str) -> datetime | None:
        """Return a point in time, or None where there is none that can be read.

        A day without a time of day is no moment.
        """
        try:
            return _moment(self.values.get(name))
        except (ValueError, OverflowError):
            return None

    def coded(self, name: str, codes: Mapping[str, int]) -> int | None:
        """Return what the register's word means, or None where there is none.

        A word that nobody explained is refused rather than guessed.
        """
        word = self.text(name)
        if not word:
            return None
        try:
            return folded(codes)[word.casefold()]
        except KeyError:
            raise self.invalid(name, word) from None

    def invalid(self, name: str, value: str) -> FieldInvalid:
        """Say that a value cannot be used, quoting a little of it."""
        return FieldInvalid(field=self.fields[name].name, problem=value[:SHOWN])

    def _clean(self, name: str, text: str) -> str:
        if LOST in text:
            raise self.invalid(name, text)
        return text


@dataclass(frozen=True, slots=True)
class Notes:
    """What is wrong with a row, noted while the rest of it is read."""

    problems: list[RowBroken] = field(default_factory=list)

    def read(
        self, value: Callable[..., ValueT], *arguments: object, otherwise: ValueT
    ) -> ValueT:
        """Return a value, or note what is wrong with it and return another."""
        try:
            return value(*arguments)
        except RowBroken as error:
            self.problems.append(error)
            return otherwise


@dataclass(frozen=True, slots=True)
class NotedColumns:
    """The same columns, of which each is read whatever is wrong with the others."""

    columns: Columns
    notes: Notes

    def text(self, name: str) -> str:
        """Return one line of clean text, empty where there is none."""
        return self._read(self.columns.text, name, otherwise="")

    def required(self, name: str) -> str:
        """Return one line of clean text, and note where there is none."""
        return self.notes.read(self.columns.required, name, otherwise="")

    def lines(self, name: str) -> tuple[str, ...]:
        """Return a text of several lines, or of parts between `;`, one by one."""
        return self._read(self.columns.lines, name, otherwise=())

    def number(self, name: str) -> int | None:
        """Return a whole number, or None where there is none."""
        return self._read(self.columns.number, name, otherwise=None)

    def required_date(self, name: str) -> date | None:
        """Return a day as Vietnam counts it, and note where there is none."""
        return self.notes.read(self.columns.required_date, name, otherwise=None)

    def date(self, name: str) -> date | None:
        """Return a day as Vietnam counts it, or None where there is none."""
        return self._read(self.columns.date, name, otherwise=None)

    def coded(self, name: str, codes: Mapping[str, int]) -> int | None:
        """Return what the register's word means, or None where there is none."""
        return self._read(self.columns.coded, name, codes, otherwise=None)

    def _read(
        self,
        value: Callable[..., ValueT],
        name: str,
        *arguments: object,
        otherwise: ValueT,
    ) -> ValueT:
        if self.columns.values.get(name) is None:  # as most are: no register has all
            return otherwise
        return self.notes.read(value, name, *arguments, otherwise=otherwise)


def text_of(value: object) -> str:
    """Return any value of a database as one line of clean text."""
    return one_line(value if type(value) is str else raw_text(value))


def raw_text(value: object) -> str:
    """Return any value of a database as text, to the letter."""
    match value:
        case None:
            return ""
        case str():  # before the others, because most of them are
            return str(value)
        case float() | Decimal() if _is_whole(value):
            return str(int(value))
        case bool() | int():
            return str(int(value))
        case bytes() | bytearray() | memoryview():
            return bytes(value).decode("utf-8", "replace")
        case _:
            return str(value)


def folded(codes: Mapping[str, int]) -> Mapping[str, int]:
    """Return the same codes by their words in small letters."""
    return _folded(tuple(codes.items()))


# A mapping has a few lists of words, and each row is held against all of them.
@lru_cache(maxsize=64)
def _folded(codes: tuple[tuple[str, int], ...]) -> Mapping[str, int]:
    return {text_of(word).casefold(): code for word, code in codes}


def _is_whole(value: float | Decimal) -> bool:
    if isinstance(value, float):
        return value.is_integer() and abs(value) < EXACT
    return value.is_finite() and value.adjusted() < DIGITS and value == int(value)


# The names of bodies, people and kinds come again, each in its revision as well.
@remembered(4096)
def one_line(text: str) -> str:
    """Return the text composed (NFC), without invisible marks, on one line.

    Pasted texts carry line breaks, vertical tabs and zero-width marks; none of them can
    be seen, and some of them cannot be written in XML.
    """
    composed = text if text.isascii() else unicodedata.normalize("NFC", text)
    if not composed.isprintable():  # nearly every text is, and is looked at no closer
        composed = "".join(map(_visible, composed))
    return " ".join(composed.split())


def _visible(character: str) -> str:
    match unicodedata.category(character):
        case "Cf":
            return ""
        case "Cc" | "Zl" | "Zp":
            return " "
        case "Cs":
            return LOST
        case "Cn" if ord(character) & 0xFFFE == 0xFFFE:  # noqa: PLR2004  (XML 1.0, 2.2)
            return LOST
        case _:
            return character


def _day(value: object) -> date | None:
    match value:
        case datetime(tzinfo=None):
            return value.date()
        case datetime():
            # Registers that keep UTC store our midnight as 17:00 of the day before.
            return value.astimezone(VIETNAM).date()
        case date():
            return value
        case _:
            return _written_day(text_of(value))


def _written_day(text: str) -> date | None:
    if not text:
        return None
    if found := YEAR_FIRST.fullmatch(text):
        year, month, day = found.groups()
    elif found := DAY_FIRST.fullmatch(text):
        day, month, year = found.groups()
    else:
        raise ValueError(text)
    return _in_vietnam(text) or date(int(year), int(month), int(day))


def _in_vietnam(text: str) -> date | None:
    """Return the day of a time stamp that names its zone."""
    try:
        stamp = datetime.fromisoformat(text)
    except ValueError:
        return None
    return stamp.astimezone(VIETNAM).date() if stamp.tzinfo else None


def _moment(value: object) -> datetime | None:
    match value:
        case datetime(tzinfo=None):
            return value.replace(tzinfo=VIETNAM)
        case datetime():
            return value
        case date():
            return None
        case _:
            return _written_moment(text_of(value))


def _written_moment(text: str) -> datetime | None:
    if found := CLOCK_FIRST.fullmatch(text):
        day, month, year, hour, minute = (int(part) for part in found.groups()[:5])
        second = int(found[6] or 0)
        return datetime(year, month, day, hour, minute, second, tzinfo=VIETNAM)
    if ":" not in text:
        return None
    stamp = datetime.fromisoformat(text)
    return stamp if stamp.tzinfo else stamp.replace(tzinfo=VIETNAM)
