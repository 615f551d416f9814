"""What a list of bodies says, row by row, and all that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from edoc_connector.errors import N_
from edoc_connector.model.organization_code import OrganizationCode

MOST_NAME: Final = 500
"""Characters a name may have; the national list has none of half of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One row of a list that can be used; `None` is what the list does not say.

    `code`, `parent`, `successor` and `aliases` are canonical.  `since` and `until` say
    when the row holds, `changed_on` when it last became what it is; `parent_id` is the
    axis's own name for the body above.
    """

    line: int
    code: OrganizationCode
    written: OrganizationCode
    name: str
    parent: OrganizationCode | None = None
    parent_id: str = ""
    successor: OrganizationCode | None = None
    aliases: tuple[OrganizationCode, ...] | None = None
    axis_id: str = ""
    revision: int | None = None
    since: date | None = None
    until: date | None = None
    changed_on: date | None = None
    is_closed: bool = False


class FlawKind(StrEnum):
    """What is wrong with a list or the directory; the name stays for ever."""

    CODE_MALFORMED = "code-malformed"
    CODE_MISSING = "code-missing"
    CODE_TOO_LONG = "code-too-long"
    CODE_CLEANED = "code-cleaned"
    CODE_ODD = "code-odd"
    CODE_TWICE = "code-twice"
    CODE_TWICE_DIFFERENT = "code-twice-different"
    NAME_MISSING = "name-missing"
    NAME_INVISIBLE = "name-invisible"
    NAME_SPACES = "name-spaces"
    NAME_NOT_NFC = "name-not-nfc"
    NAME_TOO_LONG = "name-too-long"
    NAME_FORMULA = "name-formula"
    PARENT_UNKNOWN = "parent-unknown"
    PARENT_CIRCULAR = "parent-circular"
    PARENT_MALFORMED = "parent-malformed"
    LEVEL_DIFFERS = "level-differs"
    CLOSED_ALONE = "closed-without-successor"
    SUCCESSOR_UNKNOWN = "successor-unknown"
    SUCCESSOR_CLOSED = "successor-closed"
    SUCCESSOR_ITSELF = "successor-itself"
    ALIAS_MALFORMED = "alias-malformed"
    ALIAS_TAKEN = "alias-taken"
    DAY_UNREADABLE = "day-unreadable"
    ENDS_BEFORE = "ends-before-it-begins"
    OUTDATED = "outdated"
    ROW_UNREADABLE = "row-unreadable"
    CLOSED_BY_DECISION = "closed-by-decision"


REFUSING: Final = frozenset(
    {
        FlawKind.CODE_MALFORMED,
        FlawKind.CODE_MISSING,
        FlawKind.CODE_TOO_LONG,
        FlawKind.CODE_TWICE,
        FlawKind.CODE_TWICE_DIFFERENT,
        FlawKind.NAME_MISSING,
        FlawKind.NAME_TOO_LONG,
        FlawKind.NAME_FORMULA,
        FlawKind.DAY_UNREADABLE,
        FlawKind.ENDS_BEFORE,
        FlawKind.OUTDATED,
        FlawKind.ROW_UNREADABLE,
    }
)
"""For these a row is left out; with the others it is used, mended as they say."""

CLEANED: Final = frozenset(
    {
        FlawKind.CODE_CLEANED,
        FlawKind.NAME_INVISIBLE,
        FlawKind.NAME_SPACES,
        FlawKind.NAME_NOT_NFC,
    }
)
"""For these nobody has to do anything: what is meant is not in doubt."""

MEANINGS: Final[Mapping[FlawKind, str]] = {
    FlawKind.CODE_MALFORMED: N_("{code} has none of the known forms of a code"),
    FlawKind.CODE_MISSING: N_("there is no code"),
    FlawKind.CODE_TOO_LONG: N_("the code is longer than 35 characters"),
    FlawKind.CODE_CLEANED: N_(
        "the code holds what does not belong in it; {code} was taken"
    ),
    FlawKind.CODE_ODD: N_("{code} is no usual code, and is taken as it stands"),
    FlawKind.CODE_TWICE: N_("{code} stands in line {value} already, the same"),
    FlawKind.CODE_TWICE_DIFFERENT: N_(
        "{code} stands in line {value} already; here it is called {other}, and is left"
        " out"
    ),
    FlawKind.NAME_MISSING: N_("{code} has no name"),
    FlawKind.NAME_INVISIBLE: N_(
        "the name of {code} holds characters that nobody sees; they were left out"
    ),
    FlawKind.NAME_SPACES: N_(
        "the name of {code} holds needless white space; it was left out"
    ),
    FlawKind.NAME_NOT_NFC: N_(
        "the name of {code} has its tones apart from their letters; they were joined"
    ),
    FlawKind.NAME_TOO_LONG: N_("the name of {code} is longer than 500 characters"),
    FlawKind.NAME_FORMULA: N_("a formula stands where the name of {code} belongs"),
    FlawKind.PARENT_UNKNOWN: N_("nothing is known of {value}, under which {code} is"),
    FlawKind.PARENT_CIRCULAR: N_(
        "{code} is said to be under {value}, which is itself under {code}"
    ),
    FlawKind.PARENT_MALFORMED: N_("{value} is no code under which {code} could be"),
    FlawKind.LEVEL_DIFFERS: N_(
        "{code} is of level {value} by its code, and is said to be of level {other}"
    ),
    FlawKind.CLOSED_ALONE: N_("{code} is closed and no successor is named"),
    FlawKind.SUCCESSOR_UNKNOWN: N_(
        "nothing is known of {value}, the successor of {code}"
    ),
    FlawKind.SUCCESSOR_CLOSED: N_("{value}, the successor of {code}, is itself closed"),
    FlawKind.SUCCESSOR_ITSELF: N_("{code} is said to follow after itself"),
    FlawKind.ALIAS_MALFORMED: N_("{value} is no other writing of {code}"),
    FlawKind.ALIAS_TAKEN: N_("{value} is said to be {code} and also {other}"),
    FlawKind.DAY_UNREADABLE: N_("{value} is no day; write it as 2026-11-25"),
    FlawKind.ENDS_BEFORE: N_("{code} ends before it begins"),
    FlawKind.OUTDATED: N_(
        "revision {value} of {code} is older than the one that is known, {other}"
    ),
    FlawKind.ROW_UNREADABLE: N_("the row cannot be read: {value}"),
    FlawKind.CLOSED_BY_DECISION: N_(
        "{code} is listed as open, but {value} was closed on {other} by decision of the"
        " government"
    ),
}
"""What each means, for people; the gaps are the fields of a flaw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """One thing that is wrong; `line` is 0 where it is no line's."""

    line: int = 0
    kind: FlawKind
    code: str = ""
    value: str = ""
    other: str = ""

    @property
    def refuses(self) -> bool:
        """Whether the row was left out for it."""
        return self.kind in REFUSING


def by_weight(flaws: Iterable[Flaw]) -> list[Flaw]:
    """Return first those for which rows were left out, last what was only cleaned."""
    return sorted(flaws, key=lambda it: (not it.refuses, it.kind in CLEANED, it.line))
