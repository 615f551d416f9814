from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from edoc_connector.errors import CertificateUntrusted
from edoc_connector.signature.certificate import read_certificate
from edoc_connector.signature.trust import Anchor, check_trust
from tests.support.builders import SENT_AT
from tests.support.pki import (
    AUTHORITY_USAGE,
    DAY,
    anchors,
    certificate,
    der,
    issuing,
    name,
    p256_key,
    p256_sealer,
    root,
    rsa_key,
    rsa_root,
    rsa_sealer,
    sha1_certificate,
    stranger,
    trusted,
    usage,
)


def trust(
    leaf: bytes, known: tuple[Anchor, ...] | None = None, at: datetime = SENT_AT
) -> None:
    check_trust(read_certificate(leaf), anchors() if known is None else known, at)


@pytest.mark.parametrize("key", [rsa_sealer(), p256_sealer()], ids=["rsa", "p256"])
def test_a_certificate_that_leads_to_an_anchor_is_trusted(key) -> None:
    trust(key.certificate)


def test_a_certificate_issued_by_the_anchor_itself_is_trusted() -> None:
    trust(
        der(certificate(issuer=name("root"), issuer_key=p256_key(-2))), trusted(root())
    )


def test_the_order_of_the_anchors_does_not_matter() -> None:
    trust(rsa_sealer().certificate, tuple(reversed(anchors())))


@pytest.mark.parametrize(
    ("leaf", "problem"),
    [
        (certificate(not_after=SENT_AT - DAY), "valid from .* to 2026-11-22"),
        (certificate(not_before=SENT_AT + DAY), "valid from 2026-11-24"),
        (certificate(usage=usage(digital_signature=False, content_commitment=False)),
         "key usage is neither"),
        (certificate(key=rsa_key(bits=1024)), "1024 bits is too short"),
        (certificate(key=ec.generate_private_key(ec.SECP521R1())), "curve secp521r1"),
        (certificate(issuer=name("nobody"), issuer_key=p256_key(9)), "no path"),
        (certificate(issuer=name("x"), issuer_key=rsa_key()), "no path"),
    ],
    ids=["expired", "not yet valid", "usage", "short key", "curve", "stranger", "self"],
)  # fmt: skip
def test_what_is_wrong_with_a_certificate_is_said(
    leaf: x509.Certificate, problem: str
) -> None:
    with pytest.raises(CertificateUntrusted, match=problem):
        trust(der(leaf))


class OnlyPublic:
    """A key of which only the public half exists."""

    def public_key(self):
        return rsa.RSAPublicNumbers(65537, (1 << 16383) | 1).public_key()


def test_a_giant_key_that_only_costs_time_is_refused() -> None:
    with pytest.raises(CertificateUntrusted, match="16384 bits is too long"):
        trust(der(certificate(key=OnlyPublic())))


def test_validity_is_judged_at_the_time_of_sealing() -> None:
    later = SENT_AT + timedelta(days=3650)

    with pytest.raises(CertificateUntrusted):
        trust(rsa_sealer().certificate, at=later)


@pytest.mark.parametrize(
    "known",
    [
        pytest.param((), id="no anchor at all"),
        pytest.param(trusted(issuing()), id="an issuing authority without its root"),
        pytest.param(trusted(root()), id="a root without the issuing authority"),
        pytest.param(trusted(rsa_root(), issuing()), id="another root"),
    ],
)
def test_a_path_ends_at_an_anchor_or_nowhere(known: tuple[Anchor, ...]) -> None:
    with pytest.raises(CertificateUntrusted, match="anchor"):
        trust(rsa_sealer().certificate, known)


def test_an_authority_of_the_same_name_with_another_key_is_not_believed() -> None:
    with pytest.raises(CertificateUntrusted, match="no path"):
        trust(stranger().certificate)


def between(**changes) -> tuple[Anchor, ...]:
    values = {
        "subject": name("issuing"),
        "key": p256_key(-1),
        "issuer": name("root"),
        "issuer_key": p256_key(-2),
        "authority": True,
        "usage": AUTHORITY_USAGE,
    }
    return trusted(root(), certificate(**values | changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"authority": False},
        {"usage": usage()},
        {"usage": None},
        {"not_after": SENT_AT - DAY},
        {"issuer_key": p256_key(9)},
        {"key": rsa_key(bits=1024)},
    ],
    ids=["no CA", "no keyCertSign", "no key usage", "expired", "forged", "short key"],
)
def test_an_authority_that_is_none_leads_nowhere(changes) -> None:
    trust(rsa_sealer().certificate, between())
    leaf = certificate(issuer_key=changes.get("key", p256_key(-1)))

    with pytest.raises(CertificateUntrusted, match="no path"):
        trust(der(leaf), between(**changes))


def test_a_path_longer_than_the_root_allows_is_refused() -> None:
    below = certificate(
        subject=name("below"), key=p256_key(5), authority=True, usage=AUTHORITY_USAGE
    )
    leaf = certificate(issuer=name("below"), issuer_key=p256_key(5))

    with pytest.raises(CertificateUntrusted, match="more authorities"):
        trust(der(leaf), (*anchors(), *trusted(below)))


def test_a_certificate_signed_with_sha1_is_refused() -> None:
    modern = certificate(issuer=name("rsa root"), issuer_key=rsa_key(3))
    trust(der(modern), trusted(rsa_root()))

    with pytest.raises(CertificateUntrusted, match="weak algorithm"):
        trust(sha1_certificate(), trusted(rsa_root()))


def test_a_critical_extension_nobody_knows_is_refused() -> None:
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\5\0")

    with pytest.raises(CertificateUntrusted, match=r"1\.2\.3\.4"):
        trust(der(certificate(extra=unknown)))
