"""What was asked about a document, or what a document asks, at each recipient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from edoc_connector.errors import Reason
from edoc_connector.model.change import ChangeState
from edoc_connector.model.document import BusinessType
from edoc_connector.model.identifiers import MessageId
from edoc_connector.storage import Work
from edoc_connector.storage.listing import FAILED
from edoc_connector.storage.records import Change, OutgoingDelivery, OutgoingDocument

WORDS: Final = {
    BusinessType.RECALL: "recall",
    BusinessType.UPDATE: "update",
    BusinessType.REPLACE: "replace",
}
"""What begins the revision of a change that a person orders, which has no row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The document that a change is about."""

    id: MessageId
    label: str
    document_id: str
    row_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAt:
    """One change request at one recipient; `why` is what its receivers were told.

    `packet` is where the packet stands that asks, if there is one; where it has failed,
    `reason` says why.
    """

    change: MessageId
    label: str
    business_type: int
    why: str
    recipient: str
    state: str
    since: datetime
    reason: Reason | None
    asked_at: datetime
    packet: str | None = None


def original_of(work: Work, it: OutgoingDocument) -> Original | None:
    """Return what this document changes, if it changes one."""
    if it.changes is None:
        return None
    found = work.documents.get(it.changes)
    return Original(
        id=found.key,
        label=found.label,
        document_id=found.document_id,
        row_id=found.row_id,
    )


def was_typed(it: OutgoingDocument, original: Original | None) -> bool:
    """Whether the change was asked for at the command line: it has no row of its own.

    Its revision is then the kind and a number, as `change_orders` counts them.
    """
    word, _, number = it.revision.partition(":")
    is_same_row = original is not None and it.row_id == original.row_id
    return is_same_row and word in WORDS.values() and number.isdecimal()


def changes_at(work: Work, it: OutgoingDocument) -> tuple[ChangeAt, ...]:
    """Return what it asks where it is a change, else all that was asked about it.

    A replacement is both a change and a document, and may be changed itself.
    """
    rows = (*work.changes.of(it.key), *work.changes.of_original(it.key))
    changing = {key: work.documents.get(key) for key in {row.change for row in rows}}
    packets = {
        (key, packet.recipient): packet
        for key in changing
        for packet in work.deliveries.of(key)
    }
    return tuple(
        _at(changing[row.change], row, packets.get((row.change, row.recipient)))
        for row in rows
    )


def _at(
    document: OutgoingDocument, row: Change, packet: OutgoingDelivery | None
) -> ChangeAt:
    business = document.document.business if document.document else None
    return ChangeAt(
        change=row.change,
        label=document.label,
        business_type=row.business_type,
        why=business.reason if business else "",
        recipient=row.recipient,
        state=row.state,
        since=row.changed_at,
        reason=row.reason or _failure(row, packet),
        asked_at=document.taken_at,
        packet=packet.state if packet else None,
    )


def _failure(row: Change, packet: OutgoingDelivery | None) -> Reason | None:
    """Return why the receiver was not asked at all."""
    is_open = row.state is ChangeState.ASKED
    return packet.reason if packet and is_open and packet.state in FAILED else None
