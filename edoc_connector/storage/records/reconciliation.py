"""What partners say of one day, and where they do not agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from edoc_connector.errors import Reason
from edoc_connector.model.identifiers import Digest, MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.reconciliation import CaseKind, is_cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """What we or a partner say of one day; `content` is the statement itself.

    `stated_at` is when we made it or got it; `compared_at` when what a partner says was
    found to fit, or its differences became cases.
    """

    id: int
    peer: OrganizationCode
    day: str
    is_ours: bool
    sent: int
    received: int
    digest: Digest
    message_id: MessageId
    content: Digest
    stated_at: datetime
    compared_at: datetime | None

    @property
    def is_cut(self) -> bool:
        """Whether not all of it is listed, and so not all of it compared."""
        return is_cut(self.sent) or is_cut(self.received)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A difference between what we say and what a partner says."""

    id: int
    peer: OrganizationCode
    day: str
    message_id: MessageId
    document_id: str
    kind: CaseKind
    opened_at: datetime
    closed_at: datetime | None
    reason: Reason | None
