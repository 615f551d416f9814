"""What settings choose about seals, by name: nothing of it needs any cryptography."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


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


class Unsealed(StrEnum):
    """What is accepted of an organisation that cannot seal yet."""

    REQUIRE = "require"
    """Nothing but a seal."""
    ACCEPT_ABSENT = "accept-absent"
    """A packet without any signature."""
    ACCEPT_PLACEHOLDER = "accept-placeholder"
    """One with the placeholder of the axis's library too, which proves as little."""


class SubjectField(StrEnum):
    """The fields of a subject that may hold an identifier, by their X.520 names."""

    ORGANIZATION_IDENTIFIER = "organizationIdentifier"
    SERIAL_NUMBER = "serialNumber"
    USER_ID = "userId"
    COMMON_NAME = "commonName"
    ORGANIZATION_NAME = "organizationName"
    UNIT_NAME = "organizationalUnitName"
    TITLE = "title"
