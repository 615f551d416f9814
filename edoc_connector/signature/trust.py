"""Whether a certificate leads to an authority the operator trusts, at a given time.

Here stand the checks of what a sealing certificate must be, with reasons a person can
act on; `path` finds the path, and `validation` judges it.

Without a time stamp the time of sealing is the sealer's own word, so whoever still has
the key of an expired certificate can seal with an old date.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from edoc_connector.errors import N_, CertificateUntrusted, Why, why
from edoc_connector.signature.algorithms import PublicKey, algorithms_of
from edoc_connector.signature.certificate import Certificate
from edoc_connector.signature.path import Anchor, find_path
from edoc_connector.signature.validation import MAX_RSA_BITS, MIN_RSA_BITS, Path

__all__ = ["Anchor", "Path", "check_trust", "find_path", "key_problem"]

TOO_SHORT: Final = N_("an RSA key of {bits} bits is too short, {limit} are needed")
TOO_LONG: Final = N_("an RSA key of {bits} bits is too long, {limit} are allowed")


def check_trust(
    certificate: Certificate, anchors: tuple[Anchor, ...], at: datetime
) -> Path:
    """Return the path to an anchor if the certificate could seal at that time.

    Raises `CertificateUntrusted`.
    """
    problem = (
        key_problem(certificate.public_key)
        or _usage_problem(certificate)
        or _date_problem(certificate, at)
    )
    if problem:
        raise CertificateUntrusted(certificate=certificate.subject, **problem)
    # Last, and only for a time at which the certificate was valid: any other may lie
    # beyond what the validator can count.
    return find_path(certificate.x509, anchors, at)


def key_problem(key: PublicKey) -> Why:
    """Say what is wrong with a key of this kind and size, or nothing."""
    match key:
        case rsa.RSAPublicKey(key_size=bits) if bits < MIN_RSA_BITS:
            return why(TOO_SHORT, bits=bits, limit=MIN_RSA_BITS)
        case rsa.RSAPublicKey(key_size=bits) if bits > MAX_RSA_BITS:
            return why(TOO_LONG, bits=bits, limit=MAX_RSA_BITS)
        case ec.EllipticCurvePublicKey() if not algorithms_of(key):
            return why(
                N_("the curve {curve} is not accepted, P-256 and P-384 are"),
                curve=key.curve.name,
            )
        case _:
            return {}


def _usage_problem(certificate: Certificate) -> Why:
    if certificate.may_sign:
        return {}
    return why(N_("its key usage is neither digitalSignature nor nonRepudiation"))


def _date_problem(certificate: Certificate, at: datetime) -> Why:
    if certificate.not_before <= at <= certificate.not_after:
        return {}
    return why(
        N_("it had to hold at {at}, and is valid from {since} to {until}"),
        at=at.isoformat(),
        since=certificate.not_before.isoformat(),
        until=certificate.not_after.isoformat(),
    )
