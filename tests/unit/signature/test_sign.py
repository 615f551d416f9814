from hashlib import sha256
from pathlib import Path

import pytest
from lxml import etree

from edoc_connector.errors import FieldInvalid, SealMalformed
from edoc_connector.model.stages import Content
from edoc_connector.pki.keys import FileKey
from edoc_connector.signature.profile import base64
from edoc_connector.signature.sign import seal
from edoc_connector.signature.statement import statement
from tests.support.builders import RECIPIENT, SENT_AT, document, envelope, status
from tests.support.pki import p256_sealer, p384_sealer, pss_sealer, rsa_sealer
from tests.support.seals import DS, every_field
from tests.support.second_opinion import signxml_says, xmlsec1_says

SEALED = [
    pytest.param(every_field(), rsa_sealer(), id="document-rsa"),
    pytest.param(every_field(), p256_sealer(), id="document-p256"),
    pytest.param(every_field(), p384_sealer(), id="document-p384"),
    pytest.param(status(), rsa_sealer(RECIPIENT), id="status-rsa"),
    pytest.param(status(), p256_sealer(RECIPIENT), id="status-p256"),
]


# xmlsec1 learned RSA-PSS with its version 1.3, which Debian 12 does not have.
PSS = [
    pytest.param(every_field(), pss_sealer(), id="document-pss"),
    pytest.param(status(), pss_sealer(RECIPIENT), id="status-pss"),
]


@pytest.mark.parametrize(("content", "key"), SEALED)
def test_xmlsec1_accepts_a_seal(content: Content, key: FileKey, tmp_path: Path) -> None:
    signature = seal(envelope(content), key).seal

    assert xmlsec1_says(signature, tmp_path) == "OK"


@pytest.mark.parametrize(("content", "key"), [*SEALED, *PSS])
def test_signxml_accepts_a_seal_as_xades(
    content: Content, key: FileKey, tmp_path: Path
) -> None:
    signature = seal(envelope(content), key).seal

    signed = signxml_says(signature, tmp_path)

    assert signed[0] == statement(content)
    assert b"SigningTime>2026-11-23T08:30:00+07:00<" in signed[1]


def test_a_seal_is_one_line() -> None:
    signature = seal(envelope(document(subject="một dòng")), rsa_sealer()).seal

    assert b"\n" not in signature


def test_the_bytes_that_are_digested_stand_in_the_seal_literally() -> None:
    signature = seal(envelope(), rsa_sealer()).seal

    digests = [one.text for one in etree.fromstring(signature).iter(f"{DS}DigestValue")]

    assert statement(document()) in signature
    assert digests[0] == base64(sha256(statement(document())).digest())


def test_the_key_info_holds_the_certificate_and_nothing_else() -> None:
    signature = etree.fromstring(seal(envelope(), rsa_sealer()).seal)

    info = signature.find(f"{DS}KeyInfo")

    assert [one.tag for one in info.iter()] == [
        f"{DS}KeyInfo",
        f"{DS}X509Data",
        f"{DS}X509Certificate",
    ]


def test_an_rsa_seal_is_the_same_at_every_try() -> None:
    assert seal(envelope(), rsa_sealer()) == seal(envelope(), rsa_sealer())


def test_an_envelope_without_its_senders_stamp_is_not_sealed() -> None:
    with pytest.raises(SealMalformed):
        seal(envelope(trace=()), rsa_sealer())


def test_what_xml_cannot_carry_is_not_sealed() -> None:
    with pytest.raises(FieldInvalid):
        seal(envelope(document(subject="a\x0bb")), rsa_sealer())


def test_sealing_leaves_the_envelope_as_it_is() -> None:
    sent = envelope(document(subject="  Về việc "))

    assert seal(sent, rsa_sealer()).envelope is sent
    assert sent.trace[0].at == SENT_AT
