"""Seal what was taken: document -> sealed packet -> one outbox row per recipient."""

from __future__ import annotations

import logging
from contextlib import suppress

from edoc_connector.dms.port import Step
from edoc_connector.errors import (
    ContentMissing,
    EnvelopeRefused,
    EnvelopeTooLarge,
    LostRace,
    Reason,
    RowBroken,
)
from edoc_connector.flows.packing import Packed, pack
from edoc_connector.flows.post import post
from edoc_connector.flows.site import Site
from edoc_connector.flows.telling import tell
from edoc_connector.ledger.facts import DocumentParked, DocumentSealed
from edoc_connector.model.delivery import DeliveryEvent, DocumentEvent, DocumentState
from edoc_connector.model.document import Document
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import OutgoingDocument

log = logging.getLogger(__name__)


def seal(site: Site, storage: Storage, *, limit: int) -> int:
    """Seal up to `limit` documents, the most urgent first; return how many moved.

    A document that cannot be sealed is set aside with its reason; the rest go on.
    """
    with storage.reading() as work:
        waiting = work.documents.in_state(DocumentState.TAKEN, limit)
    for taken in waiting:
        _seal_one(site, storage, taken)
    return len(waiting)


def _seal_one(site: Site, storage: Storage, taken: OutgoingDocument) -> None:
    try:
        packed = _packed(site, storage, taken)
    except (RowBroken, EnvelopeRefused, ContentMissing) as error:
        _set_aside(site, storage, taken, error.reason)
        return
    # A crash here leaves a packet nobody names; the document is sealed again.
    with suppress(LostRace):
        with storage.work() as work:
            _write_sealed(site, work, taken, packed)
        log.info("document_sealed", extra={"document": taken.key})


def _packed(site: Site, storage: Storage, taken: OutgoingDocument) -> Packed:
    packed = pack(site, storage, _document_of(taken))
    if packed.packet_bytes > site.max_packet_bytes:
        raise EnvelopeTooLarge(size=packed.packet_bytes, limit=site.max_packet_bytes)
    return packed


def _document_of(taken: OutgoingDocument) -> Document:
    if taken.document is None:
        raise ContentMissing(digest=taken.key)
    return taken.document


def _write_sealed(
    site: Site, work: Work, taken: OutgoingDocument, packed: Packed
) -> None:
    now = site.clock()
    work.documents.move(
        taken.key,
        DocumentEvent.SEAL,
        seen=taken.state,
        packet=packed.packet,
        packet_bytes=packed.packet_bytes,
    )
    sealed = work.documents.get(taken.key)
    for delivery in work.deliveries.of(taken.key):
        work.deliveries.move(taken.key, delivery.recipient, DeliveryEvent.SEAL, at=now)
        post(work, sealed, delivery.recipient, at=now)
    work.ledger.append(_fact(taken, packed), now)


def _fact(taken: OutgoingDocument, packed: Packed) -> DocumentSealed:
    return DocumentSealed(
        document=taken.key,
        statement=packed.statement,
        certificate=packed.certificate,
        packet=packed.packet,
    )


def _set_aside(
    site: Site, storage: Storage, taken: OutgoingDocument, reason: Reason
) -> None:
    now = site.clock()
    with suppress(LostRace), storage.work() as work:
        work.documents.move(
            taken.key, DocumentEvent.PARK, seen=taken.state, reason=reason
        )
        for delivery in work.deliveries.of(taken.key):
            work.deliveries.move(
                taken.key,
                delivery.recipient,
                DeliveryEvent.PARK,
                at=now,
                reason=reason,
            )
            fact = DocumentParked(
                document=taken.key, recipient=delivery.recipient, reason=reason.code
            )
            work.ledger.append(fact, now)
        tell(site, work, taken.row_id, Step.PARKED, reason=reason)
    log.error("document_parked", extra={"document": taken.key, "reason": reason.code})
