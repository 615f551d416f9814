"""Which authorities are kept beside a verdict: those it rests on, and no others."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import replace

import pytest
from cryptography import x509

from edoc_connector.cli.authorities import authorities_of
from tests.support import pki, timestamping
from tests.support.builders import SENT_AT
from tests.support.seals import received
from tests.support.timestamping import Authority


def names(pem: bytes) -> list[str]:
    found = x509.load_pem_x509_certificates(pem)
    return [it.subject.rfc4514_string() for it in found]


def stamped():
    seal = received().seal
    token = Authority().token(b64decode(seal.signature_value))
    return replace(seal, timestamps=(b64encode(token).decode(),))


def test_those_of_the_sealer_and_of_its_time_stamp_are_kept():
    kept = names(authorities_of(stamped(), timestamping.policy(), SENT_AT))

    for one in (pki.issuing(), pki.root()):
        assert one.subject.rfc4514_string() in kept
    assert any("time" in name for name in kept)
    assert len(kept) == len(set(kept))


def test_what_a_token_brings_along_is_not_kept_as_trusted():
    known = {it.der for it in timestamping.policy().anchors} | {
        it.der for it in timestamping.policy().timestamp_anchors
    }
    pem = authorities_of(stamped(), timestamping.policy(), SENT_AT)

    assert {pki.der(it) for it in x509.load_pem_x509_certificates(pem)} <= known


def test_a_stamp_that_proves_nothing_adds_none():
    seal = replace(received().seal, timestamps=("AAAA",))

    assert len(names(authorities_of(seal, pki.policy(), SENT_AT))) == 2


@pytest.mark.parametrize(
    ("seal", "at"),
    [
        (None, SENT_AT),
        (received().seal, None),
        (received().seal, SENT_AT.replace(year=2099)),
    ],
    ids=["no seal", "no verdict", "no path at that time"],
)
def test_where_nothing_leads_to_an_authority_none_is_kept(seal, at):
    assert authorities_of(seal, pki.policy(), at) == b""
