"""Rows of our own database, as the flows see them."""

from edoc_connector.storage.records.incoming import (
    Arrival,
    InboxEntry,
    NewPacket,
    Order,
    PacketName,
    StoredSegment,
)
from edoc_connector.storage.records.listed import UnderWay, Wanted
from edoc_connector.storage.records.outgoing import (
    Change,
    OutgoingDelivery,
    OutgoingDocument,
    SentDocument,
)
from edoc_connector.storage.records.queue import Destination, OutboxItem, PendingStamp
from edoc_connector.storage.records.reconciliation import Case, Reconciliation
from edoc_connector.storage.records.seals import (
    InspectedFile,
    KeptEvidence,
    KeptVerdict,
    KeyUse,
    Uninspected,
)
from edoc_connector.storage.records.statuses import (
    Answer,
    KeptStatement,
    NewStep,
    OwedAnswer,
    ProgressItem,
    Receipt,
)

__all__ = [
    "Answer",
    "Arrival",
    "Case",
    "Change",
    "Destination",
    "InboxEntry",
    "InspectedFile",
    "KeptEvidence",
    "KeptStatement",
    "KeptVerdict",
    "KeyUse",
    "NewPacket",
    "NewStep",
    "Order",
    "OutboxItem",
    "OutgoingDelivery",
    "OutgoingDocument",
    "OwedAnswer",
    "PacketName",
    "PendingStamp",
    "ProgressItem",
    "Receipt",
    "Reconciliation",
    "SentDocument",
    "StoredSegment",
    "UnderWay",
    "Uninspected",
    "Wanted",
]
