"""The bodies of level 1, as they ship with the release: names, days, successors.

What the table knows is public and dated, and each row says in `source` how well it is
known: [R] read in the decision or an official summary of it, [C] read in public code or
a real packet, [I] concluded from these, [M] remembered and not checked.  A name or a
successor that no source has is empty.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final

from edoc_connector.model.organization_code import OrganizationCode

TABLE: Final = "level_one.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A body of level 1 under one name, from `valid_from` until before `closed_on`.

    A code that goes on under another name is its own successor.  Where only the group
    of a code is known, the group's name stands for the body's.
    """

    code: OrganizationCode
    name: str
    valid_from: date | None
    closed_on: date | None
    successor: OrganizationCode | None
    source: str

    def is_valid(self, on: date) -> bool:
        """Whether it had begun and was not closed on that day."""
        return (self.valid_from or date.min) <= on and not self.is_closed(on)

    def is_closed(self, on: date) -> bool:
        """Whether it was closed on that day or before."""
        return self.closed_on is not None and self.closed_on <= on


def body_of(code: OrganizationCode, on: date | None = None) -> Body | None:
    """Return the ministry, province or other level-1 body the code belongs to.

    With a day: as it was on that day, None where the code was closed.  Without one: the
    last that is known of it, open or closed.  None too for what no table of ours knows.
    """
    bodies = _bodies().get(code.level_one or code, ())
    if on is None:
        return bodies[-1] if bodies else None
    return next((body for body in bodies if body.is_valid(on)), None)


def successor_of(code: OrganizationCode, on: date) -> OrganizationCode | None:
    """Return the level-1 code that stood in the place of a closed one on that day.

    None where the code was not closed, or nobody is known to have followed.  It names
    level 1 only: under which code a body of a closed province goes on, its new province
    decides, and no national table says.
    """
    body = body_of(code)
    if body is None or not body.is_closed(on) or body.successor is None:
        return None
    return successor_of(body.successor, on) or body.successor


@cache
def _bodies() -> Mapping[str, tuple[Body, ...]]:
    """Read the table once: the bodies of each code, the latest last."""
    bodies: dict[str, tuple[Body, ...]] = {}
    text = files(__package__).joinpath(TABLE).read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        for code in _codes(row["code"]):
            bodies[code] = (*bodies.get(code, ()), _body(code, row))
    return bodies


def _codes(text: str) -> Iterator[str]:
    """Yield `G22`, or each code of a group that is known as one: `J01-J28`."""
    first, _, last = text.partition("-")
    for number in range(int(first[1:]), int((last or first)[1:]) + 1):
        yield f"{first[0]}{number:02}"


def _body(code: str, row: Mapping[str, str]) -> Body:
    return Body(
        code=OrganizationCode(code),
        name=row["name"],
        valid_from=_day(row["valid_from"]),
        closed_on=_day(row["closed_on"]),
        successor=OrganizationCode(row["successor"]) if row["successor"] else None,
        source=row["source"],
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
