"""Seal what was taken: document -> sealed packet -> one outbox row per recipient."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from edoc_connector.dms.port import Step
from edoc_connector.errors import (
    ContentMissing,
    EnvelopeRefused,
    EnvelopeTooLarge,
    LostRace,
    Reason,
    RowBroken,
    SettingsInvalid,
)
from edoc_connector.flows.attempts import Attempts, passes, too_often
from edoc_connector.flows.outgoing.post import post
from edoc_connector.flows.sealing.keys import key_for_seal
from edoc_connector.flows.sealing.packing import Packed, keep, sign_with
from edoc_connector.flows.sealing.stamping import Stamp, Stamping
from edoc_connector.flows.site import Site
from edoc_connector.flows.telling import tell
from edoc_connector.flows.together import together
from edoc_connector.ledger.facts import DocumentParked, DocumentSealed
from edoc_connector.model.delivery import (
    DeliveryEvent,
    DeliveryState,
    DocumentEvent,
    DocumentState,
)
from edoc_connector.model.document import Document
from edoc_connector.signature.sign import Signed
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import OutgoingDelivery, OutgoingDocument
from edoc_connector.storage.tries import TriedStep

log = logging.getLogger(__name__)

AT_ONCE: Final = 5
"""How many are sealed before it is asked whether something more urgent has come."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """A document that is signed; `stamp` is None where no service is set."""

    taken: OutgoingDocument
    signed: Signed
    stamp: Stamp | None = None


@dataclass(frozen=True, slots=True)
class _Sealed:
    """A document whose packet is durable, and which nobody names yet."""

    ready: _Ready
    packed: Packed


def seal(
    site: Site, storage: Storage, *, limit: int, stamping: Stamping | None = None
) -> int:
    """Seal up to `limit` documents, the most urgent first; return how many moved.

    What is urgent waits for the few in hand.  A document that cannot be sealed is set
    aside with its reason, also one that ends the process; the rest go on.  One that
    gets no time stamp in time goes without, and the stamp is fetched later.
    """
    at_once = stamping.at_once if stamping else AT_ONCE
    attempts = Attempts(storage, TriedStep.SEAL)
    done = 0
    while done < limit and (some := _next(site, storage, attempts, at_once)):
        with attempts.counted([it.key for it in some]):
            signed = _stamped(_signed(site, storage, attempts, some), stamping)
            packed = list(_packed(site, storage, attempts, signed))
            _keep_all(site, storage, packed)
        done += len(some)
    return done


def _next(
    site: Site, storage: Storage, attempts: Attempts, limit: int
) -> Sequence[OutgoingDocument]:
    """Return what is to be sealed now: what failed before after the others, alone."""
    with storage.reading() as work:
        waiting = work.documents.in_state(DocumentState.TAKEN, limit)
    tried = attempts.of([it.key for it in waiting])
    for taken in waiting:
        reason = too_often(tried.get(taken.key, 0))
        if reason is not None:
            _set_aside(site, storage, taken, reason)
            return _next(site, storage, attempts, limit)
    return [it for it in waiting if it.key not in tried] or waiting[:1]


def _signed(
    site: Site,
    storage: Storage,
    attempts: Attempts,
    some: Sequence[OutgoingDocument],
) -> Iterator[_Ready]:
    key = key_for_seal(site, storage)
    for taken in some:
        try:
            signed = sign_with(site, key, _document_of(taken))
        except Exception as error:  # noqa: BLE001  (raised again where it matters)
            _fail(site, storage, attempts, taken, error)
        else:
            yield _Ready(taken, signed)


def _fail(
    site: Site,
    storage: Storage,
    attempts: Attempts,
    taken: OutgoingDocument,
    error: Exception,
) -> None:
    """Set a document aside for what it lacks at once, for a defect at the third time.

    Raises the error again where it is no fault of this document.
    """
    if isinstance(error, (RowBroken, EnvelopeRefused, ContentMissing)):
        if not _set_aside(site, storage, taken, error.reason):
            _give_way(storage, taken)
        return
    if passes(error) or isinstance(error, SettingsInvalid):
        raise error
    log.error("seal_defect", extra={"document": taken.key}, exc_info=error)
    reason = attempts.verdict(taken.key, error)
    if reason is not None:
        _set_aside(site, storage, taken, reason)


def _stamped(some: Iterable[_Ready], stamping: Stamping | None) -> Iterable[_Ready]:
    if stamping is None:
        return some
    waiting = tuple(some)
    stamps = stamping.stamp_now([one.signed.value for one in waiting])
    return (
        replace(one, stamp=stamp) for one, stamp in zip(waiting, stamps, strict=True)
    )


def _packed(
    site: Site, storage: Storage, attempts: Attempts, signed: Iterable[_Ready]
) -> Iterator[_Sealed]:
    for ready in signed:
        try:
            packed = _pack(site, storage, ready)
        except Exception as error:  # noqa: BLE001  (raised again where it matters)
            _fail(site, storage, attempts, ready.taken, error)
        else:
            yield _Sealed(ready, packed)


def _keep_all(site: Site, storage: Storage, packed: Sequence[_Sealed]) -> None:
    # A crash here leaves packets nobody names; the documents are sealed again.
    for kept in together(
        storage,
        packed,
        lambda work, it: _write(site, work, it),
        alone=lambda it: _keep_one(site, storage, it),
    ):
        _say(kept.ready)


def _keep_one(site: Site, storage: Storage, sealed: _Sealed) -> None:
    try:
        with storage.work() as work:
            _write(site, work, sealed)
    except LostRace:
        _give_way(storage, sealed.ready.taken)
    else:
        _say(sealed.ready)


def _write(site: Site, work: Work, sealed: _Sealed) -> None:
    _write_sealed(site, work, sealed.ready.taken, sealed.packed)
    _stamp_later(site, work, sealed.ready, sealed.packed)


def _give_way(storage: Storage, taken: OutgoingDocument) -> None:
    """Let go of what a recall moves at this moment: that is no failure of it."""
    with storage.work() as work:
        work.tries.let_go(TriedStep.SEAL, [taken.key])


def _say(ready: _Ready) -> None:
    document, stamp = ready.taken.key, ready.stamp
    log.info("document_sealed", extra={"document": document})
    if isinstance(stamp, Reason):
        extra = {"document": document, "cause": stamp.details["problem"]}
        log.warning("seal_without_timestamp", extra=extra)


def _pack(site: Site, storage: Storage, ready: _Ready) -> Packed:
    tokens = (ready.stamp,) if isinstance(ready.stamp, bytes) else ()
    packed = keep(site, storage, ready.signed, *tokens)
    if packed.packet_bytes > site.max_packet_bytes:
        raise EnvelopeTooLarge(size=packed.packet_bytes, limit=site.max_packet_bytes)
    return packed


def _stamp_later(site: Site, work: Work, ready: _Ready, packed: Packed) -> None:
    if isinstance(ready.stamp, Reason):
        work.stamps.add(
            packed.packet,
            ready.taken.key,
            ready.signed.value,
            due_at=site.clock(),
        )


def _document_of(taken: OutgoingDocument) -> Document:
    if taken.document is None:
        raise ContentMissing(digest=taken.key)
    return taken.document


def _write_sealed(
    site: Site, work: Work, taken: OutgoingDocument, packed: Packed
) -> None:
    now = site.clock()
    work.tries.end(TriedStep.SEAL, taken.key)
    work.documents.move(
        taken.key,
        DocumentEvent.SEAL,
        seen=taken.state,
        packet=packed.packet,
        packet_bytes=packed.packet_bytes,
        seal_form=packed.form,
        certificate=packed.certificate,
    )
    sealed = replace(taken, packet=packed.packet, packet_bytes=packed.packet_bytes)
    for delivery in _waiting(work, taken):
        work.deliveries.move(
            taken.key,
            delivery.recipient,
            DeliveryEvent.SEAL,
            at=now,
            standing=delivery,
        )
        goes_to = delivery.goes_to
        post(work, sealed, delivery.recipient, goes_to=goes_to, at=now)
    work.ledger.append(_fact(taken, packed), now)


def _waiting(work: Work, taken: OutgoingDocument) -> Sequence[OutgoingDelivery]:
    """Return whom it goes to; a recall may have stopped it here for some."""
    found = work.deliveries.of(taken.key)
    return [it for it in found if it.state is DeliveryState.TAKEN]


def _fact(taken: OutgoingDocument, packed: Packed) -> DocumentSealed:
    return DocumentSealed(
        document=taken.key,
        statement=packed.statement,
        certificate=packed.certificate,
        packet=packed.packet,
    )


def _set_aside(
    site: Site, storage: Storage, taken: OutgoingDocument, reason: Reason
) -> bool:
    """Park it; return False where somebody has moved it meanwhile."""
    with suppress(LostRace):
        with storage.work() as work:
            _write_parked(site, work, taken, reason)
        extra = {"document": taken.key, "reason": reason.code}
        log.error("document_parked", extra=extra)
        return True
    return False


def _write_parked(
    site: Site, work: Work, taken: OutgoingDocument, reason: Reason
) -> None:
    now = site.clock()
    work.tries.end(TriedStep.SEAL, taken.key)
    work.documents.move(taken.key, DocumentEvent.PARK, seen=taken.state, reason=reason)
    for delivery in _waiting(work, taken):
        work.deliveries.move(
            taken.key,
            delivery.recipient,
            DeliveryEvent.PARK,
            at=now,
            reason=reason,
            standing=delivery,
        )
        fact = DocumentParked(
            document=taken.key, recipient=delivery.recipient, reason=reason.code
        )
        work.ledger.append(fact, now)
    tell(site, work, taken.row_id, Step.PARKED, reason=reason)
