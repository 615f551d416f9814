"""A `SealKey` is a `SealKey`, wherever its private key is kept."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    pkcs12,
)

from edoc_connector.errors import KeyUnusable
from edoc_connector.pki.keys import load_key
from edoc_connector.pki.token_key import open_token_key
from edoc_connector.signature.algorithms import signature_fits
from edoc_connector.signature.certificate import read_certificate
from edoc_connector.signature.choices import AlgorithmName
from tests.support.pki import (
    certificate,
    der,
    issuing,
    p256_key,
    p384_key,
    pem,
    rsa_key,
    rsa_root,
)
from tests.support.seals import opened, sealed_packet
from tests.support.second_opinion import signxml_says, xmlsec1_says

PASSWORD = b"mat khau"
PRIVATE = {
    AlgorithmName.RSA_PKCS1_SHA256: rsa_key(),
    AlgorithmName.RSA_PSS_SHA256: rsa_key(),
    AlgorithmName.ECDSA_P256_SHA256: p256_key(),
    AlgorithmName.ECDSA_P384_SHA384: p384_key(),
}
OTHER = {
    AlgorithmName.RSA_PKCS1_SHA256: AlgorithmName.ECDSA_P256_SHA256,
    AlgorithmName.RSA_PSS_SHA256: AlgorithmName.ECDSA_P384_SHA384,
    AlgorithmName.ECDSA_P256_SHA256: AlgorithmName.RSA_PKCS1_SHA256,
    AlgorithmName.ECDSA_P384_SHA384: AlgorithmName.ECDSA_P256_SHA256,
}


@pytest.fixture(params=["pem", "pkcs12", "pkcs11", "pkcs11 with certificate"])
def kept(request, tmp_path):
    """Keep a key in one of the places, and say how it is opened."""
    return {
        "pem": lambda *it: as_pem(tmp_path, *it),
        "pkcs12": lambda *it: as_pkcs12(tmp_path, *it),
        "pkcs11": lambda *it: on_token(request, tmp_path, *it),
        "pkcs11 with certificate": lambda *it: all_on_token(request, *it),
    }[request.param]


def as_pem(folder: Path, private, issued, algorithm):
    path, chain = folder / "seal.key", folder / "seal.crt"
    encryption = BestAvailableEncryption(PASSWORD)
    path.write_bytes(
        private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    )
    chain.write_bytes(pem(issuing()) + pem(rsa_root()) + pem(issued))
    return load_key(path, chain, PASSWORD, algorithm)


def as_pkcs12(folder: Path, private, issued, algorithm):
    path = folder / "seal.p12"
    fits = issued.public_key() == private.public_key()
    mine, others = (issued, [issuing()]) if fits else (None, [issuing(), issued])
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"seal", private, mine, others, BestAvailableEncryption(PASSWORD)
        )
    )
    return load_key(path, None, PASSWORD, algorithm)


def on_token(request, folder: Path, private, issued, algorithm):
    token = request.getfixturevalue("softhsm").token()
    token.put(private)
    chain = folder / "seal.crt"
    chain.write_bytes(pem(issuing()) + pem(rsa_root()) + pem(issued))
    return open_token_key(token.source(), chain, algorithm)


def all_on_token(request, private, issued, algorithm):
    token = request.getfixturevalue("softhsm").token()
    token.put(private)
    for each in (issuing(), rsa_root(), issued):
        token.put_certificate(der(each))
    return open_token_key(token.source(), None, algorithm)


@pytest.mark.parametrize("name", AlgorithmName)
def test_what_it_signs_belongs_to_its_certificate(kept, name):
    issued = certificate(key=PRIVATE[name])

    key = kept(PRIVATE[name], issued, name)

    assert key.certificate == der(issued)
    assert key.algorithm is name.algorithm
    public = read_certificate(key.certificate).public_key
    for data in (b"", b"data", bytes(100_000)):
        value = key.sign(data)
        assert signature_fits(public, key.algorithm, value=value, data=data)


@pytest.mark.parametrize("name", AlgorithmName)
def test_without_a_choice_it_signs_as_is_usual_for_its_kind(kept, name):
    private = PRIVATE[name]

    key = kept(private, certificate(key=private), None)

    usual = {AlgorithmName.RSA_PSS_SHA256: AlgorithmName.RSA_PKCS1_SHA256}
    assert key.algorithm is usual.get(name, name).algorithm


@pytest.mark.parametrize("name", AlgorithmName)
def test_an_algorithm_of_another_kind_of_key_is_refused(kept, name):
    private = PRIVATE[name]

    with pytest.raises(KeyUnusable, match="this key signs as"):
        kept(private, certificate(key=private), OTHER[name])


def test_another_keys_certificate_is_refused(kept):
    with pytest.raises(KeyUnusable, match="no certificate given belongs to it"):
        kept(rsa_key(), certificate(key=rsa_key(2)), None)


def test_a_key_that_is_too_short_is_refused(kept):
    short = rsa_key(bits=1024)

    with pytest.raises(KeyUnusable, match="1024 bits is too short"):
        kept(short, certificate(key=short), None)


def test_it_shows_nothing_of_itself(kept):
    key = kept(rsa_key(), certificate(), None)

    assert repr(key) in {
        f"{kind}(algorithm={key.algorithm!r})" for kind in ("FileKey", "TokenKey")
    }


@pytest.mark.parametrize("name", AlgorithmName)
def test_a_packet_it_sealed_is_believed_by_us_and_by_others(kept, name, tmp_path):
    key = kept(PRIVATE[name], certificate(key=PRIVATE[name]), name)

    packet = sealed_packet(key=key)

    assert opened(packet).certificate_digest
    assert signxml_says(packet, tmp_path)
    if name is not AlgorithmName.RSA_PSS_SHA256:  # Debian 12's xmlsec1 is too old
        assert xmlsec1_says(packet, tmp_path) == "OK"
