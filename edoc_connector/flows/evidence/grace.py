"""How long documents are delivered while nobody says whether certificates are revoked.

The time runs from the first answer that was missing after the last good one, for the
certificate and for its authority, whichever is longer; it is durable, so a restart
gives no new time.  Whoever keeps the post going must be told that it does: once an hour
for each authority, and at once when the time is over.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from edoc_connector.errors import Reason, RevocationUnknown
from edoc_connector.model.identifiers import Digest
from edoc_connector.storage import Storage

log = logging.getLogger(__name__)

BETWEEN_ALERTS: Final = timedelta(hours=1)
HOUR: Final = timedelta(hours=1)


def within_grace(
    storage: Storage,
    doubts: Iterable[Reason],
    *,
    now: datetime,
    grace: timedelta,
) -> bool:
    """Whether a packet with these doubts may be delivered now; tells a person."""
    unknown = [it for it in doubts if it.code == RevocationUnknown.code]
    lefts = [_left(storage, doubt, now, grace) for doubt in unknown]
    return all(left >= timedelta() for left in lefts)


def _left(
    storage: Storage, doubt: Reason, now: datetime, grace: timedelta
) -> timedelta:
    """Return how much of the grace is left for one certificate."""
    certificate = Digest(doubt.details["certificate_digest"])
    issuer = Digest(doubt.details["issuer_digest"])
    with storage.work() as work:
        outage = work.revocations.fail(certificate, issuer, now)
        over_at = outage.since + grace
        silent_since = now - BETWEEN_ALERTS
        if over_at < now:  # whoever was told before knows of the grace only
            silent_since = max(silent_since, over_at)
        tell = work.revocations.alert(issuer, at=now, unless_since=silent_since)
    left = over_at - now
    if tell:
        _tell(doubt, left)
    return left


def _tell(doubt: Reason, left: timedelta) -> None:
    extra = {
        "authority": doubt.details["authority"],
        "hours_left": round(max(left, timedelta()) / HOUR, 1),
        "address": asked_for(doubt),
    }
    if left >= timedelta():
        log.warning("revocation_grace", extra=extra)
    else:
        log.error("revocation_grace_over", extra=extra)


def asked_for(doubt: Reason) -> str:
    """Return the addresses that did not answer, for whoever must open the way there."""
    return " ".join(it.details["source"] for it in doubt.causes)
