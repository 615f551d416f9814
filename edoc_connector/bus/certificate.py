"""The certificate by which our account is proven to the broker, read anew each time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from edoc_connector.bus.address import RabbitAddress, Tls
from edoc_connector.clock import VIETNAM
from edoc_connector.errors import N_, BusCertificate, SecretUnreadable, Why, why


@dataclass(frozen=True, slots=True)
class FileState:
    """What of a file changes when it is written anew."""

    path: Path
    inode: int
    size: int
    changed_at: int


def states_of(tls: Tls | None) -> tuple[FileState, ...]:
    """Return how the files are now; one that is away is left out."""
    return tuple(filter(None, map(_state_of, tls.files if tls else ())))


def _state_of(path: Path) -> FileState | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return FileState(path, found.st_ino, found.st_size, found.st_mtime_ns)


def check_certificate(address: RabbitAddress, now: datetime) -> x509.Certificate | None:
    """Return our certificate; None where we have none.

    Raises `BusCertificate` where the broker could not take it, with what is to be done.
    """
    tls = address.tls
    if tls is None or tls.certificate is None:
        return None
    try:
        certificate = _certificate(address, tls.certificate)
        _check_key(address, tls, certificate)
    except OSError as error:
        raise unfit(
            address,
            why(
                N_("{file} cannot be read: {detail}"),
                file=error.filename,
                cause=error.strerror or str(error),
            ),
        ) from error
    _check_name(address, tls.certificate, certificate)
    check_days(address, certificate, now)
    return certificate


def password_of(tls: Tls) -> bytes | None:
    """Return the password of our key, if it has one."""
    return tls.key_password.read().value.encode() if tls.key_password else None


def unfit(address: RabbitAddress, what: Why) -> BusCertificate:
    """Return the error that names this broker and what is wrong."""
    return BusCertificate(address=address, **what)


def day(at: datetime) -> str:
    """Return the day it is in Vietnam."""
    return at.astimezone(VIETNAM).date().isoformat()


def _certificate(address: RabbitAddress, path: Path) -> x509.Certificate:
    """Return the first of the file: that of the authority may stand behind it."""
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())[0]
    except ValueError as error:
        told = why(N_("{file} (axis.certificate) holds no certificate, PEM"), file=path)
        raise unfit(address, told) from error


def _check_key(address: RabbitAddress, tls: Tls, certificate: x509.Certificate) -> None:
    path = tls.key or tls.certificate
    try:
        key = load_pem_private_key(path.read_bytes(), password_of(tls))  # type: ignore[union-attr]
    except SecretUnreadable as error:
        told = why(
            N_(
                "the password of the key {file} cannot be read; axis.key_password says"
                " where it is"
            ),
            file=path,
        )
        raise unfit(address, told) from error
    except (TypeError, ValueError, UnsupportedAlgorithm) as error:
        told = why(
            N_(
                "the key {file} cannot be opened; it must be PEM, and axis.key_password"
                " must be its password, or empty where it has none"
            ),
            file=path,
        )
        raise unfit(address, told) from error
    if _public(key) != _public(certificate):
        told = why(
            N_("the key {file} does not belong to the certificate {other}"),
            file=path,
            other=tls.certificate,
        )
        raise unfit(address, told)


def _public(holder: object) -> bytes:
    public = holder.public_key()  # type: ignore[attr-defined]  # keys and certificates
    return bytes(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def _check_name(
    address: RabbitAddress, path: Path, certificate: x509.Certificate
) -> None:
    """See that the broker will take us for the account under whose name we send."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    found = ", ".join(str(it.value) for it in names)
    if found != address.account:
        told = why(
            N_(
                "the certificate {file} is that of the account {found} (its CN), and"
                " axis.url names the account {account}"
            ),
            file=path,
            found=found or "?",
            account=address.account,
        )
        raise unfit(address, told)


def check_days(
    address: RabbitAddress, certificate: x509.Certificate, now: datetime
) -> None:
    """Raise `BusCertificate` where our certificate does not serve at this time."""
    since, until = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if since <= now <= until:
        return
    told = why(
        N_(
            "our certificate {file} is valid from {since} to {until} only; check the"
            " clock of this computer, or ask for a new certificate"
        ),
        file=address.tls.certificate if address.tls else "",
        since=day(since),
        until=day(until),
    )
    raise unfit(address, told)
