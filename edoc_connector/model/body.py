"""A body of the directory, and the times for which it is known to be what it is.

A stretch says what a body was from one day until before another.  What is known of a
body is a row of stretches that never overlap; a new statement lies over them, and what
was known before is kept beside by whoever stores it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from edoc_connector.model.organization_code import OrganizationCode

BEGINNING: Final = date.min
"""Since when a body is there whose beginning nobody has stated."""
END: Final = date.max
"""Until when a body is there whose end nobody has stated."""
NOBODY: Final = OrganizationCode("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What a body is called, under whom it stands, and who came after it.

    `code` is the canonical writing and `written` the one of the file; `parent` and
    `successor` are canonical too, empty where there is none.  `revision` is the list's
    own count of changes.  Neither that nor how a code is written makes two bodies.
    """

    code: OrganizationCode
    written: OrganizationCode = field(compare=False)
    name: str
    parent: OrganizationCode = NOBODY
    successor: OrganizationCode = NOBODY
    aliases: tuple[OrganizationCode, ...] = ()
    axis_id: str = ""
    revision: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a body is from `since` until before `until`."""

    body: Body
    since: date
    until: date

    def holds(self, on: date) -> bool:
        """Whether it is so on that day."""
        return self.since <= on < self.until


Stretches = Sequence[Stretch]


def in_effect(known: Stretches, on: date) -> Stretch | None:
    """Return what holds on a day, if anything does."""
    return next((it for it in known if it.holds(on)), None)


def overlaid(known: Stretches, stated: Stretch) -> tuple[Stretch, ...]:
    """Return what is known when this is stated over what was known before.

    Outside its time nothing changes; neighbours that say the same become one.
    """
    rest = _outside(known, stated.since, stated.until)
    return _joined(sorted((*rest, stated), key=_since))


def closed(
    known: Stretches, on: date, successor: OrganizationCode | None
) -> tuple[Stretch, ...]:
    """Return what is known when a body ends on a day.

    It ends for ever: what was known of later days is known no more.  Who was to begin
    on that very day was there for that day, so that its end and successor stay known.
    """
    begun = [it for it in known if it.since < on] or list(known[:1])
    if not begun:
        return ()
    *before, last = begun
    until = min(last.until, max(on, last.since + timedelta(days=1)))
    body = last.body if successor is None else replace(last.body, successor=successor)
    return _joined((*before, Stretch(body, last.since, until)))


def next_since(known: Stretches, on: date) -> date:
    """Return the day on which something is known to begin after a day, or the end."""
    return min((it.since for it in known if it.since > on), default=END)


def _outside(known: Iterable[Stretch], since: date, until: date) -> Iterator[Stretch]:
    for it in known:
        if it.until <= since or it.since >= until:
            yield it
            continue
        if it.since < since:
            yield replace(it, until=since)
        if it.until > until:
            yield replace(it, since=until)


def _joined(stretches: Stretches) -> tuple[Stretch, ...]:
    """Make one of neighbours that say the same."""
    found = list(stretches[:1])
    for _, it in pairwise(stretches):
        last = found[-1]
        if last.until == it.since and last.body == it.body:
            found[-1] = replace(last, until=it.until)
        else:
            found.append(it)
    return tuple(found)


def _since(stretch: Stretch) -> date:
    return stretch.since
