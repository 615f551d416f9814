"""Who is meant by a code, by another writing of it, or by a name; and who is below."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from edoc_connector.directory.level_one import body_of, successor_of
from edoc_connector.errors import BodyUnknown
from edoc_connector.model.body import BEGINNING, END
from edoc_connector.model.folding import folded
from edoc_connector.model.organization_code import Form, OrganizationCode, cleaned
from edoc_connector.storage import Work
from edoc_connector.storage.directory import Asked, BodyVersion

MOST_DEEP: Final = 20
"""Levels of a tree; codes have five at the most."""


class Source(StrEnum):
    """From where something is known."""

    IMPORTED = "imported"
    SHIPPED = "shipped"
    """The table of level 1 that comes with each release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A body as it was on a day, or as it last was before.

    Days and moments are `None` where nobody has stated them.
    """

    code: OrganizationCode
    name: str
    is_open: bool
    parent: OrganizationCode
    parent_name: str = ""
    written: OrganizationCode
    aliases: tuple[OrganizationCode, ...] = ()
    since: date | None = None
    until: date | None = None
    successor: OrganizationCode
    successor_name: str = ""
    known_from: datetime | None = None
    known_to: datetime | None = None
    source: Source = Source.IMPORTED


@dataclass(frozen=True, slots=True)
class Branch:
    """A body of a tree, and how many levels it is below the root."""

    depth: int
    body: Found


def lookup(work: Work, text: str, asked: Asked, limit: int) -> tuple[Found, ...]:
    """Return whom a text may mean: by code, then by another code, then by name.

    Raises `BodyUnknown`.
    """
    found = _by_code(work, text, asked) or _by_name(work, text, asked, limit)
    if not found:
        raise BodyUnknown(what=text)
    return found


def tree(
    work: Work, text: str, asked: Asked, *, depth: int, limit: int
) -> list[Branch]:
    """Return a body and those below it, each under its own; without a text all.

    At the most so many, and so many levels.  Raises `BodyUnknown`.
    """
    branches: list[Branch] = []
    if not text:
        _grow(work, asked, branches, OrganizationCode(""), _Size(0, depth - 1, limit))
        return branches
    found = _by_code(work, text, asked)
    if not found:
        raise BodyUnknown(what=text)
    branches.append(Branch(0, found[0]))
    _grow(work, asked, branches, found[0].code, _Size(1, depth, limit))
    return branches


def name_of(work: Work, code: OrganizationCode, asked: Asked) -> str:
    """Return what a body is called, by the directory or the table of level 1."""
    version = work.directory.of(code, asked) if code else None
    if version is not None:
        return version.stretch.body.name
    shipped = body_of(code, asked.on) if code.level == 1 else None
    return shipped.name if shipped else ""


@dataclass(frozen=True, slots=True)
class _Size:
    depth: int
    deepest: int
    limit: int


def _grow(
    work: Work,
    asked: Asked,
    branches: list[Branch],
    parent: OrganizationCode,
    size: _Size,
) -> None:
    if size.depth > min(size.deepest, MOST_DEEP):
        return
    deeper = _Size(size.depth + 1, size.deepest, size.limit)
    for version in work.directory.under(parent, asked, size.limit):
        if len(branches) >= size.limit:
            return
        branches.append(Branch(size.depth, _plain(version, asked)))
        _grow(work, asked, branches, version.stretch.body.code, deeper)


def _by_code(work: Work, text: str, asked: Asked) -> tuple[Found, ...]:
    code, _ = cleaned(text)
    if not code or code.form is Form.UNKNOWN:
        return ()
    canonical = code.canonical
    own = work.directory.of(canonical, asked)
    others = work.directory.called(canonical, asked)
    versions = [own] if own else []
    versions += [it for it in others if own is None or it.id != own.id]
    # Who bears the code today comes before who bore it once.
    versions.sort(key=lambda it: not it.stretch.holds(asked.on))
    found = tuple(_found(work, it, asked) for it in versions)
    return found or tuple(_shipped(canonical, asked.on))


def _by_name(work: Work, text: str, asked: Asked, limit: int) -> tuple[Found, ...]:
    words = folded(text)
    if not words:
        return ()
    versions = work.body_names.find(words, asked, limit)
    return tuple(_found(work, it, asked) for it in versions)


def _found(work: Work, version: BodyVersion, asked: Asked) -> Found:
    body = version.stretch.body
    return _plain(
        version,
        asked,
        parent_name=name_of(work, body.parent, asked),
        successor_name=name_of(work, body.successor, asked),
    )


def _plain(
    version: BodyVersion,
    asked: Asked,
    *,
    parent_name: str = "",
    successor_name: str = "",
) -> Found:
    stretch = version.stretch
    body = stretch.body
    return Found(
        code=body.code,
        name=body.name,
        is_open=stretch.holds(asked.on),
        parent=body.parent,
        parent_name=parent_name,
        written=body.written,
        aliases=body.aliases,
        since=None if stretch.since == BEGINNING else stretch.since,
        until=None if stretch.until == END else stretch.until,
        successor=body.successor,
        successor_name=successor_name,
        known_from=version.known_from,
        known_to=version.known_to,
    )


def _shipped(code: OrganizationCode, on: date) -> Iterator[Found]:
    """Yield what ships with the release of a ministry or province."""
    body = body_of(code, on) or body_of(code)
    if code.level != 1 or body is None:
        return
    successor = successor_of(code, on) or OrganizationCode("")
    heir = body_of(successor, on) if successor else None
    yield Found(
        code=code,
        name=body.name,
        is_open=body.is_valid(on),
        parent=OrganizationCode(""),
        written=code,
        since=body.valid_from,
        until=body.closed_on,
        successor=successor,
        successor_name=heir.name if heir else "",
        source=Source.SHIPPED,
    )
