import pytest

from edoc_connector.envelope.skeleton import read_skeleton
from edoc_connector.envelope.verbatim import signature_in
from tests.support import builders

QCVN = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
DS = 'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'


def signature(packet):
    root = read_skeleton(packet, element="ContentTransferEncoded").root
    return signature_in(packet, root)


@pytest.mark.parametrize(
    "seal",
    [
        f'<ds:Signature {DS} Id="seal"><ds:a {DS}>1</ds:a></ds:Signature>',
        f"<ds:Signature {DS} >\n 1 </ds:Signature>",
    ],
)
def test_a_signature_that_stands_alone_is_taken_byte_for_byte(seal):
    assert signature(builders.packet(seal=seal.encode())) == seal.encode()


def test_one_that_leans_on_the_packet_is_taken_in_canonical_form():
    seal = b"<edXML:Signature><edXML:x>1</edXML:x></edXML:Signature>"

    taken = signature(builders.packet(seal=seal))

    assert (
        taken
        == (
            f'<edXML:Signature xmlns:edXML="{QCVN}"><edXML:x>1</edXML:x>'
            "</edXML:Signature>"
        ).encode()
    )


def test_a_comment_that_looks_like_one_misleads_nobody():
    seal = f"<ds:Signature {DS}>1</ds:Signature>".encode()
    packet = builders.packet(seal=seal)
    decoy = f"<!--<ds:Signature {DS}>2</ds:Signature>--><edXML:MessageHeader>"

    packet = packet.replace(b"<edXML:MessageHeader>", decoy.encode())

    assert signature(packet) == seal


def test_where_there_is_none_there_is_none():
    assert signature(builders.packet()) == b""
