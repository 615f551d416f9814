"""A receiver's status, back to the delivery it speaks of and to the sending DMS."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Protocol, TypeVar

from edoc_connector.dms.port import Step
from edoc_connector.errors import NotFound, Reason, RefusedByReceiver
from edoc_connector.flows.directory.routes import is_ours
from edoc_connector.flows.evidence.verdict import Judged, keep_verdict
from edoc_connector.flows.plain import plain
from edoc_connector.flows.site import Site
from edoc_connector.flows.statuses.answer import MOST_DESCRIPTION, MOST_ID
from edoc_connector.flows.statuses.change_answers import record_change_answer
from edoc_connector.flows.statuses.teller import Teller
from edoc_connector.flows.telling import tell
from edoc_connector.ledger.facts import ReceiptAccepted
from edoc_connector.model.business import WORKING
from edoc_connector.model.delivery import DeliveryEvent, DeliveryState, InboxEvent
from edoc_connector.model.document import BusinessType, Code, Day, ResponseFor
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.status import Status, StatusCode
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import (
    InboxEntry,
    OutgoingDelivery,
    OutgoingDocument,
    Receipt,
)

log = logging.getLogger(__name__)

EVENTS: Final[Mapping[StatusCode, DeliveryEvent]] = {
    StatusCode.REFUSED: DeliveryEvent.REFUSE,
    **dict.fromkeys(WORKING, DeliveryEvent.ARRIVE),
}
"""What a status means for the transport: whoever works on a document has it."""

STEPS: Final[Mapping[StatusCode, Step]] = {
    StatusCode.ARRIVED: Step.DELIVERED,
    StatusCode.REFUSED: Step.REJECTED,
    StatusCode.ACCEPTED: Step.ACCEPTED,
    StatusCode.ASSIGNED: Step.ASSIGNED,
    StatusCode.PROCESSING: Step.PROCESSING,
    StatusCode.FINISHED: Step.FINISHED,
}
"""What the sending DMS is told of it."""

ANSWERED: Final = frozenset({DeliveryState.DELIVERED, DeliveryState.REFUSED})
"""Whose register knows what the receiver has said."""

MOST_NAME: Final = 200


def record(site: Site, storage: Storage, judged: Judged, status: Status) -> None:
    """Write a verified status down where it belongs.

    It can speak only of a delivery to its own sender.  One that speaks of no document
    of ours is kept with that reason.  One that comes again says again what it says.
    """
    with storage.work() as work:
        write_record(site, work, judged, status)


@dataclass(frozen=True, slots=True)
class Answered:
    """A packet that was opened: who vouches for it, and the status it says."""

    judged: Judged
    status: Status

    @property
    def entry(self) -> InboxEntry:
        """The packet itself, as it came."""
        return self.judged.entry


def write_record(site: Site, work: Work, judged: Judged, status: Status) -> None:
    """Write it down in the caller's transaction."""
    entry = judged.entry
    if not judged.is_kept:
        keep_verdict(work, judged, at=site.clock())
    delivery = _delivery_of(site, work, entry, status)
    if delivery is None:
        what = plain(status.response_for.document_id, MOST_ID)
        reason = NotFound(what=what).reason
        work.inbox.move(entry.id, InboxEvent.RECORD, reason=reason)
        log.warning("receipt_unknown", extra={"message_id": entry.message_id})
        return
    work.inbox.move(entry.id, InboxEvent.RECORD)
    count(site, work, status, delivery, receipt=entry.message_id)
    record_change_answer(site, work, entry, status)


def is_taking_back(
    site: Site, storage: Storage, judged: Judged, status: Status
) -> bool:
    """Whether a 13 speaks of a document that we have received, and not sent (lấy lại).

    A receiver says 13 too: that it has given our document back.
    """
    said = status.response_for
    if status.code is not StatusCode.TAKEN_BACK or not said.document_id:
        return False
    with storage.reading() as work:
        if not is_ours(site, work, said.organization):
            return False
        return _delivery_of(site, work, judged.entry, status) is None


def _delivery_of(
    site: Site, work: Work, entry: InboxEntry, status: Status
) -> OutgoingDelivery | None:
    """Find what it answers: by document id, else by number and date, else by message.

    Of several documents under one id or number the message decides, then whether it
    answers a change or the document itself, then which is the newest.  The name of the
    message is not sealed, so alone it finds a delivery only where the sealed words find
    none: after a change on the way.
    """
    response = status.response_for
    if not is_ours(site, work, response.organization):
        return None
    teller = Teller(work, status.sender.code, site.clock())
    for sender in site.codes:  # we may have sent it under a code that we had then
        named = work.documents.by_document_id(sender, response.document_id)
        found = _nearest(teller, named, entry, status)
        if found is None:
            numbered = _of_number(work, sender, response)
            found = _nearest(teller, numbered, entry, status)
        if found is not None:
            return found
    return teller.delivery_of(MessageId(entry.answers))


def _nearest(
    teller: Teller,
    found: Iterable[OutgoingDocument],
    entry: InboxEntry,
    status: Status,
) -> OutgoingDelivery | None:
    for document in by_distance(found, entry, status):
        if answered := teller.delivery_of(document.key):
            return answered
    return None


def _of_number(
    work: Work, sender: OrganizationCode, response: ResponseFor
) -> tuple[OutgoingDocument, ...]:
    """Return documents of this number, notation and day.

    Numbers begin anew every year: without a day there must be one document only.
    """
    label = Code.of(response.code).text
    found = work.documents.by_label(sender, label) if label else ()
    if isinstance(response.promulgation_date, date):
        return tuple(it for it in found if _day_of(it) == response.promulgation_date)
    return found if len({it.document_id for it in found}) == 1 else ()


def _day_of(document: OutgoingDocument) -> Day:
    return document.document.promulgation_date if document.document else None


class _Sent(Protocol):
    """What counts of a document of ours for what an answer is about."""

    @property
    def key(self) -> MessageId: ...

    @property
    def business_type(self) -> int: ...


SentT = TypeVar("SentT", bound=_Sent)


def by_distance(
    sent: Iterable[SentT], entry: InboxEntry, status: Status
) -> list[SentT]:
    """Return documents of one id or number, what is rather meant first."""
    return sorted(sent, key=lambda it: _distance(it, entry, status))


def _distance(document: _Sent, entry: InboxEntry, status: Status) -> tuple[bool, bool]:
    is_recall = document.business_type == BusinessType.RECALL
    is_change = document.business_type != BusinessType.NEW
    is_fit = is_change if status.code in CHANGE_ANSWERS else not is_recall
    return document.key != entry.answers, not is_fit


CHANGE_ANSWERS: Final = frozenset({StatusCode.CHANGE_AGREED, StatusCode.CHANGE_REFUSED})


def count(
    site: Site,
    work: Work,
    status: Status,
    delivery: OutgoingDelivery,
    *,
    receipt: MessageId,
) -> None:
    """Keep a status of this delivery, and let it show what now holds.

    The same statuses end in the same state, in whatever order and however often they
    come: the transport by its table, the status shown by the time it was said.
    """
    _keep(site, work, status, delivery, receipt)
    if status.code in EVENTS:
        _show(site, work, status, delivery)


def _keep(
    site: Site,
    work: Work,
    status: Status,
    delivery: OutgoingDelivery,
    receipt: MessageId,
) -> None:
    """Write the receipt and its fact down, once."""
    kept = receipt_of(site, status, delivery, message_id=receipt)
    if work.receipts.add(kept):
        work.ledger.append(fact_of(kept), site.clock())
    say_accepted(kept)


def receipt_of(
    site: Site, status: Status, delivery: OutgoingDelivery, *, message_id: MessageId
) -> Receipt:
    """Return what is kept of a status of this delivery."""
    return Receipt(
        document=delivery.document,
        recipient=delivery.recipient,
        status=status.code,
        description=plain(status.description, MOST_DESCRIPTION),
        stated_at=_stated_at(site, status),
        received_at=site.clock(),
        message_id=message_id,
    )


def fact_of(receipt: Receipt) -> ReceiptAccepted:
    """Return what the ledger says of it."""
    return ReceiptAccepted(
        document=receipt.document,
        recipient=receipt.recipient,
        status=receipt.status,
        receipt=receipt.message_id,
    )


def say_accepted(receipt: Receipt) -> None:
    """Log that a receiver has said something."""
    extra = {"document": receipt.document, "status": receipt.status}
    log.info("receipt_accepted", extra=extra)


def _stated_at(site: Site, status: Status) -> datetime:
    """Return when it was said; a status that says no believable time is said now.

    No seal is of the future.  What nobody sealed may say that it is, and would stand
    above all that is said later.
    """
    now = site.clock()
    if not isinstance(status.at, datetime):
        return now
    is_believable = status.at <= now + site.policy.future_tolerance
    return status.at if is_believable else now


def _show(site: Site, work: Work, status: Status, delivery: OutgoingDelivery) -> None:
    """Move the transport by what came, and show and tell the newest that is known."""
    document, recipient = delivery.document, delivery.recipient
    shown = work.receipts.newest(document, recipient)
    if shown is None:  # never: it was kept just before
        return
    reason = _reason(delivery, shown)
    event, now = EVENTS[status.code], site.clock()
    work.deliveries.move(document, recipient, event, at=now, reason=reason)
    work.deliveries.show(delivery, status=shown.status, at=shown.stated_at)
    if is_known(delivery, shown.status, reason):
        return
    step = STEPS[StatusCode(shown.status)]
    row_id = work.documents.row_of(document)
    tell(site, work, row_id, step, recipient=recipient, reason=reason)


def is_known(delivery: OutgoingDelivery, status: str, reason: Reason | None) -> bool:
    """Whether this is what its register was told of a delivery."""
    known = (delivery.status, delivery.reason)
    return delivery.state in ANSWERED and known == (status, reason)


def _reason(delivery: OutgoingDelivery, shown: Receipt) -> Reason | None:
    if shown.status != StatusCode.REFUSED:
        return None
    error = RefusedByReceiver(
        organization=plain(delivery.name or delivery.recipient, MOST_NAME),
        description=shown.description,
    )
    return error.reason
