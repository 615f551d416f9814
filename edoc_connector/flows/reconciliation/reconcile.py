"""Once a day: tell each partner what passed between us, and compare what it says.

What differs is looked at again for some hours before it becomes a case, because it may
only be under way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, time, timedelta

from edoc_connector.errors import LostRace
from edoc_connector.flows.reconciliation.case import close_case
from edoc_connector.flows.reconciliation.comparing import compare_days
from edoc_connector.flows.reconciliation.comparison import received_from, sent_to
from edoc_connector.flows.reconciliation.stating import state_days
from edoc_connector.flows.site import Site
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.reconciliation import FOUND_HERE, CaseKind
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """From what time on the day before is stated, and how long a difference waits."""

    at: time = time(0, 30)
    wait: timedelta = timedelta(hours=6)


def reconcile(
    site: Site, storage: Storage, *, schedule: Schedule, told: set[date], limit: int
) -> int:
    """Close what fits again, state days that are over, compare statements.

    `told` are days that this process has stated already, and more are added: nothing is
    added to the past, and to look again would mean to read a week's lists every time.
    Returns how much was done.  Raises `KeyUnusable` while there is no key.
    """
    closed = _close_what_fits(site, storage)
    # Before what others say is opened: our own word does not hang on it.
    stated = state_days(site, storage, schedule.at, told)
    return closed + stated + compare_days(site, storage, schedule.wait, limit)


def _close_what_fits(site: Site, storage: Storage) -> int:
    with storage.reading() as work:
        fitting = [*_fitting(site, work, work.cases.still_open(FOUND_HERE))]
    for case in fitting:
        with suppress(LostRace), storage.work() as work:
            close_case(work, case, at=site.clock())
    return len(fitting)


def _fitting(site: Site, work: Work, opened: Iterable[Case]) -> Iterator[Case]:
    """Yield what fits again; each partner is asked about once, not each case."""
    groups: defaultdict[tuple[OrganizationCode, CaseKind], list[Case]]
    groups = defaultdict(list)
    for case in opened:
        groups[case.peer, case.kind].append(case)
    for (peer, kind), cases in groups.items():
        names = [case.message_id for case in cases]
        if kind is CaseKind.NOT_RECEIVED_HERE:
            known = received_from(site, work, peer, names)
        else:
            known = sent_to(work, peer, names)
        yield from (case for case in cases if case.message_id in known)
