"""Requests about received documents: recall (thu hồi), update, replacement.

The DMS comes first and may be written again; the order, the answer to its sender and
the fact follow in one transaction.  A crash between the two repeats the first.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from edoc_connector.dms.port import DmsReceiver, RowChange
from edoc_connector.errors import LostRace, RecalledBefore
from edoc_connector.flows.evidence.verdict import Judged, keep_verdict
from edoc_connector.flows.requests.request import Request, request_in_status
from edoc_connector.flows.requests.rulings import Court, Ruling, Verb
from edoc_connector.flows.site import Site
from edoc_connector.flows.statuses.answer import (
    answer_again,
    change_answer,
    give,
    give_once,
)
from edoc_connector.ledger.facts import Fact, OrderApplied, OrderAsked, OrderRefused
from edoc_connector.model.change import ChangeEvent, ChangeKind, ChangeState
from edoc_connector.model.delivery import InboxEvent
from edoc_connector.model.identifiers import delivery_key
from edoc_connector.model.stages import VerifiedEnvelope
from edoc_connector.model.status import Status, StatusCode
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import (
    Answer,
    Arrival,
    InboxEntry,
    Order,
    OwedAnswer,
)

log = logging.getLogger(__name__)

LOOK_AGAIN: Final = timedelta(minutes=15)
LONGEST_WAIT: Final = timedelta(hours=6)
"""Between these an update looks whether its original has come; that wakes it too."""

MOST_QUARANTINED: Final = 20

STATES: Final = {
    Verb.APPLY: ChangeState.AGREED,
    Verb.AGREE: ChangeState.AGREED,
    Verb.ASK: ChangeState.ASKED,
    Verb.REFUSE: ChangeState.REFUSED,
}


@dataclass(frozen=True, slots=True)
class Case:
    """A request, the packet that makes it, and what is ruled about it."""

    judged: Judged
    request: Request
    ruling: Ruling

    @property
    def entry(self) -> InboxEntry:
        """The packet in the inbox."""
        return self.judged.entry

    @property
    def verified(self) -> VerifiedEnvelope:
        """What was sealed."""
        return self.judged.verified

    @property
    def arrival(self) -> Arrival | None:
        """The document it is about; of several the first."""
        return next(iter(self.ruling.arrivals), None)


def ruled(  # noqa: PLR0913  (each caller names them)
    site: Site,
    dms: DmsReceiver,
    storage: Storage,
    *,
    judged: Judged,
    request: Request,
    is_agreed: bool = False,
) -> Case:
    """Return the case of a request with the ruling as things stand."""
    can = frozenset(kind for kind in ChangeKind if dms.can(kind))
    with storage.reading() as work:
        court = Court(site, work, can, site.clock())
        ruling = court.rule(request, judged.entry, is_agreed=is_agreed)
    return Case(judged, request, ruling)


def request_name(entry: InboxEntry) -> str:
    """Return what the register calls this request; the digest tells databases apart."""
    return f"{entry.id}-{entry.packet[:8]}"


def change_of(case: Case, arrival: Arrival) -> RowChange:
    """Return what the register is told: the same at every repetition."""
    return RowChange(
        row_id=arrival.row_id,
        request=request_name(case.entry),
        document_id=arrival.document_id,
        reason=case.request.wish,
        at=case.entry.accepted_at,
    )


def change_in(work: Work, order: Order, arrival: Arrival) -> RowChange:
    """Return what the register is told of an order that is known."""
    return RowChange(
        row_id=arrival.row_id,
        request=request_name(work.inbox.get(order.inbox_id)),
        document_id=arrival.document_id,
        reason=order.wish,
        at=order.asked_at,
    )


def write_into_register(
    site: Site, dms: DmsReceiver, case: Case, *, new_row_id: str = ""
) -> None:
    """Do to the register what is ruled.  May be repeated."""
    for arrival in case.ruling.arrivals:
        match case.ruling.verb:
            case Verb.APPLY:
                apply_to(site, dms, case, arrival, new_row_id=new_row_id)
            case Verb.ASK:
                dms.ask(change_of(case, arrival), case.request.kind)
            case Verb.AGREE | Verb.REFUSE | Verb.WAIT:
                pass


def apply_to(
    site: Site, dms: DmsReceiver, case: Case, arrival: Arrival, *, new_row_id: str
) -> None:
    """Change one row, as far as the mapping can; a person who agreed does the rest."""
    change, kind = change_of(case, arrival), case.request.kind
    if not dms.can(kind):
        return
    us = site.organization.code
    key = delivery_key(case.verified.statement_digest, us)
    match kind:
        case ChangeKind.RECALL:
            dms.recall(change)
        case ChangeKind.UPDATE:
            dms.update(change, case.verified, key=key, recipient=us)
        case ChangeKind.REPLACE:
            dms.replace(
                change, case.verified, new_row_id=new_row_id, key=key, recipient=us
            )


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


def write_down(
    site: Site, work: Work, case: Case, answer: Answer | OwedAnswer | None
) -> None:
    """Remember the order with its answer, in the transaction that makes both true."""
    now = site.clock()
    still_here(work, case)
    work.orders.add(_order(case, now))
    if answer is not None:
        give(site, work, answer)
    follow(work, case, now)
    work.ledger.append(_fact(work, case), now)


def close(
    site: Site, work: Work, case: Case, answer: Answer | OwedAnswer | None
) -> None:
    """Close an order about which a person was asked."""
    now, is_refused = site.clock(), case.ruling.verb is Verb.REFUSE
    still_here(work, case)
    event = ChangeEvent.REFUSE if is_refused else ChangeEvent.AGREE
    work.orders.move(case.entry.id, event, at=now, reason=case.ruling.reason)
    if answer is not None:
        give(site, work, answer)
    follow(work, case, now)
    work.ledger.append(_fact(work, case), now)


def still_here(work: Work, case: Case) -> None:
    """Raise `LostRace` if a document was taken back since the ruling."""
    for arrival in case.ruling.arrivals:
        if work.arrivals.get(arrival.key).status == arrival.status:
            continue
        if work.arrivals.get(arrival.key).status == StatusCode.TAKEN_BACK:
            raise LostRace(key=arrival.key)


def follow(work: Work, case: Case, now: datetime) -> None:
    """Write down what else becomes true with a recall."""
    if case.request.kind is not ChangeKind.RECALL:
        return
    if case.ruling.verb is Verb.APPLY:
        for arrival in case.ruling.arrivals:
            work.arrivals.take_back(arrival.key, at=now)
    elif case.ruling.verb is Verb.AGREE and case.arrival is None:
        _end_quarantined(work, case)
        work.inbox.hurry(case.request.target, at=now)


def _end_quarantined(work: Work, case: Case) -> None:
    """Let nobody here release what its sender does not want delivered any more.

    What is in quarantine proves nothing of its sender: the account decides.
    """
    entry, target = case.entry, case.request.target
    for held in work.inbox.quarantined(entry.account, target, MOST_QUARANTINED):
        if held.sender.is_same_body(case.request.sender):
            reason = RecalledBefore().reason
            work.inbox.move(held.id, InboxEvent.REJECT, reason=reason)


def _order(case: Case, now: datetime) -> Order:
    state = STATES[case.ruling.verb]
    return Order(
        inbox_id=case.entry.id,
        sender=case.request.sender,
        document_id=case.request.target,
        business_type=case.request.type,
        arrival=case.arrival.key if case.arrival else None,
        state=state,
        reason=case.ruling.reason,
        asked_at=case.entry.accepted_at,
        decided_at=None if state is ChangeState.ASKED else now,
        sealed_at=case.request.sealed_at,
        wish=case.request.wish,
    )


def _fact(work: Work, case: Case) -> Fact:
    entry, reason = case.entry, case.ruling.reason.code
    message_id, account, type_ = entry.message_id, entry.account, int(case.request.type)
    original = _original(work, case)
    match case.ruling.verb:
        case Verb.REFUSE:
            return OrderRefused(
                message_id=message_id,
                account=account,
                original=original,
                type=type_,
                reason=reason,
            )
        case Verb.ASK:
            return OrderAsked(
                message_id=message_id,
                account=account,
                original=original,
                type=type_,
                reason=reason,
            )
        case _:
            is_applied = case.ruling.verb is Verb.APPLY and case.arrival
            return OrderApplied(
                message_id=message_id,
                account=account,
                original=original,
                type=type_,
                row=case.arrival.row_id if is_applied and case.arrival else "",
                reason=reason,
            )


def _original(work: Work, case: Case) -> str:
    if case.arrival is None or case.ruling.verb is Verb.REFUSE:
        return ""
    return work.inbox.get(case.arrival.inbox_id).message_id


def log_order(case: Case) -> None:
    """Say what became of a request; a person is needed where it is asked."""
    level = logging.WARNING if case.ruling.verb is Verb.ASK else logging.INFO
    log.log(
        level,
        "order_judged",
        extra={
            "message_id": case.entry.message_id,
            "kind": case.request.kind.value,
            "state": STATES[case.ruling.verb].value,
            "reason": case.ruling.reason.code,
        },
    )


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
