"""Requests about received documents: recall (thu hồi), update, replacement.

The DMS comes first and may be written again; the order, the answer to its sender and
the fact follow in one transaction.  A crash between the two repeats the first.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Final

from edoc_connector.dms.port import DmsReceiver
from edoc_connector.errors import LostRace
from edoc_connector.flows.evidence.verdict import Judged, keep_verdict
from edoc_connector.flows.requests.case import Case, log_order, ruled
from edoc_connector.flows.requests.register import write_into_register
from edoc_connector.flows.requests.request import request_in_status
from edoc_connector.flows.requests.rulings import Verb
from edoc_connector.flows.requests.settling import write_down
from edoc_connector.flows.site import Site
from edoc_connector.flows.statuses.answer import answer_again, change_answer, give_once
from edoc_connector.model.delivery import InboxEvent
from edoc_connector.model.status import Status
from edoc_connector.storage import Storage
from edoc_connector.storage.records import Answer, OwedAnswer

LOOK_AGAIN: Final = timedelta(minutes=15)
LONGEST_WAIT: Final = timedelta(hours=6)
"""Between these an update looks whether its original has come; that wakes it too."""


def answer_of(site: Site, storage: Storage, case: Case) -> Answer | OwedAnswer | None:
    """Prepare the 15 or 16; None while a person is to decide."""
    if case.ruling.verb is Verb.ASK:
        return None
    return change_answer(
        site,
        storage,
        case.entry,
        response=case.request.response,
        reason=case.ruling.reason,
        is_agreed=case.ruling.verb is not Verb.REFUSE,
    )


def obey(  # noqa: PLR0913  (what, and what becomes of the packet that asks)
    site: Site,
    dms: DmsReceiver,
    storage: Storage,
    case: Case,
    *,
    event: InboxEvent,
    arrived: Answer | OwedAnswer | None = None,
) -> None:
    """Do what is ruled about a recall or an update, and answer it.

    `arrived` is the 01 for the packet that asks, where it has none yet.
    """
    if case.ruling.verb is Verb.WAIT:
        _wait(site, storage, case, arrived)
        return
    write_into_register(site, dms, case)
    # A crash here does the same to the register again, which changes nothing.
    answer = answer_of(site, storage, case)
    with storage.work() as work:
        work.inbox.move(case.entry.id, event)
        if arrived is not None:
            give_once(site, work, arrived)
        write_down(site, work, case, answer)
    log_order(case)


def _wait(
    site: Site, storage: Storage, case: Case, arrived: Answer | OwedAnswer | None
) -> None:
    """Leave an update until its original comes; its sender hears that it is here."""
    entry, now = case.entry, site.clock()
    pause = min(max(now - entry.accepted_at, LOOK_AGAIN), LONGEST_WAIT)
    with suppress(LostRace), storage.work() as work:
        work.inbox.hold(entry.id, case.ruling.reason, until=now + pause)
        if arrived is not None:
            give_once(site, work, arrived)


def take_back(
    site: Site, dms: DmsReceiver, storage: Storage, judged: Judged, status: Status
) -> None:
    """Obey a status 13 of the original's sender: a recall in another form (lấy lại).

    One that comes again is answered as it was.
    """
    entry = judged.entry
    with storage.work() as work:
        if not judged.is_kept:
            keep_verdict(work, judged, at=site.clock())
        if work.orders.find(entry.id) is not None:
            work.inbox.move(entry.id, InboxEvent.RECORD)
            answer_again(site, work, entry.id)
            return
    request = request_in_status(judged.verified, status)
    case = ruled(site, dms, storage, judged=judged, request=request)
    obey(site, dms, storage, case, event=InboxEvent.RECORD)
