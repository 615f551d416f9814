"""What the seal asks of others: of a key, and of those who publish revocation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol, runtime_checkable

from cryptography import x509

from edoc_connector.model.evidence import Evidence


class SealAlgorithm(StrEnum):
    """The signature methods written and accepted, by their XML names (RFC 9231)."""

    RSA_PKCS1_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
    RSA_PSS_SHA256 = "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"
    ECDSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
    ECDSA_SHA384 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"


class AlgorithmName(StrEnum):
    """The same algorithms by the names that settings and people use."""

    RSA_PKCS1_SHA256 = "rsa-pkcs1-sha256"
    RSA_PSS_SHA256 = "rsa-pss-sha256"
    ECDSA_P256_SHA256 = "ecdsa-p256-sha256"
    ECDSA_P384_SHA384 = "ecdsa-p384-sha384"

    @property
    def algorithm(self) -> SealAlgorithm:
        """The algorithm as XML names it."""
        return ALGORITHMS[self]


ALGORITHMS: Final[Mapping[AlgorithmName, SealAlgorithm]] = {
    AlgorithmName.RSA_PKCS1_SHA256: SealAlgorithm.RSA_PKCS1_SHA256,
    AlgorithmName.RSA_PSS_SHA256: SealAlgorithm.RSA_PSS_SHA256,
    AlgorithmName.ECDSA_P256_SHA256: SealAlgorithm.ECDSA_SHA256,
    AlgorithmName.ECDSA_P384_SHA384: SealAlgorithm.ECDSA_SHA384,
}
NAMES: Final = {algorithm: name for name, algorithm in ALGORITHMS.items()}


class SealKey(Protocol):
    """A private key with its certificate."""

    @property
    def algorithm(self) -> SealAlgorithm:
        """The algorithm this key signs with."""
        ...

    @property
    def certificate(self) -> bytes:
        """The signer's certificate, DER."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Sign; the value is in XML form (for ECDSA `r || s`, RFC 9231 2.3.6)."""
        ...


class TimeStamper(Protocol):
    """A time stamping service."""

    def stamp(self, signature_value: bytes, *, within_seconds: float) -> bytes:
        """Return a token that proves to us when this signature value was there.

        Raises `TimestampUnavailable`, after `within_seconds` at the latest.
        """
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody says about revocation; nothing of it is believed before judged."""

    source: str
    """Who gave it: an address, a file, or where it was kept."""
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Silence:
    """Nobody answered there, and why not, in words of the catalogue."""

    source: str
    problem: str


class Revocation(Protocol):
    """Who can be asked whether a certificate was revoked."""

    def answers(
        self, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime
    ) -> Iterable[Answer | Silence]:
        """Yield all there is to say about the certificate at that time, best first.

        Enough of it is a proof for `at` wherever one can be had: who must ask over the
        network stops asking then.  Never raises for who does not answer.
        """
        ...


@runtime_checkable
class PatientRevocation(Revocation, Protocol):
    """Who asks over the network, and has others wait meanwhile."""

    def for_one_seal(self) -> Revocation:
        """Return who asks about one seal, and for no longer than that is worth."""
        ...
