"""Reads a list of revoked certificates (RFC 5280, 5) that the issuer itself signed.

Lists that are only a part are refused, unless they say that the certificate belongs to
that part: what is missing from the wrong list proves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Final

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from edoc_connector.errors import N_, AnswerUnusable
from edoc_connector.signature.addresses import crl_addresses, uris
from edoc_connector.signature.certificate import UNREADABLE, tolerant
from edoc_connector.signature.extensions import archive_date, extension_of
from edoc_connector.signature.said import Revoked, Said, revoked
from edoc_connector.signature.validation import is_strong

EXPIRED_ON_CRL: Final = x509.ObjectIdentifier("2.5.29.60")
"""expiredCertsOnCRL (X.509, 9.5.2.8): from when on expired ones are still listed."""

MOST_BYTES_IN_MEMORY: Final = 32 * 1024 * 1024
"""Of lists that were read: some have 20 MB, most have a few thousand bytes."""

MOST_KNOWN: Final = 4096
"""Certificates of which is remembered what one list says."""

UNDERSTOOD: Final = frozenset(
    {ExtensionOID.ISSUING_DISTRIBUTION_POINT, ExtensionOID.AUTHORITY_KEY_IDENTIFIER}
)


def read_crl(
    der: bytes, certificate: x509.Certificate, issuer: x509.Certificate
) -> Said:
    """Return what the list says of the certificate.  Raises `AnswerUnusable`."""
    try:
        return _authentic(der, issuer).said(certificate)
    except UNREADABLE as error:
        raise _malformed(error) from error


def check_list(der: bytes, issuer: x509.Certificate, now: datetime) -> None:
    """Raise `AnswerUnusable` for a list that is not the issuer's, or has ended."""
    until = _authentic(der, issuer).crl.next_update_utc
    if until is not None and until < now:
        raise AnswerUnusable(problem=N_("its time is over"))


@dataclass(frozen=True, slots=True)
class _List:
    """A list that was read, and what it said: some have a million rows.

    Bytes say the same of the same certificate for ever, so nobody ever changes it.
    """

    crl: x509.CertificateRevocationList
    _known: dict[x509.Certificate, Said] = field(default_factory=dict)

    def said(self, certificate: x509.Certificate) -> Said:
        """Return what it says of this certificate.  Raises `AnswerUnusable`."""
        found = self._known.get(certificate)
        if found is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            found = self._known[certificate] = _said(self.crl, certificate)
        return found


@dataclass(frozen=True, slots=True)
class _Lists:
    """The lists that were asked of last, within so many bytes."""

    most_bytes: int
    _known: dict[tuple[bytes, x509.Certificate], _List] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def find(self, der: bytes, issuer: x509.Certificate) -> _List | None:
        """Return a list that was read, and keep it longest."""
        key = der, issuer
        with self._lock:
            found = self._known.get(key)
            if found is not None and next(reversed(self._known.values())) is not found:
                self._known[key] = self._known.pop(key)
        return found

    def keep(self, der: bytes, issuer: x509.Certificate, found: _List) -> None:
        """Keep a list in place of those asked of before it."""
        with self._lock:
            self._known[der, issuer] = found
            while len(self._known) > 1 and self._bytes() > self.most_bytes:
                del self._known[next(iter(self._known))]

    def _bytes(self) -> int:
        return sum(len(der) for der, _ in self._known)


_LISTS: Final = _Lists(MOST_BYTES_IN_MEMORY)


def _authentic(der: bytes, issuer: x509.Certificate) -> _List:
    """Read a list that the issuer signed; each is large, and asked of often."""
    found = _LISTS.find(der, issuer)
    if found is None:
        found = _read(der, issuer)
        _LISTS.keep(der, issuer, found)
    return found


def _read(der: bytes, issuer: x509.Certificate) -> _List:
    try:
        with tolerant():
            crl = x509.load_der_x509_crl(der)
            _check_signature(crl, issuer)
    except UNREADABLE as error:
        raise _malformed(error) from error
    return _List(crl)


def _check_signature(
    crl: x509.CertificateRevocationList, issuer: x509.Certificate
) -> None:
    if crl.issuer != issuer.subject:
        raise AnswerUnusable(problem=N_("it is of another authority"))
    if not is_strong(crl.signature_hash_algorithm):
        raise AnswerUnusable(problem=N_("it is signed with a weak algorithm"))
    usage = extension_of(issuer, x509.KeyUsage)
    if usage is None or not usage.crl_sign:
        raise AnswerUnusable(problem=N_("its authority may not sign lists (cRLSign)"))
    if not crl.is_signature_valid(issuer.public_key()):  # type: ignore[arg-type]  # other keys are a TypeError
        raise AnswerUnusable(problem=N_("the authority did not sign it"))


def _said(crl: x509.CertificateRevocationList, certificate: x509.Certificate) -> Said:
    _check_scope(crl, certificate)
    return Said(
        this_update=crl.last_update_utc,
        next_update=crl.next_update_utc,
        revoked=_entry(crl, certificate.serial_number),
        remembered_since=archive_date(crl.extensions, EXPIRED_ON_CRL),
    )


def _check_scope(
    crl: x509.CertificateRevocationList, certificate: x509.Certificate
) -> None:
    unknown = [it.oid for it in crl.extensions if it.critical]
    if not UNDERSTOOD.issuperset(unknown):
        raise AnswerUnusable(problem=N_("it lists only a part, in a way not known"))
    point = extension_of(crl, x509.IssuingDistributionPoint)
    if point is not None and not _covers(point, certificate):
        raise AnswerUnusable(problem=N_("it is a list of other certificates"))


def _covers(
    point: x509.IssuingDistributionPoint, certificate: x509.Certificate
) -> bool:
    if point.indirect_crl or point.only_some_reasons or point.relative_name:
        return False
    basic = extension_of(certificate, x509.BasicConstraints)
    is_authority = basic is not None and basic.ca
    if point.only_contains_attribute_certs or (
        point.only_contains_user_certs and is_authority
    ):
        return False
    if point.only_contains_ca_certs and not is_authority:
        return False
    named = set(uris(point.full_name))
    return point.full_name is None or not named.isdisjoint(crl_addresses(certificate))


def _entry(crl: x509.CertificateRevocationList, serial_number: int) -> Revoked | None:
    entry = crl.get_revoked_certificate_by_serial_number(serial_number)
    if entry is None:
        return None
    reason = extension_of(entry, x509.CRLReason)
    return revoked(entry.revocation_date_utc, reason.reason if reason else None)


def _malformed(error: Exception) -> AnswerUnusable:
    return AnswerUnusable(
        because=N_("it is no list of revoked certificates: {found}"), found=error
    )
