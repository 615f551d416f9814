"""Packets of which the rest never comes are given up after a week, and that is said."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from edoc_connector.errors import N_, ContentMissing, EnvelopeMalformed
from edoc_connector.flows.incoming.unread import keep_unread
from edoc_connector.flows.site import Site
from edoc_connector.storage import Storage
from edoc_connector.storage.hashing import Stored
from edoc_connector.storage.records import StoredSegment
from edoc_connector.storage.segments import Unfinished

log = logging.getLogger(__name__)

PATIENCE: Final = timedelta(days=7)
"""So long after its last segment a packet is waited for: longer than any outage."""

LOOK_EVERY: Final = timedelta(minutes=10)

MOST_AT_ONCE: Final = 20

NEVER_CAME: Final = N_("the rest of its segments did not come within a week")


@dataclass(slots=True)
class LastLook:
    """When it was looked last: who takes in mail need not look after every message."""

    at: datetime | None = None

    def is_recent(self, now: datetime) -> bool:
        """Whether it is not time yet; after a clock was put back it is."""
        return self.at is not None and self.at <= now < self.at + LOOK_EVERY


def give_up_unfinished(site: Site, storage: Storage, last_look: LastLook) -> None:
    """Free the disk of packets of which nothing has come for a week.

    Only who accepts may: between a segment's file and its row it has no owner yet.
    """
    now = site.clock()
    if last_look.is_recent(now):
        return
    with storage.reading() as work:
        stale = work.segments.stale(now - PATIENCE, MOST_AT_ONCE)
    for unfinished in stale:
        _give_up(site, storage, unfinished)
    if len(stale) < MOST_AT_ONCE:  # else there may be more of them
        last_look.at = now


def forget(storage: Storage, segments: Sequence[StoredSegment]) -> None:
    """Free the disk, except for bytes that another unfinished packet shares."""
    with storage.reading() as work:
        unused = [s.content for s in segments if not work.segments.uses(s.content)]
    for content in unused:
        storage.spool.remove(content)


def _give_up(site: Site, storage: Storage, unfinished: Unfinished) -> None:
    """Set its last part aside for a person; who sent it is not known from a part."""
    account, message_id = unfinished.account, unfinished.message_id
    with storage.reading() as work:
        segments = work.segments.of(account, message_id, unfinished.packet)
    evidence = _evidence(storage, segments)
    reason = EnvelopeMalformed(problem=NEVER_CAME).reason
    with storage.work() as work:
        work.segments.remove(account, message_id, unfinished.packet)
        keep_unread(
            work,
            evidence,
            account=account,
            message_id=message_id,
            reason=reason,
            at=site.clock(),
        )
    # A crash here leaves bytes without a row: they are swept at the next start.
    forget(storage, segments)
    log.error(
        "segments_given_up",
        extra={
            "message_id": message_id,
            "account": account,
            "segments": len(segments),
        },
    )


def _evidence(storage: Storage, segments: Sequence[StoredSegment]) -> Stored:
    try:
        return storage.content.add(storage.spool.chunks(segments[-1].content))
    except ContentMissing:  # a damaged disk must not keep the post
        return storage.content.add(())
