from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from edoc_connector.errors import AnswerUnusable
from edoc_connector.signature.ocsp import nonce_of, read_ocsp, request, successful
from tests.support.builders import SENT_AT
from tests.support.pki import certificate, name, p256_key, rsa_key, rsa_root, with_sha1
from tests.support.revocation import (
    AGES,
    HOUR,
    authority,
    issued,
    ocsp_answer,
    responder,
    revoked_answer,
    sealer,
)


def read(data: bytes, of: x509.Certificate | None = None):
    return read_ocsp(data, of or sealer(), authority())


def test_what_the_issuer_itself_answers_is_read() -> None:
    said = read(ocsp_answer())

    assert said.revoked is None
    assert said.this_update == SENT_AT - HOUR
    assert said.next_update == SENT_AT + 23 * HOUR
    assert said.remembered_since is None


def test_a_responder_answers_for_its_issuer() -> None:
    answer = ocsp_answer(signer=responder(), key=p256_key(-11), brought=(responder(),))

    assert read(answer).revoked is None


@pytest.mark.parametrize("algorithm", [SHA256(), SHA384(), SHA512()])
def test_the_issuer_may_be_named_by_sha256_too(algorithm) -> None:
    assert read(ocsp_answer(algorithm=SHA256(), hash=algorithm)).revoked is None


def test_a_responder_with_an_rsa_key_is_believed() -> None:
    with_rsa = responder(key=rsa_key())
    answer = ocsp_answer(signer=with_rsa, key=rsa_key(), brought=(with_rsa,))

    assert read(answer).revoked is None


def test_when_and_why_a_certificate_was_revoked_is_read() -> None:
    said = read(revoked_answer(SENT_AT - HOUR))

    assert said.revoked
    assert said.revoked.at == SENT_AT - HOUR
    assert said.revoked.why == "its key was compromised"


def test_no_reason_is_a_reason_too() -> None:
    said = read(revoked_answer(SENT_AT, reason=None))

    assert said.revoked
    assert said.revoked.why == "no reason given"


def no_ocsp_signing(**changes) -> dict:
    eku = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
    signer = responder(**{"more": (eku,)} | changes)
    return {"signer": signer, "key": p256_key(-11), "brought": (signer,)}


def of_namesake() -> dict:
    signer = certificate(subject=name("authority"), key=p256_key(9))
    return {"signer": signer, "key": p256_key(9)}


def of_stranger() -> dict:
    signer = responder(issuer=name("authority"), issuer_key=p256_key(9))
    return {"signer": signer, "key": p256_key(-11), "brought": (signer,)}


def out_of_date(**changes) -> dict:
    signer = responder(**changes)
    return {"signer": signer, "key": p256_key(-11), "brought": (signer,)}


def weak_key() -> dict:
    signer = responder(key=rsa_key(bits=1024))
    return {"signer": signer, "key": rsa_key(bits=1024), "brought": (signer,)}


def other_key() -> dict:
    key = ed25519.Ed25519PrivateKey.generate()
    signer = responder(key=key)
    return {"signer": signer, "key": key, "hash": None, "brought": (signer,)}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        (of_namesake(), "a stranger signed it"),
        ({"signer": responder(), "key": p256_key(-11)}, "a stranger signed it"),
        (of_stranger(), "a responder of another authority"),
        (no_ocsp_signing(), "no OCSPSigning"),
        (no_ocsp_signing(more=()), "no OCSPSigning"),
        (out_of_date(not_after=datetime(2001, 1, 1, tzinfo=UTC)), "out of date"),
        (out_of_date(not_before=datetime(2198, 1, 1, tzinfo=UTC)), "out of date"),
        (weak_key(), "a stranger signed it"),
        (other_key(), "weak algorithm"),
        ({"certificate": issued()}, "about another certificate"),
        ({"issuer": certificate(key=p256_key(8), **AGES)}, "about another certificate"),
        ({"algorithm": SHA512()}, "about another certificate"),
        ({"status": ocsp.OCSPCertStatus.UNKNOWN}, "does not know the certificate"),
    ],
    ids=[
        "stranger", "responder not named", "of another authority", "another usage",
        "no usage", "expired responder", "future responder", "weak key", "ed25519",
        "another certificate", "another issuer", "another hash", "unknown",
    ],
)  # fmt: skip
def test_what_cannot_be_believed_is_refused_with_a_reason(changes, problem) -> None:
    with pytest.raises(AnswerUnusable, match=problem):
        read(ocsp_answer(**changes))


def test_the_leaf_does_not_speak_for_its_authority() -> None:
    answer = ocsp_answer(signer=sealer(), key=rsa_key(), brought=(sealer(),))

    with pytest.raises(AnswerUnusable, match="no OCSPSigning"):
        read(answer)


def test_a_responder_whose_certificate_is_signed_with_sha1_is_refused() -> None:
    old = with_sha1(
        responder(issuer=name("rsa root"), issuer_key=rsa_key(3), key=p256_key(-11))
    )
    signer = x509.load_der_x509_certificate(old)
    leaf = certificate(issuer=name("rsa root"), issuer_key=rsa_key(3))
    answer = ocsp_answer(
        certificate=leaf,
        issuer=rsa_root(),
        signer=signer,
        key=p256_key(-11),
        brought=(signer,),
    )

    with pytest.raises(AnswerUnusable, match="a responder of another authority"):
        read_ocsp(answer, leaf, rsa_root())


@pytest.mark.parametrize(
    "status",
    [it for it in ocsp.OCSPResponseStatus if it.name != "SUCCESSFUL"],
)
def test_a_responder_that_does_not_answer_is_quoted(status) -> None:
    answer = ocsp.OCSPResponseBuilder.build_unsuccessful(status)

    with pytest.raises(AnswerUnusable, match=r"the responder says [a-z]+"):
        read(answer.public_bytes(Encoding.DER))


@pytest.mark.parametrize("data", [b"", b"<html>", ocsp_answer()[:-40]])
def test_what_is_no_answer_is_refused(data) -> None:
    with pytest.raises(AnswerUnusable, match="no answer of an OCSP responder"):
        read(data)


def test_a_question_names_the_certificate_and_carries_the_nonce() -> None:
    asked = ocsp.load_der_ocsp_request(request(sealer(), authority(), b"n" * 16))

    assert asked.serial_number == sealer().serial_number
    assert asked.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == (
        b"n" * 16
    )


def test_the_nonce_of_an_answer_is_found_or_is_none() -> None:
    with_nonce = ocsp_answer(extra=(x509.OCSPNonce(b"n" * 16),))

    assert nonce_of(successful(with_nonce)) == b"n" * 16
    assert nonce_of(successful(ocsp_answer())) is None
