"""Tell the sending DMS how far its documents have come, in order, until it listens."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta

from edoc_connector.dms.port import DmsSource, Progress, Step
from edoc_connector.errors import DmsRefused, EdocError
from edoc_connector.flows.backoff import Backoff
from edoc_connector.flows.site import Site
from edoc_connector.storage import Storage
from edoc_connector.storage.records import ProgressItem

log = logging.getLogger(__name__)


def progress(
    site: Site,
    source: DmsSource,
    storage: Storage,
    *,
    limit: int,
    backoff: Backoff,
) -> int:
    """Write up to `limit` steps into the DMS and return how many were tried.

    Where the DMS is away all wait (`DmsUnavailable`); a step it refuses is tried again
    after growing pauses, and only its own row waits for it.  What was written is
    settled together: a commit for each step would cost more than the steps.
    """
    with storage.reading() as work:
        due = work.progress.due(limit, site.clock())
    if len(due) > 1 and _are_told(source, due):
        _settle(storage, [item.id for item in due])
    else:
        _tell_each(site, source, storage, due=due, backoff=backoff)
    return len(due)


def _are_told(source: DmsSource, due: Sequence[ProgressItem]) -> bool:
    """Write all steps at once; where one of them fails none is, and False."""
    try:
        source.mark(*map(_step_of, due))
    except Exception as error:
        if _concerns_all(error):
            raise
        return False
    return True


def _concerns_all(error: Exception) -> bool:
    return isinstance(error, EdocError) and not isinstance(error, DmsRefused)


def _tell_each(
    site: Site,
    source: DmsSource,
    storage: Storage,
    *,
    due: Sequence[ProgressItem],
    backoff: Backoff,
) -> None:
    told: list[int] = []
    try:
        for item in due:
            if _is_told(site, source, storage, item=item, backoff=backoff):
                told.append(item.id)  # noqa: PERF401  (told before an error too)
    except EdocError:
        _settle(storage, told)
        raise
    _settle(storage, told)


def _settle(storage: Storage, told: list[int]) -> None:
    # A crash before this writes the same steps again, which changes nothing.
    if told:
        with storage.work() as work:
            work.progress.settle(*told)


def _is_told(
    site: Site,
    source: DmsSource,
    storage: Storage,
    *,
    item: ProgressItem,
    backoff: Backoff,
) -> bool:
    """Write one step; one that fails is put off, and False."""
    try:
        source.mark(_step_of(item))
    except Exception as error:
        # A defect that one step finds is not to keep the others waiting either.
        if _concerns_all(error):
            raise
        pause = timedelta(seconds=backoff.seconds(item.attempts))
        with storage.work() as work:
            work.progress.postpone(item.id, until=site.clock() + pause)
        _say_why(item, error)
        return False
    return True


def _say_why(item: ProgressItem, error: Exception) -> None:
    """Log whose fault it is: the register's, or a defect of ours."""
    if isinstance(error, DmsRefused):
        extra = {"row": item.row_id, "reason": error.code}
        log.error("progress_refused", extra=extra, exc_info=error)
    else:
        extra = {"row": item.row_id, "reason": type(error).__name__}
        log.error("progress_defect", extra=extra, exc_info=error)


def _step_of(item: ProgressItem) -> Progress:
    return Progress(
        row_id=item.row_id,
        step=Step(item.step),
        recipient=item.recipient,
        text=item.text,
        at=item.at,
        business_type=item.business_type,
    )
