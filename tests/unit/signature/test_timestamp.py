from base64 import b64encode
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from edoc_connector.errors import Reason, TimeNotProven
from edoc_connector.signature.path import Anchor
from edoc_connector.signature.timestamp import (
    ProvenTime,
    check_token,
    prove_time,
    tokens_of,
)
from edoc_connector.signature.token import Accuracy
from tests.support import pki
from tests.support.builders import SENT_AT
from tests.support.seals import received, with_seal
from tests.support.timestamping import (
    Authority,
    certificate,
    hash_identifier,
    issuing,
    openssl_says,
    policy,
    query,
    root,
)

VALUE = b"the value of a signature"
HOUR = timedelta(hours=1)
TIME_STAMPING = ExtendedKeyUsageOID.TIME_STAMPING


@cache
def good_token() -> bytes:
    return Authority().token(VALUE)


def checked(token, **changes):
    return check_token(token, VALUE, policy(**changes), now=SENT_AT)


def proven(*tokens, sealed_at=SENT_AT, now=SENT_AT):
    return prove_time(tokens, VALUE, policy(), sealed_at=sealed_at, now=now)


def why(token, **changes):
    with pytest.raises(TimeNotProven) as refused:
        checked(token, **changes)
    return refused.value.details["problem"]


def test_a_token_of_a_trusted_authority_proves_when_the_seal_was_there():
    found = proven(good_token())

    assert isinstance(found, ProvenTime)
    assert found.at == SENT_AT
    assert found.token == good_token()
    assert found.path[0].subject == pki.name("time")


def test_openssl_ts_is_believed_and_agrees(tmp_path):
    reply = Authority().reply(query(VALUE))
    token = reply[reply.index(b"\x30\x82", 4) :]
    now = datetime.now(UTC)

    found = prove_time([token], VALUE, policy(), sealed_at=now, now=now)

    assert isinstance(found, ProvenTime)
    assert abs(found.at - now) < HOUR
    assert openssl_says(token, VALUE, tmp_path) == "OK"


@pytest.mark.parametrize("ess", ["sha1", "sha384"])
def test_openssl_ts_may_name_its_certificate_by_another_hash(ess):
    reply = Authority(ess=ess).reply(query(VALUE))
    token = reply[reply.index(b"\x30\x82", 4) :]

    found = check_token(token, VALUE, policy(), now=datetime.now(UTC))

    assert found.path[0].subject == pki.name("time")


@pytest.mark.parametrize("name", ["sha384", "sha512"])
def test_the_seal_may_be_stamped_by_another_hash(name):
    assert checked(Authority().token(VALUE, hash_name=name)).at == SENT_AT


def test_a_seal_stamped_by_sha1_is_not_proven():
    assert "1.3.14.3.2.26" in why(Authority().token(VALUE, hash_name="sha1"))


def test_a_token_of_another_seal_proves_nothing():
    token = Authority().token(b"another value")

    assert why(token) == "it stamps something else than this seal"


def test_a_token_of_an_authority_nobody_trusts_proves_nothing():
    assert "no path to a trust anchor" in why(
        good_token(), timestamp_anchors=pki.trusted(pki.root())
    )


def test_without_anchors_of_their_own_authorities_need_the_usual_ones():
    assert "no path to a trust anchor" in why(good_token(), timestamp_anchors=())

    anchors = pki.trusted(root())
    assert checked(good_token(), timestamp_anchors=(), anchors=anchors)


def test_an_authority_that_a_token_brings_along_ends_no_path():
    token = Authority(chain=(issuing(), root())).token(VALUE)

    assert "no path" in why(token, timestamp_anchors=pki.trusted(pki.root()))


def test_a_token_does_not_lengthen_the_trust_in_an_authority_of_the_operator():
    since, until = SENT_AT - 2 * HOUR, SENT_AT - HOUR
    anchors = (Anchor(pki.der(root())), Anchor(pki.der(issuing()), since, until))

    assert "is not trusted for that time" in why(
        good_token(), timestamp_anchors=anchors
    )


def test_of_the_authorities_that_a_token_brings_along_two_are_tried():
    bare = {"key": pki.p256_key(), "usage": None, "basic": False}
    others = [pki.certificate(subject=pki.name(f"o{n}"), **bare) for n in range(2)]
    token = Authority(chain=(*others, issuing())).token(VALUE)

    assert "no path to a trust anchor" in why(token)


def test_what_a_token_brings_along_and_cannot_be_read_leads_nowhere():
    odd = pki.certificate(subject=pki.name("odd"), key=pki.ed25519_key())
    token = Authority(chain=(odd, issuing())).token(VALUE)

    assert checked(token).at == SENT_AT


def test_an_authority_between_may_be_an_anchor_instead_of_standing_in_the_token():
    token = Authority(chain=(root(),)).token(VALUE)
    anchors = pki.trusted(root(), issuing())

    assert checked(token, timestamp_anchors=anchors).at == SENT_AT
    assert "no path" in why(token)


@pytest.mark.parametrize(
    "changes",
    [
        {"extra": None},
        {"extra_critical": False},
        {"extra": x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING])},
        {
            "extra": x509.ExtendedKeyUsage(
                [TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING]
            )
        },
    ],
    ids=["none", "not critical", "another", "more than one"],
)
def test_a_certificate_that_is_not_for_time_stamping_only_proves_nothing(changes):
    token = Authority(certificate=certificate(**changes)).token(VALUE)

    assert why(token) == "the certificate CN=time is not for time stamping only"


def test_an_authority_whose_certificate_had_expired_proves_nothing():
    old = certificate(not_after=SENT_AT - HOUR)

    assert "is not trusted" in why(Authority(certificate=old).token(VALUE))


def test_a_token_stays_good_after_the_certificate_of_its_authority_has_expired():
    old = certificate(not_after=SENT_AT + HOUR)
    token = Authority(certificate=old).token(VALUE)

    found = check_token(token, VALUE, policy(), now=SENT_AT + 10_000 * HOUR)

    assert found.at == SENT_AT


def test_a_time_in_our_future_proves_nothing():
    token = Authority().token(VALUE, at=SENT_AT + 2 * HOUR)

    assert "check both clocks" in why(token)
    assert check_token(token, VALUE, policy(), now=SENT_AT + HOUR)


def test_how_far_the_time_may_be_off_is_counted_against_the_sealer():
    accuracy = Accuracy(seconds=2, millis=500, micros=1)

    found = checked(Authority().token(VALUE, accuracy=accuracy))

    assert found.at == SENT_AT + timedelta(seconds=2, milliseconds=500, microseconds=1)


@pytest.mark.parametrize("seconds", [4000, -4000, 2**62], ids=["far", "less", "huge"])
def test_a_time_that_may_be_far_off_proves_nothing(seconds):
    accuracy = Accuracy(seconds=seconds, millis=None, micros=None)

    assert why(Authority().token(VALUE, accuracy=accuracy)) == "its time is not exact"


def test_a_time_before_the_time_of_sealing_proves_nothing():
    found = proven(good_token(), sealed_at=SENT_AT + 2 * HOUR, now=SENT_AT + 2 * HOUR)

    assert isinstance(found, Reason)
    assert found.code == "time-not-proven"
    assert "before the time of sealing" in found.details["problem"]


def test_of_several_tokens_the_first_that_proves_anything_counts():
    found = proven(b"no token", good_token(), Authority().token(VALUE))

    assert isinstance(found, ProvenTime)
    assert found.token == good_token()


def test_a_seal_without_any_token_has_no_proven_time():
    found = proven()

    assert isinstance(found, Reason)
    assert found.details["problem"] == "there is none"


def test_the_tokens_of_a_seal_are_bytes_and_what_is_no_base64_is_none():
    text = b64encode(b"token").decode()
    sealed = with_seal(received(), timestamps=(text, "%%%"))

    assert sealed.seal
    assert tokens_of(sealed.seal) == (b"token", b"")


def test_the_imprint_must_name_its_own_hash():
    odd = hash_identifier("sha512")
    token = Authority().token(
        VALUE, imprint=type(good := _imprint())(algorithm=odd, digest=good.digest)
    )

    assert why(token) == "it stamps something else than this seal"


def _imprint():
    from edoc_connector.signature.token import read_token

    return read_token(good_token()).info.imprint


def test_an_authority_that_a_token_brings_along_and_has_no_name_leads_nowhere():
    token = good_token()
    between = pki.der(issuing())
    at = token.index(between)
    broken = bytearray(between)
    broken[broken.index(b"time root") - 1] = 128  # the length of the name

    found = checked(
        token[:at] + bytes(broken) + token[at + len(between) :],
        timestamp_anchors=pki.trusted(root(), issuing()),
    )

    assert found.at == SENT_AT
