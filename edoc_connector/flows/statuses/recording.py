"""Verified statuses written down: most of them with few statements for all.

What most receivers say of most documents leaves no doubt: that it is there, or how far
it has come, newer than all that was said before, about a document that its id names.
All else goes the long way, one by one, and behind it what its sender has said after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from edoc_connector.flows.evidence.verdict import keep_verdict
from edoc_connector.flows.site import Site
from edoc_connector.flows.statuses.receipts import (
    STEPS,
    Answered,
    by_distance,
    fact_of,
    is_known,
    receipt_of,
    say_accepted,
    write_record,
)
from edoc_connector.flows.statuses.teller import of_body, that_have_left
from edoc_connector.flows.telling import new_step
from edoc_connector.model.business import WORKING
from edoc_connector.model.delivery import DELIVERY_MOVES, DeliveryEvent, InboxEvent
from edoc_connector.model.identifiers import DocumentId, MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.status import StatusCode
from edoc_connector.storage import Work
from edoc_connector.storage.records import (
    NewStep,
    OutgoingDelivery,
    Receipt,
    SentDocument,
)

FEW: Final = 2
"""One alone goes the long way, which is also that of those of whom one has failed."""


def write_records(site: Site, work: Work, answered: Sequence[Answered]) -> None:
    """Write down what these say, in the caller's transaction.

    What one sender says is written in its order.
    """
    said, others = _told_apart(site, work, answered)
    if said:
        _count(site, work, said)
    for it in others:
        write_record(site, work, it.judged, it.status)


@dataclass(frozen=True, slots=True)
class _Said:
    """A status of which nothing is left but to write it down."""

    answered: Answered
    delivery: OutgoingDelivery
    row_id: str
    receipt: Receipt


def _told_apart(
    site: Site, work: Work, answered: Sequence[Answered]
) -> tuple[Sequence[_Said], Sequence[Answered]]:
    """Return what leaves no doubt, and what is to go the long way."""
    if len(answered) < FEW:
        return (), answered
    look = _Look.at(site, work, answered)
    said: list[_Said] = []
    others: list[Answered] = []
    spoken_of = set[tuple[MessageId, OrganizationCode]]()
    behind = set[OrganizationCode]()
    for it in answered:
        sender = it.status.sender.code.canonical
        plain = None if sender in behind else look.said(it)
        if plain is None or plain.receipt.of in spoken_of:
            behind.add(sender)
            others.append(it)
        else:
            spoken_of.add(plain.receipt.of)
            said.append(plain)
    return said, others


@dataclass(frozen=True, slots=True)
class _Look:
    """What is here of the documents that these statuses name, read once for all."""

    site: Site
    sent: Mapping[DocumentId, Sequence[SentDocument]]
    deliveries: Mapping[MessageId, Sequence[OutgoingDelivery]]

    @classmethod
    def at(cls, site: Site, work: Work, answered: Sequence[Answered]) -> Self:
        ids = {it.status.response_for.document_id for it in answered}
        sent = work.documents.sent_under(site.organization.code, ids)
        keys = {it.key for several in sent.values() for it in several}
        return cls(site, sent, work.deliveries.of_each(keys))

    def said(self, it: Answered) -> _Said | None:
        """Return what it says, if that leaves no doubt."""
        status = it.status
        response = status.response_for
        if status.code not in WORKING or not self.site.serves(response.organization):
            return None
        sent = self.sent.get(response.document_id, ())
        nearest = next(iter(by_distance(sent, it.entry, status)), None)
        if nearest is None:
            return None
        left = that_have_left(self.deliveries.get(nearest.key, ()))
        delivery = of_body(left, status.sender.code)
        if delivery is None:
            return None
        return self._newest(it, delivery, nearest.row_id)

    def _newest(
        self, it: Answered, delivery: OutgoingDelivery, row_id: str
    ) -> _Said | None:
        """Return it if nothing was said later, or in the same second."""
        message_id = it.entry.message_id
        receipt = receipt_of(self.site, it.status, delivery, message_id=message_id)
        shown_at = delivery.status_at
        is_newest = shown_at is None or shown_at < receipt.stated_at
        is_move = DeliveryEvent.ARRIVE in DELIVERY_MOVES[delivery.state]
        return _Said(it, delivery, row_id, receipt) if is_newest and is_move else None


def _count(site: Site, work: Work, said: Sequence[_Said]) -> None:
    """Keep them, move their deliveries, and tell the register what is news to it."""
    at = site.clock()
    judged = [it.answered.judged for it in said]
    keep_verdict(work, *(it for it in judged if not it.is_kept), at=at)
    work.inbox.move_all([it.entry for it in judged], InboxEvent.RECORD)
    work.receipts.add_all([it.receipt for it in said])
    answers = [(it.delivery, it.receipt) for it in said]
    work.deliveries.answer_all(answers, DeliveryEvent.ARRIVE, at=at)
    work.progress.add_all([_step(site, it) for it in said if _is_news(it)])
    for it in said:
        work.ledger.append(fact_of(it.receipt), at)
        say_accepted(it.receipt)


def _is_news(it: _Said) -> bool:
    return not is_known(it.delivery, it.receipt.status, None)


def _step(site: Site, it: _Said) -> NewStep:
    step = STEPS[StatusCode(it.receipt.status)]
    return new_step(site, it.row_id, step, recipient=it.delivery.recipient)
