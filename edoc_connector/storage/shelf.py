"""Keeps answers about revocation for every thread and process of this connector."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from edoc_connector.errors import ContentMissing
from edoc_connector.model.evidence import Evidence
from edoc_connector.model.identifiers import Digest
from edoc_connector.storage.database import Storage
from edoc_connector.storage.revocation import KeptAnswer

MOST_BYTES_IN_MEMORY: Final = 16 * 1024 * 1024
"""The lists of a few authorities, or the answers about thousands of certificates."""


@dataclass(frozen=True, slots=True)
class AnswerShelf:
    """Rows say what there is; what is asked for often stays in memory."""

    storage: Storage
    _near: dict[Digest, Evidence] = field(default_factory=dict)

    def kept(
        self, about: Sequence[str], issuer: Digest
    ) -> tuple[tuple[str, Evidence], ...]:
        """Return what is kept about these, the newest first."""
        with self.storage.reading() as work:
            found = work.revocations.kept(about, issuer)
        return tuple((row.source, it) for row in found for it in self._bytes_of(row))

    def keep(
        self,
        about: str,
        issuer: Digest,
        evidence: Evidence,
        *,
        source: str,
        given_at: datetime,
    ) -> None:
        """Keep an answer, unless a newer one is kept."""
        # A crash here leaves a content that nobody has heard of, and is never missed.
        stored = self.storage.content.add([evidence.data])
        answer = KeptAnswer(
            about=about,
            issuer=issuer,
            kind=evidence.kind,
            source=source,
            content=stored.digest,
            given_at=given_at,
        )
        with self.storage.work() as work:
            work.revocations.keep(answer)

    def reached(self, certificate: Digest, issuer: Digest) -> None:
        """Note that this certificate can be judged now: it mostly could before."""
        with self.storage.reading() as work:
            if not work.revocations.is_out(certificate, issuer):
                return
        with self.storage.work() as work:
            work.revocations.end(certificate, issuer)

    def _bytes_of(self, answer: KeptAnswer) -> Iterator[Evidence]:
        known = self._near.get(answer.content)
        if known is None:
            try:
                data = b"".join(self.storage.content.chunks(answer.content))
            except ContentMissing:  # then it is asked for again
                return
            known = Evidence(answer.kind, data)
            self._remember(answer.content, known)
        yield known

    def _remember(self, digest: Digest, evidence: Evidence) -> None:
        held = sum(len(it.data) for it in self._near.copy().values())
        if held + len(evidence.data) > MOST_BYTES_IN_MEMORY:
            self._near.clear()
        self._near[digest] = evidence
