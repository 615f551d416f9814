"""Whether one path holds at a given time (RFC 5280, 6).

The validator of `cryptography` judges it: signatures, basic constraints, path length,
key usage, dates, weak algorithms, unknown critical extensions, names of servers and
mail.  It refuses every directoryName constraint.  So a path with an authority that has
some is taken apart there: what is below is judged by the library beneath a twin of that
authority without the constraints, the authority and those above it are judged here by
the same rules, and the directory names along the whole path in `constraints`.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache, lru_cache
from itertools import pairwise
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256, HashAlgorithm
from cryptography.x509.oid import ExtensionOID
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from edoc_connector.errors import N_, Why, why
from edoc_connector.signature.certificate import UNREADABLE
from edoc_connector.signature.constraints import (
    FORBIDDEN_NAME,
    constrains_names,
    name_problem,
    other_constraints,
)
from edoc_connector.signature.extensions import extension_of

Path = tuple[x509.Certificate, ...]
"""A certificate, its issuer, and so on to the anchor."""

PATH_LENGTH: Final = 4
"""National root, provider's root, issuing authority, and one to spare."""

MIN_RSA_BITS: Final = 2048
MAX_RSA_BITS: Final = 8192
"""A larger modulus only costs time: that of whoever must check it."""

HASHES: Final = frozenset({"sha256", "sha384", "sha512"})
"""What an authority may sign with; SHA-1 and MD5 are forged."""

UNDERSTOOD: Final = frozenset(
    {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.NAME_CONSTRAINTS,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
    }
)
"""The critical extensions of an authority that are judged here."""

NO_PATH: Final = N_("no path to a trust anchor")
NO_PATH_FOR: Final = N_("no path to a trust anchor ({why_not})")
UNKNOWN_EXTENSION: Final = N_(
    "no path to a trust anchor (a certificate has critical extensions that are not"
    " known here: {extensions})"
)

OUT_OF_DATE: Final = N_("a certificate was not valid at that time")
NO_AUTHORITY: Final = N_("an authority may not issue certificates")
NO_KEY_CERT_SIGN: Final = N_("an authority's key usage is not keyCertSign")
WEAK_KEY: Final = N_("a certificate has a weak key")
WEAK_SIGNATURE: Final = N_("a certificate is signed with a weak algorithm")
FORGED: Final = N_("a certificate was not signed by its issuer")
TOO_LONG: Final = N_("there are more authorities in it than one of them allows")

WORDS: Final = (
    (NO_KEY_CERT_SIGN, NO_KEY_CERT_SIGN),
    ("not valid at validation time", OUT_OF_DATE),
    ("keyUsage.keyCertSign", NO_KEY_CERT_SIGN),
    ("basicConstraints", NO_AUTHORITY),
    ("missing required extension", NO_AUTHORITY),
    ("name constraints matched", FORBIDDEN_NAME),
    ("name constraint matched", FORBIDDEN_NAME),
    ("key is too weak", WEAK_KEY),
    ("Forbidden public key algorithm", WEAK_KEY),
    ("Forbidden signature algorithm", WEAK_SIGNATURE),
    ("signature does not match", FORGED),
    ("path length constraint violated", TOO_LONG),
    ("chain construction exceeds max depth", TOO_LONG),
)
"""The validator's words, and the message that says the same."""

NOTHING_MORE: Final = "all candidates exhausted with no interior errors"
UNKNOWN: Final = "unaccounted-for critical extensions"
OID: Final = re.compile(r"\b\d+(?:\.\d+){2,}\b")


def path_problem(path: Path, at: datetime) -> Why:
    """Say why a path does not hold at that time, or nothing."""
    since, until, lasting = _lasting_problem(path)
    return lasting if since <= at <= until else _problem(path, at)


@lru_cache(maxsize=64)
def _lasting_problem(path: Path) -> tuple[datetime, datetime, Why]:
    """Say the same for any time at which all its certificates are valid, and when.

    Nothing but their dates depends on the time, so what held for one packet of a sender
    holds for the next one.
    """
    since = max(one.not_valid_before_utc for one in path)
    until = min(one.not_valid_after_utc for one in path)
    return since, until, _problem(path, since)


def _problem(path: Path, at: datetime) -> Why:
    try:
        heights = [
            height
            for height, one in enumerate(path)
            if height and constrains_names(one)
        ]
        if not heights:
            _judge(path, at)
        else:
            _judge_parts(path, heights[0], at)
            if problem := name_problem(path):
                return why(problem)
    except (VerificationError, *UNREADABLE) as error:
        return _why(error)
    return {}


def _judge(path: Path, at: datetime) -> None:
    """Let the library judge it; its last certificate is believed."""
    certificate, *between, anchor = path
    verifier = (
        PolicyBuilder()
        .store(Store([anchor]))
        .time(at)
        .max_chain_depth(PATH_LENGTH)
        .extension_policies(ca_policy=AUTHORITY, ee_policy=SEALER)
        .build_client_verifier()
    )
    verifier.verify(certificate, between)


def _judge_parts(path: Path, height: int, at: datetime) -> None:
    """Judge a path whose authority at this height constrains directory names.

    Other constraints that stand there or higher bind what is below as well: each gets
    a twin of its own, for all of them must be satisfied.
    """
    below, above = path[:height], path[height:]
    for constraints in (None, *map(other_constraints, above)):
        _judge((*below, _twin(above[0], constraints)), at)
    for authority, issuer in pairwise((*above, above[-1])):
        _judge_authority(authority, issuer, at)
    _check_lengths(path)


@lru_cache(maxsize=64)
def _twin(
    authority: x509.Certificate, constraints: x509.NameConstraints | None
) -> x509.Certificate:
    """Return the same authority, with the same key, with other constraints.

    Nobody checks its signature: whoever is handed to the library as an anchor is
    believed.  That the authority itself is to be believed is seen to separately.
    """
    builder = (
        x509.CertificateBuilder()
        .subject_name(authority.subject)
        .issuer_name(authority.issuer)
        .public_key(authority.public_key())
        .serial_number(authority.serial_number)
        .not_valid_before(authority.not_valid_before_utc)
        .not_valid_after(authority.not_valid_after_utc)
    )
    for one in authority.extensions:
        if one.oid != ExtensionOID.NAME_CONSTRAINTS:
            builder = builder.add_extension(one.value, one.critical)
    if constraints is not None:
        builder = builder.add_extension(constraints, critical=True)
    return builder.sign(_nobody(), SHA256())


@cache
def _nobody() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _judge_authority(
    authority: x509.Certificate, issuer: x509.Certificate, at: datetime
) -> None:
    """Raise `ValueError` unless the issuer made it an authority, valid then."""
    basic = extension_of(authority, x509.BasicConstraints)
    usage = extension_of(authority, x509.KeyUsage)
    key = authority.public_key()
    if not authority.not_valid_before_utc <= at <= authority.not_valid_after_utc:
        raise ValueError(OUT_OF_DATE)
    if basic is None or not basic.ca or usage is None or not usage.key_cert_sign:
        raise ValueError(NO_AUTHORITY)
    critical = {it.oid for it in authority.extensions if it.critical}
    if unknown := sorted(it.dotted_string for it in critical - UNDERSTOOD):
        raise ValueError(f"{UNKNOWN}: {', '.join(unknown)}")
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < MIN_RSA_BITS:
        raise ValueError(WEAK_KEY)
    if not is_strong(authority.signature_hash_algorithm):
        raise ValueError(WEAK_SIGNATURE)
    try:
        authority.verify_directly_issued_by(issuer)
    except InvalidSignature:
        raise ValueError(FORGED) from None


def is_strong(algorithm: HashAlgorithm | None) -> bool:
    """Whether what was signed with it may be believed."""
    return algorithm is not None and algorithm.name in HASHES


def _check_lengths(path: Path) -> None:
    """Raise `ValueError` where an authority allows fewer authorities below it."""
    for height, authority in enumerate(path[1:], start=1):
        below = [one for one in path[1:height] if one.issuer != one.subject]
        basic = extension_of(authority, x509.BasicConstraints)
        allowed = basic.path_length if basic else None
        if allowed is not None and len(below) > allowed:
            raise ValueError(TOO_LONG)


def _must_sign_certificates(
    _policy: Policy, _certificate: x509.Certificate, usage: x509.KeyUsage
) -> None:
    if not usage.key_cert_sign:
        raise ValueError(NO_KEY_CERT_SIGN)


AUTHORITY: Final = (
    ExtensionPolicy.permit_all()
    .require_present(x509.BasicConstraints, Criticality.AGNOSTIC, None)
    .require_present(x509.KeyUsage, Criticality.AGNOSTIC, _must_sign_certificates)
)
"""That basicConstraints says `cA`, the validator sees to itself."""

SEALER: Final = ExtensionPolicy.permit_all()
"""The rules of web servers (DNS names and the like) are not those of seals."""


def _why(error: Exception) -> Why:
    """Say it in our words; where there are none, the validator's are a detail."""
    text = _plain(error)
    if NOTHING_MORE in text:
        return why(NO_PATH)
    if UNKNOWN in text:
        return why(UNKNOWN_EXTENSION, extensions=", ".join(OID.findall(text)))
    ours = next((message for words, message in WORDS if words in text), text)
    return why(NO_PATH_FOR, why_not=ours)


def _plain(error: Exception) -> str:
    """Leave out the validator's preamble and the Python form of the certificate."""
    text = re.sub(r"\s*\(encountered processing .*\)$", "", str(error), flags=re.DOTALL)
    return text.removeprefix("validation failed: ")
