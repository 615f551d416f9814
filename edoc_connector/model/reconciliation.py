"""What two connectors tell each other of one day, and how their words are compared.

Each side lists what it sent and what it received.  The receiver of a statement looks
for what its partner says it sent among all it ever received, and for what its partner
says it received among all it ever sent: of whatever day, so that neither midnight nor
two clocks make a difference.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from edoc_connector.clock import VIETNAM
from edoc_connector.model.identifiers import Digest, MessageId
from edoc_connector.model.organization_code import OrganizationCode

VERSION: Final = 1
MOST_ENTRIES: Final = 100_000
"""As many of one side of a day are listed and compared; all are counted."""

MOST_COUNTED: Final = 1_000_000_000
MOST_DIFFERENCES: Final = 1_000
"""As many of one statement become cases; who has more has another trouble."""

CATCH_UP: Final = 7
"""Days that are stated afterwards, when a connector was switched off."""

LONGEST_PAST: Final = timedelta(days=60)
"""A statement may be long on its way; what is older says nothing that anybody needs."""

SKEW: Final = timedelta(hours=1)
"""By how much the clock of a partner may be ahead of ours, as with a seal."""

HANDLE: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,127}")
DIGEST: Final = re.compile(r"[0-9a-f]{64}")
MOST_TEXT: Final = 255


class CaseKind(StrEnum):
    """What differs: `here` was found by us, `there` is what our partner has found."""

    NOT_RECEIVED_HERE = "not-received-here"
    """Our partner says it sent this to us; we never received it."""
    UNKNOWN_HERE = "unknown-here"
    """Our partner says it received this from us; we never sent it."""
    NOT_RECEIVED_THERE = "not-received-there"
    """We sent this; our partner says that it never came."""
    UNKNOWN_THERE = "unknown-there"
    """We received this; our partner says that it never sent it."""

    @property
    def mirrored(self) -> CaseKind:
        """The same difference as seen from the other side."""
        return MIRRORED[self]

    @property
    def is_found_here(self) -> bool:
        """Whether we have found it ourselves."""
        return self in FOUND_HERE


FOUND_HERE: Final = (CaseKind.NOT_RECEIVED_HERE, CaseKind.UNKNOWN_HERE)
MIRRORED: Final = {
    CaseKind.NOT_RECEIVED_HERE: CaseKind.NOT_RECEIVED_THERE,
    CaseKind.NOT_RECEIVED_THERE: CaseKind.NOT_RECEIVED_HERE,
    CaseKind.UNKNOWN_HERE: CaseKind.UNKNOWN_THERE,
    CaseKind.UNKNOWN_THERE: CaseKind.UNKNOWN_HERE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One document in a list: its message, its id, its packet, and when (UTC)."""

    message_id: MessageId
    document_id: str
    packet: Digest
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A list with its count and digest, by which two lists are compared at a glance.

    Where `count` is more than there are entries, the rest was too much to list.
    """

    count: int
    digest: Digest
    entries: tuple[Listed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A document about which its sender and its receiver say different things."""

    kind: CaseKind
    message_id: MessageId
    document_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayStatement:
    """What `sender` says of one day with `recipient`.

    `differences` are all that it has found itself and that are still open.
    """

    version: int
    sender: OrganizationCode
    recipient: OrganizationCode
    day: str
    stated_at: str
    sent: Side
    received: Side
    differences: tuple[Difference, ...] = ()


def side_of(entries: Iterable[Listed]) -> Side:
    """Return a list in the one order its digest is made in.

    Of what is too much the first are listed, and all are counted.
    """
    given = tuple(entries)
    listed = sorted(given[:MOST_ENTRIES], key=lambda it: (it.message_id, it.packet))
    return Side(count=len(given), digest=digest_of(listed), entries=tuple(listed))


def is_cut(count: int) -> bool:
    """Whether so many are too much to list."""
    return count > MOST_ENTRIES


def digest_of(entries: Iterable[Listed]) -> Digest:
    """Return the SHA-256 of the lines `message id, space, packet, line feed`."""
    lines = (f"{it.message_id} {it.packet}\n" for it in entries)
    return Digest(hashlib.sha256("".join(lines).encode()).hexdigest())


def problem_of(
    statement: DayStatement,
    *,
    sender: OrganizationCode,
    recipient: OrganizationCode,
    now: datetime,
) -> str:
    """Say what is wrong with a stranger's statement; empty where nothing is."""
    if statement.version != VERSION:
        return "version"
    if not statement.sender.is_same_body(sender):
        return "sender"
    if not statement.recipient.is_same_body(recipient):
        return "recipient"
    stated_at = read_moment(statement.stated_at)
    is_said = stated_at is not None and stated_at <= now + SKEW
    if not is_said or not _is_over(statement.day, now):
        return "day"
    for name, side in (("sent", statement.sent), ("received", statement.received)):
        if not _is_whole(side):
            return name
    fits = all(map(_fits_difference, statement.differences))
    return "" if fits and len(statement.differences) <= MOST_ENTRIES else "differences"


def _is_over(text: str, now: datetime) -> bool:
    """Whether a day is past, and not so long that nobody states it any more.

    What says that it is of a later day would be the newest word for ever.
    """
    day, today = read_day(text), (now + SKEW).astimezone(VIETNAM).date()
    return day is not None and today - LONGEST_PAST <= day < today


def _is_whole(side: Side) -> bool:
    return (
        len(side.entries) == min(side.count, MOST_ENTRIES)
        and side.count <= MOST_COUNTED
        and all(map(_fits, side.entries))
        and side.digest == digest_of(side.entries)
    )


def _fits(entry: Listed) -> bool:
    return (
        HANDLE.fullmatch(entry.message_id) is not None
        and DIGEST.fullmatch(entry.packet) is not None
        and _is_text(entry.document_id)
        and len(entry.at) <= MOST_TEXT
    )


def _fits_difference(it: Difference) -> bool:
    is_named = HANDLE.fullmatch(it.message_id) is not None
    return is_named and _is_text(it.document_id) and it.kind.is_found_here


def _is_text(text: str) -> bool:
    return len(text) <= MOST_TEXT and text.isprintable()


def read_day(text: str) -> date | None:
    """Return the day a text says, or None where it is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def read_moment(text: str) -> datetime | None:
    """Return the moment a text says, or None where it is none with a zone."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def missing(entries: Iterable[Listed], known: frozenset[str]) -> Iterator[Listed]:
    """Yield what the other side lists and we do not know, each once."""
    listed = {it.message_id: it for it in entries}
    return (it for name, it in sorted(listed.items()) if name not in known)


def days_to_state(now: datetime, at: time) -> tuple[date, ...]:
    """Return the days that are over and may be stated, the oldest first.

    The last one is yesterday, from `at` o'clock in Vietnam on.
    """
    local = now.astimezone(VIETNAM)
    last = local.date() - timedelta(days=1 if local.time() >= at else 2)
    return tuple(last - timedelta(days=back) for back in reversed(range(CATCH_UP)))


def bounds_of(day: date) -> tuple[datetime, datetime]:
    """Return the first moment of a day in Vietnam, and that of the next one."""
    first = datetime.combine(day, time(), VIETNAM)
    return first, first + timedelta(days=1)
