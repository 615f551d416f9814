"""What a resend would do, for each document and recipient, before it is done.

Pure over the store: what the receiver has already and will be told twice, whether the
seal would be believed today, whether a deadline has passed, and what stands against it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from edoc_connector.flows.outgoing.post import chosen, packet_of
from edoc_connector.model.delivery import HAS_LEFT, DeliveryState, DocumentState
from edoc_connector.model.identifiers import Digest, MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.signature.certificate import Certificate
from edoc_connector.storage import Work
from edoc_connector.storage.listing import has_failed, is_turned_down
from edoc_connector.storage.records import OutgoingDelivery, OutgoingDocument

CertificateOf = Callable[[OutgoingDocument], Certificate | None]
"""Finds the certificate in the packet of a document; None where it cannot be read."""


class Fate(StrEnum):
    """What a resend does for one recipient."""

    AGAIN = "again"
    RELEASED = "released"
    """It could not be sealed, and is tried once more for everybody."""
    WAITING = "waiting"
    """A copy waits to be sent already."""
    WITHDRAWN = "withdrawn"
    """It was recalled or replaced there: it is never sent again."""
    TURNED_DOWN = "turned-down"
    """Its clerk there has refused it: a copy only gets the same answer again."""


class SealStanding(StrEnum):
    """Whether a receiver would believe the seal today."""

    HOLDS = "holds"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    NONE = "none"
    """There is no packet yet: it will be sealed with the key of that day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One recipient of one document, and what a resend would mean there.

    `told_twice`: it has the document, or may have it, and drops the copy by its id.
    """

    id: MessageId
    label: str
    recipient: OrganizationCode
    name: str
    state: DeliveryState
    since: datetime
    status: str | None
    status_at: datetime | None
    told_twice: bool
    seal: SealStanding
    seal_until: datetime | None
    is_late: bool
    fate: Fate


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which recipients of the documents named are meant."""

    to: tuple[OrganizationCode, ...] = ()
    failed: bool = False
    since: datetime | None = None


def failed_documents(
    work: Work, since: datetime | None, limit: int
) -> tuple[OutgoingDocument, ...]:
    """Return the documents that failed at some recipient since then, oldest first.

    What cannot be sent again is behind the others, and does not count with them.
    """
    keys = work.listing.failed(since=since, limit=limit)
    return tuple(work.documents.get(key) for key in keys)


def plan_resend(
    work: Work,
    documents: Sequence[OutgoingDocument],
    choice: Choice,
    certificate_of: CertificateOf,
    *,
    now: datetime,
) -> tuple[Planned, ...]:
    """Return what would happen, in the order of the documents.

    Raises `NoPacket` for a document that cannot be sent, and `NotARecipient`.
    """
    revoked = work.watched.revoked()
    return tuple(
        planned
        for document in documents
        for planned in _of_document(
            work, document, choice, _seal(document, certificate_of, revoked, now), now
        )
    )


def to_send(
    plan: Sequence[Planned],
) -> Mapping[MessageId, tuple[OrganizationCode, ...]]:
    """Return to whom each document goes again; what stands against it is left out."""
    found: dict[MessageId, tuple[OrganizationCode, ...]] = {}
    for it in plan:
        if it.fate in {Fate.AGAIN, Fate.RELEASED}:
            found[it.id] = (*found.get(it.id, ()), it.recipient)
    return found


def _of_document(
    work: Work,
    document: OutgoingDocument,
    choice: Choice,
    seal: tuple[SealStanding, datetime | None],
    now: datetime,
) -> Iterator[Planned]:
    is_released = document.state is DocumentState.PARKED
    if not is_released:
        packet_of(document)
    codes = chosen(work, document, () if is_released else choice.to)
    for delivery in work.deliveries.of(document.key):
        if delivery.recipient not in codes or not _is_meant(delivery, choice):
            continue
        yield Planned(
            id=document.key,
            label=document.label,
            recipient=delivery.recipient,
            name=delivery.name,
            state=delivery.state,
            since=delivery.changed_at,
            status=delivery.status,
            status_at=delivery.status_at,
            told_twice=delivery.state in HAS_LEFT or delivery.status is not None,
            seal=seal[0],
            seal_until=seal[1],
            is_late=_is_late(delivery, now),
            fate=_fate(work, document, delivery, choice),
        )


def _is_meant(delivery: OutgoingDelivery, choice: Choice) -> bool:
    if not choice.failed:
        return True
    is_down = is_turned_down(delivery.state, delivery.status)
    at = (delivery.status_at if is_down else None) or delivery.changed_at
    is_new = choice.since is None or at >= choice.since
    return has_failed(delivery.state, delivery.status) and is_new


def _is_late(delivery: OutgoingDelivery, now: datetime) -> bool:
    """Whether its deadline has passed; a resend lets it begin again."""
    is_due = delivery.due_at is not None and delivery.due_at < now
    is_declared = delivery.late_at is not None
    return is_due or is_declared or delivery.state is DeliveryState.EXPIRED


def _fate(
    work: Work,
    document: OutgoingDocument,
    delivery: OutgoingDelivery,
    choice: Choice,
) -> Fate:
    key, recipient = document.key, delivery.recipient
    is_gone = delivery.state is DeliveryState.WITHDRAWN
    if is_gone or work.changes.has_taken_away(key, recipient):
        return Fate.WITHDRAWN
    if document.state is DocumentState.PARKED:
        return Fate.RELEASED
    if work.outbox.waits_for(key, recipient):
        return Fate.WAITING
    is_named = recipient in choice.to and not choice.failed
    is_down = is_turned_down(delivery.state, delivery.status)
    return Fate.TURNED_DOWN if is_down and not is_named else Fate.AGAIN


def _seal(
    document: OutgoingDocument,
    certificate_of: CertificateOf,
    revoked: frozenset[Digest],
    now: datetime,
) -> tuple[SealStanding, datetime | None]:
    """Return whether the packet's certificate holds now, and until when."""
    if document.packet is None:
        return SealStanding.NONE, None
    found = certificate_of(document)
    if document.certificate in revoked or (found and found.digest in revoked):
        return SealStanding.REVOKED, found.not_after if found else None
    if found is None:
        return SealStanding.UNKNOWN, None
    is_valid = found.not_before <= now <= found.not_after
    standing = SealStanding.HOLDS if is_valid else SealStanding.EXPIRED
    return standing, found.not_after
