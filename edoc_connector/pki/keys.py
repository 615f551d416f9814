"""Reads the key that seals, with its certificate: PEM or PKCS#12, RSA or P-256."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    pkcs12,
)

from edoc_connector.errors import N_, KeyUnusable, SealMalformed
from edoc_connector.signature.certificate import read_certificate
from edoc_connector.signature.ports import SealAlgorithm
from edoc_connector.signature.trust import key_problem

PEM: Final = b"-----BEGIN "
COORDINATE_BYTES: Final = 32

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class FileKey:
    """A `SealKey` whose private key was in a file; `repr` shows nothing of it."""

    algorithm: SealAlgorithm
    certificate: bytes = field(repr=False)
    private: PrivateKey = field(repr=False)

    def sign(self, data: bytes) -> bytes:
        """Sign; for ECDSA the value is `r || s` (RFC 6931, 2.3.6)."""
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(data, padding.PKCS1v15(), SHA256())
        der = self.private.sign(data, ec.ECDSA(SHA256()))
        return b"".join(
            number.to_bytes(COORDINATE_BYTES) for number in decode_dss_signature(der)
        )


def load_key(key: Path, certificate: Path | None, password: bytes | None) -> FileKey:
    """Read a key and its certificate, and see that they belong together.

    The kind of file is told by its content.  A PKCS#12 file brings its certificate; a
    PEM key may have it in the same file.  Raises `KeyUnusable`.
    """
    data = _bytes(key)
    if PEM in data:
        private = _pem_key(key, data, password)
        found = _certificates(certificate or key, _bytes(certificate or key))
    else:
        private, found = _pkcs12(key, data, password)
        if certificate:
            found = _certificates(certificate, _bytes(certificate))
    return seal_key(key, _supported(key, private), found)


def seal_key(path: Path, private: PrivateKey, certificates: list[bytes]) -> FileKey:
    """Put a key together with the one of the certificates that is its own."""
    mine = _public(private.public_key())
    for der in certificates:
        try:
            theirs = _public(read_certificate(der).public_key)
        except SealMalformed:  # another kind of key: not ours
            continue
        if theirs == mine:
            return FileKey(_algorithm(private), der, private)
    raise KeyUnusable(
        path=path,
        problem=N_(
            "no certificate given belongs to it;"
            " name the one issued for this key in seal.certificate"
        ),
    )


def _pem_key(path: Path, data: bytes, password: bytes | None) -> object:
    try:
        return load_pem_private_key(data, password)
    except TypeError as error:
        problem = (
            N_("it has no password, but seal.password names one; remove seal.password")
            if password
            else N_("it is encrypted; say in seal.password where its password is")
        )
        raise KeyUnusable(path=path, problem=problem) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        problem = N_("the password is wrong, or the file is damaged")
        raise KeyUnusable(path=path, problem=problem) from error


def _pkcs12(
    path: Path, data: bytes, password: bytes | None
) -> tuple[object, list[bytes]]:
    try:
        bundle = pkcs12.load_pkcs12(data, password)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        problem = N_(
            "it is neither PEM nor PKCS#12, or the password is wrong or missing;"
            " check seal.key and seal.password"
        )
        raise KeyUnusable(path=path, problem=problem) from error
    held = [bundle.cert] if bundle.cert else []
    ders = [
        one.certificate.public_bytes(Encoding.DER)
        for one in (*held, *bundle.additional_certs)
    ]
    return bundle.key, ders


def _certificates(path: Path, data: bytes) -> list[bytes]:
    """Read a file of one or more certificates, PEM or DER."""
    if PEM not in data:
        return [data]
    try:
        loaded = x509.load_pem_x509_certificates(data)
    except ValueError as error:
        problem = N_("it holds no certificate; name it in seal.certificate")
        raise KeyUnusable(path=path, problem=problem) from error
    return [one.public_bytes(Encoding.DER) for one in loaded]


def _supported(path: Path, private: object) -> PrivateKey:
    if not isinstance(private, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        problem = N_(
            "it holds no RSA or ECDSA key; RSA from 2048 bits or P-256 will do"
        )
        raise KeyUnusable(path=path, problem=problem)
    if problem := key_problem(private.public_key()):
        raise KeyUnusable(path=path, problem=problem)
    return private


def _algorithm(private: PrivateKey) -> SealAlgorithm:
    if isinstance(private, rsa.RSAPrivateKey):
        return SealAlgorithm.RSA_PKCS1_SHA256
    return SealAlgorithm.ECDSA_SHA256


def _public(key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeyUnusable(path=path, problem=error.strerror or error) from error
