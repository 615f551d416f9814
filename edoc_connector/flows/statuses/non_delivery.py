"""The statement for the clerk: what was tried for a document nobody has confirmed."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from edoc_connector.errors import Reason
from edoc_connector.flows.plain import plain
from edoc_connector.flows.sealing.keys import key_for_seal
from edoc_connector.flows.site import Site
from edoc_connector.flows.statuses.answer import MOST_DESCRIPTION
from edoc_connector.language import say
from edoc_connector.model.delivery import DeliveryState
from edoc_connector.model.document import Organization
from edoc_connector.model.identifiers import Digest
from edoc_connector.model.non_delivery import NonDelivery, Outcome, Told, Tried
from edoc_connector.signature.non_delivery import sign_non_delivery
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import OutgoingDelivery, OutgoingDocument

MOST_NAME: Final = 200
MOST_SUBJECT: Final = 500


def state_non_delivery(
    site: Site,
    storage: Storage,
    delivery: OutgoingDelivery,
    *,
    deadline: datetime,
    at: datetime,
) -> Digest:
    """Seal the statement and keep its bytes; nothing is promised by it yet.

    Raises `KeyUnusable` while there is no key whose seal would be believed.
    """
    with storage.reading() as work:
        document = work.documents.get(delivery.document)
        stated = _stated(
            site, work, document=document, delivery=delivery, deadline=deadline, at=at
        )
    signed = sign_non_delivery(stated, key_for_seal(site, storage))
    return storage.content.add([signed]).digest


def _stated(  # noqa: PLR0913  (whose, of what, and when)
    site: Site,
    work: Work,
    *,
    document: OutgoingDocument,
    delivery: OutgoingDelivery,
    deadline: datetime,
    at: datetime,
) -> NonDelivery:
    item = work.outbox.of(document.key, delivery.recipient)
    is_sent = delivery.state is DeliveryState.SENT
    return NonDelivery(
        sender=Organization(
            code=site.organization.code, name=plain(site.organization.name, MOST_NAME)
        ),
        recipient=Organization(
            code=delivery.recipient, name=plain(delivery.name, MOST_NAME)
        ),
        message_id=document.key,
        document_id=document.document_id,
        label=plain(document.label, MOST_NAME),
        subject=plain(_subject(document), MOST_SUBJECT),
        priority=document.priority,
        packet=document.packet,
        outcome=Outcome.NO_RECEIPT if is_sent else Outcome.NOT_SENT,
        taken_at=document.taken_at,
        late_at=delivery.late_at,
        deadline=deadline,
        stated_at=at,
        attempts=item.attempts if item else 0,
        failure=_failure(site, item.reason if item else None),
        tried=_tried(work, delivery),
        told=_told(work, delivery),
    )


def _subject(document: OutgoingDocument) -> str:
    return document.document.subject if document.document else ""


def _failure(site: Site, reason: Reason | None) -> str:
    return plain(say(reason, site.language), MOST_DESCRIPTION) if reason else ""


def _tried(work: Work, delivery: OutgoingDelivery) -> tuple[Tried, ...]:
    """Return the facts of the ledger about this recipient, and about all of them."""
    ours = ("", delivery.recipient)
    return tuple(
        Tried(
            at=entry.at,
            kind=entry.kind,
            detail=plain(str(entry.details.get("reason", "")), MOST_NAME),
        )
        for entry in work.ledger.of(delivery.document)
        if entry.details.get("recipient", "") in ours
    )


def _told(work: Work, delivery: OutgoingDelivery) -> tuple[Told, ...]:
    return tuple(
        Told(
            received_at=it.received_at,
            stated_at=it.stated_at,
            code=it.status,
            description=plain(it.description, MOST_DESCRIPTION),
            receipt=it.message_id,
        )
        for it in work.receipts.of(delivery.document)
        if it.recipient == delivery.recipient
    )
