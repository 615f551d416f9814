"""Rows of the register that recall, update or replace what was sent before."""

from __future__ import annotations

from dataclasses import replace

from edoc_connector.dms.port import PendingChange, PendingDocument
from edoc_connector.errors import OriginalUnknown
from edoc_connector.flows.changes.document import compose
from edoc_connector.flows.changes.plan import Wish, plan, root_of
from edoc_connector.flows.site import Site
from edoc_connector.model.delivery import DocumentState
from edoc_connector.model.document import Attachment, BusinessType
from edoc_connector.signature.stated import is_added_by_node
from edoc_connector.storage import Work
from edoc_connector.storage.records import OutgoingDocument


def completed(
    site: Site, work: Work, row: PendingDocument
) -> tuple[PendingDocument, Wish | None]:
    """Return the row with all that its original says for it, and what it wishes.

    So it is judged as any other row is.  Raises `RowBroken` or `NotARecipient` where
    the original does not let it be; what is not a change stays as it is.
    """
    if row.change is None:
        return row, None
    wish = _wish(row, row.change, _original(site, work, row, row.change))
    targets = plan(work, wish)
    document = compose(wish, targets)
    if not document.recipients:  # all of it ends here, and is judged all the same
        named = wish.original.document.recipients if wish.original.document else ()
        everybody = tuple(it for it in named if not is_added_by_node(it))
        document = replace(document, recipients=everybody)
    return replace(row, document=document), wish


def with_files(wish: Wish, files: tuple[Attachment, ...]) -> Wish:
    """Return the wish with the files of its row, now that they are ours to keep."""
    if wish.document is None:
        return wish
    return replace(wish, document=replace(wish.document, attachments=files))


def _wish(
    row: PendingDocument, change: PendingChange, original: OutgoingDocument
) -> Wish:
    is_recall = change.type is BusinessType.RECALL
    return Wish(
        type=change.type,
        original=original,
        reason=change.reason,
        row_id=row.row_id,
        revision=row.revision,
        document=None if is_recall else row.document,
        to=tuple(recipient.code for recipient in row.document.recipients),
    )


def _original(
    site: Site, work: Work, row: PendingDocument, change: PendingChange
) -> OutgoingDocument:
    """Return the newest thing sent from the row, or under the id, that is named."""
    sender = site.organization.code
    if change.row_id:
        named, found = change.row_id, work.documents.of_row(sender, change.row_id)
    elif change.document_id:
        named = change.document_id
        found = work.documents.by_document_id(sender, change.document_id)
    else:  # a register that changes a document in its own row
        named, found = row.label, work.documents.of_row(sender, row.row_id)
    sent = [it for it in found if it.state is not DocumentState.REFUSED]
    # The recall of a document bears its names, and is meant only where nothing else is.
    sent.sort(key=lambda it: it.business_type == BusinessType.RECALL)
    if not sent:
        raise OriginalUnknown(original=named)
    return root_of(work, sent[0])
