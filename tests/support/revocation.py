"""Answers about revocation, made in memory: right by default, one detail changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from edoc_connector.model.evidence import Evidence, EvidenceKind
from edoc_connector.signature.answers import StoredRevocation
from tests.support.builders import SENT_AT
from tests.support.pki import (
    certificate,
    crl,
    name,
    p256_key,
    usage,
)

HOUR: Final = timedelta(hours=1)
AGES: Final = {
    "not_before": datetime(2000, 1, 1, tzinfo=UTC),
    "not_after": datetime(2199, 1, 1, tzinfo=UTC),
}
"""The library dates an answer itself, by the clock of the day the test runs."""

LISTING: Final = usage(
    digital_signature=False,
    content_commitment=False,
    key_cert_sign=True,
    crl_sign=True,
)
AUTHORITY_KEY: Final = p256_key(-10)
OCSP: Final = "http://ocsp.example"
CRL: Final = "http://crl.example/a.crl"


@cache
def authority() -> x509.Certificate:
    """An issuing authority that also signs lists; here it is its own root."""
    return certificate(
        subject=name("authority"),
        key=AUTHORITY_KEY,
        issuer=name("authority"),
        issuer_key=AUTHORITY_KEY,
        authority=True,
        usage=LISTING,
        **AGES,
    )


def issued(**changes: Any) -> x509.Certificate:
    """A certificate of this authority that names both addresses."""
    values = {"issuer": name("authority"), "issuer_key": AUTHORITY_KEY}
    return certificate(**{"more": addresses()} | values | changes)


@cache
def sealer() -> x509.Certificate:
    """One such certificate."""
    return issued()


def addresses(
    ocsp: tuple[str, ...] = (OCSP,), crl: tuple[str, ...] = (CRL,)
) -> tuple[x509.ExtensionType, ...]:
    """The extensions that say where to ask."""
    access = [
        x509.AccessDescription(
            AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(it)
        )
        for it in ocsp
    ]
    points = [
        x509.DistributionPoint([x509.UniformResourceIdentifier(it)], None, None, None)
        for it in crl
    ]
    return (
        *([x509.AuthorityInformationAccess(access)] if access else []),
        *([x509.CRLDistributionPoints(points)] if points else []),
    )


def responder(**changes: Any) -> x509.Certificate:
    """The certificate of a responder of this authority."""
    eku = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])
    return issued(
        **{"subject": name("responder"), "key": p256_key(-11), "more": (eku,)}
        | AGES
        | changes
    )


def ocsp_answer(**changes: Any) -> bytes:
    """What the authority's responder says of `sealer()`: good, for a day."""
    values: dict[str, Any] = {
        "certificate": sealer(),
        "issuer": authority(),
        "algorithm": SHA1(),  # noqa: S303  (how responders name an issuer)
        "status": ocsp.OCSPCertStatus.GOOD,
        "this_update": SENT_AT - HOUR,
        "next_update": SENT_AT + 23 * HOUR,
        "revoked_at": None,
        "reason": None,
        "signer": authority(),
        "key": AUTHORITY_KEY,
        "hash": SHA256(),
        "brought": (),
        "extra": (),
    } | changes
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            values["certificate"],
            values["issuer"],
            values["algorithm"],
            values["status"],
            values["this_update"],
            values["next_update"],
            values["revoked_at"],
            values["reason"],
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, values["signer"])
    )
    if values["brought"]:
        builder = builder.certificates(values["brought"])
    for one in values["extra"]:
        builder = builder.add_extension(one, critical=False)
    answer = builder.sign(values["key"], values["hash"])
    return answer.public_bytes(Encoding.DER)


def revoked_answer(at: datetime, **changes: Any) -> bytes:
    """The same, revoked at that time."""
    values = {
        "status": ocsp.OCSPCertStatus.REVOKED,
        "revoked_at": at,
        "reason": x509.ReasonFlags.key_compromise,
    }
    return ocsp_answer(**values | changes)


def revocation_list(*entries: x509.RevokedCertificate, **changes: Any) -> bytes:
    """The authority's list, DER: these entries, for a day."""
    values: dict[str, Any] = {
        "issuer": name("authority"),
        "key": AUTHORITY_KEY,
        "hash": SHA256(),
        "this_update": SENT_AT - HOUR,
        "next_update": SENT_AT + 23 * HOUR,
        "extra": (),
    } | changes
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(values["issuer"])
        .last_update(values["this_update"])
        .next_update(values["next_update"])
    )
    for entry in entries:
        builder = builder.add_revoked_certificate(entry)
    for one, critical in values["extra"]:
        builder = builder.add_extension(one, critical)
    return builder.sign(values["key"], values["hash"]).public_bytes(Encoding.DER)


def entry(
    at: datetime,
    reason: x509.ReasonFlags | None = x509.ReasonFlags.key_compromise,
    *,
    of: x509.Certificate | None = None,
) -> x509.RevokedCertificate:
    """What a list says of a revoked certificate."""
    builder = (
        x509.RevokedCertificateBuilder()
        .serial_number((of or sealer()).serial_number)
        .revocation_date(at)
    )
    if reason:
        builder = builder.add_extension(x509.CRLReason(reason), critical=False)
    return builder.build()


def lists_with(certificate: bytes, at: datetime) -> StoredRevocation:
    """The lists of `pki.revocation()`, once this certificate was revoked."""
    stolen = entry(at, of=x509.load_der_x509_certificate(certificate))
    lists = (
        crl("root", p256_key(-2)),
        crl("issuing", p256_key(-1), stolen),
    )
    return StoredRevocation(tuple(as_crl(one) for one in lists))


def as_ocsp(data: bytes) -> Evidence:
    """The answer as evidence."""
    return Evidence(EvidenceKind.OCSP, data)


def as_crl(data: bytes) -> Evidence:
    """The list as evidence."""
    return Evidence(EvidenceKind.CRL, data)
