"""What only the whole list shows: codes twice, parents in a circle, successors closed.

Pure.  What the directory knows of codes that the list only mentions is asked of who
knows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from edoc_connector.directory.level_one import body_of
from edoc_connector.directory.normalise import SHOWN, above
from edoc_connector.model.body import BEGINNING, END, NOBODY
from edoc_connector.model.listing import Flaw, FlawKind, Listed
from edoc_connector.model.organization_code import OrganizationCode

IsOpen = Mapping[OrganizationCode, bool]
"""Codes that are known, and whether each is open."""
Knowledge = Callable[[Iterable[OrganizationCode]], IsOpen]
IdsToCodes = Callable[[Iterable[str]], Mapping[str, OrganizationCode]]


@dataclass(frozen=True, slots=True)
class Survey:
    """The rows as they are laid over the directory, and the flaws that were found."""

    listed: tuple[Listed, ...]
    flaws: tuple[Flaw, ...]


def surveyed(
    listed: Sequence[Listed],
    *,
    on: date,
    knowledge: Knowledge,
    ids_to_codes: IdsToCodes,
) -> Survey:
    """Return the rows with their parents found, each body once at any time."""
    flaws: list[Flaw] = []
    once = tuple(_once(listed, flaws))
    placed = tuple(_placed(once, ids_to_codes, flaws))
    straight = tuple(_without_circles(placed, flaws))
    codes = _are_open(straight, on)
    known = {**knowledge(_mentioned(straight, codes)), **codes}
    flaws += _parent_flaws(straight, known)
    flaws += _successor_flaws(straight, known, on)
    flaws += _alias_flaws(straight, codes)
    flaws += _decided(straight, on)
    return Survey(straight, tuple(flaws))


def is_closed(row: Listed, on: date) -> bool:
    """Whether a row says that its body is closed on a day."""
    return row.is_closed or (row.until is not None and row.until <= on)


# --- each body once -------------------------------------------------------------


def _once(listed: Iterable[Listed], flaws: list[Flaw]) -> Iterator[Listed]:
    """Yield the rows but those of a code that stands there already.

    Rows that say of themselves when they hold may follow one another.
    """
    seen: dict[OrganizationCode, tuple[Listed, ...]] = {}
    for row in listed:
        earlier = seen.get(row.code, ())
        twin = next((it for it in earlier if _meet(it, row)), None)
        if twin is not None:
            flaws.append(_twice(row, twin))
            continue
        seen[row.code] = (*earlier, row)
        yield row


def _meet(one: Listed, other: Listed) -> bool:
    return max(one.since or BEGINNING, other.since or BEGINNING) < min(
        one.until or END, other.until or END
    )


def _twice(row: Listed, twin: Listed) -> Flaw:
    if replace(row, line=twin.line) == twin:
        return _flaw(row, FlawKind.CODE_TWICE, str(twin.line))
    return _flaw(row, FlawKind.CODE_TWICE_DIFFERENT, str(twin.line), row.name)


# --- under whom -----------------------------------------------------------------


def _placed(
    listed: Sequence[Listed], ids_to_codes: IdsToCodes, flaws: list[Flaw]
) -> Iterator[Listed]:
    """Yield the rows with the code of the parent where only its id was given."""
    ids = {it.axis_id: it.code for it in listed if it.axis_id}
    wanted = {it.parent_id for it in listed if it.parent is None and it.parent_id}
    codes = {**ids_to_codes(wanted - ids.keys()), **ids} if wanted else {}
    for row in listed:
        if row.parent is not None or not row.parent_id:
            yield row
            continue
        parent = codes.get(row.parent_id)
        if parent is None and row.parent_id.strip("0") and row.parent_id != "-1":
            flaws.append(_flaw(row, FlawKind.PARENT_UNKNOWN, row.parent_id))
        yield replace(row, parent=parent if parent is not None else above(row.code))


def _without_circles(listed: Sequence[Listed], flaws: list[Flaw]) -> Iterator[Listed]:
    """Yield the rows; where parents go round, the code itself says who is above."""
    parents = {it.code: it.parent for it in listed if it.parent is not None}
    circular = circles(parents)
    for row in listed:
        if row.code not in circular:
            yield row
            continue
        if row.parent is not None:
            flaws.append(_flaw(row, FlawKind.PARENT_CIRCULAR, row.parent))
        yield replace(row, parent=above(row.code))


def circles(
    parents: Mapping[OrganizationCode, OrganizationCode],
) -> frozenset[OrganizationCode]:
    """Return the codes that stand, over others or at once, under themselves.

    Who is not among the given stands under whom the code itself says.
    """
    circular: set[OrganizationCode] = set()
    done: set[OrganizationCode] = set()
    for start in parents:
        way: dict[OrganizationCode, None] = {}
        code = start
        while code and code not in done and code not in way:
            way[code] = None
            code = parents.get(code, NOBODY) or above(code)
        if code in way:
            round_ = list(way)
            circular.update(round_[round_.index(code) :])
        done.update(way)
    return frozenset(circular)


def _parent_flaws(listed: Iterable[Listed], known: IsOpen) -> Iterator[Flaw]:
    for row in listed:
        parent = above(row.code) if row.parent is None else row.parent
        if parent and parent not in known and not _is_shipped(parent):
            yield _flaw(row, FlawKind.PARENT_UNKNOWN, parent)


def _is_shipped(code: OrganizationCode) -> bool:
    return code.level == 1 and body_of(code) is not None


# --- who follows, who else is called so -----------------------------------------


def _are_open(listed: Iterable[Listed], on: date) -> dict[OrganizationCode, bool]:
    found: dict[OrganizationCode, bool] = {}
    for row in listed:
        found[row.code] = found.get(row.code, False) or not is_closed(row, on)
    return found


def _mentioned(listed: Iterable[Listed], codes: IsOpen) -> Iterator[OrganizationCode]:
    """Yield the codes of which the list says nothing but that they are somebody's."""
    said: set[OrganizationCode] = set()
    for row in listed:
        parent = above(row.code) if row.parent is None else row.parent
        for code in (parent, row.successor):
            if code and code not in codes and code not in said:
                said.add(code)
                yield code


def _successor_flaws(
    listed: Iterable[Listed], known: IsOpen, on: date
) -> Iterator[Flaw]:
    for row in listed:
        successor = row.successor
        if successor is None:
            if is_closed(row, on):
                yield _flaw(row, FlawKind.CLOSED_ALONE)
        elif successor not in known and not _is_shipped(successor):
            yield _flaw(row, FlawKind.SUCCESSOR_UNKNOWN, successor)
        elif not known.get(successor, True):
            yield _flaw(row, FlawKind.SUCCESSOR_CLOSED, successor)


def _alias_flaws(listed: Iterable[Listed], codes: IsOpen) -> Iterator[Flaw]:
    """Yield the other writings that are somebody else's, who is open."""
    bearers: dict[OrganizationCode, OrganizationCode] = {}
    for row in listed:
        for alias in row.aliases or ():
            bearer = bearers.setdefault(alias, row.code)
            if codes.get(alias):
                yield _flaw(row, FlawKind.ALIAS_TAKEN, alias, alias)
            elif bearer != row.code:
                yield _flaw(row, FlawKind.ALIAS_TAKEN, alias, bearer)


def _decided(listed: Iterable[Listed], on: date) -> Iterator[Flaw]:
    """Yield the ministries and provinces that are open here and closed by decision."""
    for row in listed:
        if "." in row.code or is_closed(row, on):
            continue
        body = body_of(row.code)
        if body is not None and body.is_closed(on):
            day = f"{body.closed_on:%d/%m/%Y}"
            yield _flaw(row, FlawKind.CLOSED_BY_DECISION, body.code, day)


def _flaw(row: Listed, kind: FlawKind, value: str = "", other: str = "") -> Flaw:
    return Flaw(
        line=row.line,
        kind=kind,
        code=row.code,
        value=str(value)[:SHOWN],
        other=str(other)[:SHOWN],
    )
