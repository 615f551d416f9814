import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.x509.oid import NameOID

from edoc_connector.errors import SealMalformed
from edoc_connector.signature.certificate import LONGEST_BYTES, read_certificate
from tests.support.pki import (
    certificate,
    der,
    name,
    pss_bound_certificate,
    rsa_sealer,
    usage,
)


def test_a_certificate_says_whose_it_is() -> None:
    read = read_certificate(rsa_sealer().certificate)

    assert read.organization == "H20"
    assert "CN=Cơ quan H20" in read.subject


def test_a_certificate_without_an_organisation_is_nobodys() -> None:
    read = read_certificate(der(certificate(subject=name("somebody"))))

    assert read.organization == ""


def test_a_name_longer_than_the_library_likes_is_read() -> None:
    long = "Ủy ban nhân dân các xã và phường của thành phố trực thuộc"
    with pytest.warns(UserWarning, match="length"):
        common = x509.NameAttribute(NameOID.COMMON_NAME, long, _validate=False)
    issued = der(certificate(subject=x509.Name([common])))

    assert read_certificate(issued).subject == f"CN={long}"


def test_a_certificate_of_two_organisations_is_nobodys() -> None:
    two = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, code)
            for code in ("H20", "G22")
        ]
    )

    assert read_certificate(der(certificate(subject=two))).organization == ""


@pytest.mark.parametrize(
    ("may", "bits"),
    [
        (True, usage(content_commitment=False)),
        (True, usage(digital_signature=False)),
        (False, usage(digital_signature=False, content_commitment=False)),
        (False, None),
    ],
    ids=["digitalSignature", "nonRepudiation", "neither", "no key usage"],
)
def test_a_certificate_says_whether_it_may_sign(
    *, may: bool, bits: x509.KeyUsage | None
) -> None:
    assert read_certificate(der(certificate(usage=bits))).may_sign is may


@pytest.mark.parametrize(
    "data",
    [b"", b"MIIFqTCCBJG", der(certificate())[:-1], der(certificate()) + b"\0"],
    ids=["nothing", "placeholder", "cut", "longer"],
)
def test_what_is_no_certificate_is_refused(data: bytes) -> None:
    with pytest.raises(SealMalformed, match="the certificate"):
        read_certificate(data)


def test_what_is_longer_than_any_certificate_is_refused_unread() -> None:
    with pytest.raises(SealMalformed, match="has 65537 bytes"):
        read_certificate(b"\x30" * (LONGEST_BYTES + 1))


def test_a_certificate_is_read_once_however_often_it_comes() -> None:
    data = rsa_sealer().certificate

    assert read_certificate(data) is read_certificate(bytes(data))


def test_a_certificate_for_another_kind_of_key_is_refused() -> None:
    other = certificate(key=ed25519.Ed25519PrivateKey.generate())

    with pytest.raises(SealMalformed, match="neither RSA nor ECDSA"):
        read_certificate(der(other))


def test_a_certificate_for_a_key_bound_to_rsa_pss_is_refused() -> None:
    # The library reads it as any RSA key and forgets what binds it.
    with pytest.raises(SealMalformed, match="bound to RSA-PSS"):
        read_certificate(pss_bound_certificate())
