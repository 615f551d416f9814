"""What clerks decide about requests of senders is carried out and told.

A decision is written down first, whether it comes from the register or from a command;
then it is carried out, as often as crashes make it necessary.
"""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from datetime import datetime
from typing import Final

from edoc_connector.dms.port import DmsReceiver, RowDecision
from edoc_connector.errors import RefusedByClerk, RefusedSilently, SettingsInvalid
from edoc_connector.flows.each import each, reason_of
from edoc_connector.flows.plain import plain
from edoc_connector.flows.reading_on import read_on
from edoc_connector.flows.requests.arriving import row_of_new
from edoc_connector.flows.requests.case import Case, log_order, ruled
from edoc_connector.flows.requests.orders import answer_of
from edoc_connector.flows.requests.register import (
    change_in,
    change_of,
    request_name,
    write_into_register,
)
from edoc_connector.flows.requests.reopening import reopened, request_again
from edoc_connector.flows.requests.request import MOST_WISH
from edoc_connector.flows.requests.rulings import Ruling, Verb
from edoc_connector.flows.requests.settling import close
from edoc_connector.flows.site import Site
from edoc_connector.ledger.facts import OrderDecided
from edoc_connector.model.change import KINDS, ChangeDecision, ChangeKind, ChangeState
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import Order
from edoc_connector.storage.resting import PAUSE

log = logging.getLogger(__name__)

IN_REGISTER: Final = "register"
BY_COMMAND: Final = "command"
"""Where a decision was given, as the ledger says it."""

NUMBER: Final = re.compile("[0-9]{1,18}")
MOST_NAME: Final = 60


def decide(site: Site, dms: DmsReceiver, storage: Storage, *, limit: int) -> int:
    """Carry out up to `limit` decisions, and return how many were.

    Where the DMS is away all wait (`DmsUnavailable`); one that it refuses, or at which
    anything else fails, is tried again after a pause, and the others go on.  Raises
    `KeyUnusable` where no answer can be sealed.
    """
    done = _carry_out_all(site, dms, storage, limit)
    # After it: a mapping whose select does not fit keeps no command from its effect.
    with storage.reading() as work:
        is_asked = bool(work.orders.undecided(1))
    if not is_asked:  # no register is asked for answers to no question
        return done
    # What stays named, of others or in words nobody knows, hides nothing behind it.
    read_on(
        dms.decisions,
        lambda rows: sum(_note(site, storage, it) for it in rows),
        named=lambda it: (it.request, it.word),
        limit=limit,
    )
    return done + _carry_out_all(site, dms, storage, limit)


def _carry_out_all(site: Site, dms: DmsReceiver, storage: Storage, limit: int) -> int:
    with storage.reading() as work:
        now = site.clock()
        orders = (*work.orders.decided(limit, now), *work.orders.overtaken(limit, now))
    by_id = {order.inbox_id: order for order in orders}
    return each(
        by_id.values(),
        lambda it: _close(site, dms, storage, it),
        tell=lambda it, error: log.error(
            "decision_not_carried_out", extra={"row": it.inbox_id}, exc_info=error
        ),
        named=lambda it: {"row": it.inbox_id},
        put_off=lambda it, error: _put_off(site, storage, it, error),
        shared=(SettingsInvalid,),
    )


def _put_off(site: Site, storage: Storage, order: Order, error: Exception) -> bool:
    until = site.clock() + PAUSE
    with storage.work() as work:
        work.orders.stumble(order.inbox_id, reason_of(error), until=until)
    return True


def _note(site: Site, storage: Storage, decision: RowDecision) -> bool:
    """Write down what a clerk has decided in the register; False if nothing is new."""
    if not decision.word:
        return False
    request = plain(decision.request, MOST_NAME)
    if decision.decision is None:
        log.warning("decision_unknown", extra={"row": request})
        return False
    with storage.work() as work:
        order = _named(work, request)
        return order is not None and note_decision(
            work,
            order,
            decision.decision,
            because=decision.reason,
            place=IN_REGISTER,
            at=site.clock(),
        )


def _named(work: Work, request: str) -> Order | None:
    """Return the order; a register may speak of those of a database that is no more."""
    number = request.partition("-")[0]
    order = work.orders.find(int(number)) if NUMBER.fullmatch(number) else None
    if order is None or request_name(work.inbox.get(order.inbox_id)) != request:
        return None
    return order


def note_decision(  # noqa: PLR0913  (who decides what, where, when and why)
    work: Work,
    order: Order,
    decision: ChangeDecision,
    *,
    because: str,
    place: str,
    at: datetime,
) -> bool:
    """Write a decision down, or return False where there is one."""
    reason = plain(because, MOST_WISH)
    if not work.orders.decide(order.inbox_id, decision, reason):
        return False
    entry = work.inbox.get(order.inbox_id)
    fact = OrderDecided(
        message_id=entry.message_id,
        account=entry.account,
        decision=decision.value,
        place=place,
    )
    work.ledger.append(fact, at)
    return True


def _close(site: Site, dms: DmsReceiver, storage: Storage, order: Order) -> bool:
    with reopened(site, storage, order.inbox_id) as judged:
        request = request_again(site, judged)
        case = ruled(site, dms, storage, judged=judged, request=request, is_agreed=True)
        case = _decided(case, order)
        with storage.reading() as work:
            new_row_id = row_of_new(work, judged)
        write_into_register(site, dms, case, new_row_id=new_row_id)
        _settle_in_register(dms, storage, case, order)
        # A crash here does all of it again, which changes nothing.
        answer = answer_of(site, storage, case)
        with storage.work() as work:
            close(site, work, case, answer)
    log_order(case)
    return True


def _decided(case: Case, order: Order) -> Case:
    """Return the case as the person has decided it, where there is still a choice."""
    has_choice = case.ruling.verb is Verb.APPLY or case.arrival is None
    if order.decision is not ChangeDecision.REFUSE or not has_choice:
        return case
    error = RefusedByClerk(reason=order.because) if order.because else RefusedSilently()
    ruling = Ruling(Verb.REFUSE, error.reason, case.ruling.arrivals)
    return replace(case, ruling=ruling)


def _settle_in_register(
    dms: DmsReceiver, storage: Storage, case: Case, order: Order
) -> None:
    """Tell the register that it is decided; then its next question, if there is one."""
    if case.arrival is None:
        return
    is_refused = case.ruling.verb is Verb.REFUSE
    decision = ChangeDecision.REFUSE if is_refused else ChangeDecision.AGREE
    change = change_of(case, case.arrival)
    dms.settle(replace(change, reason=order.because), decision)
    is_over = case.request.kind is ChangeKind.RECALL and not is_refused
    if is_over:  # what else was asked about it is overtaken
        return
    with storage.reading() as work:
        asked = [
            it
            for it in work.orders.about(case.arrival.key)
            if it.state is ChangeState.ASKED
            and it.decision is None
            and it.inbox_id != order.inbox_id
        ]
        again = [
            (KINDS[it.business_type], change_in(work, it, case.arrival)) for it in asked
        ]
    for kind, next_change in again[-1:]:
        dms.ask(next_change, kind)
