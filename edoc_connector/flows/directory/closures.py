"""Whether a code is closed and who follows: the imported directory first.

What that does not know, the table of level 1 says that ships with the release.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from typing import Final

from edoc_connector.directory import closures
from edoc_connector.directory.normalise import above
from edoc_connector.flows.directory.lookup import name_of
from edoc_connector.model.closure import Closure, ClosureOf
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.storage import Work
from edoc_connector.storage.directory import Asked, BodyVersion

MOST_HEIRS: Final = 10
"""Successors of successors; a circle of them has no end."""


def closures_in(work: Work) -> ClosureOf:
    """Return the question whether a code is closed, to be asked within this work.

    Who is above many recipients is looked for once, and nobody where nothing was ever
    imported.
    """
    is_empty = cache(work.directory.is_empty)

    @cache
    def version_of(code: OrganizationCode, asked: Asked) -> BodyVersion | None:
        return _version(work, code, asked)

    def closure_of(code: OrganizationCode, on: date) -> Closure | None:
        asked = Asked(on)
        for each in () if is_empty() else _upwards(code.canonical):
            version = version_of(each, asked)
            if version is not None:
                return _of(work, version, asked)
        return closures.closure_of(code, on)

    return closure_of


def expect(work: Work, codes: Iterable[OrganizationCode], on: date) -> None:
    """Find out at once what will be asked of these codes on that day in this work."""
    # What a database may refuse is asked alone in its turn, and keeps nobody else.
    plain = (code for code in codes if code.isascii() and code.isprintable())
    upwards = (each for code in plain for each in _upwards(code.canonical))
    work.directory.expect(upwards, Asked(on))


def _upwards(code: OrganizationCode) -> Iterator[OrganizationCode]:
    """Yield a canonical code and those above it: who is closed closes all below."""
    while code:
        yield code
        code = above(code)


def _version(work: Work, code: OrganizationCode, asked: Asked) -> BodyVersion | None:
    """Return who bears this code; where it is closed, who is called so else."""
    own = work.directory.of(code, asked)
    if own is not None and own.stretch.holds(asked.on):
        return own
    called = work.directory.called(code, asked)
    return called[0] if called else own


def _of(work: Work, version: BodyVersion, asked: Asked) -> Closure | None:
    stretch = version.stretch
    if stretch.until > asked.on:  # open, or to be opened
        return None
    successor = _heir(work, stretch.body.successor, asked)
    return Closure(
        code=stretch.body.code,
        since=stretch.until,
        successor=successor or None,
        name=name_of(work, successor, asked),
    )


def _heir(work: Work, code: OrganizationCode, asked: Asked) -> OrganizationCode:
    """Return the last of those who followed one another."""
    for _ in range(MOST_HEIRS):
        version = work.directory.of(code, asked) if code else None
        if version is None or version.stretch.until > asked.on:
            break
        if not version.stretch.body.successor:
            break
        code = version.stretch.body.successor
    return code
