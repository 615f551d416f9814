"""A statement of non-delivery is checked by a program we did not write."""

from __future__ import annotations

import pytest

from edoc_connector.signature.non_delivery import sign_non_delivery
from tests.support.pki import p256_sealer, rsa_sealer
from tests.support.second_opinion import xmlsec1_says
from tests.unit.signature.test_non_delivery import stated


@pytest.mark.parametrize("key", [rsa_sealer, p256_sealer])
def test_xmlsec1_accepts_the_statement_as_it_stands(tmp_path, key):
    assert xmlsec1_says(sign_non_delivery(stated(), key()), tmp_path) == "OK"


@pytest.mark.parametrize(
    ("told", "altered"),
    [
        ("sai nơi nhận", "đã nhận đủ"),
        ("no-receipt", "not-sent"),
        ("+07:00</xades:SigningTime>", "+08:00</xades:SigningTime>"),
    ],
)
def test_xmlsec1_refuses_one_in_which_a_word_was_changed(tmp_path, told, altered):
    signed = sign_non_delivery(stated(), rsa_sealer()).decode()
    assert told in signed

    verdict = xmlsec1_says(signed.replace(told, altered).encode(), tmp_path)

    assert verdict != "OK"
