"""The identifier of a body (mã định danh): what it is, read from its letters alone.

Old codes are read right to left, new ones left to right, and much else travels as
`OrganId`.  Whatever it is, there is an answer to every question here and never an
exception: nothing that arrives is refused for its code's shape alone.  Who the body is,
and whether it still exists, the directory knows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from edoc_connector.errors import N_
from edoc_connector.model.invisible import without_invisible
from edoc_connector.model.remembered import remembered

MOST: Final = 35
"""Characters a code may have, that of level 1 included (QD 20/2020, article 4)."""

NODE: Final = "W00"

# TT2 and JB2 stand where a capital letter and two digits belong, and are read as such.
LEVEL_ONE: Final = "[A-Z][A-Z0-9][0-9]"
OLD: Final = re.compile(rf"[0-9]{{3}}\.[0-9]{{2}}\.[0-9]{{2}}\.{LEVEL_ONE}")
SHORTENED: Final = re.compile(rf"[0-9]{{2}}(\.[0-9]{{2}})?\.{LEVEL_ONE}")
NEW: Final = re.compile(rf"{LEVEL_ONE}(\.[A-Z0-9]+)*")
REGULAR: Final = re.compile("[A-Z][0-9]{2}")

SCHEME: Final = "02"
"""Before the number of an enterprise, as it travels (QD 20/2020, article 6)."""

NUMBER: Final = re.compile(rf"(?:{SCHEME})?([0-9]{{10}})(?:-?([0-9]{{3}}))?")

ORDINARY: Final = re.compile(r"[0-9A-Za-z.-]*")
ASCII_WIDTH: Final = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
"""Full-width letters, digits and signs of East Asian keyboards."""


class Form(StrEnum):
    """How a code is written."""

    OLD = "old"
    """13 characters, right to left: `000.00.14.H20` (QD 28/2018, article 10)."""
    SHORTENED = "shortened"
    """The old form without what comes before the used levels: `28.22.H17`."""
    NEW = "new"
    """Left to right, at most 35 characters: `H20.14` (QD 20/2020, article 4)."""
    NUMBER = "number"
    """The tax number of an enterprise: `020100107370`, `0100107370-001`."""
    NODE = "node"
    """A node of the axis, in any of these forms: `02.29.W00`."""
    UNKNOWN = "unknown"
    """Anything else: `vxp.saas.03`, `000.A53.000`, remarks, nothing."""


class Problem(StrEnum):
    """What is wrong with a code; the name is for programs and stays for ever."""

    EMPTY = "empty"
    NULL = "null"
    INVISIBLE = "invisible"
    SPACE = "space"
    FULL_WIDTH = "full-width"
    LOWER_CASE = "lower-case"
    TOO_LONG = "too-long"
    SHORTENED = "shortened"
    LEVEL_ONE = "level-one"
    UNUSED_LEVEL = "unused-level"
    NODE = "node"
    UNKNOWN_FORM = "unknown-form"


MEANINGS: Final[Mapping[Problem, str]] = {
    Problem.EMPTY: N_("there is no code"),
    Problem.NULL: N_("the word null stands where a code belongs"),
    Problem.INVISIBLE: N_("there are characters in the code that nobody sees"),
    Problem.SPACE: N_("there is white space in the code"),
    Problem.FULL_WIDTH: N_("the code is written with full-width letters"),
    Problem.LOWER_CASE: N_("the code has small letters where capitals belong"),
    Problem.TOO_LONG: N_("the code is longer than 35 characters"),
    Problem.SHORTENED: N_("the old code is not written whole, with 13 characters"),
    Problem.LEVEL_ONE: N_("the level-1 code is not a capital letter and two digits"),
    Problem.UNUSED_LEVEL: N_("the code ends in a level that is not used"),
    Problem.NODE: N_("this is a node of the axis, which is never a recipient"),
    Problem.UNKNOWN_FORM: N_("the code has none of the known forms"),
}
"""What each means, for people."""

UNUSUAL: Final[Mapping[Form, Problem]] = {
    Form.SHORTENED: Problem.SHORTENED,
    Form.NODE: Problem.NODE,
    Form.UNKNOWN: Problem.UNKNOWN_FORM,
}
FORMS: Final[Mapping[Form, re.Pattern[str]]] = {
    Form.OLD: OLD,
    Form.SHORTENED: SHORTENED,
    Form.NEW: NEW,
}
UNUSED: Final = ("", "00", "00", "000")
"""What stands in an old code at a level that is not used, level 1 first."""


class OrganizationCode(str):
    """Identifier of a body: `H20.14` (QD 20/2020) or `000.00.14.H20` (before).

    It is the text as it was given, whatever that is: making one refuses nothing and
    changes nothing.  `==` compares texts, `is_same_body` compares bodies.
    """

    __slots__ = ()

    @property
    def form(self) -> Form:
        """How it is written."""
        return _read(self).form

    @property
    def level(self) -> int | None:
        """The level it names, 1 for a ministry or province; None where there is none.

        It is counted as the decisions count it, by place: `000.14.00.H20` names a body
        of level 3, though level 2 is unused.
        """
        return len(_read(self).groups) or None

    @property
    def parent(self) -> OrganizationCode | None:
        """The body above it, in the form it was given; None where there is none.

        That is one level up, or more where levels between the two are unused.
        """
        reading = _read(self)
        above = _used(reading.groups[:-1])
        return OrganizationCode(_written(above, reading.form)) if above else None

    @property
    def level_one(self) -> OrganizationCode | None:
        """The ministry or province it belongs to; None where it names none.

        Also of an unknown form, where only one group can be it: `000.A53.000` -> `A53`.
        """
        reading = _read(self)
        if reading.groups:
            return OrganizationCode(reading.groups[0])
        return _level_one_in(reading.text) if reading.form is Form.UNKNOWN else None

    @property
    def canonical(self) -> OrganizationCode:
        """The one writing all forms of a body share: `000.00.14.H20` -> `H20.14`.

        Only the unused levels at the far end go: `000.14.00.H20` is another body.  The
        number of an enterprise stands with its scheme, an unknown form as it is seen.
        """
        return OrganizationCode(_read(self).canonical)

    @property
    def routing_words(self) -> str:
        """The code as AMQP words, level 1 first: `edoc.H20.14.#` is all below it."""
        return _read(self).canonical

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that is unusual about it; a code of the decisions has no problem."""
        return _problems_in_order(self)

    def is_same_body(self, other: OrganizationCode) -> bool:
        """Whether both name one body, in whatever form."""
        return self == other or _read(self).canonical == _read(other).canonical


def cleaned(text: str) -> tuple[OrganizationCode, tuple[Problem, ...]]:
    """Return the code as it is seen, and what had to be taken out or replaced.

    Invisible characters go, full-width letters become plain ones, and white space goes
    at both ends and around the dots.  Elsewhere it stays, as one space: to leave it out
    would make one code of two.
    """
    if ORDINARY.fullmatch(text):
        return OrganizationCode(text), ()
    seen = without_invisible(text)
    plain = seen.translate(ASCII_WIDTH)
    groups = unicodedata.normalize("NFC", plain).split(".")
    code = ".".join(" ".join(group.split()) for group in groups)
    found = {
        Problem.INVISIBLE: seen != text,
        Problem.SPACE: any(letter.isspace() for letter in plain),
        Problem.FULL_WIDTH: plain != seen,
    }
    problems = tuple(problem for problem, is_there in found.items() if is_there)
    return OrganizationCode(code), problems


@dataclass(frozen=True, slots=True)
class _Reading:
    """A code taken apart.

    `groups` are those of a body, level 1 first, up to the last one that is used; what
    has no levels has none.
    """

    text: str
    form: Form
    canonical: str
    groups: tuple[str, ...] = ()


# Of one code several questions are asked in a row, and a connector meets few.
@remembered(1024)
def _read(code: OrganizationCode) -> _Reading:
    text, _ = cleaned(code)
    capitals = text.upper() if text.isascii() else text
    if number := NUMBER.fullmatch(capitals):
        digits = "".join(filter(None, number.groups()))
        return _Reading(text, Form.NUMBER, SCHEME + digits)
    form = next((form for form in FORMS if FORMS[form].fullmatch(capitals)), None)
    if form is None:
        return _Reading(text, Form.UNKNOWN, text)
    written = tuple(capitals.split("."))
    groups = _used(written if form is Form.NEW else written[::-1])
    canonical = ".".join(groups)
    if groups[0] == NODE:
        return _Reading(text, Form.NODE, canonical)
    return _Reading(text, form, canonical, groups)


def _used(groups: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out the unused levels at the far end."""
    used = len(groups)
    while used > 1 and not groups[used - 1].strip("0"):
        used -= 1
    return groups[:used]


def _written(groups: tuple[str, ...], form: Form) -> str:
    if form is Form.NEW:
        return ".".join(groups)
    if form is Form.OLD:
        groups += UNUSED[len(groups) :]
    return ".".join(reversed(groups))


def _level_one_in(text: str) -> OrganizationCode | None:
    groups = text.split(".")
    found = [group for group in groups if REGULAR.fullmatch(group) and group != NODE]
    return OrganizationCode(found[0]) if len(found) == 1 else None


@remembered(1024)
def _problems_in_order(code: OrganizationCode) -> tuple[Problem, ...]:
    found = set(_problems(code))
    return tuple(it for it in Problem if it in found)


def _problems(code: OrganizationCode) -> Iterator[Problem]:
    text, found = cleaned(code)
    yield from found
    if not text:
        yield Problem.EMPTY
    elif text.casefold() == "null":
        yield Problem.NULL
    else:
        yield from _problems_of(_read(text))


def _problems_of(reading: _Reading) -> Iterator[Problem]:
    text, form, groups = reading.text, reading.form, reading.groups
    if text.isascii() and text != text.upper():
        yield Problem.LOWER_CASE
    if len(text) > MOST:
        yield Problem.TOO_LONG
    if form in UNUSUAL:
        yield UNUSUAL[form]
    if groups and not REGULAR.fullmatch(groups[0]):
        yield Problem.LEVEL_ONE
    if form is Form.NEW and len(groups) <= text.count("."):
        yield Problem.UNUSED_LEVEL
