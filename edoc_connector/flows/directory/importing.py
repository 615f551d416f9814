"""Lay a list of bodies over the directory: one transaction, all of it or nothing.

Nothing is ever deleted.  What is known otherwise from now on is written beside what was
known before, so that both stay answerable: what was so on a day, and what we knew.  The
same list again changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Final, TypeVar

from edoc_connector.directory.read import BodyList
from edoc_connector.directory.statement import is_outdated, stated
from edoc_connector.directory.survey import Survey, surveyed
from edoc_connector.errors import ListClosesMany, ListElsewhere, ListEmpty
from edoc_connector.model.body import Stretch, closed, in_effect
from edoc_connector.model.import_summary import ImportSummary
from edoc_connector.model.listing import Flaw, FlawKind, Listed
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.storage import Work
from edoc_connector.storage.directory import BodyVersion
from edoc_connector.storage.directory_rows import Import

ItemT = TypeVar("ItemT")

log = logging.getLogger(__name__)

EVERYBODY: Final = OrganizationCode("")

MOST_ROOTS: Final = 5
"""Names of other lists that are told where one list is taken for another."""

LOT: Final = 1000
"""Bodies that are compared with the database at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """How much a list speaks of, and as of which day.

    A full one speaks of all bodies at or below `root`, a delta of those in it.
    """

    on: date
    is_full: bool = False
    root: OrganizationCode = EVERYBODY

    def covers(self, code: OrganizationCode) -> bool:
        """Whether a full list speaks of this canonical code, named in it or not."""
        return not self.root or code == self.root or code.startswith(f"{self.root}.")

    @property
    def text(self) -> str:
        """The same as it is written down."""
        return f"full {self.root}".strip() if self.is_full else "delta"


@dataclass(frozen=True, slots=True)
class Closings:
    """How many bodies a full list lacks, of how many that are open."""

    count: int
    total: int


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, and everything that is wrong with its file."""

    summary: ImportSummary
    flaws: tuple[Flaw, ...]


def closings(work: Work, bodies: BodyList, scope: Scope) -> Closings:
    """Return how many bodies would end because a full list lacks them.

    Raises `ListElsewhere` or `ListEmpty` where it is the list of others, or of nobody.
    """
    if not scope.is_full:
        return Closings(0, 0)
    lacking, total = _lacking(work, bodies, scope)
    return Closings(0 if _has_holes(bodies) else len(lacking), total)


def import_list(
    work: Work,
    bodies: BodyList,
    scope: Scope,
    *,
    now: datetime,
    may_close: int,
) -> Imported:
    """Lay the list over the directory, and say what that changed.

    Raises `ListClosesMany` where it lacks more bodies than may be closed, and what
    `closings` raises.
    """
    work.directory_rows.lock()
    earlier = work.directory_rows.newest()
    # A clock that was set back would otherwise make us forget before we knew.
    at = max(now, earlier.at) if earlier else now
    survey = _survey(work, bodies, scope.on)
    laying = _Laying(work, scope.on, at)
    laying.lay(survey.listed)
    if scope.is_full:
        lacking, total = _lacking(work, bodies, scope)
        if _has_holes(bodies):
            laying.withheld = len(lacking)
        elif len(lacking) > may_close:
            raise ListClosesMany(path=bodies.path, count=len(lacking), total=total)
        else:
            laying.close_all(lacking)
    work.directory_rows.index()
    flaws = _by_line((*bodies.flaws, *survey.flaws, *laying.flaws))
    summary = _summary(bodies, survey, laying, flaws)
    done = Import(at=at, digest=bodies.digest, scope=scope.text, summary=summary)
    if summary.changes or not _is_again(earlier, done):
        work.directory_rows.add_import(done, flaws)
        work.directory_rows.look_over()
    extra = {"count": summary.changes, "digest": bodies.digest}
    log.info("directory_imported", extra=extra)
    return Imported(summary, flaws)


def _survey(work: Work, bodies: BodyList, on: date) -> Survey:
    def knowledge(
        codes: Iterable[OrganizationCode],
    ) -> Mapping[OrganizationCode, bool]:
        return {
            code: in_effect([it.stretch for it in versions], on) is not None
            for code, versions in work.directory.current(codes).items()
        }

    def ids_to_codes(ids: Iterable[str]) -> Mapping[str, OrganizationCode]:
        versions = work.directory.of_axis_ids(ids)
        return {it.stretch.body.axis_id: it.stretch.body.code for it in versions}

    return surveyed(
        bodies.listed, on=on, knowledge=knowledge, ids_to_codes=ids_to_codes
    )


def _lacking(
    work: Work, bodies: BodyList, scope: Scope
) -> tuple[tuple[OrganizationCode, ...], int]:
    """Return the open bodies that a full list does not name, and how many are open."""
    named = _named(bodies)
    _require_within(bodies, scope, named)
    codes = [it.code for it in work.directory.open_codes(scope.on, scope.root)]
    return tuple(code for code in codes if code not in named), len(codes)


def _require_within(
    bodies: BodyList, scope: Scope, named: Collection[OrganizationCode]
) -> None:
    """Refuse a list that says nothing of those whom it would close."""
    if not named:
        raise ListEmpty(path=bodies.path)
    if not any(scope.covers(code) for code in named):
        found = _roots(named)
        raise ListElsewhere(path=bodies.path, root=scope.root, found=found)


def _roots(codes: Iterable[OrganizationCode]) -> str:
    """Return of which bodies of level 1 a list is, a few of them."""
    roots = sorted({it.level_one or it for it in codes})
    return ", ".join(roots[:MOST_ROOTS]) + (", ..." if roots[MOST_ROOTS:] else "")


def _named(bodies: BodyList) -> frozenset[OrganizationCode]:
    """Return the codes a list speaks of, in rows too that had to be left out."""
    refused = (OrganizationCode(it.code).canonical for it in bodies.flaws if it.code)
    return frozenset((*(it.code for it in bodies.listed), *refused))


def _has_holes(bodies: BodyList) -> bool:
    """Whether a row could not be read at all: nobody knows whom it would have named."""
    return any(it.kind is FlawKind.ROW_UNREADABLE for it in bodies.flaws)


def _summary(
    bodies: BodyList, survey: Survey, laying: _Laying, flaws: Sequence[Flaw]
) -> ImportSummary:
    return ImportSummary(
        rows=bodies.rows,
        new=laying.new,
        changed=laying.changed,
        closed=laying.closed,
        unchanged=laying.unchanged,
        refused=bodies.rows - len(survey.listed) + laying.outdated,
        flaws=len(flaws),
        withheld=laying.withheld,
    )


def _is_again(earlier: Import | None, done: Import) -> bool:
    """Whether this very file was the last one that was imported."""
    return earlier is not None and (earlier.digest, earlier.scope) == (
        done.digest,
        done.scope,
    )


def _by_line(flaws: Iterable[Flaw]) -> tuple[Flaw, ...]:
    return tuple(sorted(flaws, key=lambda it: it.line))


@dataclass(slots=True)
class _Laying:
    """The directory while a list is laid over it, and what became of its bodies."""

    work: Work
    on: date
    at: datetime
    new: int = 0
    changed: int = 0
    closed: int = 0
    unchanged: int = 0
    outdated: int = 0
    withheld: int = 0
    flaws: list[Flaw] = field(default_factory=list)

    def lay(self, listed: Sequence[Listed]) -> None:
        """Lay the rows over what is known, body by body."""
        rows: dict[OrganizationCode, tuple[Listed, ...]] = {}
        for row in listed:
            rows[row.code] = (*rows.get(row.code, ()), row)
        for lot in _lots(rows.items()):
            self._lay_lot(dict(lot))
            self._close_moved(dict(lot), rows)

    def close_all(self, codes: Iterable[OrganizationCode]) -> None:
        """Close bodies that nothing is said of any more."""
        for lot in _lots(codes):
            known = self.work.directory.current(lot)
            self._write(
                (known[code], closed(_stretches(known[code]), self.on, None))
                for code in lot
                if code in known
            )

    def _lay_lot(self, rows: Mapping[OrganizationCode, tuple[Listed, ...]]) -> None:
        known = self.work.directory.current(rows)
        self._write(
            (before, self._after(before, rows[code]))
            for code in rows
            for before in (known.get(code, ()),)
        )

    def _after(
        self, before: Sequence[BodyVersion], rows: Sequence[Listed]
    ) -> tuple[Stretch, ...]:
        after = _stretches(before)
        for row in sorted(rows, key=lambda it: it.since or date.min):
            newest = is_outdated(after, row)
            if newest is None:
                after = stated(after, row, self.on)
                continue
            self.outdated += 1
            self.flaws.append(
                Flaw(
                    line=row.line,
                    kind=FlawKind.OUTDATED,
                    code=row.code,
                    value=str(row.revision),
                    other=str(newest),
                )
            )
        return after

    def _close_moved(
        self,
        lot: Mapping[OrganizationCode, tuple[Listed, ...]],
        rows: Mapping[OrganizationCode, tuple[Listed, ...]],
    ) -> None:
        """Close the codes under which the axis had the same bodies before."""
        ids = {it.axis_id: it for row in lot.values() for it in row if it.axis_id}
        if not ids:
            return
        for version in self.work.directory.of_axis_ids(ids):
            body = version.stretch.body
            if body.code in rows or not version.stretch.holds(self.on):
                continue
            row = ids[body.axis_id]
            before = self.work.directory.current([body.code])[body.code]
            day = row.since or row.changed_on or self.on
            self._write([(before, closed(_stretches(before), day, row.code))])

    def _write(
        self,
        changes: Iterable[tuple[Sequence[BodyVersion], tuple[Stretch, ...]]],
    ) -> None:
        """Write what differs, and count the bodies by what became of them."""
        retired: list[int] = []
        added: list[Stretch] = []
        for before, after in changes:
            known = _stretches(before)
            self._count(known, after)
            retired += (it.id for it in before if it.stretch not in after)
            added += (it for it in after if it not in known)
        self.work.directory_rows.retire(retired, self.at)
        self.work.directory_rows.add(added, self.at)

    def _count(self, before: Sequence[Stretch], after: Sequence[Stretch]) -> None:
        if tuple(before) == tuple(after):
            self.unchanged += 1
        elif not before:
            self.new += 1
        elif in_effect(before, self.on) and not in_effect(after, self.on):
            self.closed += 1
        else:
            self.changed += 1


def _stretches(versions: Iterable[BodyVersion]) -> tuple[Stretch, ...]:
    return tuple(it.stretch for it in versions)


def _lots(items: Iterable[ItemT]) -> Iterator[list[ItemT]]:
    waiting = iter(items)
    while lot := list(islice(waiting, LOT)):
        yield lot
