"""Fetch the time stamps of seals that left without one, and keep them as evidence.

The packet is not changed: it has left, and its digest is in the ledger.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import timedelta
from typing import Final

from edoc_connector.errors import LostRace, Reason
from edoc_connector.flows.backoff import Backoff
from edoc_connector.flows.sealing.stamping import Stamping
from edoc_connector.flows.site import Site
from edoc_connector.ledger.facts import DocumentStamped
from edoc_connector.model.evidence import EvidenceKind
from edoc_connector.storage import Storage
from edoc_connector.storage.records import PendingStamp

log = logging.getLogger(__name__)

PAUSES: Final = Backoff(60.0, 3_600.0)
"""Between two attempts for one seal; nobody waits for it any more."""


def stamp(site: Site, storage: Storage, stamping: Stamping | None) -> int:
    """Ask for what is due, several at once; return how many were asked for."""
    if stamping is None:
        return 0
    with storage.reading() as work:
        due = work.stamps.due(stamping.later_at_once, site.clock())
    values = [item.signature_value for item in due]
    found = stamping.stamp(values, within_seconds=stamping.timeout_seconds)
    for item, one in zip(due, found, strict=True):
        with suppress(LostRace):
            if isinstance(one, Reason):
                _postpone(site, storage, item, one, attempts=stamping.attempts)
            else:
                _keep(site, storage, item, one)
    return len(due)


def _keep(site: Site, storage: Storage, item: PendingStamp, token: bytes) -> None:
    stored = storage.content.add((token,))
    # A crash here leaves a token nobody names; another one is fetched.
    now = site.clock()
    with storage.work() as work:
        work.stamps.settle(item.id, at=now)
        work.evidence.add(item.packet, EvidenceKind.TIMESTAMP, stored.digest, at=now)
        fact = DocumentStamped(
            document=item.document, packet=item.packet, token=stored.digest
        )
        work.ledger.append(fact, now)
    log.info("document_stamped", extra={"document": item.document})


def _postpone(
    site: Site, storage: Storage, item: PendingStamp, reason: Reason, *, attempts: int
) -> None:
    is_last = item.attempts + 1 >= attempts
    now = site.clock()
    with storage.work() as work:
        if is_last:
            work.stamps.settle(item.id, at=now)
        else:
            pause = timedelta(seconds=PAUSES.seconds(item.attempts))
            work.stamps.postpone(item.id, until=now + pause)
    log.log(
        logging.ERROR if is_last else logging.WARNING,
        "timestamp_given_up" if is_last else "timestamp_postponed",
        extra={"document": item.document, "cause": reason.details["problem"]},
    )
