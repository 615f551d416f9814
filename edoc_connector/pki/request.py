"""Makes a key for a new site, and the request for its certificate."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Final, assert_never

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from edoc_connector.errors import N_, KeyUnusable
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.signature.algorithms import PrivateKey

P_384_BITS: Final = 384
NAME_BYTES: Final = 64
"""The upper bound of O and CN (RFC 5280, appendix A.1), counted as the library does."""


class KeyKind(StrEnum):
    """The keys we make."""

    RSA_2048 = "rsa-2048"
    P_256 = "p-256"
    P_384 = "p-384"


def create_key(path: Path, *, kind: KeyKind, password: bytes | None) -> PrivateKey:
    """Make a key and write it as PEM, readable by its owner only.

    Raises `KeyUnusable` rather than overwrite: a key that is lost is lost for good.
    """
    private = generate_key(kind)
    data = private.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, _encryption(password)
    )
    try:
        # The mode is given at creation: there is no moment at which others can read.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError as error:
        problem = N_("there is a key already; move it away or choose another name")
        raise KeyUnusable(path=path, problem=problem) from error
    except OSError as error:
        raise KeyUnusable(path=path, problem=error.strerror or error) from error
    return private


def generate_key(kind: KeyKind) -> PrivateKey:
    """Make a key in memory."""
    match kind:
        case KeyKind.RSA_2048:
            return rsa.generate_private_key(public_exponent=65537, key_size=2048)
        case KeyKind.P_256:
            return ec.generate_private_key(ec.SECP256R1())
        case KeyKind.P_384:
            return ec.generate_private_key(ec.SECP384R1())
        case _:
            assert_never(kind)


def certificate_request(
    private: PrivateKey, *, code: OrganizationCode, name: str
) -> bytes:
    """Return a PKCS#10 request for this organisation, PEM."""
    return _request(private, subject(code, name))


def account_request(private: PrivateKey, account: str) -> bytes:
    """Return a PKCS#10 request for an account of a broker, PEM: its CN is the name."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, account)])
    return _request(private, name)


def _request(private: PrivateKey, name: x509.Name) -> bytes:
    builder = x509.CertificateSigningRequestBuilder().subject_name(name)
    hashed = SHA384() if private.key_size == P_384_BITS else SHA256()
    return builder.sign(private, hashed).public_bytes(Encoding.PEM)


def subject(code: OrganizationCode, name: str) -> x509.Name:
    """Return the subject that names an organisation: its code is what binds.

    The code stands in organizationIdentifier (2.5.4.97, EN 319 412-1).
    """
    cut = _cut(name) or code
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, code),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, cut),
            x509.NameAttribute(NameOID.COMMON_NAME, cut),
        ]
    )


def _cut(name: str) -> str:
    """Cut a long name at a whole letter."""
    return name.encode()[:NAME_BYTES].decode(errors="ignore").strip()


def _encryption(password: bytes | None) -> KeySerializationEncryption:
    return BestAvailableEncryption(password) if password else NoEncryption()
