"""A new document goes into the register: once, unless its sender has taken it back.

What overtook it on the way counts: a recall that came before it keeps it out, and what
replaces it marks it at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from edoc_connector.dms.port import DmsReceiver, Put
from edoc_connector.errors import RecalledBefore, ReplaceDone
from edoc_connector.flows.evidence.verdict import NO_CERTIFICATE, Judged
from edoc_connector.flows.requests.case import Case
from edoc_connector.flows.requests.register import apply_to, change_in
from edoc_connector.flows.requests.reopening import reopened, request_again
from edoc_connector.flows.requests.rulings import (
    Ruling,
    Verb,
    recall_of,
    replacements_of,
)
from edoc_connector.flows.site import Site
from edoc_connector.ledger.facts import DocumentDelivered, OrderApplied
from edoc_connector.model.change import ChangeKind
from edoc_connector.model.document import Document
from edoc_connector.model.identifiers import DeliveryKey, delivery_key
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.status import StatusCode
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import Arrival, InboxEntry, Order


@dataclass(frozen=True, slots=True)
class Opened:
    """A packet that was opened: who vouches for it, and what it says."""

    judged: Judged
    document: Document

    @property
    def entry(self) -> InboxEntry:
        """The packet itself, as it came."""
        return self.judged.entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A document that is in the register, and what is still to be written down.

    `is_there` where it was before, in another packet.  `recall` took it back while it
    was half way in, `replaced_by` had replaced it before it came.
    """

    arrival: Arrival
    is_there: bool = False
    recall: Order | None = None
    replaced_by: tuple[Order, ...] = ()


def unheard_of(site: Site, work: Work, opened: Sequence[Opened]) -> list[Opened]:
    """Return those of which our books know nothing: neither them nor a request.

    Requests are written down by the one loop that also puts documents, so nobody else
    adds one before these are put.
    """
    keys = [_key(site, it) for it in opened]
    known = work.arrivals.known(keys)
    asked = work.orders.naming([it.document.document_id for it in opened])
    return [
        it
        for it, key in zip(opened, keys, strict=True)
        if key not in known and it.document.document_id not in asked
    ]


def place_new(
    site: Site, dms: DmsReceiver, opened: Sequence[Opened]
) -> Sequence[Placed]:
    """Put documents nobody has heard of into the register: all of them or none.

    May be repeated.
    """
    puts = [
        Put(verified=it.judged.verified, key=_key(site, it), recipient=_us(site))
        for it in opened
    ]
    # A crash here puts them again under the same keys, which changes nothing.
    return [
        Placed(arrival=_arrival(site, it, row_id=row_id))
        for it, row_id in zip(opened, dms.put_all(puts), strict=True)
    ]


def place(
    site: Site,
    dms: DmsReceiver,
    storage: Storage,
    opened: Opened,
    case: Case | None = None,
) -> Placed:
    """Put the document into the register.  May be repeated.

    Raises `RecalledBefore` where its sender had taken it back before.  With the `case`
    of a replacement, a document that is there already is not put again.
    """
    arrival = _arrival(site, opened)
    sealed_at = opened.judged.verified.sealed_at
    with storage.reading() as work:
        known = work.arrivals.find(arrival.key)
        recall = recall_of(
            work, arrival.sender, arrival.document_id, sealed_at=sealed_at
        )
        replacing = replacements_of(
            work, arrival.sender, arrival.document_id, sealed_at=sealed_at
        )
        twin = _twin(work, arrival, case) if case else None
    _refuse_recalled(dms, arrival, known, recall)
    if known is None and twin is not None:
        return Placed(arrival=twin, is_there=True)
    arrival = _put(site, dms, opened, arrival)
    # A crash here puts it again under the same key, which changes nothing.
    if known is not None:  # in our books since another packet
        return Placed(arrival=arrival, is_there=True)
    if recall is not None:
        with storage.reading() as work:
            change = change_in(work, recall, arrival)
        dms.recall(change)
    for order in replacing:
        _mark_replaced(site, dms, storage, arrival, order)
    return Placed(arrival=arrival, recall=recall, replaced_by=tuple(replacing))


def _refuse_recalled(
    dms: DmsReceiver, arrival: Arrival, known: Arrival | None, recall: Order | None
) -> None:
    """Raise `RecalledBefore`, unless this very document has to be finished.

    A crash may have left it in the register before its recall came.
    """
    if known is not None:
        is_another = known.inbox_id != arrival.inbox_id
        if is_another and known.status == StatusCode.TAKEN_BACK:
            raise RecalledBefore
    elif recall is not None and not dms.find(arrival.key):
        raise RecalledBefore


def _twin(work: Work, arrival: Arrival, case: Case) -> Arrival | None:
    """Return the same document, if it came in another packet and is still there."""
    for it in work.arrivals.by_document_id(arrival.document_id):
        is_same = it.sender.is_same_body(arrival.sender)
        is_here = it.status != StatusCode.TAKEN_BACK
        if is_same and is_here and it.document_id not in case.request.targets:
            return it
    return None


def _put(site: Site, dms: DmsReceiver, opened: Opened, arrival: Arrival) -> Arrival:
    row_id = dms.put(
        opened.judged.verified, key=arrival.key, recipient=site.organization.code
    )
    return _arrival(site, opened, row_id=row_id)


def _mark_replaced(
    site: Site, dms: DmsReceiver, storage: Storage, arrival: Arrival, order: Order
) -> None:
    """Mark the document by what had replaced it before it came."""
    if not dms.can(ChangeKind.REPLACE):
        return
    with reopened(site, storage, order.inbox_id) as judged:
        request = request_again(site, judged)
        ruling = Ruling(Verb.APPLY, ReplaceDone().reason, (arrival,))
        case = Case(judged, request, ruling)
        with storage.reading() as work:
            row_id = row_of_new(work, judged)
        apply_to(site, dms, case, arrival, new_row_id=row_id)


def row_of_new(work: Work, judged: Judged) -> str:
    """Return the row of the document that a replacement brought, or found there."""
    brought: Sequence[Arrival] = work.arrivals.of(judged.entry.id)
    content = judged.verified.envelope.content
    if not brought and isinstance(content, Document):
        found = work.arrivals.by_document_id(content.document_id)
        sender = content.sender.code
        brought = [it for it in found if it.sender.is_same_body(sender)]
    return brought[0].row_id if brought else ""


def write_arrivals(
    site: Site, work: Work, placed: Sequence[tuple[Opened, Placed]]
) -> None:
    """Remember what arrived and what it ends, in the transaction that answers it."""
    now = site.clock()
    work.inbox.hurry(*(it.arrival.document_id for _, it in placed), at=now)
    new = [pair for pair in placed if not pair[1].is_there]
    work.arrivals.add(*(it.arrival for _, it in new))
    for opened, it in new:
        work.ledger.append(_fact(opened, it.arrival), now)
        _end_what_waited(work, opened, it, now)


def _end_what_waited(work: Work, opened: Opened, placed: Placed, now: datetime) -> None:
    arrival = placed.arrival
    if placed.recall is not None:
        work.arrivals.take_back(arrival.key, at=now)
        work.orders.link([placed.recall.inbox_id], arrival.key)
    work.orders.link([it.inbox_id for it in placed.replaced_by], arrival.key)
    for order in placed.replaced_by:
        entry = work.inbox.get(order.inbox_id)
        work.ledger.append(_replaced(opened, arrival, order, entry), now)


def _replaced(
    opened: Opened, arrival: Arrival, order: Order, entry: InboxEntry
) -> OrderApplied:
    return OrderApplied(
        message_id=entry.message_id,
        account=entry.account,
        original=opened.entry.message_id,
        type=order.business_type,
        row=arrival.row_id,
        reason=ReplaceDone.code,
    )


def _arrival(site: Site, opened: Opened, *, row_id: str = "") -> Arrival:
    document = opened.document
    return Arrival(
        key=_key(site, opened),
        inbox_id=opened.entry.id,
        sender=document.sender.code,
        recipient=_us(site),
        document_id=document.document_id,
        label=document.code.text,
        subject=document.subject,
        row_id=row_id,
        arrived_at=site.clock(),
    )


def _us(site: Site) -> OrganizationCode:
    return site.organization.code


def _key(site: Site, opened: Opened) -> DeliveryKey:
    return delivery_key(opened.judged.verified.statement_digest, _us(site))


def _fact(opened: Opened, arrived: Arrival) -> DocumentDelivered:
    entry, verified = opened.entry, opened.judged.verified
    return DocumentDelivered(
        message_id=entry.message_id,
        account=entry.account,
        key=arrived.key,
        sender=arrived.sender,
        recipient=arrived.recipient,
        statement=verified.statement_digest,
        certificate=verified.certificate_digest or NO_CERTIFICATE,
        row=arrived.row_id,
    )
