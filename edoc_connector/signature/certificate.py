"""A certificate as the seal needs it: read once, completely, or refused."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID, PublicKeyAlgorithmOID

from edoc_connector.errors import N_, SealMalformed
from edoc_connector.model.identifiers import Digest
from edoc_connector.signature.algorithms import PublicKey

UNREADABLE: Final = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What `cryptography` raises on bytes that are no certificate, or a strange one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What stands in a certificate; nothing of it is believed before `trust` has.

    `organization` is the organizationIdentifier of the subject (2.5.4.97), empty where
    there is none or more than one.
    """

    digest: Digest
    subject: str
    organization: str
    not_before: datetime
    not_after: datetime
    may_sign: bool
    public_key: PublicKey
    x509: x509.Certificate = field(repr=False)


UNREADABLE_CERTIFICATE: Final = N_("the certificate cannot be read ({found})")
BOUND_TO_PSS: Final = N_("the key is bound to RSA-PSS; an ordinary RSA key is needed")

LONGEST_BYTES: Final = 64 * 1024
FINGERPRINTS: Final = 256
"""Certificates have one to four thousand bytes."""


@lru_cache(maxsize=64)
def read_certificate(der: bytes) -> Certificate:
    """Read a certificate from DER, or raise `SealMalformed`.

    The last ones are remembered: a few senders write most of the post.
    """
    if len(der) > LONGEST_BYTES:
        raise SealMalformed(
            because=N_("the certificate has {size} bytes, {limit} are allowed"),
            size=len(der),
            limit=LONGEST_BYTES,
        )
    try:
        with tolerant():
            return _read(der)
    except UNREADABLE as error:
        raise SealMalformed(because=UNREADABLE_CERTIFICATE, found=error) from error


@lru_cache(maxsize=FINGERPRINTS)
def fingerprint(certificate: x509.Certificate) -> Digest:
    """Return the digest by which a certificate is known."""
    return Digest(certificate.fingerprint(SHA256()).hex())


@contextmanager
def tolerant() -> Iterator[None]:
    """Read what an authority writes oddly, without a word.

    Its long name or odd serial number is its own affair: what `cryptography` only
    warns of neither refuses a certificate nor fills stderr.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def load_certificate(der: bytes) -> x509.Certificate:
    """Read an authority's certificate, whatever its key is for."""
    with tolerant():
        certificate = x509.load_der_x509_certificate(der)
        # Names are read when they are first asked for, and remembered.
        _ = certificate.subject, certificate.issuer
    return certificate


def _read(der: bytes) -> Certificate:
    certificate = load_certificate(der)
    return Certificate(
        digest=Digest(sha256(der).hexdigest()),
        subject=certificate.subject.rfc4514_string(),
        organization=_organization(certificate.subject),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        may_sign=_may_sign(certificate.extensions),
        public_key=_public_key(certificate),
        x509=certificate,
    )


def _organization(subject: x509.Name) -> str:
    values = [
        attribute.value
        for attribute in subject.get_attributes_for_oid(NameOID.ORGANIZATION_IDENTIFIER)
    ]
    return values[0] if len(values) == 1 and isinstance(values[0], str) else ""


def _may_sign(extensions: x509.Extensions) -> bool:
    try:
        usage = extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return False
    # contentCommitment is what X.509 called nonRepudiation before.
    return usage.digital_signature or usage.content_commitment


def _public_key(certificate: x509.Certificate) -> PublicKey:
    if certificate.public_key_algorithm_oid == PublicKeyAlgorithmOID.RSASSA_PSS:
        # The library forgets that such a key may sign as PSS only, perhaps with other
        # parameters than ours.  An ordinary RSA key seals as PSS just as well.
        raise TypeError(BOUND_TO_PSS)
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise TypeError(N_("the key is neither RSA nor ECDSA"))
    return key
