"""A document that is taken over for sending, from a row or by a change: one record."""

from __future__ import annotations

import logging

from edoc_connector.dms.port import Step
from edoc_connector.flows.directory.leading import led_in
from edoc_connector.flows.site import Site
from edoc_connector.flows.telling import tell
from edoc_connector.ledger.facts import DocumentTaken
from edoc_connector.model.delivery import DocumentState
from edoc_connector.model.document import BusinessType, Document
from edoc_connector.model.identifiers import MessageId, message_id_of_row
from edoc_connector.storage import Work
from edoc_connector.storage.records import OutgoingDocument

log = logging.getLogger(__name__)


def taken_document(  # noqa: PLR0913  (a row, what it says, and what it changes)
    site: Site,
    document: Document,
    *,
    row_id: str,
    revision: str,
    business_type: BusinessType = BusinessType.NEW,
    changes: MessageId | None = None,
) -> OutgoingDocument:
    """Return it as taken now; one that goes to nobody ends as it begins."""
    sender = site.organization.code
    goes = bool(document.recipients)
    return OutgoingDocument(
        key=message_id_of_row(sender, row_id, revision),
        sender=sender,
        row_id=row_id,
        revision=revision,
        state=DocumentState.TAKEN if goes else DocumentState.WITHDRAWN,
        reason=None,
        label=document.code.text,
        document_id=document.document_id,
        priority=document.priority,
        taken_at=site.clock(),
        document=document,
        packet=None,
        packet_bytes=0,
        business_type=int(business_type),
        changes=changes,
    )


def add_taken(
    site: Site, work: Work, taken: OutgoingDocument, *, tells_row: bool = True
) -> bool:
    """Write it down in the caller's transaction; False where it is known already.

    Its row is told, where it has one.
    """
    led = led_in(work, taken)
    recipients, routes = led.recipients, led.routes
    due_at = site.deadlines.send(taken.priority, taken.taken_at)
    if not work.documents.add(led.document, recipients, due_at=due_at, routes=routes):
        return False
    fact = DocumentTaken(
        document=taken.key,
        sender=taken.sender,
        row=taken.row_id,
        revision=taken.revision,
        recipients=tuple(recipient.code for recipient in recipients),
    )
    work.ledger.append(fact, taken.taken_at)
    for it in led.redirected:
        work.ledger.append(it, taken.taken_at)
        log.info(
            "document_redirected",
            extra={"document": taken.key, "recipient": it.recipient},
        )
    if tells_row:
        tell(site, work, taken.row_id, Step.TAKEN)
    return True
