"""What the seal asks of a key, wherever the key is kept."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Protocol


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
