"""The two ledgers of a soak: each chain is recomputed, and its facts are counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from edoc_connector.demo.site import DemoSite
from edoc_connector.ledger import facts
from edoc_connector.ledger.audit import audit
from edoc_connector.ledger.canonical import Entry
from edoc_connector.own_storage import look_at_storage
from edoc_connector.settings import load


@dataclass(frozen=True, slots=True)
class LedgerCount:
    """A ledger whose chain holds, and how many facts of each kind are in it."""

    entries: int
    kinds: Mapping[str, int]


SENT_HERE: Final = (
    facts.DocumentTaken.kind,
    facts.DocumentSealed.kind,
    facts.DocumentSent.kind,
    facts.ReceiptAccepted.kind,
)
"""What a sender writes down exactly once for each document."""

CAME_HERE: Final = (facts.DocumentDelivered.kind,)
"""What a receiver writes down exactly once for each document."""


def count(site: DemoSite) -> LedgerCount:
    """Audit the ledger of a connector that has stopped.  Raises `LedgerBroken`."""
    kinds: Counter[str] = Counter()

    def counted(entries: Iterator[Entry]) -> Iterator[Entry]:
        for entry in entries:
            kinds[entry.kind] += 1
            yield entry

    with look_at_storage(load(site.settings)) as storage, storage.reading() as work:
        head = audit(counted(work.ledger.entries()), work.ledger.head())
    return LedgerCount(head.position, kinds)


def agrees(ledger: LedgerCount, *, sent: int, came: int) -> bool:
    """Whether a ledger tells of as many documents as the books do."""
    wanted = {**dict.fromkeys(SENT_HERE, sent), **dict.fromkeys(CAME_HERE, came)}
    return all(ledger.kinds.get(kind, 0) == number for kind, number in wanted.items())
