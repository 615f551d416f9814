"""A document that is taken over for sending, from a row or by a change: one record."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from edoc_connector.dms.port import Step
from edoc_connector.flows.directory.leading import Led, led_in
from edoc_connector.flows.site import Site
from edoc_connector.flows.telling import tell, tell_of_rows
from edoc_connector.ledger.facts import DocumentTaken
from edoc_connector.model.delivery import DocumentState
from edoc_connector.model.document import BusinessType, Document
from edoc_connector.model.identifiers import MessageId, message_id_of_row
from edoc_connector.storage import Work
from edoc_connector.storage.documents import NewDocument
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
    (led,) = led_in(work, [taken])
    new = _new(site, led)
    if not work.documents.add(
        new.document, new.recipients, due_at=new.due_at, routes=new.routes
    ):
        return False
    _record(work, led)
    if tells_row:
        tell(site, work, taken.row_id, Step.TAKEN)
    return True


def add_all_taken(site: Site, work: Work, taken: Sequence[OutgoingDocument]) -> None:
    """Write several rows down in the caller's transaction; none is known already.

    Raises `StorageRefused` where one is: then nothing of this work can stay.
    """
    led = led_in(work, taken)
    work.documents.add_all([_new(site, it) for it in led])
    for it in led:
        _record(work, it)
    tell_of_rows(site, work, [it.row_id for it in taken], Step.TAKEN)


def _new(site: Site, led: Led) -> NewDocument:
    document = led.document
    return NewDocument(
        document=document,
        recipients=led.recipients,
        due_at=site.deadlines.send(document.priority, document.taken_at),
        routes=led.routes,
    )


def _record(work: Work, led: Led) -> None:
    taken = led.document
    fact = DocumentTaken(
        document=taken.key,
        sender=taken.sender,
        row=taken.row_id,
        revision=taken.revision,
        recipients=tuple(recipient.code for recipient in led.recipients),
    )
    work.ledger.append(fact, taken.taken_at)
    for it in led.redirected:
        work.ledger.append(it, taken.taken_at)
        log.info(
            "document_redirected",
            extra={"document": taken.key, "recipient": it.recipient},
        )
