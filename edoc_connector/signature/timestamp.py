"""Decides whether a time stamp proves when a seal was there.

Guarantee: a time that is returned was said of this signature value, by the holder of a
key whose certificate is for time stamping only and leads to an anchor of the operator.
Whoever is on the way may add, replace or drop a token, so one that proves nothing
refuses nothing: the time of reception counts then, as if there were no token.

Not asked here: whether the authority's certificate was revoked; `ProvenTime` holds what
that question needs.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from hmac import compare_digest
from itertools import islice
from typing import Final

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from edoc_connector.errors import (
    N_,
    CertificateUntrusted,
    Reason,
    SealMalformed,
    TimeNotProven,
    cause_of,
)
from edoc_connector.model.stages import FoundSeal
from edoc_connector.signature import profile
from edoc_connector.signature.certificate import (
    UNREADABLE,
    Certificate,
    read_certificate,
)
from edoc_connector.signature.found import short
from edoc_connector.signature.path import keys_of, public_bytes
from edoc_connector.signature.policy import Policy
from edoc_connector.signature.token import Token, read_token
from edoc_connector.signature.token_signature import hash_of, signer_of
from edoc_connector.signature.trust import Anchor, Path, check_trust

MOST_LINKS: Final = 2
"""Authorities that a token may bring along; each that somebody else chooses multiplies
the paths there are to try.  The operator's own are not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenTime:
    """The seal was there at this time, says an authority the operator trusts.

    `at` is the latest moment the authority may have meant: what it said, and how far
    it may be off.  `anchors` are all that a path of it may lead over.
    """

    at: datetime
    token: bytes = field(repr=False)
    path: Path
    anchors: tuple[Anchor, ...] = field(default=(), repr=False)


def tokens_of(seal: FoundSeal) -> tuple[bytes, ...]:
    """Return the tokens of a seal; what is no base64 is there as no bytes at all."""
    return tuple(map(_decoded, seal.timestamps))


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError:
        return b""


def prove_time(
    tokens: Iterable[bytes],
    signature_value: bytes,
    policy: Policy,
    *,
    sealed_at: datetime,
    now: datetime,
) -> ProvenTime | Reason:
    """Return what the first token proves that proves anything, or why the last fails.

    `sealed_at` is the sealer's own word.
    """
    reason = TimeNotProven(because=N_("there is none")).reason
    for token in tokens:
        try:
            proven = check_token(token, signature_value, policy, now=now)
            _check_order(proven, sealed_at, policy)
        except TimeNotProven as error:
            reason = error.reason
        else:
            return proven
    return reason


def check_token(
    data: bytes, signature_value: bytes, policy: Policy, *, now: datetime
) -> ProvenTime:
    """Return what a token proves of this signature value, or raise `TimeNotProven`."""
    token = read_token(data)

    # 1. It stamps this signature value and nothing else (RFC 3161, 2.4.2).
    _check_imprint(token, signature_value)

    # 2. Its signature fits the certificate that it names (RFC 5652, 5.6; RFC 5816).
    signer = signer_of(token)

    # 3. The certificate is for time stamping, only (RFC 3161, 2.3) ...
    _check_purpose(signer)

    # 4. ... and led to an anchor when it stamped (RFC 5280, 6).
    anchors = _anchors(token, signer, policy)
    path = _path(signer, anchors, token.gen_time)

    # 5. The time is said exactly enough, and is not in our future.
    at = _time(token, policy, now)
    return ProvenTime(at=at, token=data, path=path, anchors=anchors)


def imprint(signature_value: bytes, algorithm: str = "sha256") -> bytes:
    """Return the hash that is stamped: of SignatureValue in exclusive C14N."""
    return hashlib.new(algorithm, profile.stamped(signature_value)).digest()


def _check_imprint(token: Token, signature_value: bytes) -> None:
    said = token.info.imprint
    expected = imprint(signature_value, hash_of(said.algorithm).name)
    if not compare_digest(expected, said.digest):
        raise TimeNotProven(because=N_("it stamps something else than this seal"))


def _check_purpose(signer: Certificate) -> None:
    try:
        found = signer.x509.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        purposes, is_critical = [], False
    else:
        purposes, is_critical = list(found.value), found.critical
    if purposes != [ExtendedKeyUsageOID.TIME_STAMPING] or not is_critical:
        raise TimeNotProven(
            because=N_("the certificate {certificate} is not for time stamping only"),
            certificate=short(signer.subject),
        )


def _anchors(token: Token, signer: Certificate, policy: Policy) -> tuple[Anchor, ...]:
    anchors = policy.timestamp_anchors or policy.anchors
    return (*anchors, *islice(_links(token, signer, anchors), MOST_LINKS))


def _path(signer: Certificate, anchors: tuple[Anchor, ...], at: datetime) -> Path:
    try:
        return check_trust(signer, anchors, at)
    except CertificateUntrusted as error:
        raise TimeNotProven(
            **{
                **cause_of(error),
                "because": N_("the certificate {certificate} is not trusted: {detail}"),
                "certificate": short(signer.subject),
            }
        ) from error


def _links(
    token: Token, signer: Certificate, anchors: tuple[Anchor, ...]
) -> Iterator[Anchor]:
    """Yield the authorities between, which the token brings along.

    One that issued itself would end a path, and one of the operator's own would lose
    the time for which it is trusted; that is known by its key, because anybody can
    write a certificate with an ECDSA signature in other bytes.
    """
    known = {public_bytes(signer.x509), *keys_of(anchors)}
    for data in token.certificates:
        with suppress(SealMalformed, *UNREADABLE):
            found = read_certificate(data).x509
            is_root = found.issuer == found.subject
            if not is_root and public_bytes(found) not in known:
                yield Anchor(data)


def _time(token: Token, policy: Policy, now: datetime) -> datetime:
    said, accuracy, tolerance = token.gen_time, token.accuracy, policy.future_tolerance
    if abs(accuracy) > tolerance:
        raise TimeNotProven(because=N_("its time is not exact"))
    if said - accuracy > now + tolerance:
        raise TimeNotProven(
            because=N_("it says {said}, but here it is {now}; check both clocks"),
            said=said.isoformat(),
            now=now.isoformat(),
        )
    return said + accuracy


def _check_order(proven: ProvenTime, sealed_at: datetime, policy: Policy) -> None:
    if proven.at < sealed_at - policy.future_tolerance:
        raise TimeNotProven(
            because=N_("it says {said}, before the time of sealing {sealed_at}"),
            said=proven.at.isoformat(),
            sealed_at=sealed_at.isoformat(),
        )
