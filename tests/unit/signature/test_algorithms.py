import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA384

from edoc_connector.signature.algorithms import (
    algorithms_of,
    ecdsa_der,
    sign,
    signature_fits,
)
from edoc_connector.signature.choices import ALGORITHMS, SealAlgorithm
from tests.support.pki import p256_key, p384_key, rsa_key

DATA = b"signed"
KEYS = {
    SealAlgorithm.RSA_PKCS1_SHA256: rsa_key(),
    SealAlgorithm.RSA_PSS_SHA256: rsa_key(),
    SealAlgorithm.ECDSA_SHA256: p256_key(),
    SealAlgorithm.ECDSA_SHA384: p384_key(),
}


def test_every_algorithm_has_a_name_people_can_write() -> None:
    assert set(ALGORITHMS.values()) == set(SealAlgorithm)
    assert {name.algorithm for name in ALGORITHMS} == set(SealAlgorithm)


@pytest.mark.parametrize("algorithm", SealAlgorithm)
def test_a_signature_fits_its_key_and_its_data_only(algorithm) -> None:
    private = KEYS[algorithm]
    value, public = sign(private, algorithm, DATA), private.public_key()

    assert signature_fits(public, algorithm, value=value, data=DATA)
    assert not signature_fits(public, algorithm, value=value, data=b"other")


@pytest.mark.parametrize("algorithm", SealAlgorithm)
@pytest.mark.parametrize("other", SealAlgorithm)
def test_a_signature_is_not_taken_for_one_of_another_algorithm(
    algorithm, other
) -> None:
    value = sign(KEYS[algorithm], algorithm, DATA)
    public = KEYS[algorithm].public_key()

    fits = signature_fits(public, other, value=value, data=DATA)

    assert fits is (algorithm is other)


def test_a_curve_signs_with_the_hash_of_its_strength_only() -> None:
    weak = p384_key().sign(DATA, ec.ECDSA(SHA256()))
    strong = p256_key().sign(DATA, ec.ECDSA(SHA384()))

    for private, der in ((p384_key(), weak), (p256_key(), strong)):
        for algorithm in SealAlgorithm:
            assert not signature_fits(
                private.public_key(), algorithm, value=der, data=DATA
            )


@pytest.mark.parametrize(
    ("hashed", "salt"),
    [
        (SHA1(), 20),  # noqa: S303  (what is refused)
        (SHA256(), 0),
        (SHA256(), padding.PSS.MAX_LENGTH),
        (SHA384(), 48),
    ],
    ids=["sha1", "no salt", "long salt", "sha384"],
)
def test_rsa_pss_has_one_set_of_parameters(hashed, salt) -> None:
    filled = padding.PSS(padding.MGF1(hashed), salt)
    value = rsa_key().sign(DATA, filled, hashed)

    assert not signature_fits(
        rsa_key().public_key(), SealAlgorithm.RSA_PSS_SHA256, value=value, data=DATA
    )


@pytest.mark.parametrize("length", [0, 63, 64, 65, 72, 95, 96, 97])
@pytest.mark.parametrize("private", [p256_key(), p384_key()], ids=["p256", "p384"])
def test_zeros_of_any_length_are_no_signature(private, length: int) -> None:
    public = private.public_key()
    (algorithm,) = algorithms_of(public)

    assert not signature_fits(public, algorithm, value=bytes(length), data=DATA)


@pytest.mark.parametrize(
    ("algorithm", "size"),
    [(SealAlgorithm.ECDSA_SHA256, 64), (SealAlgorithm.ECDSA_SHA384, 96)],
)
def test_an_ecdsa_value_is_two_numbers_of_the_curves_length(algorithm, size) -> None:
    values = [sign(KEYS[algorithm], algorithm, bytes([n])) for n in range(20)]

    assert {len(value) for value in values} == {size}
    with pytest.raises(ValueError, match="two numbers"):
        ecdsa_der(algorithm, values[0] + b"\0")


def test_other_curves_have_no_algorithm() -> None:
    assert algorithms_of(ec.generate_private_key(ec.SECP521R1()).public_key()) == ()
