"""Whatever somebody puts in the place of a time stamp, it refuses no packet."""

from base64 import b64encode
from dataclasses import replace
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from hypothesis import given
from hypothesis import strategies as st

from edoc_connector.envelope.read import read
from edoc_connector.errors import Reason, TimeNotProven
from edoc_connector.model.verdict import TimeSource
from edoc_connector.signature import timestamp
from edoc_connector.signature.answers import StoredRevocation
from edoc_connector.signature.path import Anchor
from edoc_connector.signature.proven import Times, find_time
from edoc_connector.signature.said import HARMLESS
from edoc_connector.signature.timestamp import check_token, prove_time
from edoc_connector.signature.trust import check_trust
from tests.support import pki
from tests.support.builders import SENT_AT
from tests.support.der import element
from tests.support.revocation import HOUR, as_crl, entry
from tests.support.seal_forms import FORMS, judged, packet_with, sealed
from tests.support.seals import MAX_PACKET_BYTES, opened, sealed_packet
from tests.support.timestamping import Authority, certificate, issuing, policy, root

VALUE = b"the value of a signature"


@cache
def good_token():
    return Authority().token(VALUE)


def proven(token):
    return prove_time([token], VALUE, policy(), sealed_at=SENT_AT, now=SENT_AT)


@given(share=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255))
def test_a_token_with_one_changed_byte_proves_the_same_or_nothing(share, byte):
    token = bytearray(good_token())
    token[int(share * len(token))] = byte

    found = proven(bytes(token))

    assert isinstance(found, Reason) or found.at == SENT_AT


@given(data=st.binary(max_size=300), at=st.integers(0, 1700), length=st.integers(0, 99))
def test_bytes_put_into_a_token_prove_the_same_or_nothing(data, at, length):
    token = good_token()[:at] + data + good_token()[at + length :]

    found = proven(token)

    assert isinstance(found, Reason) or found.at == SENT_AT


def test_every_cut_of_a_token_proves_nothing():
    token = good_token()

    assert all(
        isinstance(proven(token[:length]), Reason) for length in range(len(token))
    )


def test_who_has_a_certificate_to_seal_cannot_stamp_with_it():
    own = certificate(extra=None, usage=pki.usage())
    twin = certificate(key=pki.rsa_key(21), serial_number=own.serial_number)
    token = Authority(certificate=own, chain=(twin, issuing())).token(VALUE)

    found = proven(token)

    assert isinstance(found, Reason)
    assert "is not for time stamping only" in found.details["problem"]


@given(text=st.text(max_size=200), count=st.integers(1, 9))
def test_what_stands_where_a_time_stamp_belongs_refuses_no_packet(text, count):
    packet = sealed_packet()
    plain = "".join(it for it in text if it.isprintable() and it not in "<>&")
    stamp = (
        "<xades:SignatureTimeStamp><xades:EncapsulatedTimeStamp>"
        f"{plain}</xades:EncapsulatedTimeStamp></xades:SignatureTimeStamp>"
    )
    end = b"</xades:QualifyingProperties>"
    assert packet.count(end) == 1

    tampered = packet.replace(end, (stamp * count).encode() + end)

    assert opened(tampered).statement_digest == opened(packet).statement_digest


def test_the_stamp_of_another_seal_leaves_a_seal_without_a_proven_time():
    stamped = next(form for form in FORMS if form.is_stamped)
    other = Authority().token(b"another value")
    packet = packet_with(sealed(stamped).seal)
    seal = read(packet, max_bytes=MAX_PACKET_BYTES).seal
    swapped = packet.replace(seal.timestamps[0].encode(), _base64(other))

    verdict = judged(swapped).verdict

    assert verdict.form == "XAdES-B-B"
    assert "time-not-proven" in {note.code for note in verdict.notes}
    assert judged(packet).verdict.form == "XAdES-B-T"


def _base64(data):
    return b64encode(data)


def test_of_many_authorities_in_a_token_two_are_tried(monkeypatch):
    """Certificates that issued each other would make thousands of paths."""
    key, tried = pki.p256_key(-30), []
    loop = tuple(
        pki.certificate(
            subject=pki.name("time issuing"),
            issuer=pki.name("loop"),
            key=key,
            issuer_key=key,
            authority=True,
            usage=pki.AUTHORITY_USAGE,
        )
        for _ in range(30)
    )

    def check(signer, anchors, at):
        tried.append(anchors)
        return check_trust(signer, anchors, at)

    monkeypatch.setattr(timestamp, "check_trust", check)
    proven(Authority(chain=(*loop, issuing())).token(VALUE))

    assert [len(anchors) for anchors in tried] == [len(policy().timestamp_anchors) + 2]


def proven_while_revoked(why, *, since=SENT_AT + HOUR):
    """Find the time of a stamp whose authority's certificate is revoked after it."""
    tsa, received_at = Authority(), SENT_AT + 2 * HOUR
    taken_back = entry(since, why, of=tsa.certificate)
    lists = StoredRevocation(
        (
            as_crl(pki.crl("time root", pki.p256_key(-20))),
            as_crl(pki.crl("time issuing", pki.p256_key(-21), taken_back)),
        )
    )
    times = Times(sealed_at=SENT_AT, received_at=received_at, now=received_at)
    return find_time((tsa.token(VALUE),), VALUE, policy(), times, lists)


@pytest.mark.parametrize(
    "why",
    [
        x509.ReasonFlags.key_compromise,
        x509.ReasonFlags.ca_compromise,
        x509.ReasonFlags.certificate_hold,
        x509.ReasonFlags.unspecified,
        None,
    ],
)
def test_a_stamp_by_a_stolen_key_proves_no_time_however_early_it_says(why):
    """RFC 3161, 4: after a compromise every token of that key is suspect."""
    found = proven_while_revoked(why)

    assert found.source is TimeSource.RECEPTION
    assert found.at == SENT_AT + 2 * HOUR
    assert "can write any time" in found.notes[0].details["problem"]


@pytest.mark.parametrize("why", HARMLESS)
def test_a_stamp_of_an_authority_that_ended_well_still_proves_its_time(why):
    found = proven_while_revoked(why)

    assert found.source is TimeSource.TIMESTAMP
    assert found.at == SENT_AT


def twin(issued):
    """Return the certificate with the twin of its ECDSA signature: anybody can."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    r, s = decode_dss_signature(issued.signature)
    value = element(0x03, b"\0" + encode_dss_signature(r, order - s))
    body = issued.tbs_certificate_bytes
    algorithm = bytes.fromhex("300a06082a8648ce3d040302")
    return x509.load_der_x509_certificate(element(0x30, body + algorithm + value))


def test_a_token_cannot_bring_back_an_authority_that_is_trusted_no_more():
    over = Anchor(pki.der(issuing()), until=SENT_AT - 24 * HOUR)
    until_yesterday = policy(timestamp_anchors=(*pki.trusted(root()), over))
    sly = replace(Authority(), chain=(twin(issuing()),))

    with pytest.raises(TimeNotProven, match=r"trust\.periods"):
        check_token(good_token(), VALUE, until_yesterday, now=SENT_AT)
    with pytest.raises(TimeNotProven, match=r"trust\.periods"):
        check_token(sly.token(VALUE), VALUE, until_yesterday, now=SENT_AT)
