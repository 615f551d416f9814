"""What partners say of a day: held against what we know, for some hours if need be."""

from __future__ import annotations

import logging
from datetime import timedelta

from edoc_connector.errors import EdocError, LostRace
from edoc_connector.flows.reconciliation.case import open_case
from edoc_connector.flows.reconciliation.comparison import differences
from edoc_connector.flows.reconciliation.statement import read_statement
from edoc_connector.flows.reconciliation.stating import say_if_cut
from edoc_connector.flows.site import Site
from edoc_connector.ledger.facts import ReconciliationCompared
from edoc_connector.model.reconciliation import MOST_DIFFERENCES
from edoc_connector.storage import Storage
from edoc_connector.storage.records import Reconciliation

log = logging.getLogger(__name__)


def compare_days(site: Site, storage: Storage, wait: timedelta, limit: int) -> int:
    """Compare what waits for it, and return how much was settled."""
    with storage.reading() as work:
        waiting = work.reconciliations.to_compare(limit)
    return sum(_compare_or_leave(site, storage, row, wait) for row in waiting)


def _compare_or_leave(
    site: Site, storage: Storage, row: Reconciliation, wait: timedelta
) -> bool:
    """Compare one; what a person must mend is said at each look and stops no other.

    It counts as nothing done, so that the loop rests before it looks again.
    """
    try:
        return _compare_one(site, storage, row, wait)
    except LostRace:
        return False
    except EdocError as error:
        if error.retryable or error.fatal:
            raise
        log.exception(
            "reconciliation_not_compared",
            extra={"peer": row.peer, "day": row.day, "reason": error.code},
        )
        return False


def _compare_one(
    site: Site, storage: Storage, row: Reconciliation, wait: timedelta
) -> bool:
    statement = read_statement(b"".join(storage.content.chunks(row.content)))
    now = site.clock()
    with storage.reading() as work:
        found = differences(site, work, statement)
    if found and now < row.stated_at + wait:
        return False
    with storage.work() as work:
        # Once more: it may have come since.
        found = differences(site, work, statement) if found else found
        work.reconciliations.settle(row, at=now)
        for each in found[:MOST_DIFFERENCES]:
            open_case(work, row.peer, row.day, each, at=now)
        work.ledger.append(_compared(row, len(found)), now)
    log.log(
        logging.ERROR if found else logging.INFO,
        "reconciliation_compared",
        extra={"peer": row.peer, "day": row.day, "differences": len(found)},
    )
    say_if_cut(row)
    return True


def _compared(row: Reconciliation, count: int) -> ReconciliationCompared:
    return ReconciliationCompared(
        message_id=row.message_id,
        peer=row.peer,
        day=row.day,
        differences=count,
        statement=row.content,
    )
