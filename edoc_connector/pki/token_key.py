"""A key that never leaves its token or HSM: found again when it was away, and proven.

Guarantee: a wrong PIN is sent once, however long the connector runs and however often
it is started.  A token that is pulled out makes the post wait; when one is back, its
key proves with a signature that it is still the one of our certificate.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from edoc_connector.errors import (
    N_,
    KeyUnusable,
    PinRefused,
    SealMalformed,
    TokenAway,
)
from edoc_connector.pki.keys import certificates_of, choose_algorithm
from edoc_connector.pki.pkcs11 import Module, Opened, TokenSource, module_of
from edoc_connector.signature.algorithms import PublicKey, signature_fits
from edoc_connector.signature.certificate import read_certificate
from edoc_connector.signature.choices import AlgorithmName, SealAlgorithm
from edoc_connector.signature.trust import key_problem

PROBE: Final = b"edoc: does this key belong to this certificate?"


@dataclass(slots=True)
class TokenKey:
    """A `SealKey` whose private key is on a token; `repr` shows nothing of it."""

    algorithm: SealAlgorithm
    certificate: bytes = field(repr=False)
    source: TokenSource = field(repr=False)
    opened: Opened | None = field(repr=False)
    refused: PinRefused | None = field(default=None, repr=False)

    def sign(self, data: bytes) -> bytes:
        """Sign in the form XML has.

        A session that was lost is opened again, once.  Raises `TokenAway` while there
        is no token that signs for our certificate, and `PinRefused`, after which the
        token is not asked again.
        """
        module = module_of(self.source)
        with module.lock:
            if self.refused is not None:
                raise self.refused
            try:
                return self._sign(module, data)
            except PinRefused as error:
                self.refused = error
                raise
            except TokenAway:
                raise
            except KeyUnusable as error:  # another token: the right one may come back
                raise TokenAway(**error.details) from error

    def _sign(self, module: Module, data: bytes) -> bytes:
        if self.opened is not None and self.opened.holds:
            try:
                return self.opened.sign(self.algorithm, data)
            except TokenAway:
                self.opened = None
        opened = module.open(self.source)
        _check_key(opened, self.certificate, self.algorithm)
        self.opened = opened
        return opened.sign(self.algorithm, data)


def open_token_key(
    source: TokenSource, certificate: Path | None, algorithm: AlgorithmName | None
) -> TokenKey:
    """Sign in, find the key, and see that it signs and which certificate is its own.

    The certificate is in a file, or on the token beside the key.  Raises `KeyUnusable`.
    """
    module = module_of(source)
    with module.lock:
        opened = module.open(source)
        found = certificates_of(certificate) if certificate else opened.certificates()
        der, chosen = _own(opened, found, algorithm)
    return TokenKey(chosen, der, source, opened)


def _own(
    opened: Opened, certificates: Sequence[bytes], wanted: AlgorithmName | None
) -> tuple[bytes, SealAlgorithm]:
    """Return the certificate whose owner the key proves to be, and how it signs."""
    unusable: KeyUnusable | None = None
    for der, public in _of_kind(opened, certificates):
        try:
            algorithm = _algorithm(opened, public, wanted)
            if _proves(opened, public, algorithm):
                return der, algorithm
        except KeyUnusable as error:
            if error.retryable:
                raise
            unusable = error
    raise unusable or _nobodys(opened)


def _algorithm(
    opened: Opened, public: PublicKey, wanted: AlgorithmName | None
) -> SealAlgorithm:
    if problem := key_problem(public):
        raise KeyUnusable(path=opened.source.uri, **problem)
    return choose_algorithm(opened.source.uri, public, wanted)


def _check_key(opened: Opened, certificate: bytes, algorithm: SealAlgorithm) -> None:
    for _, public in _of_kind(opened, [certificate]):
        if _proves(opened, public, algorithm):
            return
    raise _nobodys(opened)


def _of_kind(
    opened: Opened, certificates: Sequence[bytes]
) -> Iterator[tuple[bytes, PublicKey]]:
    """Yield those whose key is of the same kind, so that asking it makes sense."""
    for der in certificates:
        try:
            public = read_certificate(der).public_key
        except SealMalformed:  # another kind of key: not ours
            continue
        if opened.is_of_kind(public):
            yield der, public


def _proves(opened: Opened, public: PublicKey, algorithm: SealAlgorithm) -> bool:
    """Ask for a signature: tokens tell their public keys in many ways, or not."""
    value = opened.sign(algorithm, PROBE)
    return signature_fits(public, algorithm, value=value, data=PROBE)


def _nobodys(opened: Opened) -> KeyUnusable:
    return KeyUnusable(
        path=opened.source.uri,
        problem=N_(
            "no certificate given belongs to it;"
            " name the one issued for this key in its setting certificate"
        ),
    )
