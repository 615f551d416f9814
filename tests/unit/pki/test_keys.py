from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from edoc_connector.errors import KeyUnusable
from edoc_connector.pki.keys import load_key
from edoc_connector.signature.algorithms import signature_fits
from edoc_connector.signature.choices import AlgorithmName, SealAlgorithm
from tests.support.pki import (
    certificate,
    der,
    issuing,
    p256_key,
    p384_key,
    pem,
    rsa_key,
)

PASSWORD = b"mat khau"
KINDS = [
    pytest.param(rsa_key(), id="rsa"),
    pytest.param(p256_key(), id="p256"),
    pytest.param(p384_key(), id="p384"),
]


def key_pem(private, password: bytes | None = None, kind=PrivateFormat.PKCS8) -> bytes:
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return private.private_bytes(Encoding.PEM, kind, encryption)


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def bundle(folder: Path, private, issued: x509.Certificate | None, *others) -> Path:
    data = pkcs12.serialize_key_and_certificates(
        b"seal", private, issued, others or None, BestAvailableEncryption(PASSWORD)
    )
    return written(folder, "seal.p12", data)


@pytest.mark.parametrize("private", KINDS)
@pytest.mark.parametrize("password", [None, PASSWORD], ids=["plain", "encrypted"])
def test_a_pem_key_is_read_with_its_certificate(
    private, password: bytes | None, tmp_path: Path
) -> None:
    issued = certificate(key=private)

    key = load_key(
        written(tmp_path, "seal.key", key_pem(private, password)),
        written(tmp_path, "seal.crt", pem(issued)),
        password,
    )

    value = key.sign(b"data")
    assert key.certificate == der(issued)
    assert signature_fits(
        private.public_key(), key.algorithm, value=value, data=b"data"
    )


@pytest.mark.parametrize("private", KINDS)
def test_a_pkcs12_file_brings_its_certificate(private, tmp_path: Path) -> None:
    issued = certificate(key=private)

    key = load_key(bundle(tmp_path, private, issued, issuing()), None, PASSWORD)

    assert key.certificate == der(issued)


def test_the_traditional_form_of_a_pem_key_is_read(tmp_path: Path) -> None:
    data = key_pem(rsa_key(), kind=PrivateFormat.TraditionalOpenSSL)

    path = written(tmp_path, "seal.pem", data + pem(certificate()))

    assert load_key(path, None, None).algorithm is SealAlgorithm.RSA_PKCS1_SHA256


def test_a_certificate_may_be_der(tmp_path: Path) -> None:
    issued = certificate()

    key = load_key(
        written(tmp_path, "seal.key", key_pem(rsa_key())),
        written(tmp_path, "seal.cer", der(issued)),
        None,
    )

    assert key.certificate == der(issued)


def test_of_a_chain_the_keys_own_certificate_is_taken(tmp_path: Path) -> None:
    issued = certificate()
    odd = certificate(key=ed25519.Ed25519PrivateKey.generate())
    chain = pem(odd) + pem(issuing()) + pem(issued)

    key = load_key(
        written(tmp_path, "seal.key", key_pem(rsa_key())),
        written(tmp_path, "chain.pem", chain),
        None,
    )

    assert key.certificate == der(issued)


def test_a_certificate_named_beside_a_pkcs12_file_is_the_one_taken(
    tmp_path: Path,
) -> None:
    renewed = certificate()

    key = load_key(
        bundle(tmp_path, rsa_key(), certificate()),
        written(tmp_path, "renewed.crt", pem(renewed)),
        PASSWORD,
    )

    assert key.certificate == der(renewed)


def test_an_ecdsa_value_is_two_numbers_of_32_bytes(tmp_path: Path) -> None:
    path = written(
        tmp_path, "k.pem", key_pem(p256_key()) + pem(certificate(key=p256_key()))
    )

    key = load_key(path, None, None)

    assert {len(key.sign(bytes([number]))) for number in range(20)} == {64}


@pytest.mark.parametrize(
    ("name", "algorithm"),
    [
        (None, SealAlgorithm.RSA_PKCS1_SHA256),
        (AlgorithmName.RSA_PKCS1_SHA256, SealAlgorithm.RSA_PKCS1_SHA256),
        (AlgorithmName.RSA_PSS_SHA256, SealAlgorithm.RSA_PSS_SHA256),
    ],
)
def test_an_rsa_key_seals_as_the_settings_say(
    name: AlgorithmName | None, algorithm: SealAlgorithm, tmp_path: Path
) -> None:
    path = written(tmp_path, "k.pem", key_pem(rsa_key()) + pem(certificate()))

    key = load_key(path, None, None, name)

    assert key.algorithm is algorithm
    assert signature_fits(
        rsa_key().public_key(), algorithm, value=key.sign(b"data"), data=b"data"
    )


@pytest.mark.parametrize(
    ("private", "name", "possible"),
    [
        (p384_key(), AlgorithmName.RSA_PSS_SHA256, "ecdsa-p384-sha384"),
        (p384_key(), AlgorithmName.ECDSA_P256_SHA256, "ecdsa-p384-sha384"),
        (p256_key(), AlgorithmName.ECDSA_P384_SHA384, "ecdsa-p256-sha256"),
        (
            rsa_key(),
            AlgorithmName.ECDSA_P256_SHA256,
            "rsa-pkcs1-sha256, rsa-pss-sha256",
        ),
    ],
)
def test_a_key_of_another_kind_than_the_algorithm_is_said_with_what_it_can(
    private, name: AlgorithmName, possible: str, tmp_path: Path
) -> None:
    data = key_pem(private) + pem(certificate(key=private))

    with pytest.raises(KeyUnusable, match=f"this key signs as {possible}"):
        load_key(written(tmp_path, "k.pem", data), None, None, name)


def test_a_key_shows_nothing_of_itself(tmp_path: Path) -> None:
    path = written(tmp_path, "k.pem", key_pem(rsa_key()) + pem(certificate()))

    assert repr(load_key(path, None, None)) == (
        f"FileKey(algorithm={SealAlgorithm.RSA_PKCS1_SHA256!r})"
    )


@pytest.mark.parametrize(
    ("data", "password", "problem"),
    [
        (key_pem(rsa_key(), PASSWORD), None, "say in its setting password"),
        (key_pem(rsa_key(), PASSWORD), b"khac", "the password is wrong"),
        (key_pem(rsa_key()), PASSWORD, "remove its setting password"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA", None, "or the file is damaged"),
        (b"\x30\x03\x02\x01\x00", None, "neither PEM nor PKCS#12"),
        (b"", None, "neither PEM nor PKCS#12"),
        (key_pem(rsa_key(bits=1024)), None, "1024 bits is too short"),
        (key_pem(ec.generate_private_key(ec.SECP521R1())), None, "curve secp521r1"),
        (key_pem(ed25519.Ed25519PrivateKey.generate()), None, "no RSA or ECDSA key"),
        (key_pem(rsa_key(2)), None, "no certificate given belongs to it"),
    ],
    ids=[
        "password missing",
        "password wrong",
        "password needless",
        "damaged",
        "no key",
        "empty",
        "short",
        "curve",
        "ed25519",
        "another key's certificate",
    ],
)
def test_what_is_wrong_with_a_key_is_said_with_what_to_do(
    data: bytes, password: bytes | None, problem: str, tmp_path: Path
) -> None:
    with pytest.raises(KeyUnusable, match=problem):
        load_key(
            written(tmp_path, "seal.key", data),
            written(tmp_path, "seal.crt", pem(certificate())),
            password,
        )


def test_a_pem_key_without_a_certificate_asks_for_it(tmp_path: Path) -> None:
    path = written(tmp_path, "seal.key", key_pem(rsa_key()))

    with pytest.raises(KeyUnusable, match=r"name it in the setting certificate"):
        load_key(path, None, None)


def test_a_pkcs12_file_without_a_certificate_asks_for_it(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match="in its setting certificate"):
        load_key(bundle(tmp_path, rsa_key(), None), None, PASSWORD)


@pytest.mark.parametrize("password", [None, b"khac"])
def test_a_pkcs12_file_is_not_read_without_its_password(
    password: bytes | None, tmp_path: Path
) -> None:
    path = bundle(tmp_path, rsa_key(), certificate())

    with pytest.raises(KeyUnusable, match=r"check its settings key and password"):
        load_key(path, None, password)


def test_a_key_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match=r"seal\.key cannot be used: No such file"):
        load_key(tmp_path / "seal.key", None, None)
