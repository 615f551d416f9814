import pytest

from edoc_connector.errors import TimeNotProven
from edoc_connector.signature.stamp_request import granted, request
from edoc_connector.signature.timestamp import imprint
from edoc_connector.signature.token import read_token
from tests.support.timestamping import POLICY, Authority, query, replying, request_of

VALUE = b"the value of a signature"
NONCE_LIMIT = 2**63
"""Our nonces are below it, as some releases of `cryptography` need it."""
REFUSED = bytes.fromhex("30053003020102")
GRANTED_NOTHING = bytes.fromhex("30053003020100")


def test_a_request_holds_the_hash_of_the_signature_value_and_a_nonce():
    asked = request_of(request(VALUE, nonce=2**62 + 1))

    assert asked.imprint.digest == imprint(VALUE)
    assert asked.nonce == 2**62 + 1
    assert asked.policy is None
    assert asked.wants_certificates


def test_it_is_the_request_that_openssl_would_make():
    queries = (query(VALUE) for _ in range(64))
    theirs = next(one for one in queries if request_of(one).nonce < NONCE_LIMIT)

    assert request(VALUE, nonce=request_of(theirs).nonce) == theirs


def test_a_request_may_name_a_policy():
    assert request_of(request(VALUE, nonce=1, policy=POLICY)).policy.dotted_string == (
        POLICY
    )


def test_what_openssl_ts_answers_holds_a_token():
    token = granted(Authority().reply(request(VALUE, nonce=5, policy=POLICY)))

    assert read_token(token).info.nonce == 5


def test_a_token_is_taken_out_byte_for_byte():
    token = Authority().token(VALUE)

    assert granted(replying(token)[1]) == token


@pytest.mark.parametrize(("answer", "status"), [(REFUSED, 2), (GRANTED_NOTHING, 0)])
def test_an_answer_without_a_token_says_why(answer, status):
    with pytest.raises(TimeNotProven, match=rf"refused \(status {status}\)"):
        granted(answer)


@pytest.mark.parametrize("answer", [b"", b"<html></html>", REFUSED + b"\0"])
def test_what_is_no_answer_is_refused(answer):
    with pytest.raises(TimeNotProven, match="cannot be read"):
        granted(answer)
