"""Outbox -> axis: publish, and believe it only when the broker has confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from edoc_connector.bus.port import Publisher
from edoc_connector.flows.backoff import Backoff
from edoc_connector.flows.outgoing.departures import LEASE_SECONDS
from edoc_connector.flows.outgoing.passage import Passage
from edoc_connector.flows.outgoing.patience import Patience
from edoc_connector.flows.outgoing.retry import Retry
from edoc_connector.flows.outgoing.settling import Means
from edoc_connector.flows.site import Site
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import Destination, OutboxItem

PROBE_SECONDS: Final = 30.0
"""For how long a recipient goes on resting whose probe nobody has lived to judge."""


def relay(  # noqa: PLR0913  (the parts of a connector, and its patience)
    site: Site,
    publisher: Publisher,
    storage: Storage,
    *,
    limit: int,
    backoff: Backoff,
    patience: Patience | None = None,
) -> int:
    """Publish up to `limit` waiting messages; return for how many recipients.

    The most urgent first; a document for many is one message.  Several are on their way
    at a time; what is urgent waits for these and no longer.
    A packet that the axis cannot take is settled with its reason, one whose mailbox is
    busy is tried again after growing pauses, and the others go on; where the broker is
    not there, all wait: `BusUnavailable`.
    """
    retry = Retry(site, storage, backoff, patience or Patience())
    means = Means(site=site, publisher=publisher, storage=storage, retry=retry)
    publisher.keep_alive()
    done, is_interrupted = 0, True
    while is_interrupted and done < limit:
        items = _claim(means, limit - done)
        relayed = Passage(means, items).run()
        is_interrupted = relayed < len(items)
        done += relayed
    return done


def _claim(means: Means, limit: int) -> Sequence[OutboxItem]:
    """Lease what is to leave: one item for each recipient that is to be probed."""
    now = means.site.clock()
    with means.storage.work() as work:
        resting = work.destinations.resting()
        probes = [
            item
            for one in resting
            if not means.retry.patience.breaker.is_open(one, now)
            for item in _probe(means.site, work, one, now)
        ]
        others = work.leases.claim(
            limit,
            worker=means.site.worker,
            now=now,
            lease_seconds=LEASE_SECONDS,
            resting=[one.recipient for one in resting],
        )
    items = {item.id: item for item in (*probes, *others)}
    return sorted(items.values(), key=lambda it: (-it.priority, it.id))


def _probe(
    site: Site, work: Work, resting: Destination, now: datetime
) -> Sequence[OutboxItem]:
    """Take the one packet that shows whether mail gets through again."""
    items = work.leases.claim(
        1,
        worker=site.worker,
        now=now,
        lease_seconds=LEASE_SECONDS,
        to=resting.recipient,
    )
    until = now + timedelta(seconds=PROBE_SECONDS)
    if items and work.destinations.probe(resting, until=until):
        return items
    return ()
