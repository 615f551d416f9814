"""A certification authority for the demo and the tests; its name says what it is.

A root and an issuing authority live in one folder, the issuing key unencrypted.  Nobody
else trusts them, and nobody must.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import (
    CertificatePublicKeyTypes,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from edoc_connector.errors import KeyUnusable
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.pki.request import subject

ROOT_NAME: Final = "edoc demonstration root - trust it in demonstrations only"
ISSUING_NAME: Final = "edoc demonstration issuing authority"
ANCHORS: Final = "anchors.pem"
LISTS: Final = ("root.crl", "issuing.crl")
AUTHORITY_LIFE: Final = timedelta(days=3650)
CERTIFICATE_LIFE: Final = timedelta(days=365)
LOGIN_LIFE: Final = timedelta(days=90)
HEADSTART: Final = timedelta(hours=1)
"""Certificates are valid from a little earlier: clocks differ."""


@dataclass(frozen=True, slots=True)
class Authority:
    """Issues certificates to organisations.  `anchors` is the file to trust, PEM.

    Beside it stand `root.pem` and `issuing.pem`, the same two certificates one by one.
    `root.crl` and `issuing.crl` list what the two have revoked: nothing.
    """

    anchors: Path
    issuing: x509.Certificate
    private: ec.EllipticCurvePrivateKey = field(repr=False)

    def issue(
        self, request: bytes, *, code: OrganizationCode, name: str, now: datetime
    ) -> bytes:
        """Return a certificate, PEM, for the key of a PKCS#10 request, PEM.

        The request proves that its maker has the key; whose name stands in the
        certificate is the authority's word, not the request's.
        """
        asked = x509.load_pem_x509_csr(request)
        if not asked.is_signature_valid:
            raise KeyUnusable(path=name, problem="its request is not signed with it")
        unsigned = _unsigned(
            subject(code, name),
            asked.public_key(),
            issuer=self.issuing.subject,
            now=now,
            life=CERTIFICATE_LIFE,
        )
        certificate = (
            unsigned.add_extension(
                x509.BasicConstraints(ca=False, path_length=None), critical=True
            )
            .add_extension(_usage(authority=False), critical=True)
            .sign(self.private, SHA256())
        )
        return certificate.public_bytes(Encoding.PEM)

    def issue_login(
        self,
        key: CertificatePublicKeyTypes,
        common: str,
        *,
        now: datetime,
        hosts: Sequence[str] = (),
    ) -> bytes:
        """Return a certificate, PEM, by which an account signs in to a broker.

        With `hosts` it is that of a broker, found under these names.
        """
        unsigned = _unsigned(
            _name(common), key, issuer=self.issuing.subject, now=now, life=LOGIN_LIFE
        )
        if hosts:
            names = x509.SubjectAlternativeName([x509.DNSName(it) for it in hosts])
            unsigned = unsigned.add_extension(names, critical=False)
        certificate = unsigned.add_extension(
            x509.BasicConstraints(ca=False, path_length=None), critical=True
        ).sign(self.private, SHA256())
        return certificate.public_bytes(Encoding.PEM)


def create_authority(folder: Path, *, now: datetime) -> Authority:
    """Make a root and an issuing authority, and write their certificates."""
    folder.mkdir(parents=True, exist_ok=True)
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name, name = _name(ROOT_NAME), _name(ISSUING_NAME)
    root = _authority(
        _unsigned(
            root_name,
            root_key.public_key(),
            issuer=root_name,
            now=now,
            life=AUTHORITY_LIFE,
        ),
        path_length=1,
    ).sign(root_key, SHA256())
    issuing = _authority(
        _unsigned(
            name, key.public_key(), issuer=root_name, now=now, life=AUTHORITY_LIFE
        ),
        path_length=0,
    ).sign(root_key, SHA256())
    anchors = folder / ANCHORS
    (folder / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    (folder / "issuing.pem").write_bytes(issuing.public_bytes(Encoding.PEM))
    anchors.write_bytes(
        root.public_bytes(Encoding.PEM) + issuing.public_bytes(Encoding.PEM)
    )
    for path, issuer, its_key in zip(
        LISTS, (root_name, name), (root_key, key), strict=True
    ):
        (folder / path).write_bytes(_empty_list(issuer, its_key, now))
    return Authority(anchors, issuing, key)


def _empty_list(
    issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime
) -> bytes:
    unsigned = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer)
        .last_update(now - HEADSTART)
        .next_update(now + CERTIFICATE_LIFE)
    )
    return unsigned.sign(key, SHA256()).public_bytes(Encoding.PEM)


def _unsigned(
    name: x509.Name,
    key: CertificatePublicKeyTypes,
    *,
    issuer: x509.Name,
    now: datetime,
    life: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - HEADSTART)
        .not_valid_after(now + life)
    )


def _authority(
    builder: x509.CertificateBuilder, *, path_length: int
) -> x509.CertificateBuilder:
    return builder.add_extension(
        x509.BasicConstraints(ca=True, path_length=path_length), critical=True
    ).add_extension(_usage(authority=True), critical=True)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
