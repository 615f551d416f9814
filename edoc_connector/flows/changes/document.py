"""The packet of a recall, an update or a replacement, as a document.

A recall repeats what its original says of itself and carries no file; an update and a
replacement are whole documents.  All of them name the original, in the two places where
receivers look for it (Bussiness/DocumentId and ResponseFor).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from edoc_connector.errors import OriginalUnknown
from edoc_connector.flows.changes.plan import Target, Wish
from edoc_connector.model.change import ChangeState
from edoc_connector.model.document import (
    Business,
    BusinessType,
    ChangedParts,
    Document,
    Organization,
    Replacement,
    ResponseFor,
)
from edoc_connector.model.identifiers import DocumentId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.tables import REASONS, Paper


def compose(wish: Wish, targets: Sequence[Target]) -> Document:
    """Return the document that goes to whoever gets a packet; perhaps to nobody."""
    original = wish.original.document
    if original is None:
        raise OriginalUnknown(original=wish.original.label)
    content = wish.document or replace(original, responses=(), attachments=())
    return replace(
        content,
        document_id=_document_id(wish, content),
        recipients=_recipients(wish, original, targets),
        responses=(_response(original), *content.responses),
        business=_business(wish, targets),
    )


def _document_id(wish: Wish, content: Document) -> DocumentId:
    is_new = wish.type is BusinessType.REPLACE
    return content.document_id if is_new else wish.original.document_id


def _recipients(
    wish: Wish, original: Document, targets: Sequence[Target]
) -> tuple[Organization, ...]:
    """Return who gets the packet, as the original or the new document names them."""
    is_named = wish.is_row and bool(wish.to)
    if wish.type is BusinessType.REPLACE and wish.document and is_named:
        return wish.document.recipients  # the new document may go to new ones too
    known = {it.code.canonical: it for it in original.recipients}
    getting = (it.recipient for it in targets if it.gets_packet)
    return tuple(
        known.get(code.canonical) or Organization(code=code) for code in getting
    )


def _response(original: Document) -> ResponseFor:
    day = original.promulgation_date
    return ResponseFor(
        organization=original.sender.code,
        code=original.code.text,
        document_id=original.document_id,
        promulgation_date=day if isinstance(day, date) else None,
    )


def _business(wish: Wish, targets: Sequence[Target]) -> Business:
    asked = [it.recipient for it in targets if it.state is ChangeState.ASKED]
    if wish.type is BusinessType.REPLACE and not asked:
        # The original has reached nobody: what replaces it is new to everybody.
        return Business(
            type=BusinessType.NEW,
            reason=REASONS[BusinessType.NEW],
            paper=int(Paper.NONE),
        )
    return Business(
        type=wish.type,
        document_id=wish.original.document_id,
        reason=wish.reason or REASONS[wish.type],
        paper=int(Paper.NONE),
        changed=_changed(wish),
        replacements=_replacements(wish, asked),
    )


def _changed(wish: Wish) -> ChangedParts | None:
    if wish.type is not BusinessType.UPDATE:
        return None
    return ChangedParts(document_info=1, document_receiver=0)


def _replacements(
    wish: Wish, asked: Sequence[OrganizationCode]
) -> tuple[Replacement, ...]:
    """Name the original, and for whom it is replaced: who may have it."""
    if wish.type is not BusinessType.REPLACE:
        return ()
    return (Replacement(wish.original.document_id, tuple(asked)),)
