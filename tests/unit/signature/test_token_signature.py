import re

import pytest
from cryptography import x509

from edoc_connector.errors import TimeNotProven
from edoc_connector.signature.token import read_token
from edoc_connector.signature.token_signature import signer_of
from tests.support import pki
from tests.support.timestamping import Authority, certificate, issuing

VALUE = b"the value of a signature"
PSS = ("-cades", "-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:digest")
RSA_OID = bytes.fromhex("06092a864886f70d010101")
MGF1 = bytes.fromhex("06092a864886f70d010108")
SHA512_WITH_RSA = bytes.fromhex("06092a864886f70d01010d")


def p256(**changes):
    key = pki.p256_key(20)
    return Authority(key=key, certificate=certificate(key=key), **changes)


def why(token):
    with pytest.raises(TimeNotProven) as refused:
        signer_of(read_token(token))
    return refused.value.details["problem"]


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("make", [Authority, p256], ids=["rsa", "ecdsa"])
def test_a_token_is_signed_with_the_certificate_it_names(make, digest):
    authority = make(digest=digest)

    found = signer_of(read_token(authority.token(VALUE)))

    assert pki.der(found.x509) == pki.der(authority.certificate)


@pytest.mark.parametrize("digest", ["sha256", "sha512"])
def test_a_token_may_be_signed_with_rsa_pss(digest):
    token = Authority(digest=digest).token(VALUE, options=PSS)

    assert signer_of(read_token(token)).subject == "CN=time"


def test_rsa_pss_with_another_hash_for_its_mask_is_refused():
    token = Authority().token(VALUE, options=(*PSS, "-keyopt", "rsa_mgf1_md:sha512"))

    assert (
        why(token) == "the time stamp uses 1.2.840.113549.1.1.10, which is not accepted"
    )


def test_a_hash_that_is_not_accepted_is_refused():
    assert "1.3.14.3.2.26" in why(Authority(digest="sha1").token(VALUE))


def test_a_token_that_does_not_name_its_certificate_is_refused():
    token = Authority().token(VALUE, options=())

    assert "does not hold the certificate it was signed with" in why(token)


def test_a_token_without_its_certificate_is_refused():
    token = Authority().token(VALUE, options=("-cades", "-nocerts"))

    assert "does not hold the certificate it was signed with" in why(token)


def test_a_token_without_signed_attributes_is_refused():
    with pytest.raises(TimeNotProven, match="cannot be read"):
        read_token(Authority().token(VALUE, options=("-noattr",)))


def test_a_changed_time_is_noticed():
    token = Authority().token(VALUE)
    changed = token.replace(b"\x18\x0f20261123", b"\x18\x0f20261122")

    assert changed != token
    assert why(changed) == "the content of the time stamp was changed"


def test_a_changed_signature_is_noticed():
    token = Authority().token(VALUE)

    assert why(token[:-1] + bytes([token[-1] ^ 1])) == (
        "the signature of the time stamp does not fit"
    )


def test_a_certificate_with_the_same_issuer_and_number_is_not_taken_for_the_other():
    honest = certificate()
    twin = certificate(key=pki.rsa_key(21), serial_number=honest.serial_number)
    token = Authority(certificate=honest, chain=(twin, issuing())).token(VALUE)

    assert pki.der(signer_of(read_token(token)).x509) == pki.der(honest)


def test_an_algorithm_that_does_not_go_with_its_hash_is_refused():
    token = Authority().token(VALUE)
    at = token.rindex(RSA_OID)
    changed = token[:at] + SHA512_WITH_RSA + token[at + len(RSA_OID) :]

    assert (
        why(changed)
        == "the time stamp uses 1.2.840.113549.1.1.13, which is not accepted"
    )


def test_ecdsa_with_another_hash_than_the_digest_is_refused():
    token = p256().token(VALUE)
    name = bytes.fromhex("06082a8648ce3d0403")
    at = [m.start() for m in re.finditer(re.escape(name), token)][-1] + len(name)
    changed = token[:at] + b"\x03" + token[at + 1 :]

    assert (
        why(changed) == "the time stamp uses 1.2.840.10045.4.3.3, which is not accepted"
    )


def test_an_authority_whose_certificate_cannot_be_read_proves_nothing():
    names = x509.UnrecognizedExtension(x509.OID_SUBJECT_ALTERNATIVE_NAME, b"none")
    odd = Authority(certificate=certificate(extra=names))

    assert "cannot be read" in why(odd.token(VALUE))


def test_rsa_pss_with_another_mask_than_mgf1_is_refused():
    token = Authority().token(VALUE, options=PSS)
    changed = token.replace(MGF1, MGF1[:-1] + b"\x09")

    assert "1.2.840.113549.1.1.10, which is not accepted" in why(changed)


def test_signed_attributes_that_say_nothing_of_the_content_prove_nothing():
    token = read_token(Authority().token(VALUE))
    token.signer.signed_attributes.clear()

    with pytest.raises(TimeNotProven, match="signedAttrs"):
        signer_of(token)
