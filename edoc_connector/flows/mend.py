"""Clean up what a crash left behind, before anything new begins."""

from __future__ import annotations

import logging

from edoc_connector.storage import Storage

log = logging.getLogger(__name__)


def mend(storage: Storage) -> int:
    """Remove half-written files and segments nobody needs; return how many.

    Only while nobody accepts: between a segment's file and its row it has no owner yet.
    """
    removed = storage.content.sweep() + storage.spool.sweep() + _segments(storage)
    if removed:
        log.info("leftovers_removed", extra={"count": removed})
    return removed


def _segments(storage: Storage) -> int:
    with storage.reading() as work:
        left = [it for it in storage.spool.digests() if not work.segments.uses(it)]
    for digest in left:
        storage.spool.remove(digest)
    return len(left)
