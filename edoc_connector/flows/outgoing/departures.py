"""Who of a claim has not begun yet, and whether it is still their turn.

That is looked up once for all who go into the window together: a look costs as much as
a packet.  So what is urgent waits for one window at the most, and what a person holds
back at this moment may be in it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Final

from edoc_connector.flows.outgoing.company import Company, companies_of
from edoc_connector.flows.site import Site
from edoc_connector.storage import Storage
from edoc_connector.storage.records import OutboxItem

LEASE_SECONDS: Final = 120.0
"""For how long nobody else takes what this relay has in hand; after a crash it takes it
again at once, because it is the only one of its state folder."""

RENEWED_AFTER: Final = timedelta(seconds=LEASE_SECONDS / 4)
"""So early that all that is done between two looks at the clock has its time."""

AT_ONCE: Final = 64
"""So many recipients are looked up together: about what is on its way at a time."""


class Departures:
    """The companies of one claim, the most urgent first."""

    def __init__(
        self, site: Site, storage: Storage, items: Sequence[OutboxItem]
    ) -> None:
        self._site, self._storage = site, storage
        self._waiting = deque(companies_of(items))
        # What was claimed a moment ago is as it was.
        self._held: Collection[int] = {it.id for it in items}
        self._looked_at = len(self._first())
        self._leased_at = site.clock()
        self.begun = 0

    def stop(self) -> None:
        """Let nobody begin any more."""
        self._waiting.clear()

    def look_again(self) -> None:
        """Believe nothing that was seen before, because time has passed."""
        self._looked_at = 0

    def next(self, under_way: Callable[[], Iterable[Company]]) -> Company | None:
        """Return who begins now; None if nobody is left or more urgent mail has come.

        Left out are those whom somebody has taken out since, or holds back.
        """
        while self._waiting:
            if not self._looked_at:
                self._look(under_way())
                continue
            self._looked_at -= 1
            company = self._waiting.popleft()
            self.begun += len(company)
            if going := tuple(it for it in company if it.id in self._held):
                return going
        return None

    def keep(self, under_way: Iterable[Company]) -> None:
        """Renew the leases on all that is in hand, before they come to their end.

        On a slow line that is long before the last of them has left.
        """
        now = self._site.clock()
        if now - self._leased_at < RENEWED_AFTER:
            return
        ids = [it.id for some in (*under_way, *self._waiting) for it in some]
        with self._storage.work() as work:
            work.leases.renew(ids, self._site.worker, now, lease_seconds=LEASE_SECONDS)
        self._leased_at = now

    def _look(self, under_way: Iterable[Company]) -> None:
        """Find out who of the first still waits, and what has come before them."""
        first = self._first()
        least = first[-1][0].priority
        urgent = [some for some in under_way if some[0].priority > least]
        worker, now = self._site.worker, self._site.clock()
        with self._storage.reading() as work:
            self._held = work.leases.in_hand(_ids(first), worker)
            come = work.leases.most_urgent(
                worker,
                now,
                above=least,
                resting=[it.recipient for it in work.destinations.resting()],
                but=_ids(urgent),
            )
        before = [it for it in first if come is None or it[0].priority >= come]
        self._looked_at = len(before)
        if not before:
            self.stop()

    def _first(self) -> Sequence[Company]:
        """Return the first of those who wait, one company at least."""
        return tuple(_some(self._waiting, AT_ONCE))


def _some(companies: Iterable[Company], most: int) -> Iterator[Company]:
    recipients = 0
    for company in companies:
        yield company
        recipients += len(company)
        if recipients >= most:
            return


def _ids(companies: Iterable[Company]) -> list[int]:
    return [it.id for company in companies for it in company]
