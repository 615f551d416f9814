"""A shelf for answers about revocation that is gone with its process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from edoc_connector.model.evidence import Evidence
from edoc_connector.model.identifiers import Digest


@dataclass(slots=True)
class MemoryShelf:
    """What was kept, and which certificates could be judged."""

    answers: dict[tuple[str, Digest], tuple[str, Evidence]] = field(
        default_factory=dict
    )
    judged: list[Digest] = field(default_factory=list)

    def kept(
        self, about: Sequence[str], issuer: Digest
    ) -> Sequence[tuple[str, Evidence]]:
        """Return what is kept about these."""
        keys = [(one, issuer) for one in about]
        return [self.answers[key] for key in keys if key in self.answers]

    def keep(
        self,
        about: str,
        issuer: Digest,
        evidence: Evidence,
        *,
        source: str,
        given_at: datetime,
    ) -> None:
        """Keep the newest that comes."""
        del given_at
        self.answers[about, issuer] = (source, evidence)

    def reached(self, certificate: Digest, issuer: Digest) -> None:
        """Note it."""
        del issuer
        self.judged.append(certificate)
