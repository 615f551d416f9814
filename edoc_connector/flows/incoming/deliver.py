"""Inbox -> judge -> receiving DMS, and the sealed answer back.

The DMS comes first and may be written again; our state, the answer in the outbox and
the fact follow in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from edoc_connector.dms.port import DmsReceiver
from edoc_connector.errors import EdocError
from edoc_connector.flows.evidence.verdict import Before, judged_before
from edoc_connector.flows.incoming.company import Company, Guest
from edoc_connector.flows.incoming.opening import Apart, open_packet
from edoc_connector.flows.incoming.setting_aside import guarded, quarantine, set_aside
from edoc_connector.flows.poison import in_hand, known_poison, poison_of, told_apart
from edoc_connector.flows.site import Site
from edoc_connector.signature.proven import for_several_seals
from edoc_connector.storage import Storage
from edoc_connector.storage.records import InboxEntry


def deliver(site: Site, dms: DmsReceiver, storage: Storage, *, limit: int) -> int:
    """Judge up to `limit` packets, the urgent first, and return how many were judged.

    What fails is quarantined whole and its sender is told; the rest go on.  What ends
    the process is judged after the others, alone, and at the third time set aside.
    Where the DMS is away all wait (`DmsUnavailable`).
    """
    with storage.reading() as work:
        entries = work.inbox.to_judge(limit, at=site.clock())
        known = known_poison(work, entries)
        before = judged_before(storage, work, entries)
    if not entries:
        return 0
    # Whether their signers were revoked is asked for all of them together.
    site = replace(site, revocation=for_several_seals(site.revocation))
    judging = _Judging(site, dms, storage, before)
    fresh, suspect = told_apart(entries, known)
    for some in in_hand(fresh):
        judging.these(some)
    for entry in suspect:
        reason = poison_of(site, storage, entry, known)
        if reason is None:
            judging.these([entry])
        else:
            set_aside(site, storage, entry, reason)
            known[entry.packet] = reason
    return len(entries)


@dataclass(frozen=True, slots=True)
class _Judging:
    """What packets are judged with, and what was found when some were judged before."""

    site: Site
    dms: DmsReceiver
    storage: Storage
    before: Before

    def these(self, entries: Sequence[InboxEntry]) -> None:
        """Judge them, counted before as what the process may be about to die of."""
        left = [entry.id for entry in entries]
        with self.storage.work() as work:
            work.inbox.begin(left)
        try:
            self._all(entries)
        except (Exception, KeyboardInterrupt):
            # What has come to its end meanwhile is counted no more.
            with suppress(EdocError), self.storage.work() as work:
                work.inbox.let_go(left)
            raise

    def _all(self, entries: Sequence[InboxEntry]) -> None:
        guard = partial(guarded, self.site, self.storage)
        company = Company(self.site, self.dms, self.storage, guard)
        try:
            for entry in entries:
                self._one(entry, company)
        except Exception:
            company.finish()  # they came before the one that has to wait
            raise
        company.finish()

    def _one(self, entry: InboxEntry, company: Company) -> None:
        if entry.reason is not None and entry.retry_at is None:  # condemned at the door
            quarantine(self.site, self.storage, entry, entry.reason)
            return
        found: list[Guest | Apart] = []
        company.guard(entry, lambda: found.extend(self._opened(entry)))
        # Not within its guard: what becomes of those before it is nothing of its own.
        for it in found:
            if isinstance(it, Apart):
                company.finish()
                company.guard(entry, it.act)
            else:
                company.join(it)

    def _opened(self, entry: InboxEntry) -> Iterator[Guest | Apart]:
        return open_packet(self.site, self.dms, self.storage, entry, self.before)
