"""Reads a key that seals, with its certificate, from files: PEM or PKCS#12."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    pkcs12,
)

from edoc_connector.errors import N_, KeyUnusable, SealMalformed
from edoc_connector.signature import algorithms
from edoc_connector.signature.algorithms import PrivateKey, PublicKey, algorithms_of
from edoc_connector.signature.certificate import read_certificate
from edoc_connector.signature.choices import NAMES, AlgorithmName, SealAlgorithm
from edoc_connector.signature.trust import key_problem

PEM: Final = b"-----BEGIN "

WRONG_KIND: Final = N_(
    "it holds no RSA or ECDSA key; RSA from 2048 bits, P-256 or P-384 will do"
)


@dataclass(frozen=True, slots=True)
class FileKey:
    """A `SealKey` whose private key was in a file; `repr` shows nothing of it."""

    algorithm: SealAlgorithm
    certificate: bytes = field(repr=False)
    private: PrivateKey = field(repr=False)

    def sign(self, data: bytes) -> bytes:
        """Sign in the form XML has."""
        return algorithms.sign(self.private, self.algorithm, data)


def load_key(
    key: Path,
    certificate: Path | None,
    password: bytes | None,
    algorithm: AlgorithmName | None = None,
) -> FileKey:
    """Read a key and its certificate, and see that they belong together.

    The kind of file is told by its content.  A PKCS#12 file brings its certificate; a
    PEM key may have it in the same file.  Raises `KeyUnusable`.
    """
    data = read_bytes(key)
    if PEM in data:
        private = _pem_key(key, data, password)
        found = certificates_of(certificate or key)
    else:
        private, found = _pkcs12(key, data, password)
        if certificate:
            found = certificates_of(certificate)
    return seal_key(key, _supported(key, private), found, algorithm)


def seal_key(
    path: Path,
    private: PrivateKey,
    certificates: list[bytes],
    algorithm: AlgorithmName | None = None,
) -> FileKey:
    """Put a key together with the one of the certificates that is its own."""
    public = private.public_key()
    chosen = choose_algorithm(path, public, algorithm)
    return FileKey(chosen, own_certificate(path, public, certificates), private)


def choose_algorithm(
    place: object, public: PublicKey, wanted: AlgorithmName | None
) -> SealAlgorithm:
    """Return with what this key seals.  Raises `KeyUnusable` where it cannot."""
    possible = algorithms_of(public)
    if wanted is None:
        return possible[0]
    if wanted.algorithm not in possible:
        raise KeyUnusable(
            path=place,
            because=N_(
                "it does not sign as {wanted}, which its setting algorithm says;"
                " this key signs as {possible}"
            ),
            wanted=wanted,
            possible=", ".join(NAMES[each] for each in possible),
        )
    return wanted.algorithm


def own_certificate(
    place: object, public: PublicKey, certificates: list[bytes]
) -> bytes:
    """Return the one of the certificates that was issued for this key."""
    mine = _public(public)
    for der in certificates:
        try:
            theirs = _public(read_certificate(der).public_key)
        except SealMalformed:  # another kind of key: not ours
            continue
        if theirs == mine:
            return der
    raise KeyUnusable(
        path=place,
        problem=N_(
            "no certificate given belongs to it;"
            " name the one issued for this key in its setting certificate"
        ),
    )


def _pem_key(path: Path, data: bytes, password: bytes | None) -> object:
    try:
        return load_pem_private_key(data, password)
    except TypeError as error:
        problem = (
            N_("it has no password; remove its setting password")
            if password
            else N_("it is encrypted; say in its setting password where that is")
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
            " check its settings key and password"
        )
        raise KeyUnusable(path=path, problem=problem) from error
    held = [bundle.cert] if bundle.cert else []
    ders = [
        one.certificate.public_bytes(Encoding.DER)
        for one in (*held, *bundle.additional_certs)
    ]
    return bundle.key, ders


def certificates_of(path: Path) -> list[bytes]:
    """Read a file of one or more certificates, PEM or DER."""
    data = read_bytes(path)
    if PEM not in data:
        return [data]
    try:
        loaded = x509.load_pem_x509_certificates(data)
    except ValueError as error:
        problem = N_(
            "it holds no certificate; name it in the setting certificate of the key"
        )
        raise KeyUnusable(path=path, problem=problem) from error
    return [one.public_bytes(Encoding.DER) for one in loaded]


def read_bytes(path: Path) -> bytes:
    """Return what is in a file, or raise `KeyUnusable`."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeyUnusable(path=path, problem=error.strerror or error) from error


def _supported(path: Path, private: object) -> PrivateKey:
    if not isinstance(private, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise KeyUnusable(path=path, problem=WRONG_KIND)
    if problem := key_problem(private.public_key()):
        raise KeyUnusable(path=path, **problem)
    return private


def _public(key: PublicKey) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
