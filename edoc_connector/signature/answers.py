"""A source of answers about revocation that asks nobody: what was kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509

from edoc_connector.model.evidence import Evidence, EvidenceKind
from edoc_connector.signature.ports import Answer

REVOCATION: Final = frozenset({EvidenceKind.OCSP, EvidenceKind.CRL})


@dataclass(frozen=True, slots=True)
class StoredRevocation:
    """Answers that were kept, such as those beside an envelope."""

    evidence: tuple[Evidence, ...]

    def answers(
        self, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime
    ) -> Iterator[Answer]:
        """Yield all of them; whose answer it is shows when it is judged."""
        del certificate, issuer, at
        for one in self.evidence:
            if one.kind in REVOCATION:
                yield Answer(f"{one.digest[:12]}.{one.kind}", one)
