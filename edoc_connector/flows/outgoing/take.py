"""Take what waits in the DMS: row -> document, durable, or refused with reasons."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from edoc_connector.dms.port import (
    BrokenRow,
    DmsSource,
    PendingDocument,
    Revision,
    Step,
)
from edoc_connector.errors import DmsRefused, LostRace
from edoc_connector.flows.attempts import Attempts, passes, too_often
from edoc_connector.flows.changes.change import change
from edoc_connector.flows.outgoing.looking import (
    Failed,
    NewRow,
    Ready,
    Refused,
    Wished,
    look_at,
)
from edoc_connector.flows.outgoing.refused_row import key_of_row, refuse_row
from edoc_connector.flows.poison import in_hand
from edoc_connector.flows.site import Site
from edoc_connector.flows.taken import add_all_taken, add_taken
from edoc_connector.flows.together import in_bulk
from edoc_connector.model.document import BusinessType
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.tries import TriedStep

log = logging.getLogger(__name__)

ENDS: Final = (Step.TAKEN, Step.REFUSED)
"""Until one of these is told, the register still names the row as one to be sent."""

REST: Final = timedelta(minutes=1)
"""Before so long a row that is not told is not read again: mostly it is told before."""


def take(site: Site, source: DmsSource, storage: Storage, *, limit: int) -> int:
    """Take up to `limit` rows and return how many were new.

    The most urgent first.  A broken row is written down with all that is wrong and
    disturbs no other, also one at which the process ends or a defect shows.  A row
    already taken is passed over: its DMS has not been told yet.
    """
    with storage.reading() as work:
        untold = work.documents.untold(site.organization.code, ENDS)
    # Rows the DMS has not been told of are still pending, and must not hide the others.
    # They may have changed since, but that has time until nothing else is to be taken.
    found = source.pending(limit, untold.keys(), resting=_resting(site, untold))
    rows = sorted(_new(site, storage, [*found]), key=_turn)
    taking = _Taking(site, source, storage)
    tried = taking.attempts.of([it.key for it in rows])
    fresh = [it for it in rows if it.key not in tried]
    done = sum(map(taking.take, in_hand(fresh)))
    for it in rows:
        attempts = tried.get(it.key, 0)
        reason = too_often(attempts)
        if reason is not None:
            done += refuse_row(site, storage, it.row, (reason,))
        elif attempts:
            done += taking.take([it])
    if taking.refused is not None and not done:
        raise taking.refused
    return done


def _resting(site: Site, untold: Mapping[Revision, datetime]) -> frozenset[str]:
    """Return the rows that were taken or refused a moment ago."""
    now = site.clock()
    # A clock that was ahead lets nothing wait for it.
    return frozenset(
        row_id for (row_id, _), at in untold.items() if now - REST < at <= now
    )


def _new(
    site: Site, storage: Storage, found: Sequence[PendingDocument | BrokenRow]
) -> Sequence[NewRow]:
    """Return what nobody has taken yet."""
    if not found:
        return ()
    sender, row_ids = site.organization.code, {it.row_id for it in found}
    with storage.reading() as work:
        known = work.documents.revisions(sender, row_ids)
    new = (it for it in found if (it.row_id, it.revision) not in known)
    return [NewRow(key_of_row(site, it), it) for it in new]


def _turn(it: NewRow) -> tuple[bool, int]:
    """Let the urgent come first, but no change before what it may be about."""
    document = it.row.document
    return _is_change(it), -document.priority if document else 0


def _is_change(it: NewRow) -> bool:
    business = it.row.document.business if it.row.document else None
    return business is not None and business.type is not BusinessType.NEW


class _Taking:
    """Takes rows; `refused` is what the register said of the first it did.

    That may be a mapping that fits no row, or one row that is not as it must be:
    nobody's document is refused for it, and none waits for another.
    """

    def __init__(self, site: Site, source: DmsSource, storage: Storage) -> None:
        self.site, self.source, self.storage = site, source, storage
        self.attempts = Attempts(storage, TriedStep.TAKE)
        self.refused: DmsRefused | None = None

    def take(self, rows: Sequence[NewRow]) -> int:
        """Take these, each counted before; return how many were new."""
        if not rows:
            return 0
        with self.attempts.counted([it.key for it in rows]):
            new = [it for it in rows if not _is_change(it)]
            # What is changed must be written down before, so a change has no company.
            changes = [[it] for it in rows if _is_change(it)]
            return sum(map(self._take_together, [new, *changes]))

    def _take_together(self, rows: Sequence[NewRow]) -> int:
        done = 0
        while rows:
            seen = look_at(self.site, self.source, self.storage, rows)
            # A crash here leaves files that nobody names; the rows are still pending.
            done += self._keep([it for it in seen if isinstance(it, Ready)])
            # What came before a row that has to wait is written down before that shows.
            done += sum(map(self._end, seen))
            rows = rows[len(seen) :]
        return done

    def _keep(self, ready: Sequence[Ready]) -> int:
        alone = 0

        def keep_alone(it: Ready) -> None:
            nonlocal alone
            alone += self._guarded(it.it, lambda: self._keep_one(it))

        kept = in_bulk(self.storage, ready, self._write_all, alone=keep_alone)
        for it in kept:
            _say(it)
        return len(kept) + alone

    def _write_all(self, work: Work, ready: Sequence[Ready]) -> None:
        work.tries.end(TriedStep.TAKE, *(it.it.key for it in ready))
        add_all_taken(self.site, work, [it.taken for it in ready])

    def _keep_one(self, it: Ready) -> bool:
        with self.storage.work() as work:
            work.tries.end(TriedStep.TAKE, it.it.key)
            is_new = add_taken(self.site, work, it.taken)
        if is_new:
            _say(it)
        return is_new

    def _end(self, seen: Ready | Wished | Refused | Failed) -> bool:
        """Do what is to be done about a row that is not simply taken."""
        site, storage, it = self.site, self.storage, seen.it
        match seen:
            case Ready():
                return False
            case Wished():
                return self._guarded(it, lambda: _keep_change(site, storage, seen))
            case Refused(problems=problems):
                return self._guarded(
                    it, lambda: refuse_row(site, storage, it.row, problems)
                )
            case Failed(error=error):
                return self._fail(it, error)

    def _guarded(self, it: NewRow, act: Callable[[], bool]) -> bool:
        """Do it to a row; what fails is its own, and it is not taken."""
        try:
            return act()
        except Exception as error:  # noqa: BLE001  (raised again where it matters)
            return self._fail(it, error)

    def _fail(self, it: NewRow, error: Exception) -> bool:
        """Say what a row has failed at; refuse it where that is the third defect.

        Raises the error again where it is no fault of this row.
        """
        extra = {"row": it.row.row_id}
        if isinstance(error, DmsRefused):
            self.refused = self.refused or error
            with self.storage.work() as work:
                work.tries.let_go(TriedStep.TAKE, [it.key])
            said = extra | {"reason": error.code}
            log.error("row_not_readable", extra=said, exc_info=error)
            return False
        # Against the rule, knowingly: a defect that one row finds is not to keep all
        # the others from being sent.
        if passes(error):
            raise error
        log.error("take_defect", extra=extra, exc_info=error)
        reason = self.attempts.verdict(it.key, error)
        if reason is None:
            return False
        return refuse_row(self.site, self.storage, it.row, (reason,))


def _keep_change(site: Site, storage: Storage, wished: Wished) -> bool:
    """Write the change down; where its original moves at this moment, look again."""
    key = wished.it.key
    with suppress(LostRace), storage.work() as work:
        work.tries.end(TriedStep.TAKE, key)
        return change(site, work, wished.wish) is not None
    with storage.work() as work:
        work.tries.let_go(TriedStep.TAKE, [key])
    return False


def _say(it: Ready) -> None:
    row, taken = it.it.row, it.taken
    if isinstance(row, PendingDocument) and row.code_problems:
        problems = ", ".join(row.code_problems)
        log.warning("codes_cleaned", extra={"row": row.row_id, "reason": problems})
    log.info("document_taken", extra={"document": taken.key, "row": row.row_id})
