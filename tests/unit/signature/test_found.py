from dataclasses import replace

import pytest

from edoc_connector.errors import SealAlgorithmRefused, SealMalformed
from edoc_connector.model.stages import FoundSeal
from edoc_connector.signature.choices import SealAlgorithm
from edoc_connector.signature.found import read_seal, short
from tests.support.pki import rsa_key, rsa_sealer
from tests.support.seals import received

SHA1 = "http://www.w3.org/2000/09/xmldsig#sha1"
RSA_SHA1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"


def seal(**changes) -> FoundSeal:
    return replace(received().seal, **changes)


def with_reference(number: int, **changes) -> FoundSeal:
    references = list(received().seal.references)
    references[number] = replace(references[number], **changes)
    return seal(references=tuple(references))


def test_a_seal_is_read_into_values() -> None:
    values = read_seal(seal())

    assert values.algorithm is SealAlgorithm.RSA_PKCS1_SHA256
    assert values.certificate == rsa_sealer().certificate
    assert values.fit(rsa_key().public_key())


def test_white_space_in_base64_is_layout() -> None:
    value = seal().signature_value
    wrapped = f"\n  {value[:76]}\n  {value[76:]}\n"

    assert read_seal(seal(signature_value=wrapped)) == read_seal(seal())


@pytest.mark.parametrize(
    "found",
    [
        seal(canonicalization_method=INCLUSIVE),
        seal(signature_method=RSA_SHA1),
        seal(signature_method=""),
        with_reference(0, digest_method=SHA1),
        with_reference(1, digest_method=SHA1),
        with_reference(0, transforms=(ENVELOPED,)),
        with_reference(1, transforms=(INCLUSIVE,)),
    ],
)
def test_an_algorithm_outside_the_list_is_refused(found: FoundSeal) -> None:
    with pytest.raises(SealAlgorithmRefused):
        read_seal(found)


def test_an_algorithm_the_operator_took_off_the_list_is_refused() -> None:
    with pytest.raises(SealAlgorithmRefused, match="rsa-sha256"):
        read_seal(seal(), frozenset({SealAlgorithm.ECDSA_SHA256}))


FIRST, SECOND = seal().references


@pytest.mark.parametrize(
    "references",
    [(), (FIRST,), (SECOND, FIRST), (FIRST, FIRST), (FIRST, SECOND, FIRST)],
    ids=["none", "one", "turned round", "the same twice", "three"],
)
def test_other_references_are_refused(references) -> None:
    with pytest.raises(SealMalformed, match="refers to"):
        read_seal(seal(references=references))


@pytest.mark.parametrize("uri", ["", "#", "#body", "http://x/#statement", "#Statement"])
def test_a_reference_to_anything_else_is_refused(uri: str) -> None:
    with pytest.raises(SealMalformed, match="refers to"):
        read_seal(with_reference(0, uri=uri))


@pytest.mark.parametrize("count", [0, 2])
def test_a_reference_has_one_transform(count: int) -> None:
    with pytest.raises(SealMalformed, match="transforms, not one"):
        read_seal(with_reference(0, transforms=FIRST.transforms * count))


@pytest.mark.parametrize(
    "value",
    [
        "",
        "  ",
        "=",
        "AB==",
        "AAA",
        "A A A",
        "AA-_",
        "ÀÀÀÀ",
        "AAAA=",
        "AAAA\0",
        "AA==AA==",
    ],
)
def test_what_is_not_base64_is_refused(value: str) -> None:
    with pytest.raises(SealMalformed, match="SignatureValue is not base64"):
        read_seal(seal(signature_value=value))


def test_a_digest_of_another_length_is_refused() -> None:
    with pytest.raises(SealMalformed, match="20 bytes, not 32"):
        read_seal(with_reference(1, digest_value="A" * 27 + "="))


@pytest.mark.parametrize("count", [0, 2])
def test_a_seal_has_one_certificate(count: int) -> None:
    with pytest.raises(SealMalformed, match=f"{count} certificates, not one"):
        read_seal(seal(certificates=seal().certificates * count))


def test_a_strangers_value_is_cut_for_the_message() -> None:
    assert short("x" * 200) == "x" * 200
    assert short("x" * 5000) == "x" * 199 + "…"
