"""What passed between us and each partner on one day, and who is to hear more of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from edoc_connector.flows.reconciliation.comparison import is_brought_by
from edoc_connector.flows.site import Site
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.reconciliation import (
    FOUND_HERE,
    LONGEST_PAST,
    MOST_DIFFERENCES,
    Difference,
    Listed,
    bounds_of,
)
from edoc_connector.storage import Work


@dataclass(frozen=True, slots=True)
class Traffic:
    """What passed between us and one partner."""

    sent: list[Listed] = field(default_factory=list)
    received: list[Listed] = field(default_factory=list)


def traffic_of(site: Site, work: Work, day: date) -> dict[OrganizationCode, Traffic]:
    """Return what passed on that day, for each partner with whom anything did."""
    traffic: defaultdict[OrganizationCode, Traffic] = defaultdict(Traffic)
    since, until = bounds_of(day)
    for recipient, listed in work.reconciliations.sent(since, until):
        traffic[recipient.canonical].sent.append(listed)
    for account, sender, is_delivered, listed in work.reconciliations.received(
        since, until
    ):
        if is_brought_by(site, sender, account=account, is_delivered=is_delivered):
            traffic[sender.canonical].received.append(listed)
    traffic.pop(site.organization.code.canonical, None)
    return dict(traffic)


def with_news(site: Site, work: Work) -> list[OrganizationCode]:
    """Return who is to hear of differences, or that there are none any more.

    What was closed so long ago that no statement speaks of it is taken back with the
    next one there is.
    """
    waiting = {case.peer for case in work.cases.still_open(FOUND_HERE)}
    since = site.clock() - LONGEST_PAST
    for peer, at in work.cases.closed_since(since, FOUND_HERE).items():
        stated = work.reconciliations.newest(peer, is_ours=True)
        if stated is None or stated.stated_at < at:
            waiting.add(peer)
    return sorted(waiting)


def found_here(work: Work, peer: OrganizationCode) -> tuple[Difference, ...]:
    """Return what we found and a partner is to hear of, as much as is listed."""
    return tuple(
        Difference(
            kind=case.kind, message_id=case.message_id, document_id=case.document_id
        )
        for case in work.cases.still_open(FOUND_HERE, peer)[:MOST_DIFFERENCES]
    )
