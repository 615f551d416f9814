"""Authorities, keys and certificates of every kind a test needs, built in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from edoc_connector.model.evidence import Evidence, EvidenceKind
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.pki.keys import FileKey
from edoc_connector.pki.request import subject
from edoc_connector.signature.algorithms import PrivateKey, algorithms_of
from edoc_connector.signature.answers import StoredRevocation
from edoc_connector.signature.choices import SealAlgorithm
from edoc_connector.signature.path import Anchor
from edoc_connector.signature.policy import Policy
from tests.support.builders import SENDER, SENT_AT

DAY: Final = timedelta(days=1)
RSA_KEY: Final = bytes.fromhex("06092a864886f70d0101010500")
PSS_KEY: Final = bytes.fromhex("06092a864886f70d01010a3000")
SHA256_WITH_RSA: Final = bytes.fromhex("06092a864886f70d01010b")
SHA1_WITH_RSA: Final = bytes.fromhex("06092a864886f70d010105")


@cache
def rsa_key(_number: int = 1, *, bits: int = 2048) -> rsa.RSAPrivateKey:
    """One key per number: making them is slow."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@cache
def p256_key(_number: int = 1) -> ec.EllipticCurvePrivateKey:
    """One key per number."""
    return ec.generate_private_key(ec.SECP256R1())


@cache
def p384_key(_number: int = 1) -> ec.EllipticCurvePrivateKey:
    """One key per number."""
    return ec.generate_private_key(ec.SECP384R1())


@cache
def ed25519_key(_number: int = 1) -> ed25519.Ed25519PrivateKey:
    """A kind of key no seal has."""
    return ed25519.Ed25519PrivateKey.generate()


def name(common: str) -> x509.Name:
    """A subject without an organisation."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def usage(**changes: bool) -> x509.KeyUsage:
    """The key usage of a sealing certificate."""
    values = {
        "digital_signature": True,
        "content_commitment": True,
        "key_encipherment": False,
        "data_encipherment": False,
        "key_agreement": False,
        "key_cert_sign": False,
        "crl_sign": False,
        "encipher_only": False,
        "decipher_only": False,
    }
    return x509.KeyUsage(**values | changes)


AUTHORITY_USAGE: Final = usage(
    digital_signature=False,
    content_commitment=False,
    key_cert_sign=True,
    crl_sign=True,
)


def certificate(**changes: Any) -> x509.Certificate:
    """A sealing certificate of the province, issued by `issuing()`."""
    values: dict[str, Any] = {
        "subject": subject(SENDER, "Ủy ban nhân dân tỉnh"),
        "key": rsa_key(),
        "issuer": name("issuing"),
        "issuer_key": p256_key(-1),
        "not_before": SENT_AT - 30 * DAY,
        "not_after": SENT_AT + 335 * DAY,
        "basic": True,
        "authority": False,
        "path_length": None,
        "usage": usage(),
        "extra": None,
        "more": (),
        "extra_critical": True,
        "serial_number": None,
    } | changes
    builder = (
        x509.CertificateBuilder()
        .subject_name(values["subject"])
        .issuer_name(values["issuer"])
        .public_key(values["key"].public_key())
        .serial_number(values["serial_number"] or x509.random_serial_number())
        .not_valid_before(values["not_before"])
        .not_valid_after(values["not_after"])
    )
    if values["basic"]:
        basic = x509.BasicConstraints(values["authority"], values["path_length"])
        builder = builder.add_extension(basic, critical=True)
    if values["usage"]:
        builder = builder.add_extension(values["usage"], critical=True)
    if values["extra"]:
        builder = builder.add_extension(
            values["extra"], critical=values["extra_critical"]
        )
    for extension in values["more"]:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(values["issuer_key"], SHA256())


def authority(
    of: str, number: int, *, below: tuple[str, int] | None = None, **changes: Any
) -> x509.Certificate:
    """An authority: its name, the number of its key, and who vouches for it."""
    issuer, issuer_number = below or (of, number)
    return certificate(
        subject=name(of),
        key=p256_key(number),
        issuer=name(issuer),
        issuer_key=p256_key(issuer_number),
        authority=True,
        usage=AUTHORITY_USAGE,
        **changes,
    )


@cache
def root() -> x509.Certificate:
    """The anchor."""
    return authority("root", -2)


@cache
def issuing() -> x509.Certificate:
    """The authority between the anchor and the organisations."""
    return authority("issuing", -1, below=("root", -2), path_length=0)


def authority_today(*, ends: float = 3650) -> x509.Certificate:
    """An authority for so many days from now, for what asks the clock on the wall.

    Its key is `p256_key(-3)`.
    """
    now = datetime.now(UTC)
    return certificate(
        subject=name("root of today"),
        key=p256_key(-3),
        issuer=name("root of today"),
        issuer_key=p256_key(-3),
        not_before=now - DAY,
        not_after=now + ends * DAY,
        authority=True,
        usage=AUTHORITY_USAGE,
    )


@cache
def revocation() -> StoredRevocation:
    """Lists of both authorities that know of no revoked certificate."""
    keys = {"root": p256_key(-2), "issuing": p256_key(-1)}
    lists = (crl(issuer, key) for issuer, key in keys.items())
    return StoredRevocation(tuple(Evidence(EvidenceKind.CRL, one) for one in lists))


def crl(issuer: str, key: PrivateKey, *revoked: x509.RevokedCertificate) -> bytes:
    """The authority's list, of the day before sealing and good for a month."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(name(issuer))
        .last_update(SENT_AT - DAY)
        .next_update(SENT_AT + 30 * DAY)
    )
    for one in revoked:
        builder = builder.add_revoked_certificate(one)
    return builder.sign(key, SHA256()).public_bytes(Encoding.DER)


def anchors() -> tuple[Anchor, ...]:
    """What the operator trusts: the root, and the authority that leads to it."""
    return trusted(root(), issuing())


def trusted(*authorities: x509.Certificate) -> tuple[Anchor, ...]:
    """Trust these, for ever."""
    return tuple(Anchor(der(one)) for one in authorities)


def policy(**changes: Any) -> Policy:
    """Trust `anchors()`; every account speaks for the code it is named after."""
    return Policy(**{"anchors": anchors()} | changes)


def sealer(private: PrivateKey, issued: x509.Certificate) -> FileKey:
    """A key that seals with this certificate, as is usual for its kind."""
    return FileKey(algorithms_of(private.public_key())[0], der(issued), private)


@cache
def rsa_sealer(code: OrganizationCode = SENDER) -> FileKey:
    """The organisation's RSA key."""
    return sealer(rsa_key(), certificate(subject=subject(code, f"Cơ quan {code}")))


@cache
def p256_sealer(code: OrganizationCode = SENDER) -> FileKey:
    """The organisation's P-256 key."""
    issued = certificate(subject=subject(code, f"Cơ quan {code}"), key=p256_key())
    return sealer(p256_key(), issued)


@cache
def pss_sealer(code: OrganizationCode = SENDER) -> FileKey:
    """The organisation's RSA key, sealing as RSA-PSS."""
    return replace(rsa_sealer(code), algorithm=SealAlgorithm.RSA_PSS_SHA256)


@cache
def p384_sealer(code: OrganizationCode = SENDER) -> FileKey:
    """The organisation's P-384 key."""
    issued = certificate(subject=subject(code, f"Cơ quan {code}"), key=p384_key())
    return sealer(p384_key(), issued)


@cache
def stranger() -> FileKey:
    """A certificate with the province's subject, from an authority nobody trusts."""
    issued = certificate(
        subject=subject(SENDER, f"Cơ quan {SENDER}"),
        key=rsa_key(2),
        issuer=name("issuing"),
        issuer_key=p256_key(-3),
    )
    return sealer(rsa_key(2), issued)


@cache
def sha1_certificate() -> bytes:
    """The province's certificate, signed by the root with RSA and SHA-1, as DER.

    `cryptography` signs no certificate with SHA-1 any more, so the algorithm is put in
    by hand: both names have the same length.  The anchor is `rsa_root()`.
    """
    return with_sha1(certificate(issuer=name("rsa root"), issuer_key=rsa_key(3)))


def sha1_authority(
    constraints: x509.NameConstraints | None,
) -> tuple[x509.Certificate, x509.Certificate]:
    """An authority `state` that `rsa_root()` signed with SHA-1, and that root."""
    modern = certificate(
        subject=name("state"),
        key=p256_key(41),
        issuer=name("rsa root"),
        issuer_key=rsa_key(3),
        authority=True,
        usage=AUTHORITY_USAGE,
        extra=constraints,
    )
    return x509.load_der_x509_certificate(with_sha1(modern)), rsa_root()


def with_sha1(modern: x509.Certificate) -> bytes:
    """The same certificate of `rsa_root()`, signed with SHA-1."""
    body = modern.tbs_certificate_bytes.replace(SHA256_WITH_RSA, SHA1_WITH_RSA)
    value = rsa_key(3).sign(body, padding.PKCS1v15(), SHA1())  # noqa: S303  (what is refused)
    whole = der(modern).replace(modern.tbs_certificate_bytes, body)
    return whole.replace(SHA256_WITH_RSA, SHA1_WITH_RSA).replace(
        modern.signature, value
    )


@cache
def pss_bound_certificate() -> bytes:
    """The province's certificate for a key that may sign as RSA-PSS only, as DER.

    `cryptography` makes none, so it is made by hand: both algorithms have the same
    length, the parameters NULL of the one and the default ones of the other.
    """
    return der(certificate()).replace(RSA_KEY, PSS_KEY, 1)


@cache
def rsa_root() -> x509.Certificate:
    """An anchor with an RSA key."""
    return certificate(
        subject=name("rsa root"),
        key=rsa_key(3),
        issuer=name("rsa root"),
        issuer_key=rsa_key(3),
        authority=True,
        usage=AUTHORITY_USAGE,
    )


def der(issued: x509.Certificate) -> bytes:
    """The certificate's bytes."""
    return issued.public_bytes(Encoding.DER)


def pem(issued: x509.Certificate) -> bytes:
    """The certificate as files carry it."""
    return issued.public_bytes(Encoding.PEM)


def write_anchors(folder: Path) -> tuple[Path, Path]:
    """Write `root()` and `issuing()` where other programs can read them."""
    paths = folder / "root.pem", folder / "issuing.pem"
    for path, issued in zip(paths, (root(), issuing()), strict=True):
        path.write_bytes(pem(issued))
    return paths
