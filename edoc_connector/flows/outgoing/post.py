"""Put a sealed packet into the outbox: the first time, and every time after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from edoc_connector.errors import N_, NoPacket, NotARecipient, ResendWithdrawn
from edoc_connector.flows.directory.routes import routes_in
from edoc_connector.ledger.facts import DocumentResent
from edoc_connector.model.deadlines import DEADLINES, Deadlines
from edoc_connector.model.delivery import (
    DeliveryEvent,
    DeliveryState,
    DocumentEvent,
    DocumentState,
)
from edoc_connector.model.document import BusinessType, Document
from edoc_connector.model.identifiers import Digest, MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import OutgoingDocument


def post(
    work: Work,
    sealed: OutgoingDocument,
    recipient: OrganizationCode,
    *,
    goes_to: OrganizationCode,
    at: datetime,
) -> None:
    """Queue the document's packet for one recipient; `relay` publishes it.

    Raises `NoPacket` where there is no packet yet, or never will be.
    """
    packet = packet_of(sealed)
    work.outbox.add(
        message_id=sealed.key,
        kind=Kind.EDOC,
        sender=sealed.sender,
        recipient=recipient,
        correlation_id=sealed.document_id,
        business_type=_business_type(sealed.document),
        priority=sealed.priority,
        packet=packet,
        packet_bytes=sealed.packet_bytes,
        answers="",
        at=at,
        goes_to=goes_to,
    )


class Sealable(Protocol):
    """A document as the storage or its story has it, perhaps without a packet."""

    @property
    def label(self) -> str: ...  # noqa: D102

    @property
    def row_id(self) -> str: ...  # noqa: D102

    @property
    def state(self) -> str: ...  # noqa: D102

    @property
    def packet(self) -> Digest | None: ...  # noqa: D102


def packet_of(document: Sealable) -> Digest:
    """Return its packet, or raise `NoPacket`, which says what to do."""
    if document.packet is not None:
        return document.packet
    problem = (
        N_("it was refused before it was sealed; correct it in the document register")
        if document.state == DocumentState.REFUSED
        else N_("it is not sealed yet; look again when `edoc run` has run")
    )
    raise NoPacket(document=document.label or document.row_id, problem=problem)


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
    deadlines: Deadlines = DEADLINES,
) -> tuple[OrganizationCode, ...]:
    """Queue the same packet again for all recipients, or for those in `to`.

    A receiver who has it does not double it and answers with its original receipt.
    It takes the way that the directory knows by now, and its deadlines begin again.
    Returns the recipients it goes to.  Raises `NoPacket`, `NotARecipient` for one it
    never had, or `ResendWithdrawn` for one from whom it was recalled.
    """
    with storage.work() as work:
        # A recall at this moment has come to its end before, or waits for this one.
        sealed = work.documents.lock(key)
        if sealed.state is DocumentState.PARKED:
            return _release(work, sealed, at=at)
        packet_of(sealed)  # a refused row has no recipients to stumble over
        recipients = chosen(work, sealed, to)
        _require_standing(work, sealed, recipients)
        due_at = deadlines.send(sealed.priority, at)
        route_of = routes_in(work, at)
        for recipient in recipients:
            route = route_of(recipient)
            work.deliveries.lead(key, recipient, route)
            post(work, sealed, recipient, goes_to=route.goes_to, at=at)
            work.deliveries.restart_deadline(key, recipient, due_at)
            fact = DocumentResent(document=key, recipient=recipient)
            work.ledger.append(fact, at)
    return recipients


def _release(
    work: Work, parked: OutgoingDocument, *, at: datetime
) -> tuple[OrganizationCode, ...]:
    """Let a document that could not be sealed be sealed after all, for everybody."""
    work.documents.move(parked.key, DocumentEvent.RELEASE, seen=parked.state)
    deliveries = work.deliveries.of(parked.key)
    released = [it for it in deliveries if it.state is DeliveryState.PARKED]
    for delivery in released:
        work.deliveries.move(
            parked.key, delivery.recipient, DeliveryEvent.RELEASE, at=at
        )
    for delivery in released:
        fact = DocumentResent(document=parked.key, recipient=delivery.recipient)
        work.ledger.append(fact, at)
    return tuple(delivery.recipient for delivery in released)


def _require_standing(
    work: Work, sealed: OutgoingDocument, recipients: Sequence[OrganizationCode]
) -> None:
    """Raise `ResendWithdrawn` where it was recalled, replaced or stopped."""
    for recipient in recipients:
        delivery = work.deliveries.get(sealed.key, recipient)
        is_gone = delivery.state is DeliveryState.WITHDRAWN
        if is_gone or work.changes.has_taken_away(sealed.key, recipient):
            label = sealed.label or sealed.row_id
            raise ResendWithdrawn(document=label, recipient=recipient)


def chosen(
    work: Work, sealed: OutgoingDocument, to: Sequence[OrganizationCode]
) -> tuple[OrganizationCode, ...]:
    """Return these recipients once each, or all.  Raises `NotARecipient`."""
    everybody = tuple(it.recipient for it in work.deliveries.of(sealed.key))
    for code in to:
        if code not in everybody:
            raise NotARecipient(
                recipient=code,
                document=sealed.label or sealed.row_id,
                recipients=", ".join(everybody),
            )
    return tuple(dict.fromkeys(to)) or everybody
