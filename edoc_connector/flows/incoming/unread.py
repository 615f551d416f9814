"""What nobody here can read as a packet: kept whole for a person, and not answered."""

from __future__ import annotations

from datetime import datetime

from edoc_connector.errors import Reason
from edoc_connector.ledger.facts import DocumentRefused
from edoc_connector.model.delivery import InboxState
from edoc_connector.model.document import NO_DOCUMENT
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from edoc_connector.storage import Work
from edoc_connector.storage.hashing import Stored


def keep_unread(  # noqa: PLR0913  (who brought it, what it is, and why)
    work: Work,
    stored: Stored,
    *,
    account: str,
    message_id: MessageId,
    reason: Reason,
    at: datetime,
) -> None:
    """Quarantine these bytes once, with the fact, in the caller's transaction."""
    added = work.inbox.add(
        account=account,
        message_id=message_id,
        kind=Kind.EDOC,
        sender=OrganizationCode(""),
        correlation_id=NO_DOCUMENT,
        answers="",
        packet=stored.digest,
        packet_bytes=stored.size,
        state=InboxState.QUARANTINED,
        reason=reason,
        at=at,
    )
    if added:
        fact = DocumentRefused(
            message_id=message_id, account=account, reason=reason.code
        )
        work.ledger.append(fact, at)
