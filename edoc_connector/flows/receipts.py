"""A receiver's status, back to the delivery it speaks of and to the sending DMS."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from edoc_connector.dms.port import Step
from edoc_connector.errors import NotFound, Reason, RefusedByReceiver
from edoc_connector.flows.answer import MOST_DESCRIPTION, MOST_ID
from edoc_connector.flows.plain import plain
from edoc_connector.flows.site import Site
from edoc_connector.flows.telling import tell
from edoc_connector.flows.verdict import Judged, keep_verdict
from edoc_connector.ledger.facts import ReceiptAccepted
from edoc_connector.model.delivery import DeliveryEvent, DeliveryState, InboxEvent
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.status import Status, StatusCode
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import InboxEntry, OutgoingDelivery

log = logging.getLogger(__name__)

EVENTS: Final[Mapping[StatusCode, DeliveryEvent]] = {
    StatusCode.ARRIVED: DeliveryEvent.ARRIVE,
    StatusCode.REFUSED: DeliveryEvent.REFUSE,
    StatusCode.ACCEPTED: DeliveryEvent.ARRIVE,
    StatusCode.ASSIGNED: DeliveryEvent.ARRIVE,
    StatusCode.PROCESSING: DeliveryEvent.ARRIVE,
    StatusCode.FINISHED: DeliveryEvent.ARRIVE,
}
"""What a status means for the transport: whoever works on a document has it."""

MOST_NAME: Final = 200

STEPS: Final[Mapping[DeliveryState, Step]] = {
    DeliveryState.DELIVERED: Step.DELIVERED,
    DeliveryState.REFUSED: Step.REJECTED,
}


def record(site: Site, storage: Storage, judged: Judged, status: Status) -> None:
    """Write a verified status down where it belongs.

    It can speak only of a delivery to its own sender.  One that speaks of no document
    of ours is kept with that reason.  One that comes again says again what it says.
    """
    entry = judged.entry
    with storage.work() as work:
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
        if status.code in EVENTS and _is_latest(site, work, status, delivery):
            _move(site, work, status, delivery)
        _keep(site, work, entry, status, delivery)


def _delivery_of(
    site: Site, work: Work, entry: InboxEntry, status: Status
) -> OutgoingDelivery | None:
    """Find what it answers: the newest of its document id, or the message it names.

    Two rows of a register may have one document id, and then the message decides.  Its
    name is not sealed, so it decides no more than that, and finds a delivery of its own
    only where the sealed document id finds none: after a change on the way.
    """
    response = status.response_for
    if not site.serves(response.organization):
        return None
    found = work.documents.by_document_id(site.organization.code, response.document_id)
    keys = [document.key for document in found] or [MessageId(entry.answers)]
    for key in sorted(keys, key=lambda key: key != entry.answers):
        for delivery in work.deliveries.of(key):
            if _is_answered(delivery, status):
                return delivery
    return None


def _is_answered(delivery: OutgoingDelivery, status: Status) -> bool:
    """Whether this delivery has left us, and went to who says the status."""
    has_left = delivery.state is not DeliveryState.TAKEN
    return has_left and delivery.recipient.is_same_body(status.sender.code)


def _is_latest(
    site: Site, work: Work, status: Status, delivery: OutgoingDelivery
) -> bool:
    """Whether no later word of this receiver is known: words overtake each other."""
    stated_at = _stated_at(site, status)
    return not any(
        receipt.stated_at > stated_at
        for receipt in work.receipts.of(delivery.document)
        if receipt.recipient == delivery.recipient
    )


def _stated_at(site: Site, status: Status) -> datetime:
    """Return when it was said; a status that says no readable time is said now."""
    return status.at if isinstance(status.at, datetime) else site.clock()


def _keep(
    site: Site,
    work: Work,
    entry: InboxEntry,
    status: Status,
    delivery: OutgoingDelivery,
) -> None:
    """Write the receipt and its fact down, once."""
    is_new = work.receipts.add(
        delivery.document,
        delivery.recipient,
        status=status.code,
        description=plain(status.description, MOST_DESCRIPTION),
        stated_at=_stated_at(site, status),
        received_at=site.clock(),
        message_id=entry.message_id,
    )
    if is_new:
        fact = ReceiptAccepted(
            document=delivery.document,
            recipient=delivery.recipient,
            status=status.code,
            receipt=entry.message_id,
        )
        work.ledger.append(fact, site.clock())
    log.info(
        "receipt_accepted",
        extra={"document": delivery.document, "status": status.code},
    )


def _move(site: Site, work: Work, status: Status, delivery: OutgoingDelivery) -> None:
    reason = _reason(status)
    after = work.deliveries.move(
        delivery.document,
        delivery.recipient,
        EVENTS[status.code],
        at=site.clock(),
        reason=reason,
    )
    if after is not delivery.state:
        tell(
            site,
            work,
            work.documents.get(delivery.document).row_id,
            STEPS[after],
            recipient=delivery.recipient,
            reason=reason,
        )


def _reason(status: Status) -> Reason | None:
    if status.code is not StatusCode.REFUSED:
        return None
    error = RefusedByReceiver(
        organization=plain(status.sender.name or status.sender.code, MOST_NAME),
        description=plain(status.description, MOST_DESCRIPTION),
    )
    return error.reason
