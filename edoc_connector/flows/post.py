"""Put a sealed packet into the outbox: the first time, and every time after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from edoc_connector.errors import NotFound
from edoc_connector.ledger.facts import DocumentResent
from edoc_connector.model.document import BusinessType, Document
from edoc_connector.model.identifiers import MessageId, OrganizationCode
from edoc_connector.model.stages import Kind
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import OutgoingDocument


def post(
    work: Work, sealed: OutgoingDocument, recipient: OrganizationCode, *, at: datetime
) -> None:
    """Queue the document's packet for one recipient; `relay` publishes it.

    Raises `NotFound` where there is no packet yet, or never will be.
    """
    if sealed.packet is None:
        raise NotFound(what=f"{sealed.key} (packet)")
    work.outbox.add(
        message_id=sealed.key,
        kind=Kind.EDOC,
        sender=sealed.sender,
        recipient=recipient,
        correlation_id=sealed.document_id,
        business_type=_business_type(sealed.document),
        priority=sealed.priority,
        packet=sealed.packet,
        packet_bytes=sealed.packet_bytes,
        answers="",
        at=at,
    )


def _business_type(document: Document | None) -> BusinessType:
    if document is None or document.business is None:
        return BusinessType.NEW
    return document.business.type


def resend(
    storage: Storage,
    key: MessageId,
    to: Sequence[OrganizationCode] = (),
    *,
    at: datetime,
) -> tuple[OrganizationCode, ...]:
    """Queue the same packet again for all recipients, or for those in `to`.

    A receiver who has it does not double it and answers with its original receipt.
    Returns the recipients it goes to.  Raises `NotFound` for a document without a
    packet or a recipient it never had.
    """
    with storage.work() as work:
        sealed = work.documents.get(key)
        recipients = _chosen(work, key, to)
        for recipient in recipients:
            post(work, sealed, recipient, at=at)
            fact = DocumentResent(document=key, recipient=recipient)
            work.ledger.append(fact, at)
    return recipients


def _chosen(
    work: Work, key: MessageId, to: Sequence[OrganizationCode]
) -> tuple[OrganizationCode, ...]:
    if to:
        return tuple(work.deliveries.get(key, code).recipient for code in to)
    return tuple(delivery.recipient for delivery in work.deliveries.of(key))
