"""Other people's tools judge whole packets, as they travel."""

from pathlib import Path

import pytest
from signxml.exceptions import InvalidSignature

from edoc_connector.model.stages import Content
from edoc_connector.pki.keys import FileKey
from tests.support.builders import RECIPIENT, status
from tests.support.pki import p256_sealer, pem, rsa_root, rsa_sealer, stranger
from tests.support.seals import every_field, sealed_packet
from tests.support.second_opinion import signxml_says, xmlsec1_says

PACKETS = [
    pytest.param(every_field(), rsa_sealer(), id="document-rsa"),
    pytest.param(every_field(), p256_sealer(), id="document-p256"),
    pytest.param(status(), rsa_sealer(RECIPIENT), id="status-rsa"),
    pytest.param(status(), p256_sealer(RECIPIENT), id="status-p256"),
]


@pytest.mark.parametrize(("content", "key"), PACKETS)
def test_xmlsec1_accepts_the_packet_as_it_travels(
    content: Content, key: FileKey, tmp_path: Path
) -> None:
    assert xmlsec1_says(sealed_packet(content, key=key), tmp_path) == "OK"


@pytest.mark.parametrize(("content", "key"), PACKETS)
def test_signxml_accepts_the_packet_as_it_travels(
    content: Content, key: FileKey, tmp_path: Path
) -> None:
    assert signxml_says(sealed_packet(content, key=key), tmp_path)


TAMPERED = [
    pytest.param(b"<Subject>V", b"<Subject>W", id="statement"),
    pytest.param(
        b"<xades:SigningTime>2026", b"<xades:SigningTime>2025", id="properties"
    ),
    pytest.param(b"#rsa-sha256", b"#rsa-sha512", id="algorithm"),
]


@pytest.mark.parametrize(("before", "after"), TAMPERED)
def test_xmlsec1_and_signxml_refuse_a_seal_that_was_touched(
    before: bytes, after: bytes, tmp_path: Path
) -> None:
    packet = sealed_packet(every_field())
    tampered = packet.replace(before, after)
    assert tampered != packet

    assert xmlsec1_says(tampered, tmp_path) != "OK"
    with pytest.raises(InvalidSignature):
        signxml_says(tampered, tmp_path)


def test_xmlsec1_refuses_a_stranger(tmp_path: Path) -> None:
    assert xmlsec1_says(sealed_packet(key=stranger()), tmp_path) != "OK"


def test_xmlsec1_refuses_everybody_under_another_root(tmp_path: Path) -> None:
    verdict = xmlsec1_says(sealed_packet(), tmp_path, anchors=pem(rsa_root()))

    assert verdict != "OK"
