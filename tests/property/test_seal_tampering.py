"""No byte of a sealed packet can be changed so that something else is delivered.

Accepted are only changes that change nothing: of layout, of labels no seal covers
(content ids and types, descriptions, prefixes, the sender's own copy of the statement,
which nodes drop anyway), of stamps nodes add.
"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edoc_connector.errors import EnvelopeRefused
from tests.support.builders import RECIPIENT, SENDER, status
from tests.support.pki import p256_sealer, rsa_sealer
from tests.support.seals import every_field, opened, sealed_packet

PACKETS = {
    "document-rsa": sealed_packet(every_field()),
    "document-p256": sealed_packet(every_field(), key=p256_sealer()),
    "status-rsa": sealed_packet(status(), key=rsa_sealer(RECIPIENT)),
    "status-p256": sealed_packet(status(), key=p256_sealer(RECIPIENT)),
}

SEALED = re.compile(
    rb"<edXML:(?:OrganId|DocumentId|Subject|CodeNumber|StatusCode)>([^<]+)<"
    rb"|<ds:SignatureValue>([^<]+)<"
    rb"|<ds:X509Certificate>([^<]+)<"
    rb"|</ds:DigestMethod><ds:DigestValue>([^<]+)<"
)
"""Of these bytes every single one counts."""


def meaning(packet: bytes) -> tuple[object, ...]:
    """What a receiver would deliver."""
    verified = opened(packet)
    return verified.statement_digest, verified.certificate_digest, verified.sealed_at


MEANINGS = {name: meaning(packet) for name, packet in PACKETS.items()}


def sealed_positions(packet: bytes) -> list[int]:
    """Where the bytes stand that are sealed, or are the seal itself."""
    return [
        position
        for match in SEALED.finditer(packet)
        for position in range(*match.span(match.lastindex))
    ]


POSITIONS = {name: sealed_positions(packet) for name, packet in PACKETS.items()}


def changed(packet: bytes, position: int, byte: int) -> bytes:
    """The packet with one byte replaced by another."""
    other = byte if packet[position] != byte else byte ^ 1
    return packet[:position] + bytes([other]) + packet[position + 1 :]


@given(
    name=st.sampled_from(sorted(PACKETS)),
    share=st.floats(0, 1, exclude_max=True),
    byte=st.integers(0, 255),
)
def test_one_changed_byte_anywhere_is_refused_or_changes_nothing(
    name: str, share: float, byte: int
) -> None:
    packet = PACKETS[name]
    tampered = changed(packet, int(share * len(packet)), byte)

    try:
        arrived = meaning(tampered)
    except EnvelopeRefused:
        return

    assert arrived == MEANINGS[name]


@given(
    name=st.sampled_from(sorted(PACKETS)),
    share=st.floats(0, 1, exclude_max=True),
    byte=st.integers(0, 255),
)
def test_one_changed_byte_of_what_is_sealed_is_refused(
    name: str, share: float, byte: int
) -> None:
    packet, positions = PACKETS[name], POSITIONS[name]
    tampered = changed(packet, positions[int(share * len(positions))], byte)

    with pytest.raises(EnvelopeRefused):
        opened(tampered)


@given(data=st.data())
def test_one_changed_byte_of_an_attachment_is_refused(data: st.DataObject) -> None:
    packet = PACKETS["document-rsa"]
    start = packet.index(b'QCVN_102_2016">JVBERi') + len(b'QCVN_102_2016">')
    end = packet.index(b"<", start)
    # The last letters of base64 have bits that mean nothing.
    position = data.draw(st.integers(start, end - 5))

    with pytest.raises(EnvelopeRefused):
        opened(changed(packet, position, data.draw(st.integers(33, 126))))


def test_the_property_looks_at_the_bytes_it_means_to() -> None:
    packet = PACKETS["document-rsa"]

    kinds = {match.lastindex for match in SEALED.finditer(packet)}

    assert kinds == {1, 2, 3, 4}
    assert SENDER.encode() in packet
