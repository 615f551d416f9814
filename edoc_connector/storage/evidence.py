"""Which answers and stamps belong to a packet; their bytes are in the content store."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from edoc_connector.model.evidence import EvidenceKind
from edoc_connector.model.identifiers import Digest
from edoc_connector.storage.records import KeptEvidence
from edoc_connector.storage.rows import Rows
from edoc_connector.storage.tables import evidence


class KeptEvidences:
    """Evidence of packets, sent and received, once per packet, kind and content."""

    def __init__(self, connection: sa.Connection) -> None:
        self._rows = Rows(connection, evidence, KeptEvidence)

    def add(
        self, packet: Digest, kind: EvidenceKind, content: Digest, *, at: datetime
    ) -> None:
        """Note that this stored content speaks for this packet."""
        self._rows.add(
            {"packet": packet, "kind": kind, "content": content, "added_at": at}
        )

    def add_all(
        self,
        evidence: Iterable[tuple[Digest, EvidenceKind, Digest]],
        *,
        at: datetime,
    ) -> None:
        """Note of each packet, kind and content as `add` does, with one statement."""
        rows = (
            {"packet": packet, "kind": kind, "content": content, "added_at": at}
            for packet, kind, content in evidence
        )
        self._rows.add_all(list(rows))

    def of(self, packet: Digest) -> tuple[KeptEvidence, ...]:
        """Return what speaks for this packet, in the order it came."""
        return self._rows.by(packet=packet)
