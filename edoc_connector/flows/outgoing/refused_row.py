"""A row that cannot be sent is written down with all that is wrong, and told so."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from edoc_connector.dms.port import BrokenRow, PendingDocument, Step
from edoc_connector.errors import Reason, told_together
from edoc_connector.flows.site import Site
from edoc_connector.flows.telling import tell
from edoc_connector.ledger.facts import RowRefused
from edoc_connector.model.delivery import DocumentState
from edoc_connector.model.document import NO_DOCUMENT
from edoc_connector.model.identifiers import MessageId, message_id_of_row
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import OutgoingDocument
from edoc_connector.storage.tries import TriedStep

log = logging.getLogger(__name__)


def refuse_row(
    site: Site,
    storage: Storage,
    row: PendingDocument | BrokenRow,
    problems: Sequence[Reason],
) -> bool:
    """Write it down, and have the register told; False where it is known already."""
    reason = told_together(problems)
    refused = OutgoingDocument(
        key=key_of_row(site, row),
        sender=site.organization.code,
        row_id=row.row_id,
        revision=row.revision,
        state=DocumentState.REFUSED,
        reason=reason,
        label=row.label,
        document_id=NO_DOCUMENT,
        priority=0,
        taken_at=site.clock(),
        document=None,
        packet=None,
        packet_bytes=0,
    )
    with storage.work() as work:
        return _write(site, work, refused, reason)


def _write(site: Site, work: Work, refused: OutgoingDocument, reason: Reason) -> bool:
    work.tries.end(TriedStep.TAKE, refused.key)
    if not work.documents.add(refused, ()):
        return False
    fact = RowRefused(
        document=refused.key,
        sender=refused.sender,
        row=refused.row_id,
        revision=refused.revision,
        reason=reason.code,
    )
    work.ledger.append(fact, refused.taken_at)
    tell(site, work, refused.row_id, Step.REFUSED, reason=reason)
    log.warning("row_refused", extra={"row": refused.row_id, "reason": reason.code})
    return True


def key_of_row(site: Site, row: PendingDocument | BrokenRow) -> MessageId:
    """Return the name of this revision of a row, the same at every try."""
    return message_id_of_row(site.organization.code, row.row_id, row.revision)
