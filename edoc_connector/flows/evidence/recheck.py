"""Judges again what was delivered before anybody said what was revoked.

The time that counts stays that of the first judgement, so the verdict is the one that
would have been given then.  What turns out to have been revoked is in the register
already: a person must be told, and the ledger says so.  Nothing else refutes a seal
here: what fails for another reason held when it was delivered, and our settings or this
program have changed since.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from edoc_connector.envelope.read import read
from edoc_connector.errors import CertificateRevoked, EdocError
from edoc_connector.flows.evidence.verdict import (
    AGAIN_AFTER,
    EvidenceStore,
    Judged,
    is_open,
    keep_evidence,
    keep_verdict,
    verify_entry,
)
from edoc_connector.flows.site import Site
from edoc_connector.ledger.facts import SealRefuted
from edoc_connector.model.stages import VerifiedEnvelope
from edoc_connector.storage import Storage
from edoc_connector.storage.rechecks import Recheck
from edoc_connector.storage.records import InboxEntry

log = logging.getLogger(__name__)

LONGEST_PAUSE: Final = timedelta(days=1)

MOST_ATTEMPTS: Final = 100
"""Some three months; an authority that has not answered until then is no more."""


def recheck(site: Site, storage: Storage, *, limit: int) -> int:
    """Judge up to `limit` packets again, and return how many are settled now."""
    with storage.reading() as work:
        due = work.rechecks.due(limit, site.clock(), longest_pause=LONGEST_PAUSE)
        entries = [(it, work.inbox.get(it.inbox_id)) for it in due]
    return sum(_Case(site, storage, *pair).settle() for pair in entries)


@dataclass(frozen=True, slots=True)
class _Case:
    """One packet that is judged again."""

    site: Site
    storage: Storage
    recheck: Recheck
    entry: InboxEntry

    def settle(self) -> bool:
        """Judge it; whatever fails is this packet's, and the others go on."""
        try:
            verified = self._verified()
        except CertificateRevoked as error:
            self._refute(error)
            return True
        except Exception as error:
            if isinstance(error, EdocError) and (error.retryable or error.fatal):
                raise
            # A packet that is no longer what it was, a setting that was changed, or a
            # defect of ours: none of it says anything about the seal.
            log.warning(
                "packet_not_rechecked",
                extra={"message_id": self.entry.message_id},
                exc_info=error,
            )
            return self._postpone()
        if is_open(verified.verdict):
            return self._postpone()
        self._keep(keep_evidence(EvidenceStore(self.storage), self.entry, verified))
        return True

    def _verified(self) -> VerifiedEnvelope:
        with self.storage.content.mapped(self.entry.packet) as body:
            received = read(body, max_bytes=self.site.max_packet_bytes)
            return verify_entry(self.site, received, self.entry)

    def _postpone(self) -> bool:
        """Try it again after a longer pause, and not for ever."""
        attempts, now = self.recheck.attempts, self.site.clock()
        if attempts + 1 >= MOST_ATTEMPTS:
            return self._give_up()
        with self.storage.work() as work:
            work.rechecks.postpone(self.recheck, now + pause_after(attempts))
        return False

    def _give_up(self) -> bool:
        """Leave the verdict as it is: it says what is missing."""
        with self.storage.work() as work:
            work.rechecks.remove(self.entry.id)
        log.error("recheck_given_up", extra={"message_id": self.entry.message_id})
        return True

    def _keep(self, judged: Judged) -> None:
        with self.storage.work() as work:
            if work.rechecks.remove(self.entry.id):
                keep_verdict(work, judged, at=self.site.clock())
        log.info("seal_judged", extra={"message_id": self.entry.message_id})

    def _refute(self, error: CertificateRevoked) -> None:
        now, entry = self.site.clock(), self.entry
        kept = EvidenceStore(self.storage).store(error.evidence)
        fact = SealRefuted(
            message_id=entry.message_id,
            account=entry.account,
            reason=error.reason.code,
            evidence=tuple(digest for _, digest in kept),
        )
        with self.storage.work() as work:
            if work.rechecks.remove(entry.id):
                for kind, content in kept:
                    work.evidence.add(entry.packet, kind, content, at=now)
                before = work.verdicts.latest(entry.id)
                if before is not None:
                    doubts = (error.reason,)
                    work.verdicts.add(replace(before, doubts=doubts, judged_at=now))
                work.ledger.append(fact, now)
        log.error(
            "seal_refuted",
            extra={
                "message_id": entry.message_id,
                "account": entry.account,
                "reason": error.reason.code,
            },
        )


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts in vain, twice as long each."""
    doublings = min(attempts + 1, 10)  # no number that no calendar has
    return min(AGAIN_AFTER * (1 << doublings), LONGEST_PAUSE)
