"""Sources of answers about revocation that ask nobody: what was kept, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509

from edoc_connector.errors import N_
from edoc_connector.model.evidence import Evidence, EvidenceKind
from edoc_connector.signature.ports import Answer, Silence

REVOCATION: Final = frozenset({EvidenceKind.OCSP, EvidenceKind.CRL})


@dataclass(frozen=True, slots=True)
class StoredRevocation:
    """Answers that were kept, such as those beside an envelope."""

    evidence: tuple[Evidence, ...]

    def answers(
        self, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime
    ) -> Iterator[Answer | Silence]:
        """Yield all of them; whose answer it is shows when it is judged."""
        del certificate, issuer, at
        for one in self.evidence:
            if one.kind in REVOCATION:
                yield Answer(f"{one.digest[:12]}.{one.kind}", one)


@dataclass(frozen=True, slots=True)
class NoRevocation:
    """Nobody is asked, by the operator's will."""

    def answers(
        self, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime
    ) -> Iterator[Answer | Silence]:
        """Say so."""
        del certificate, issuer, at
        yield Silence("trust.revocation.check", N_("revocation is not checked"))
