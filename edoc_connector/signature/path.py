"""The path from a certificate to an authority the operator trusts, at a given time.

Which paths there can be follows from the operator's own certificates: a seal carries
its signer's certificate only, so nobody else can lengthen or multiply them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from edoc_connector.errors import N_, CertificateUntrusted, Why, why
from edoc_connector.signature.certificate import (
    UNREADABLE,
    UNREADABLE_CERTIFICATE,
    load_certificate,
)
from edoc_connector.signature.extensions import extension_of
from edoc_connector.signature.validation import (
    PATH_LENGTH,
    Path,
    path_problem,
)

NO_WAY: Final = N_(
    "no path to a trust anchor; the anchors must be root and issuing authorities"
)


@dataclass(frozen=True, slots=True)
class Anchor:
    """An authority's certificate, DER, and the time for which the operator trusts it.

    A self-signed one ends a path, any other only leads to one.
    """

    der: bytes
    since: datetime | None = None
    until: datetime | None = None

    def is_trusted(self, at: datetime) -> bool:
        """Whether the operator trusted it then."""
        begun = self.since is None or self.since <= at
        return begun and (self.until is None or at <= self.until)


@dataclass(frozen=True, slots=True)
class _Authority:
    anchor: Anchor
    certificate: x509.Certificate


_Way = tuple[_Authority, ...]


def find_path(
    certificate: x509.Certificate, anchors: tuple[Anchor, ...], at: datetime
) -> Path:
    """Return the path that holds at that time, or raise `CertificateUntrusted`.

    Where none holds, what is wrong with the likeliest is said.
    """
    problems = [] if anchors else [why(N_("no trust anchor is set"))]
    for path, problem in _judged(certificate, anchors, at):
        if not problem:
            return path
        problems.append(problem)
    raise CertificateUntrusted(
        certificate=certificate.subject.rfc4514_string(),
        **(problems[0] if problems else why(NO_WAY)),
    )


def find_paths(
    certificate: x509.Certificate, anchors: tuple[Anchor, ...], at: datetime
) -> Iterator[Path]:
    """Yield every path that holds at that time, the likeliest first."""
    for path, problem in _judged(certificate, anchors, at):
        if not problem:
            yield path


def keys_of(anchors: tuple[Anchor, ...]) -> frozenset[bytes]:
    """Return the public keys of these authorities, DER."""
    return frozenset(key for one in anchors for key in _key_of(one.der))


@lru_cache(maxsize=128)
def _key_of(der: bytes) -> tuple[bytes, ...]:
    try:
        return (public_bytes(load_certificate(der)),)
    except UNREADABLE:  # then it vouches for nothing either
        return ()


def public_bytes(certificate: x509.Certificate) -> bytes:
    """Return the public key of a certificate, DER."""
    return certificate.public_key().public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )


def _judged(
    certificate: x509.Certificate, anchors: tuple[Anchor, ...], at: datetime
) -> Iterator[tuple[Path, Why]]:
    for way in _ways_of(certificate, anchors):
        path = (certificate, *(one.certificate for one in way))
        yield path, _period_problem(way, at) or path_problem(path, at)


def _period_problem(way: _Way, at: datetime) -> Why:
    if all(one.anchor.is_trusted(at) for one in way):
        return {}
    return why(N_("its authority is not trusted for that time (trust.periods)"))


def _ways_of(
    certificate: x509.Certificate, anchors: tuple[Anchor, ...]
) -> tuple[_Way, ...]:
    try:
        return _ways(certificate, anchors)
    except UNREADABLE as error:
        raise CertificateUntrusted(
            certificate=certificate.subject.rfc4514_string(),
            because=UNREADABLE_CERTIFICATE,
            found=error,
        ) from error


# A few senders write most of the post.
@lru_cache(maxsize=64)
def _ways(
    certificate: x509.Certificate, anchors: tuple[Anchor, ...]
) -> tuple[_Way, ...]:
    """Return every way up to an anchor, the likeliest first."""
    above = (
        way
        for one in _authorities(anchors)
        if one.certificate.subject == certificate.issuer
        for way in _ways_from(one, anchors)
    )
    # An authority that renewed its key has two certificates of one name.
    return tuple(
        sorted(
            above,
            key=lambda it: (not _is_named(it[0].certificate, certificate), len(it)),
        )
    )


@lru_cache(maxsize=8)
def _authorities(anchors: tuple[Anchor, ...]) -> _Way:
    return tuple(
        _Authority(anchor, load_certificate(anchor.der))
        for anchor in dict.fromkeys(anchors)
    )


@lru_cache(maxsize=128)
def _ways_from(first: _Authority, anchors: tuple[Anchor, ...]) -> tuple[_Way, ...]:
    return tuple(_climb((first,), _authorities(anchors)))


def _climb(way: _Way, authorities: _Way) -> Iterator[_Way]:
    top = way[-1]
    if _issued(top.certificate, top.certificate):
        yield way
    elif len(way) <= PATH_LENGTH:
        for one in authorities:
            if one not in way and _issued(top.certificate, one.certificate):
                yield from _climb((*way, one), authorities)


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def _is_named(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Whether the certificate names this key of its issuer (RFC 5280, 4.2.1.1)."""
    named = extension_of(certificate, x509.AuthorityKeyIdentifier)
    own = extension_of(issuer, x509.SubjectKeyIdentifier)
    return bool(named and own and named.key_identifier == own.digest)
