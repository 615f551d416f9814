"""What the seal asks of a key, wherever the key is kept."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol


class SealAlgorithm(StrEnum):
    """The signature methods written and accepted, by their XML names (RFC 9231)."""

    RSA_PKCS1_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
    ECDSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"


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
        """Sign; the value is in XML form (for ECDSA `r || s`, RFC 6931 2.3.6)."""
        ...
