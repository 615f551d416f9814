"""What is said of revocation by what is here: nobody is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from cryptography import x509

from edoc_connector.model.evidence import Evidence
from edoc_connector.model.identifiers import Digest
from edoc_connector.pki.crl_files import CrlFiles
from edoc_connector.signature.addresses import crl_addresses
from edoc_connector.signature.certificate import fingerprint
from edoc_connector.signature.ports import Answer, Silence

MOST_ADDRESSES: Final = 4
"""As many as are asked: nothing is kept from others."""


class Kept(Protocol):
    """Where answers are kept."""

    def kept(
        self, about: Sequence[str], issuer: Digest
    ) -> Sequence[tuple[str, Evidence]]:
        """Return what is kept about these, and where each came from."""
        ...


@dataclass(frozen=True, slots=True)
class LocalRevocation:
    """Lists that the operator carried in, and answers that were kept."""

    files: CrlFiles
    kept: Kept

    def answers(
        self, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime
    ) -> Iterator[Answer | Silence]:
        """Yield all there is; which of it serves for that time, a judge says."""
        del at
        yield from self.files.answers(issuer)
        about = (fingerprint(certificate), *crl_addresses(certificate)[:MOST_ADDRESSES])
        for source, evidence in self.kept.kept(about, fingerprint(issuer)):
            yield Answer(source, evidence)
