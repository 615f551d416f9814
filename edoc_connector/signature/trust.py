"""Whether a certificate leads to an authority the operator trusts, at a given time.

The path itself (who issued whom, signatures, basic constraints, path length, name
constraints, dates, SHA-1 and other weak algorithms, unknown critical extensions) is
judged by the path validator of `cryptography`.  Before it stand the checks that are
ours: what a sealing certificate must be, with reasons a person can act on.

Without a time stamp the time of sealing is the sealer's own word, so whoever still has
the key of an expired certificate can seal with an old date.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from edoc_connector.errors import N_, CertificateUntrusted
from edoc_connector.signature.algorithms import PublicKey, algorithms_of
from edoc_connector.signature.certificate import Certificate

MIN_RSA_BITS: Final = 2048
MAX_RSA_BITS: Final = 8192
"""A larger modulus only costs time: that of whoever must check it."""

PATH_LENGTH: Final = 4
"""National root, provider's root, issuing authority, and one to spare."""

NO_PATH: Final = N_("no path to a trust anchor")
NOTHING_MORE: Final = "all candidates exhausted with no interior errors"
"""The validator's words for an issuer it does not know, which say nothing more."""


def check_trust(
    certificate: Certificate, anchors: tuple[bytes, ...], at: datetime
) -> None:
    """Raise `CertificateUntrusted` unless the certificate could seal at that time."""
    problem = (
        key_problem(certificate.public_key)
        or _usage_problem(certificate)
        or _date_problem(certificate, at)
        # Last, and only for a time at which the certificate was valid: any other may
        # lie beyond what the validator can count.
        or _path_problem(certificate, anchors, at)
    )
    if problem:
        raise CertificateUntrusted(certificate=certificate.subject, problem=problem)


def key_problem(key: PublicKey) -> str:
    """Say what is wrong with a key of this kind and size, or nothing."""
    match key:
        case rsa.RSAPublicKey(key_size=bits) if bits < MIN_RSA_BITS:
            return f"an RSA key of {bits} bits is too short, {MIN_RSA_BITS} are needed"
        case rsa.RSAPublicKey(key_size=bits) if bits > MAX_RSA_BITS:
            return f"an RSA key of {bits} bits is too long, {MAX_RSA_BITS} are allowed"
        case ec.EllipticCurvePublicKey() if not algorithms_of(key):
            return f"the curve {key.curve.name} is not accepted, P-256 and P-384 are"
        case _:
            return ""


def _usage_problem(certificate: Certificate) -> str:
    if certificate.may_sign:
        return ""
    return N_("its key usage is neither digitalSignature nor nonRepudiation")


def _date_problem(certificate: Certificate, at: datetime) -> str:
    if certificate.not_before <= at <= certificate.not_after:
        return ""
    return (
        f"sealed at {at.isoformat()}, valid from {certificate.not_before.isoformat()}"
        f" to {certificate.not_after.isoformat()}"
    )


def _path_problem(
    certificate: Certificate, anchors: tuple[bytes, ...], at: datetime
) -> str:
    roots, links = _authorities(anchors)
    if not roots:
        return N_("no trust anchor is set")
    builder = PolicyBuilder().store(Store(list(roots))).time(at)
    verifier = (
        builder.max_chain_depth(PATH_LENGTH)
        .extension_policies(ca_policy=AUTHORITY, ee_policy=SEALER)
        .build_client_verifier()
    )
    try:
        verifier.verify(certificate.x509, list(links))
    except (VerificationError, ValueError) as error:
        told = _plain(error)
        return f"{NO_PATH} ({told})" if told else NO_PATH
    return ""


@lru_cache(maxsize=8)
def _authorities(
    anchors: tuple[bytes, ...],
) -> tuple[tuple[x509.Certificate, ...], tuple[x509.Certificate, ...]]:
    """Part the operator's certificates into ends of paths and links to them."""
    loaded = [x509.load_der_x509_certificate(anchor) for anchor in anchors]
    roots = tuple(one for one in loaded if one.issuer == one.subject)
    links = tuple(one for one in loaded if one.issuer != one.subject)
    return roots, links


def _must_sign_certificates(
    _policy: Policy, _certificate: x509.Certificate, usage: x509.KeyUsage
) -> None:
    if not usage.key_cert_sign:
        raise ValueError("an authority's key usage is not keyCertSign")


AUTHORITY: Final = (
    ExtensionPolicy.permit_all()
    .require_present(x509.BasicConstraints, Criticality.AGNOSTIC, None)
    .require_present(x509.KeyUsage, Criticality.AGNOSTIC, _must_sign_certificates)
)
"""That basicConstraints says `cA`, the validator sees to itself."""

SEALER: Final = ExtensionPolicy.permit_all()
"""The rules of web servers (DNS names and the like) are not those of seals."""


def _plain(error: Exception) -> str:
    """Leave out the validator's preamble and the Python form of the certificate."""
    text = re.sub(r"\s*\(encountered processing .*\)$", "", str(error), flags=re.DOTALL)
    text = text.removeprefix("validation failed: ")
    return "" if NOTHING_MORE in text else text
