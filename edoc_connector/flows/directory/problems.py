"""What is wrong with the directory: flaws of the last list, and contradictions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from edoc_connector.directory.level_one import body_of
from edoc_connector.directory.survey import circles
from edoc_connector.model.listing import Flaw, FlawKind
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.storage import Work

Parents = Mapping[OrganizationCode, OrganizationCode]


def flaws_of_last_import(work: Work) -> tuple[Flaw, ...]:
    """Return what was wrong with the last list, in the order of its lines."""
    newest = work.directory_rows.newest()
    return tuple(work.directory_rows.flaws(newest.id)) if newest else ()


def contradictions(work: Work, on: date) -> Iterator[Flaw]:
    """Yield what of the directory as a whole cannot be so on that day.

    What a list said of itself may fit, and not fit what others have said.
    """
    open_bodies = work.directory.open_codes(on, OrganizationCode(""))
    parents = {it.code: it.parent for it in open_bodies}
    yield from _parents(parents)
    yield from _successors(work, parents, on)
    yield from _aliases(work, parents, on)
    yield from _decided(parents, on)


def _parents(parents: Parents) -> Iterator[Flaw]:
    circular = circles(parents)
    for code, parent in parents.items():
        if code in circular:
            yield _flaw(FlawKind.PARENT_CIRCULAR, code, parent)
        elif parent and parent not in parents and not _is_shipped(parent):
            yield _flaw(FlawKind.PARENT_UNKNOWN, code, parent)


def _successors(work: Work, parents: Parents, on: date) -> Iterator[Flaw]:
    ended = dict(work.directory.ended(on))
    for code, successor in ended.items():
        if code in parents or (successor and successor in parents):
            continue
        if not successor:
            yield _flaw(FlawKind.CLOSED_ALONE, code)
        elif successor in ended:
            yield _flaw(FlawKind.SUCCESSOR_CLOSED, code, successor)
        elif not _is_shipped(successor):
            yield _flaw(FlawKind.SUCCESSOR_UNKNOWN, code, successor)


def _aliases(work: Work, parents: Parents, on: date) -> Iterator[Flaw]:
    before = (OrganizationCode(""), OrganizationCode(""))
    for alias, code in work.directory.alias_pairs(on):
        if alias in parents:
            yield _flaw(FlawKind.ALIAS_TAKEN, code, alias, alias)
        elif alias == before[0]:
            yield _flaw(FlawKind.ALIAS_TAKEN, code, alias, before[1])
        before = (alias, code)


def _decided(parents: Parents, on: date) -> Iterator[Flaw]:
    for code in parents:
        body = body_of(code) if "." not in code else None
        if body is not None and body.closed_on and body.is_closed(on):
            day = f"{body.closed_on:%d/%m/%Y}"
            yield _flaw(FlawKind.CLOSED_BY_DECISION, code, body.code, day)


def _is_shipped(code: OrganizationCode) -> bool:
    return code.level == 1 and body_of(code) is not None


def _flaw(kind: FlawKind, code: str, value: str = "", other: str = "") -> Flaw:
    return Flaw(kind=kind, code=str(code), value=str(value), other=str(other))
