"""Days and differences as people ask for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from edoc_connector.errors import Reason, Unroutable
from edoc_connector.model.identifiers import Digest
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.storage import Work
from edoc_connector.storage.records import Case, Reconciliation


class DayState(StrEnum):
    """How a day with a partner stands."""

    FITS = "fits"
    PARTLY = "partly"
    """What is listed fits, and there was too much to list it all."""
    DIFFERS = "differs"
    WAITING = "waiting"
    SILENT = "silent"
    CANNOT = "cannot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one side says of a day."""

    sent: int
    received: int
    digest: Digest
    stated_at: datetime
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLine:
    """One day with one partner."""

    day: str
    peer: OrganizationCode
    state: DayState
    ours: Said | None
    theirs: Said | None
    open_cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One difference, and when and why it was closed."""

    id: int
    peer: OrganizationCode
    day: str
    kind: str
    document_id: str
    message_id: str
    opened_at: datetime
    closed_at: datetime | None
    reason: Reason | None


SIDES: Final = 2


def days(work: Work, limit: int) -> tuple[DayLine, ...]:
    """Return the newest days with each partner, newest first."""
    # Twice as many hold both sides of each: only one beyond the limit may be cut.
    pairs: dict[tuple[str, OrganizationCode], dict[bool, Reconciliation]] = {}
    for row in work.reconciliations.recent(SIDES * limit):
        pairs.setdefault((row.day, row.peer), {})[row.is_ours] = row
    opened = _open_cases(work.cases.still_open())
    return tuple(
        _line(work, day, peer, sides=sides, open_cases=opened.get((day, peer), 0))
        for (day, peer), sides in [*pairs.items()][:limit]
    )


def _open_cases(cases: Iterable[Case]) -> Mapping[tuple[str, OrganizationCode], int]:
    counts: dict[tuple[str, OrganizationCode], int] = {}
    for case in cases:
        key = (case.day, case.peer)
        counts[key] = counts.get(key, 0) + 1
    return counts


def _line(
    work: Work,
    day: str,
    peer: OrganizationCode,
    *,
    sides: Mapping[bool, Reconciliation],
    open_cases: int,
) -> DayLine:
    ours, theirs = sides.get(True), sides.get(False)
    return DayLine(
        day=day,
        peer=peer,
        state=_state(work, ours, theirs, open_cases),
        ours=_said(ours),
        theirs=_said(theirs),
        open_cases=open_cases,
    )


def _state(
    work: Work,
    ours: Reconciliation | None,
    theirs: Reconciliation | None,
    open_cases: int,
) -> DayState:
    if open_cases:
        return DayState.DIFFERS
    if theirs is not None:
        return _state_of_both(ours, theirs)
    item = work.outbox.of(ours.message_id, ours.peer) if ours else None
    reason = item.reason if item else None
    cannot = reason is not None and reason.code == Unroutable.code
    return DayState.CANNOT if cannot else DayState.SILENT


def _state_of_both(ours: Reconciliation | None, theirs: Reconciliation) -> DayState:
    if theirs.compared_at is None:
        return DayState.WAITING
    is_cut = theirs.is_cut or (ours is not None and ours.is_cut)
    return DayState.PARTLY if is_cut else DayState.FITS


def _said(row: Reconciliation | None) -> Said | None:
    if row is None:
        return None
    return Said(
        sent=row.sent,
        received=row.received,
        digest=row.digest,
        stated_at=row.stated_at,
        message_id=row.message_id,
    )


def case_line(case: Case) -> CaseLine:
    """Return a case as people ask for it."""
    return CaseLine(
        id=case.id,
        peer=case.peer,
        day=case.day,
        kind=case.kind,
        document_id=case.document_id,
        message_id=case.message_id,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        reason=case.reason,
    )
