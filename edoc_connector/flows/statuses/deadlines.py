"""Looks at what is late, says so once, and states at last that nobody has answered.

A clock that runs ahead makes what falls due meanwhile late, and puts it right when the
receipt comes; nothing expires before it has been late for the whole last term.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from edoc_connector.dms.port import Step
from edoc_connector.errors import (
    EdocError,
    IllegalMove,
    KeyUnusable,
    LostRace,
    NeverReceived,
    NeverSent,
    NoReceiptInTime,
    NotSentInTime,
    Reason,
)
from edoc_connector.flows.each import each
from edoc_connector.flows.site import Site
from edoc_connector.flows.statuses.non_delivery import state_non_delivery
from edoc_connector.flows.telling import tell
from edoc_connector.ledger.facts import DocumentExpired, DocumentLate, ReceiptLate
from edoc_connector.model.delivery import DeliveryEvent, DeliveryState
from edoc_connector.model.identifiers import Digest
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import (
    KeptStatement,
    OutgoingDelivery,
    OutgoingDocument,
)
from edoc_connector.storage.resting import PAUSE

log = logging.getLogger(__name__)

REST: Final = timedelta(minutes=2)
"""When it is looked again at what cannot expire at this moment."""

PATIENCE: Final = timedelta(minutes=15)
"""For how long what a relay has in hand is not taken from it."""


def look_at_deadlines(site: Site, storage: Storage, *, limit: int) -> int:
    """Look at up to `limit` recipients whose deadline has come; return how many.

    Whoever has moved meanwhile is not late any more, or is looked at again.  Where
    looking fails that is done after a pause, and the others go on.
    """
    with storage.reading() as work:
        due = work.deliveries.due(limit, site.clock())
    return each(
        due,
        lambda it: _is_looked_at(site, storage, it),
        tell=lambda it, error: log.error(
            "deadline_not_looked_at",
            extra={"document": it.document, "recipient": it.recipient},
            exc_info=error,
        ),
        named=lambda it: {"document": it.document, "recipient": it.recipient},
        put_off=lambda it, _: _rest(site, storage, it),
    )


def _rest(site: Site, storage: Storage, delivery: OutgoingDelivery) -> bool:
    with storage.work() as work:
        work.deliveries.rest(delivery, until=site.clock() + PAUSE)
    return True


def _is_looked_at(site: Site, storage: Storage, delivery: OutgoingDelivery) -> bool:
    with suppress(LostRace, IllegalMove):
        _look(site, storage, delivery)
    return True


def _look(site: Site, storage: Storage, delivery: OutgoingDelivery) -> None:
    if delivery.late_at is not None:
        _end(site, storage, delivery)
        return
    with storage.work() as work:
        document = work.documents.get(delivery.document)
        if delivery.is_unplanned:
            due_at = _deadline(site, document, delivery)
            work.deliveries.postpone(delivery, due_at)
        else:
            _declare_late(site, work, document, delivery)


def _deadline(
    site: Site, document: OutgoingDocument, delivery: OutgoingDelivery
) -> datetime:
    is_sent = delivery.state is DeliveryState.SENT
    rule = site.deadlines.receipt if is_sent else site.deadlines.send
    # Never the moment it counts from: that would be looked at for ever.
    at_least = delivery.changed_at + timedelta(seconds=1)
    return max(rule(document.priority, delivery.changed_at), at_least)


def _declare_late(
    site: Site, work: Work, document: OutgoingDocument, delivery: OutgoingDelivery
) -> None:
    now = site.clock()
    work.deliveries.declare_late(
        delivery, at=now, due_at=site.deadlines.last(document.priority, now)
    )
    is_sent = delivery.state is DeliveryState.SENT
    fact = ReceiptLate if is_sent else DocumentLate
    due = _stamp(delivery.due_at or now)
    work.ledger.append(
        fact(document=document.key, recipient=delivery.recipient, due_at=due), now
    )
    error = NoReceiptInTime(due=due) if is_sent else NotSentInTime(due=due)
    _tell(site, work, delivery, Step.LATE, error)
    # Before the commit: who dies here says it again, and nobody says it never.
    log.error(
        "receipt_late" if is_sent else "document_late",
        extra={"document": document.key, "recipient": delivery.recipient, "due": due},
    )


def _tell(
    site: Site, work: Work, delivery: OutgoingDelivery, step: Step, error: EdocError
) -> None:
    row_id = work.documents.get(delivery.document).row_id
    recipient = delivery.recipient
    tell(site, work, row_id, step, recipient=recipient, reason=error.reason)


def _end(site: Site, storage: Storage, delivery: OutgoingDelivery) -> None:
    """Let it expire, where it can: who is not sealed yet waits for our key, late."""
    if delivery.state is DeliveryState.TAKEN:
        _wait_on(site, storage, delivery)
        return
    now, deadline = site.clock(), _last(site, storage, delivery)
    try:
        statement = state_non_delivery(
            site, storage, delivery, deadline=deadline, at=now
        )
    except KeyUnusable as error:
        _put_off(site, storage, delivery, error)
        return
    # A crash here leaves a statement nobody names; another one is sealed.
    try:
        with storage.work() as work:
            _expire(site, work, delivery, statement, deadline=deadline)
    except LostRace as error:
        # A relay has it in hand: it may leave after all.
        _put_off(site, storage, delivery, error)


def _last(site: Site, storage: Storage, delivery: OutgoingDelivery) -> datetime:
    """Return the last deadline itself, however often its end was put off."""
    with storage.reading() as work:
        priority = work.documents.get(delivery.document).priority
    return site.deadlines.last(priority, delivery.late_at or site.clock())


def _wait_on(site: Site, storage: Storage, delivery: OutgoingDelivery) -> None:
    with storage.work() as work:
        priority = work.documents.get(delivery.document).priority
        again_at = site.deadlines.last(priority, site.clock())
        work.deliveries.postpone(delivery, again_at)
        log.error(
            "document_late",
            extra={
                "document": delivery.document,
                "recipient": delivery.recipient,
                "due": _stamp(delivery.due_at or again_at),
            },
        )


def _put_off(
    site: Site, storage: Storage, delivery: OutgoingDelivery, error: EdocError
) -> None:
    with storage.work() as work:
        work.deliveries.postpone(delivery, site.clock() + REST)
    log.warning(
        "expiry_postponed",
        extra={"document": delivery.document, "reason": error.code},
    )


def _expire(
    site: Site,
    work: Work,
    delivery: OutgoingDelivery,
    statement: Digest,
    *,
    deadline: datetime,
) -> None:
    """Say that nobody waits any longer, with the statement; nothing more leaves."""
    document, recipient, at = delivery.document, delivery.recipient, site.clock()
    reason = _reason(delivery, deadline)
    # A relay that tries in vain has it in hand again and again.  What it publishes at
    # this very moment after all, the receiver will say.  First, as a relay takes the
    # two: else each may wait for the other.
    work.outbox.expire(
        document, recipient, at=at, reason=reason, in_hand=at > deadline + PATIENCE
    )
    # Where it has moved or is looked at elsewhere nothing of this happens.
    work.deliveries.postpone(delivery, at)
    work.deliveries.move(
        document, recipient, DeliveryEvent.EXPIRE, at=at, reason=reason
    )
    work.non_deliveries.put(
        KeptStatement(
            document=document, recipient=recipient, content=statement, made_at=at
        )
    )
    fact = DocumentExpired(
        document=document, recipient=recipient, reason=reason.code, statement=statement
    )
    work.ledger.append(fact, at)
    row_id = work.documents.get(document).row_id
    tell(site, work, row_id, Step.EXPIRED, recipient=recipient, reason=reason)
    log.error(
        "document_expired",
        extra={"document": document, "recipient": recipient, "reason": reason.code},
    )


def _reason(delivery: OutgoingDelivery, deadline: datetime) -> Reason:
    due = _stamp(deadline)
    if delivery.state is DeliveryState.SENT:
        return NeverReceived(due=due).reason
    return NeverSent(due=due).reason


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
