"""A recall, an update or a replacement that a person orders by hand.

Without a row of its own in the register a change has that of its original, and a
revision of its own: what becomes of it is told there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from edoc_connector.envelope.check import content_problems
from edoc_connector.errors import (
    ContentIsChange,
    ContentTakenBack,
    RefusedHere,
    UpdatedByItself,
)
from edoc_connector.flows.changes.document import compose
from edoc_connector.flows.changes.plan import Target, Wish, is_taken_away, root_of
from edoc_connector.flows.changes.story import WORDS
from edoc_connector.flows.judge import circumstances_of
from edoc_connector.flows.site import Site
from edoc_connector.model.delivery import DocumentState
from edoc_connector.model.document import BusinessType
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.storage import Work
from edoc_connector.storage.records import OutgoingDocument


def order(  # noqa: PLR0913  (what, of which document, by which, why, for whom)
    work: Work,
    type_: BusinessType,
    original: OutgoingDocument,
    *,
    by: OutgoingDocument | None = None,
    reason: str,
    to: Sequence[OrganizationCode] = (),
) -> Wish:
    """Return what is wished; `by` is the document with the new content.

    Raises what `plan` raises, and what keeps `by` from giving it.
    """
    original = root_of(work, original)
    _require_sent(original)
    if by is not None:
        _require_usable(work, type_, original, by)
    content = by.document if by is not None else None
    number = len(work.documents.changing(original.key)) + 1
    return Wish(
        type=type_,
        original=original,
        reason=reason,
        row_id=original.row_id,
        revision=f"{WORDS[type_]}:{number}",
        document=replace(content, responses=()) if content else None,
        to=tuple(to),
        is_row=False,
    )


def _require_sent(document: OutgoingDocument) -> None:
    if document.document is None or document.state is DocumentState.REFUSED:
        raise RefusedHere(document=document.label or document.row_id)


def _require_usable(
    work: Work, type_: BusinessType, original: OutgoingDocument, by: OutgoingDocument
) -> None:
    """Raise what keeps a document from giving its content to another one."""
    _require_sent(by)
    label = by.label or by.row_id
    if type_ is BusinessType.UPDATE and by.key == original.key:
        raise UpdatedByItself(document=label)
    if by.business_type != BusinessType.NEW:
        raise ContentIsChange(document=label)
    if is_taken_away(work, by):
        raise ContentTakenBack(document=label)


def require_sendable(site: Site, wish: Wish, targets: Sequence[Target]) -> None:
    """Raise what keeps the request from being sent, as of any row: its reason, mostly.

    The original passed before; who was closed since is no obstacle to a recall of it.
    """
    document = compose(wish, targets)
    if not document.recipients:
        return
    # Without a directory: nobody is closed.
    files, judged_by = document.attachments, circumstances_of(site)
    for problem in content_problems(document, files, judged_by):
        raise problem.error(**problem.reason.details)
