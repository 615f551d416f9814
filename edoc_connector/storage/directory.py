"""Who was behind a code on a day, as it was known at a moment."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa

from edoc_connector.model.body import Body, Stretch
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.storage.tables import bodies, body_aliases

BATCH: Final = 500
"""Codes in one question; SQLite of old takes no more than 999."""


@dataclass(frozen=True, slots=True)
class BodyVersion:
    """What a body is for a time, and from when until when it is known to be so."""

    id: int
    stretch: Stretch
    known_from: datetime
    known_to: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A day, and the moment whose knowledge is asked for; `None` is now."""

    on: date
    known: datetime | None = None

    @property
    def is_known(self) -> sa.ColumnElement[bool]:
        """That a row was known at that moment."""
        if self.known is None:
            return bodies.c.known_to.is_(None)
        ended = bodies.c.known_to
        return sa.and_(
            bodies.c.known_from <= self.known,
            sa.or_(ended.is_(None), ended > self.known),
        )

    @property
    def holds(self) -> sa.ColumnElement[bool]:
        """That a row was known then and says what was so on that day."""
        return sa.and_(
            self.is_known, bodies.c.valid_from <= self.on, bodies.c.valid_to > self.on
        )


_Question = tuple[OrganizationCode, Asked]


class Directory:
    """Bodies and their versions; nothing here changes anything."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._is_empty: bool | None = None
        self._of: dict[_Question, BodyVersion | None] = {}
        self._called: dict[_Question, tuple[BodyVersion, ...]] = {}

    def expect(self, codes: Iterable[OrganizationCode], asked: Asked) -> None:
        """Find out at once what `of` and `called` will be asked of these codes.

        From here on they know it, as it was at this moment of their work.
        """
        wanted = () if self.is_empty() else tuple(dict.fromkeys(codes))
        versions = self._known(wanted, asked)
        own = {code: _standing(versions.get(code, ()), asked.on) for code in wanted}
        gone = [code for code, it in own.items() if not _holds(it, asked.on)]
        others = self._known_aliases(gone, asked)
        self._of |= {(code, asked): it for code, it in own.items()}
        self._called |= {(code, asked): tuple(others.get(code, ())) for code in gone}

    def _known(
        self, codes: Sequence[OrganizationCode], asked: Asked
    ) -> Mapping[str, Sequence[BodyVersion]]:
        found: dict[str, list[BodyVersion]] = {}
        for batch in batches(codes):
            query = sa.select(bodies).where(bodies.c.code.in_(batch), asked.is_known)
            for version in self._all(query):
                found.setdefault(version.stretch.body.code, []).append(version)
        return found

    def _known_aliases(
        self, codes: Sequence[OrganizationCode], asked: Asked
    ) -> Mapping[str, Sequence[BodyVersion]]:
        found: dict[str, list[BodyVersion]] = {}
        for batch in batches(codes):
            query = (
                sa.select(body_aliases.c.text.label("alias"), bodies)
                .join(bodies, bodies.c.id == body_aliases.c.body)
                .where(body_aliases.c.text.in_(batch), asked.holds)
            )
            for row in self._connection.execute(query.order_by(bodies.c.code)):
                found.setdefault(row.alias, []).append(version_of(row))
        return found

    def of(self, code: OrganizationCode, asked: Asked) -> BodyVersion | None:
        """Return the body of a canonical code on that day, or as it last was before.

        Of one that only begins later, what it will be.
        """
        if (code, asked) in self._of:
            return self._of[code, asked]
        known = sa.select(bodies).where(bodies.c.code == code, asked.is_known)
        begun = known.where(bodies.c.valid_from <= asked.on)
        newest = begun.order_by(bodies.c.valid_to.desc(), bodies.c.id.desc())
        coming = known.order_by(bodies.c.valid_from, bodies.c.id)
        return self._first(newest) or self._first(coming)

    def called(self, code: OrganizationCode, asked: Asked) -> tuple[BodyVersion, ...]:
        """Return the bodies of which this is another code, on that day."""
        if (code, asked) in self._called:
            return self._called[code, asked]
        of_alias = sa.select(body_aliases.c.body).where(body_aliases.c.text == code)
        query = sa.select(bodies).where(bodies.c.id.in_(of_alias), asked.holds)
        return self._all(query.order_by(bodies.c.code))

    def under(
        self, parent: OrganizationCode, asked: Asked, limit: int
    ) -> tuple[BodyVersion, ...]:
        """Return who stands directly under a body on that day, by their codes."""
        query = sa.select(bodies).where(bodies.c.parent == parent, asked.holds)
        return self._all(query.order_by(bodies.c.code).limit(limit))

    def current(
        self, codes: Iterable[OrganizationCode]
    ) -> Mapping[OrganizationCode, tuple[BodyVersion, ...]]:
        """Return what is known now of each code, in the order of time."""
        found: dict[OrganizationCode, tuple[BodyVersion, ...]] = {}
        for version in self._current(bodies.c.code, codes):
            code = version.stretch.body.code
            found[code] = (*found.get(code, ()), version)
        return found

    def of_axis_ids(self, ids: Iterable[str]) -> tuple[BodyVersion, ...]:
        """Return what is known now of the bodies that the axis calls so."""
        return tuple(self._current(bodies.c.axis_id, ids))

    def open_codes(self, on: date, root: OrganizationCode) -> Iterator[Body]:
        """Yield the bodies that are open on a day, at or below a code, or all of them.

        Of each only code, name, parent and successor are there.
        """
        columns = (bodies.c.code, bodies.c.name, bodies.c.parent, bodies.c.successor)
        query = sa.select(*columns).where(Asked(on).holds)
        if root:
            below = sa.and_(bodies.c.code >= f"{root}.", bodies.c.code < f"{root}/")
            query = query.where(sa.or_(bodies.c.code == root, below))
        for row in self._connection.execute(query.order_by(bodies.c.code)):
            yield Body(
                code=OrganizationCode(row.code),
                written=OrganizationCode(row.code),
                name=row.name,
                parent=row.parent,
                successor=row.successor,
            )

    def ended(self, on: date) -> Iterator[tuple[OrganizationCode, OrganizationCode]]:
        """Yield who was closed by a day, as known now, with the successor that is said.

        Under one code several may have ended, and another be open.
        """
        query = sa.select(bodies.c.code, bodies.c.successor).where(
            bodies.c.known_to.is_(None), bodies.c.valid_to <= on
        )
        for row in self._connection.execute(query.order_by(bodies.c.code)):
            yield OrganizationCode(row.code), row.successor

    def alias_pairs(
        self, on: date
    ) -> Iterator[tuple[OrganizationCode, OrganizationCode]]:
        """Yield the other codes of who is open on a day, each with whose it is."""
        query = (
            sa.select(body_aliases.c.text, bodies.c.code)
            .join(bodies, bodies.c.id == body_aliases.c.body)
            .where(Asked(on).holds)
            .order_by(body_aliases.c.text, bodies.c.code)
        )
        for row in self._connection.execute(query):
            yield row.text, OrganizationCode(row.code)

    def is_empty(self) -> bool:
        """Whether nothing was ever imported, as this work has seen it first."""
        if self._is_empty is None:
            one = sa.select(bodies.c.id).limit(1)
            self._is_empty = self._connection.scalar(one) is None
        return self._is_empty

    def _current(
        self, column: sa.Column[Any], values: Iterable[str]
    ) -> Iterator[BodyVersion]:
        for batch in batches(values):
            query = sa.select(bodies).where(
                column.in_(batch), bodies.c.known_to.is_(None)
            )
            yield from self._all(query.order_by(bodies.c.code, bodies.c.valid_from))

    def _all(self, query: sa.Select[Any]) -> tuple[BodyVersion, ...]:
        return tuple(map(version_of, self._connection.execute(query)))

    def _first(self, query: sa.Select[Any]) -> BodyVersion | None:
        row = self._connection.execute(query.limit(1)).first()
        return None if row is None else version_of(row)


def _holds(version: BodyVersion | None, on: date) -> bool:
    return version is not None and version.stretch.holds(on)


def _standing(known: Sequence[BodyVersion], on: date) -> BodyVersion | None:
    """Return what `of` would find among all that is known of a code."""
    begun = [it for it in known if it.stretch.since <= on]
    if begun:
        return max(begun, key=lambda it: (it.stretch.until, it.id))
    return min(known, key=lambda it: (it.stretch.since, it.id), default=None)


def version_of(row: sa.Row[Any]) -> BodyVersion:
    """Return a row of the table as what it says."""
    body = Body(
        code=OrganizationCode(row.code),
        written=row.written,
        name=row.name,
        parent=row.parent,
        successor=row.successor,
        aliases=row.aliases,
        axis_id=row.axis_id,
        revision=row.revision,
    )
    stretch = Stretch(body, row.valid_from, row.valid_to)
    return BodyVersion(row.id, stretch, row.known_from, row.known_to)


def batches(values: Iterable[str]) -> Iterator[Collection[str]]:
    """Yield the values in lots that one question may hold."""
    lot: list[str] = []
    for value in values:
        lot.append(value)
        if len(lot) == BATCH:
            yield lot
            lot = []
    if lot:
        yield lot
