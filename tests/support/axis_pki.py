"""The certificates of an axis as files: of its authority, its broker and its nodes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from edoc_connector.bus.address import Tls
from tests.support import pki

DAY = timedelta(days=1)
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its key, on disk."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class AxisAuthority:
    """An authority of today; `number` is that of its key."""

    folder: Path
    name: str = "authority of the axis"
    number: int = -50

    @property
    def anchor(self) -> Path:
        """Its own certificate."""
        path = self.folder / f"authority{self.number}.pem"
        if not path.exists():
            now = datetime.now(UTC)
            own = pki.authority(
                self.name,
                self.number,
                not_before=now - 400 * DAY,
                not_after=now + 400 * DAY,
                more=(_own_identifier(pki.p256_key(self.number)),),
            )
            path.write_bytes(pki.pem(own))
        return path

    def issue(
        self, common: str, *, called: str = "", password: bytes = b"", **changes: Any
    ) -> Pair:
        """Issue a certificate for a node or, `hosts` given, for a broker."""
        key = pki.p256_key(changes.pop("key_number", -60))
        issued = self._certificate(common, key, changes)
        stem = called or common
        pair = Pair(self.folder / f"{stem}.pem", self.folder / f"{stem}.key.pem")
        lock = BestAvailableEncryption(password) if password else NoEncryption()
        # Each at once, as who renews a file properly does.
        _put(pair.key, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))
        _put(pair.certificate, pki.pem(issued))
        return pair

    def _certificate(
        self, common: str, key: Any, changes: dict[str, Any]
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        hosts = changes.pop("hosts", ())
        names = [
            x509.IPAddress(ip_address(it)) if it[0].isdigit() else x509.DNSName(it)
            for it in hosts
        ]
        values = {
            "not_before": now - DAY,
            "not_after": now + 30 * DAY,
            "extra": x509.SubjectAlternativeName(names) if names else None,
            "extra_critical": False,
            "usage": pki.usage(content_commitment=False),
            "more": (_identifier_of_issuer(pki.p256_key(self.number)),),
        }
        return pki.certificate(
            subject=pki.name(common),
            key=key,
            issuer=pki.name(self.name),
            issuer_key=pki.p256_key(self.number),
            **values | changes,
        )

    def crl(self, *revoked: Path, ends: float = 30) -> Path:
        """Write its list of revoked certificates, of now."""
        now = datetime.now(UTC)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(pki.name(self.name))
            .last_update(now - 10 * DAY)
            .next_update(now + ends * DAY)
        )
        for path in revoked:
            (one,) = x509.load_pem_x509_certificates(path.read_bytes())
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder()
                .serial_number(one.serial_number)
                .revocation_date(now - DAY)
                .build()
            )
        signed = builder.sign(pki.p256_key(self.number), SHA256())
        path = self.folder / "authority.crl.pem"
        _put(path, signed.public_bytes(Encoding.PEM))
        return path

    def tls(self, pair: Pair, **changes: Any) -> Tls:
        """What a node has, which trusts this authority."""
        values = {
            "certificate": pair.certificate,
            "key": pair.key,
            "authorities": (self.anchor,),
        }
        return Tls(**values | changes)


def _own_identifier(key: Any) -> x509.SubjectKeyIdentifier:
    return x509.SubjectKeyIdentifier.from_public_key(key.public_key())


def _identifier_of_issuer(key: Any) -> x509.AuthorityKeyIdentifier:
    """What who reads RFC 5280 strictly asks for, as Python does from 3.13."""
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())


def _put(path: Path, data: bytes) -> None:
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_bytes(data)
    draft.rename(path)
