"""What becomes true with an order, in one transaction: answer, fact and all."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from edoc_connector.errors import LostRace, RecalledBefore
from edoc_connector.flows.requests.case import STATES, Case
from edoc_connector.flows.requests.rulings import Verb
from edoc_connector.flows.site import Site
from edoc_connector.flows.statuses.answer import give
from edoc_connector.ledger.facts import Fact, OrderApplied, OrderAsked, OrderRefused
from edoc_connector.model.change import ChangeEvent, ChangeKind, ChangeState
from edoc_connector.model.delivery import InboxEvent
from edoc_connector.model.status import StatusCode
from edoc_connector.storage import Work
from edoc_connector.storage.records import Answer, Order, OwedAnswer

MOST_QUARANTINED: Final = 20


def write_down(
    site: Site, work: Work, case: Case, answer: Answer | OwedAnswer | None
) -> None:
    """Remember the order with its answer, in the transaction that makes both true."""
    now = site.clock()
    _still_here(work, case)
    work.orders.add(_order(case, now))
    if answer is not None:
        give(site, work, answer)
    _follow(work, case, now)
    work.ledger.append(_fact(work, case), now)


def close(
    site: Site, work: Work, case: Case, answer: Answer | OwedAnswer | None
) -> None:
    """Close an order about which a person was asked."""
    now, is_refused = site.clock(), case.ruling.verb is Verb.REFUSE
    _still_here(work, case)
    event = ChangeEvent.REFUSE if is_refused else ChangeEvent.AGREE
    work.orders.move(case.entry.id, event, at=now, reason=case.ruling.reason)
    if answer is not None:
        give(site, work, answer)
    _follow(work, case, now)
    work.ledger.append(_fact(work, case), now)


def _still_here(work: Work, case: Case) -> None:
    """Raise `LostRace` if a document was taken back since the ruling."""
    for arrival in case.ruling.arrivals:
        if work.arrivals.get(arrival.key).status == arrival.status:
            continue
        if work.arrivals.get(arrival.key).status == StatusCode.TAKEN_BACK:
            raise LostRace(key=arrival.key)


def _follow(work: Work, case: Case, now: datetime) -> None:
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
