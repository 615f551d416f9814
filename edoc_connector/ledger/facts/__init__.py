"""Every fact the ledger can hold: one frozen dataclass each, and never a person's name.

A fact holds handles, codes and digests, so the whole ledger may be shown to an auditor.
It holds the code of a reason and not its details, because a detail may quote a subject.
"""

from edoc_connector.ledger.facts.by_hand import (
    DocumentResent,
    QuarantineRejected,
    QuarantineReleased,
    QueueParked,
    QueueReleased,
)
from edoc_connector.ledger.facts.changes import (
    ChangeAgreed,
    ChangeAsked,
    ChangeMoot,
    ChangeRefused,
    ChangeStopped,
    DocumentFrozen,
)
from edoc_connector.ledger.facts.fact import Detail, Fact
from edoc_connector.ledger.facts.incoming import (
    DocumentDelivered,
    DocumentRefused,
    EnvelopeAccepted,
    SealJudged,
    SealRefuted,
)
from edoc_connector.ledger.facts.keys import KeyFoundRestored, KeyFoundRevoked, KeyUsed
from edoc_connector.ledger.facts.orders import (
    OrderApplied,
    OrderAsked,
    OrderDecided,
    OrderRefused,
)
from edoc_connector.ledger.facts.outgoing import (
    DocumentParked,
    DocumentRedirected,
    DocumentReturned,
    DocumentSealed,
    DocumentSent,
    DocumentStamped,
    DocumentTaken,
    DocumentUnroutable,
    RowRefused,
)
from edoc_connector.ledger.facts.reconciliation import (
    ReconciliationCase,
    ReconciliationCaseClosed,
    ReconciliationCompared,
    ReconciliationStated,
)
from edoc_connector.ledger.facts.statuses import (
    DocumentExpired,
    DocumentLate,
    ReceiptAccepted,
    ReceiptLate,
    StatusGiven,
    StatusWithheld,
)

__all__ = [
    "ChangeAgreed",
    "ChangeAsked",
    "ChangeMoot",
    "ChangeRefused",
    "ChangeStopped",
    "Detail",
    "DocumentDelivered",
    "DocumentExpired",
    "DocumentFrozen",
    "DocumentLate",
    "DocumentParked",
    "DocumentRedirected",
    "DocumentRefused",
    "DocumentResent",
    "DocumentReturned",
    "DocumentSealed",
    "DocumentSent",
    "DocumentStamped",
    "DocumentTaken",
    "DocumentUnroutable",
    "EnvelopeAccepted",
    "Fact",
    "KeyFoundRestored",
    "KeyFoundRevoked",
    "KeyUsed",
    "OrderApplied",
    "OrderAsked",
    "OrderDecided",
    "OrderRefused",
    "QuarantineRejected",
    "QuarantineReleased",
    "QueueParked",
    "QueueReleased",
    "ReceiptAccepted",
    "ReceiptLate",
    "ReconciliationCase",
    "ReconciliationCaseClosed",
    "ReconciliationCompared",
    "ReconciliationStated",
    "RowRefused",
    "SealJudged",
    "SealRefuted",
    "StatusGiven",
    "StatusWithheld",
]
