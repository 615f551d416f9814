"""Reads the answer of an OCSP responder (RFC 6960) about one certificate.

The issuer itself answers, or a responder to which the issuer gave a certificate for
this purpose; nobody else.  Residual risk: whether that responder's own certificate was
revoked is not asked, as the standard allows (4.2.2.2.1) and its short life intends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import product
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import (
    SHA1,
    SHA256,
    SHA384,
    SHA512,
    HashAlgorithm,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, SignatureAlgorithmOID

from edoc_connector.errors import N_, AnswerUnusable
from edoc_connector.signature.certificate import UNREADABLE
from edoc_connector.signature.extensions import archive_date, extension_of
from edoc_connector.signature.said import Said, revoked
from edoc_connector.signature.validation import (
    MAX_RSA_BITS,
    MIN_RSA_BITS,
    is_strong,
)

ARCHIVE_CUTOFF: Final = x509.ObjectIdentifier("1.3.6.1.5.5.7.48.1.6")
"""From when on the responder still knows expired certificates (RFC 6960, 4.4.4)."""

CLOCK_STEP: Final = timedelta(minutes=5)
"""How far the two times of one answer may contradict each other."""

WORST_FIRST: Final = (
    ocsp.OCSPCertStatus.REVOKED,
    ocsp.OCSPCertStatus.UNKNOWN,
    ocsp.OCSPCertStatus.GOOD,
)
LIFTABLE: Final = frozenset(
    {x509.ReasonFlags.certificate_hold, x509.ReasonFlags.remove_from_crl}
)

MOST_CERTIFICATES: Final = 4
"""How many an answer may bring; each costs the check of a signature."""

STATUSES: Final = {
    ocsp.OCSPResponseStatus.MALFORMED_REQUEST: "malformedRequest",
    ocsp.OCSPResponseStatus.INTERNAL_ERROR: "internalError",
    ocsp.OCSPResponseStatus.TRY_LATER: "tryLater",
    ocsp.OCSPResponseStatus.SIG_REQUIRED: "sigRequired",
    ocsp.OCSPResponseStatus.UNAUTHORIZED: "unauthorized",
}


@lru_cache(maxsize=256)
def read_ocsp(
    der: bytes, certificate: x509.Certificate, issuer: x509.Certificate
) -> Said:
    """Return what the answer says of the certificate.  Raises `AnswerUnusable`."""
    try:
        response = successful(der)
        single = min(_about(response, certificate, issuer), key=_rank)
        signer = _signer_of(response, issuer)
        said = _said(response, single)
        if _key(signer) == _key(issuer):
            return said
        _check_delegate(signer, issuer)
        return _dated(said, signer, response.produced_at_utc)
    except UNREADABLE as error:
        raise AnswerUnusable(
            because=N_("it is no answer of an OCSP responder: {found}"), found=error
        ) from error


def successful(der: bytes) -> ocsp.OCSPResponse:
    """Return the response if it is one; anything else is no answer."""
    response = ocsp.load_der_ocsp_response(der)
    if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise AnswerUnusable(
            because=N_("the responder says {status}"),
            status=STATUSES[response.response_status],
        )
    return response


def request(
    certificate: x509.Certificate, issuer: x509.Certificate, nonce: bytes
) -> bytes:
    """Return the question, DER.

    Certificates are named by SHA-1, which is what every responder knows; nothing is
    proven by it, for what is asked of is compared when the answer comes.
    """
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, SHA1())  # noqa: S303  (a name, not a proof)
    asked = builder.add_extension(x509.OCSPNonce(nonce), critical=False).build()
    return asked.public_bytes(Encoding.DER)


def nonce_of(response: ocsp.OCSPResponse) -> bytes | None:
    """Return the number that ties the answer to a question, if it has one."""
    nonce = extension_of(response, x509.OCSPNonce)
    return nonce.nonce if nonce else None


def _about(
    response: ocsp.OCSPResponse,
    certificate: x509.Certificate,
    issuer: x509.Certificate,
) -> list[ocsp.OCSPSingleResponse]:
    found = [it for it in response.responses if _matches(it, certificate, issuer)]
    if not found:
        raise AnswerUnusable(problem=N_("it is about another certificate"))
    return found


def _rank(single: ocsp.OCSPSingleResponse) -> tuple[int, bool, datetime]:
    """Put first what an answer says worst, where it says several things."""
    return (
        WORST_FIRST.index(single.certificate_status),
        single.revocation_reason in LIFTABLE,
        single.revocation_time_utc or single.this_update_utc,
    )


def _matches(
    single: ocsp.OCSPSingleResponse,
    certificate: x509.Certificate,
    issuer: x509.Certificate,
) -> bool:
    if single.serial_number != certificate.serial_number:
        return False
    if not isinstance(single.hash_algorithm, SHA1 | SHA256):
        return False
    name, key = _names(certificate, issuer, type(single.hash_algorithm))
    return (single.issuer_name_hash, single.issuer_key_hash) == (name, key)


def _names(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    algorithm: type[SHA1 | SHA256],
) -> tuple[bytes, bytes]:
    """Return how a question would name the issuer."""
    builder = ocsp.OCSPRequestBuilder()
    asked = builder.add_certificate(certificate, issuer, algorithm()).build()
    return asked.issuer_name_hash, asked.issuer_key_hash


def _said(response: ocsp.OCSPResponse, single: ocsp.OCSPSingleResponse) -> Said:
    if single.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        raise AnswerUnusable(problem=N_("the responder does not know the certificate"))
    at = single.revocation_time_utc
    return Said(
        this_update=single.this_update_utc,
        next_update=single.next_update_utc,
        revoked=revoked(at, single.revocation_reason) if at else None,
        remembered_since=_remembered_since(response),
    )


def _remembered_since(response: ocsp.OCSPResponse) -> datetime | None:
    if len([*response.responses]) > 1:  # the library cannot tell whose it is
        return None
    return archive_date(response.single_extensions, ARCHIVE_CUTOFF)


def _signer_of(
    response: ocsp.OCSPResponse, issuer: x509.Certificate
) -> x509.Certificate:
    """Return whose signature it carries, or raise `AnswerUnusable`."""
    algorithms = [it for it in _algorithms(response) if it and is_strong(it)]
    if not algorithms:
        raise AnswerUnusable(problem=N_("it is signed with a weak algorithm"))
    brought = response.certificates[:MOST_CERTIFICATES]
    return _signer(response, (issuer, *brought), algorithms)


def _algorithms(response: ocsp.OCSPResponse) -> tuple[HashAlgorithm | None, ...]:
    """Return what it may be signed with; of RSA-PSS the library does not tell which."""
    if response.signature_algorithm_oid == SignatureAlgorithmOID.RSASSA_PSS:
        return SHA256(), SHA384(), SHA512()
    return (response.signature_hash_algorithm,)


def _signer(
    response: ocsp.OCSPResponse,
    candidates: Iterable[x509.Certificate],
    algorithms: Iterable[HashAlgorithm],
) -> x509.Certificate:
    for candidate, algorithm in product(candidates, algorithms):
        if _fits(candidate.public_key(), response, algorithm):
            return candidate
    raise AnswerUnusable(problem=N_("a stranger signed it"))


def _check_delegate(signer: x509.Certificate, issuer: x509.Certificate) -> None:
    if not _issued(signer, issuer):
        raise AnswerUnusable(problem=N_("a responder of another authority signed it"))
    usage = extension_of(signer, x509.ExtendedKeyUsage)
    if usage is None or ExtendedKeyUsageOID.OCSP_SIGNING not in usage:
        raise AnswerUnusable(
            problem=N_("who signed it may not answer (no OCSPSigning)")
        )


def _dated(said: Said, signer: x509.Certificate, produced_at: datetime) -> Said:
    """Return what a responder may have said while its certificate was valid.

    It dates its answers itself: whoever has its key after that can write any date, but
    then the answer reaches no further than the certificate did.
    """
    since, until = signer.not_valid_before_utc, signer.not_valid_after_utc
    if not all(since <= it <= until for it in (produced_at, said.this_update)):
        raise AnswerUnusable(
            problem=N_("the certificate of its responder was out of date")
        )
    if said.this_update > produced_at + CLOCK_STEP:
        raise AnswerUnusable(problem=N_("it speaks of a time after it was given"))
    if said.next_update and said.next_update > until:
        return replace(said, next_update=until)
    return said


def _issued(signer: x509.Certificate, issuer: x509.Certificate) -> bool:
    if not is_strong(signer.signature_hash_algorithm):
        return False
    try:
        signer.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _fits(key: object, response: ocsp.OCSPResponse, algorithm: HashAlgorithm) -> bool:
    value, data = response.signature, response.tbs_response_bytes
    try:
        match key:
            case rsa.RSAPublicKey(key_size=bits) if (
                MIN_RSA_BITS <= bits <= MAX_RSA_BITS
            ):
                key.verify(value, data, _padding(response, algorithm), algorithm)
            case ec.EllipticCurvePublicKey():
                key.verify(value, data, ec.ECDSA(algorithm))
            case _:
                return False
    except InvalidSignature:
        return False
    return True


def _padding(
    response: ocsp.OCSPResponse, algorithm: HashAlgorithm
) -> padding.PKCS1v15 | padding.PSS:
    if response.signature_algorithm_oid == SignatureAlgorithmOID.RSASSA_PSS:
        return padding.PSS(padding.MGF1(algorithm), padding.PSS.AUTO)
    return padding.PKCS1v15()


def _key(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
