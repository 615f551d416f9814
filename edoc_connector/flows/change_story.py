"""What was asked about a document, or what a document asks, at each recipient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from edoc_connector.errors import Reason
from edoc_connector.model.identifiers import MessageId
from edoc_connector.storage import Work
from edoc_connector.storage.records import Change, OutgoingDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The document that a change is about."""

    id: MessageId
    label: str
    document_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAt:
    """One change request at one recipient; `why` is what its receivers were told."""

    change: MessageId
    label: str
    business_type: int
    why: str
    recipient: str
    state: str
    since: datetime
    reason: Reason | None


def original_of(work: Work, it: OutgoingDocument) -> Original | None:
    """Return what this document changes, if it changes one."""
    if it.changes is None:
        return None
    found = work.documents.get(it.changes)
    return Original(id=found.key, label=found.label, document_id=found.document_id)


def changes_at(work: Work, it: OutgoingDocument) -> tuple[ChangeAt, ...]:
    """Return what it asks where it is a change, else all that was asked about it.

    A replacement is both a change and a document, and may be changed itself.
    """
    rows = (*work.changes.of(it.key), *work.changes.of_original(it.key))
    changing = {key: work.documents.get(key) for key in {row.change for row in rows}}
    return tuple(_at(changing[row.change], row) for row in rows)


def _at(document: OutgoingDocument, row: Change) -> ChangeAt:
    business = document.document.business if document.document else None
    return ChangeAt(
        change=row.change,
        label=document.label,
        business_type=row.business_type,
        why=business.reason if business else "",
        recipient=row.recipient,
        state=row.state,
        since=row.changed_at,
        reason=row.reason,
    )
