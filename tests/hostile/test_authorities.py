"""What authorities and their responders may say, and nobody in their name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import ocsp

from edoc_connector.errors import AnswerUnusable, CertificateRevoked
from edoc_connector.model.verdict import Indication
from edoc_connector.signature.answers import StoredRevocation
from edoc_connector.signature.revocation import judge
from edoc_connector.signature.said import Said
from edoc_connector.signature.verify import verify
from tests.support import pki
from tests.support import revocation as made
from tests.support.builders import SENT_AT
from tests.support.der import element
from tests.support.seals import received

DAY = timedelta(days=1)
ECDSA_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
BASIC_RESPONSE = bytes.fromhex("06092b0601050507300101")


def said_of(answer: bytes, at: datetime = SENT_AT) -> Said:
    return judge(
        made.as_ocsp(answer), made.sealer(), made.authority(), at=at, now=SENT_AT
    )


def dated(answer: bytes, key: ec.EllipticCurvePrivateKey, produced: datetime) -> bytes:
    """Return the answer with another producedAt, signed again."""
    found = ocsp.load_der_ocsp_response(answer)
    before, after = (
        f"{it:%Y%m%d%H%M%SZ}".encode() for it in (found.produced_at_utc, produced)
    )
    tbs = found.tbs_response_bytes
    changed = tbs.replace(b"\x18\x0f" + before, b"\x18\x0f" + after, 1)
    value = key.sign(changed, ec.ECDSA(SHA256()))
    while len(value) != len(found.signature):  # the lengths around it stay right
        value = key.sign(changed, ec.ECDSA(SHA256()))
    return answer.replace(tbs, changed).replace(found.signature, value)


@dataclass(frozen=True)
class Expired:
    """A responder whose certificate ended long ago, and who has its key now."""

    until: datetime = SENT_AT - 770 * DAY

    def answer(self, produced: datetime, **times: datetime) -> bytes:
        key = pki.p256_key(-11)
        old = made.responder(not_before=SENT_AT - 800 * DAY, not_after=self.until)
        answer = made.ocsp_answer(signer=old, key=key, brought=(old,), **times)
        return dated(answer, key, produced)


def test_an_expired_responder_does_not_answer_for_today_by_dating_itself_back() -> None:
    with pytest.raises(AnswerUnusable, match="out of date"):
        said_of(Expired().answer(SENT_AT - 780 * DAY))


def test_an_answer_of_a_responder_reaches_no_further_than_its_certificate() -> None:
    then = SENT_AT - 780 * DAY
    answer = Expired().answer(then, this_update=then, next_update=SENT_AT + DAY)

    with pytest.raises(AnswerUnusable, match="it holds from"):
        said_of(answer)


def test_a_responder_does_not_speak_of_a_time_after_its_answer() -> None:
    end = Expired().until
    answer = Expired().answer(end - 20 * DAY, this_update=end - DAY)

    with pytest.raises(AnswerUnusable, match="a time after it was given"):
        said_of(answer, end - DAY)


def test_an_answer_of_a_responder_holds_as_long_as_its_certificate() -> None:
    end = Expired().until
    answer = Expired().answer(
        end - DAY, this_update=end - DAY, next_update=end - timedelta(hours=1)
    )

    assert said_of(answer, end - DAY).next_update == end - timedelta(hours=1)


def behind_produced_at(tbs: bytes) -> int:
    """Return where that ends; who answers stands before it, by bytes at random."""
    produced_at = re.search(rb"\x18\x0f[0-9]{14}Z", tbs)
    assert produced_at
    return produced_at.end()


def single_of(response: ocsp.OCSPResponse) -> bytes:
    """Return the one SingleResponse: the SEQUENCE OF stands behind producedAt."""
    tbs = response.tbs_response_bytes
    start = behind_produced_at(tbs)
    head = 2 if tbs[start + 1] < 128 else 3
    return tbs[start + head : start + head + tbs[start + head - 1]]


def joined(*answers: bytes) -> bytes:
    """Return one answer that says what several say, signed by the authority."""
    read = [ocsp.load_der_ocsp_response(it) for it in answers]
    tbs = read[0].tbs_response_bytes
    head = 2 if tbs[1] < 128 else 3
    front = tbs[head : behind_produced_at(tbs)]
    singles = element(0x30, b"".join(map(single_of, read)))
    changed = element(0x30, front + singles)
    value = made.AUTHORITY_KEY.sign(changed, ec.ECDSA(SHA256()))
    signature = element(0x03, b"\0" + value)
    basic = element(0x30, changed + ECDSA_SHA256 + signature)
    whole = element(0x30, BASIC_RESPONSE + element(0x04, basic))
    return element(0x30, b"\x0a\x01\x00" + element(0xA0, whole))


def test_of_two_words_in_one_answer_revoked_is_believed() -> None:
    good, bad = made.ocsp_answer(), made.revoked_answer(SENT_AT - DAY)

    assert said_of(joined(good)).revoked is None
    assert said_of(joined(good, bad)).revoked
    assert said_of(joined(bad, good)).revoked


def test_of_two_revocations_in_one_answer_the_one_for_good_is_believed() -> None:
    held = made.revoked_answer(SENT_AT - DAY, reason=x509.ReasonFlags.certificate_hold)
    stolen = made.revoked_answer(SENT_AT - DAY / 2)

    said = said_of(joined(held, stolen))

    assert said.revoked
    assert not said.is_hold


def renewed() -> x509.Certificate:
    """The issuing authority, certified anew with the key it had."""
    return pki.certificate(
        subject=pki.name("issuing"),
        key=pki.p256_key(-1),
        issuer=pki.name("root"),
        issuer_key=pki.p256_key(-2),
        authority=True,
        path_length=0,
        usage=pki.AUTHORITY_USAGE,
    )


def verified_with(*anchors: x509.Certificate, why: x509.ReasonFlags):
    """Verify a seal while the first certificate of its authority is revoked."""
    taken_back = made.entry(SENT_AT - DAY, why, of=pki.issuing())
    lists = StoredRevocation(
        (
            made.as_crl(pki.crl("root", pki.p256_key(-2), taken_back)),
            made.as_crl(pki.crl("issuing", pki.p256_key(-1))),
        )
    )
    return verify(
        received(),
        pki.policy(anchors=pki.trusted(pki.root(), *anchors)),
        account=None,
        received_at=SENT_AT,
        now=SENT_AT,
        revocation=lists,
    )


def test_an_authority_that_was_renewed_with_its_key_is_judged_by_what_holds() -> None:
    why = x509.ReasonFlags.superseded

    found = verified_with(pki.issuing(), renewed(), why=why)

    assert found.verdict.indication is Indication.PASSED


def test_a_stolen_key_of_an_authority_is_not_believed_under_another_certificate() -> (
    None
):
    why = x509.ReasonFlags.key_compromise

    with pytest.raises(CertificateRevoked):
        verified_with(pki.issuing(), renewed(), why=why)


def test_an_authority_that_was_revoked_and_not_renewed_vouches_for_nobody() -> None:
    with pytest.raises(CertificateRevoked):
        verified_with(pki.issuing(), why=x509.ReasonFlags.superseded)
