"""Shelves for answers about revocation, and who puts answers on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from edoc_connector.errors import AnswerUnusable
from edoc_connector.model.evidence import Evidence
from edoc_connector.model.identifiers import Digest
from edoc_connector.pki.shelf import Shelf
from edoc_connector.signature.answers import StoredRevocation
from edoc_connector.signature.ports import Answer, Silence
from edoc_connector.signature.revocation import judge

ADDRESS = "http://crl.ca.gov.vn/list.crl"


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


@dataclass(slots=True)
class Asked:
    """Asks the authorities, which may be away, and keeps on a shelf what they say.

    As `LiveRevocation` does, without a network.
    """

    shelf: Callable[[], Shelf]
    clock: Callable[[], datetime]
    authorities: StoredRevocation
    are_away: bool = False

    def answers(
        self, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime
    ) -> Iterator[Answer | Silence]:
        """Yield what is kept, else what they say."""
        issued_by = Digest(issuer.fingerprint(SHA256()).hex())
        kept = self.shelf().kept([ADDRESS], issued_by)
        yield from (Answer(source, it) for source, it in kept)
        if kept:
            return
        if self.are_away:
            yield Silence(ADDRESS, "it does not answer in time")
            return
        for said in self.authorities.answers(certificate, issuer, at):
            try:
                judged = judge(
                    said.evidence, certificate, issuer, at=at, now=self.clock()
                )
            except AnswerUnusable:  # the list of another authority
                continue
            self.shelf().keep(
                ADDRESS,
                issued_by,
                said.evidence,
                source=ADDRESS,
                given_at=judged.this_update,
            )
            this = Digest(certificate.fingerprint(SHA256()).hex())
            self.shelf().reached(this, issued_by)
            yield said
