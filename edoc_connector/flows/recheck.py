"""Judges again what was delivered before anybody said what was revoked.

The time that counts stays that of the first judgement, so the verdict is the one that
would have been given then.  What turns out to have been revoked is in the register
already: a person must be told, and the ledger says so.
"""

from __future__ import annotations

import logging

from edoc_connector.envelope.read import read
from edoc_connector.errors import EnvelopeRefused, Reason
from edoc_connector.flows.site import Site
from edoc_connector.flows.verdict import (
    AGAIN_AFTER,
    Judged,
    is_open,
    keep_evidence,
    keep_verdict,
    verify_entry,
)
from edoc_connector.ledger.facts import SealRefuted
from edoc_connector.storage import Storage
from edoc_connector.storage.records import InboxEntry

log = logging.getLogger(__name__)


def recheck(site: Site, storage: Storage, *, limit: int) -> int:
    """Judge up to `limit` packets again, and return how many are settled now."""
    with storage.reading() as work:
        due = work.rechecks.due(limit, site.clock())
        entries = [work.inbox.get(inbox_id) for inbox_id in due]
    return sum(_recheck(site, storage, entry) for entry in entries)


def _recheck(site: Site, storage: Storage, entry: InboxEntry) -> bool:
    try:
        with storage.content.mapped(entry.packet) as body:
            received = read(body, max_bytes=site.max_packet_bytes)
            verified = verify_entry(site, received, entry)
    except EnvelopeRefused as error:
        _refute(site, storage, entry, error.reason)
        return True
    if is_open(verified.verdict):
        _postpone(site, storage, entry)
        return False
    _settle(site, storage, keep_evidence(storage, entry, verified))
    return True


def _postpone(site: Site, storage: Storage, entry: InboxEntry) -> None:
    with storage.work() as work:
        work.rechecks.add(entry.id, site.clock() + AGAIN_AFTER)


def _settle(site: Site, storage: Storage, judged: Judged) -> None:
    with storage.work() as work:
        if work.rechecks.remove(judged.entry.id):
            keep_verdict(work, judged, at=site.clock())
    log.info("seal_proven_later", extra={"message_id": judged.entry.message_id})


def _refute(site: Site, storage: Storage, entry: InboxEntry, reason: Reason) -> None:
    fact = SealRefuted(
        message_id=entry.message_id, account=entry.account, reason=reason.code
    )
    with storage.work() as work:
        if work.rechecks.remove(entry.id):
            work.ledger.append(fact, site.clock())
    log.error(
        "delivered_seal_refuted",
        extra={
            "message_id": entry.message_id,
            "account": entry.account,
            "reason": reason.code,
        },
    )
