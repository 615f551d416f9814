"""Tell the sending DMS how far its documents have come, in order, until it listens."""

from __future__ import annotations

import logging
from datetime import timedelta

from edoc_connector.dms.port import DmsSource, Progress, Step
from edoc_connector.errors import DmsRefused
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
    after growing pauses, and only its own row waits for it.
    """
    with storage.reading() as work:
        due = work.progress.due(limit, site.clock())
    for item in due:
        _tell_one(site, source, storage, item=item, backoff=backoff)
    return len(due)


def _tell_one(
    site: Site,
    source: DmsSource,
    storage: Storage,
    *,
    item: ProgressItem,
    backoff: Backoff,
) -> None:
    try:
        source.mark(_step_of(item))
    except DmsRefused as error:
        pause = timedelta(seconds=backoff.seconds(item.attempts))
        with storage.work() as work:
            work.progress.postpone(item.id, until=site.clock() + pause)
        extra = {"row": item.row_id, "reason": error.code}
        log.exception("progress_refused", extra=extra)
        return
    # A crash here writes the same step again, which changes nothing.
    with storage.work() as work:
        work.progress.settle(item.id)


def _step_of(item: ProgressItem) -> Progress:
    return Progress(
        row_id=item.row_id,
        step=Step(item.step),
        recipient=item.recipient,
        text=item.text,
        at=item.at,
    )
