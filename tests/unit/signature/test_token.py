from functools import cache

import pytest

from edoc_connector.errors import TimeNotProven
from edoc_connector.signature.token import MESSAGE_DIGEST, MOST_BYTES, read_token
from tests.support import pki
from tests.support.builders import SENT_AT
from tests.support.timestamping import ANOTHER_SIGNER, Authority, issuing

VALUE = b"the value of a signature"


@cache
def good_token():
    return Authority().token(VALUE)


def why(data):
    with pytest.raises(TimeNotProven) as refused:
        read_token(data)
    return refused.value.details["problem"]


def test_what_an_authority_said_is_read():
    token = read_token(good_token())

    assert token.gen_time == SENT_AT
    assert token.info.nonce is None
    assert {pki.der(issuing())} < set(token.certificates)
    assert token.der == good_token()


@pytest.mark.parametrize("data", [b"", b"no token"])
def test_what_is_no_token_is_refused(data):
    assert "cannot be read" in why(data)


def test_a_token_that_is_cut_short_or_goes_on_is_refused():
    assert "cannot be read" in why(good_token()[:-1])
    assert "cannot be read" in why(good_token() + b"\0")


def test_a_token_of_too_many_bytes_is_refused_unread():
    assert f"{MOST_BYTES} are allowed" in why(bytes(MOST_BYTES + 1))


def test_a_signature_over_something_else_is_no_token():
    data = good_token().replace(
        bytes.fromhex("060b2a864886f70d0109100104"),
        bytes.fromhex("060b2a864886f70d0109100105"),
    )

    assert "1.2.840.113549.1.9.16.1.5" in why(data)


def test_a_token_with_two_signers_is_refused():
    two = Authority().token(VALUE, options=("-cades", *ANOTHER_SIGNER))

    assert why(two) == "the time stamp cannot be read (2 SignerInfo)"


def test_an_attribute_that_is_not_signed_is_not_there():
    assert read_token(good_token()).attribute("1.2.3") is None


def test_an_attribute_that_is_there_twice_is_refused():
    token = read_token(good_token())
    token.signer.signed_attributes *= 2

    with pytest.raises(TimeNotProven, match=r"attribute 1\.2\.840"):
        token.attribute(MESSAGE_DIGEST)
