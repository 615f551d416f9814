"""Attacks on a sealed packet, and the one promise that all of them are held against."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Final

from lxml import etree

from edoc_connector.errors import EnvelopeRefused
from edoc_connector.model.stages import Content
from edoc_connector.signature.stated import stated
from tests.support.builders import document
from tests.support.seals import opened, sealed_packet

EDXML: Final = "{http://www.mic.gov.vn/TBT/QCVN_102_2016}"
DS: Final = "{http://www.w3.org/2000/09/xmldsig#}"
FORGED: Final = "Đã bị sửa"

GENUINE: Final = "genuine"
"""What became of an attack that changed nothing: the sealed content was delivered."""

Attack = Callable[[etree._Element], None]


def attacked(*attacks: Attack, packet: bytes | None = None) -> bytes:
    """The sealed packet after these attacks."""
    root = etree.fromstring(packet or sealed_packet())
    for attack in attacks:
        attack(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def outcome(packet: bytes, content: Content | None = None) -> str:
    """Return by which error a packet is refused, or that what was sealed is delivered.

    There is no third: anything else that is delivered is a failure.
    """
    try:
        delivered = opened(packet).envelope.content
    except EnvelopeRefused as refusal:
        return type(refusal).__name__
    assert delivered == stated(content or document())
    return GENUINE


def one(root: etree._Element, name: str) -> etree._Element:
    """The first element of this local name."""
    return next(root.iter(f"{{*}}{name}"))


def forge(root: etree._Element) -> None:
    """Put another subject where receivers look for it."""
    one(root, "MessageHeader").find(f"{EDXML}Subject").text = FORGED


def with_text(name: str, text: str | bytes) -> Attack:
    """Put other text, or bytes in base64, into the first element of this name."""
    written = text if isinstance(text, str) else b64encode(text).decode()

    def change(root: etree._Element) -> None:
        one(root, name).text = written

    return change


def with_algorithm(name: str, algorithm: str) -> Attack:
    """Name another algorithm in the first element of this name."""

    def change(root: etree._Element) -> None:
        one(root, name).set("Algorithm", algorithm)

    change.__name__ = f"{name}-{algorithm.rpartition('#')[2] or algorithm}"
    return change


def signed_info(packet: bytes) -> bytes:
    """The bytes that were signed, as any XML library finds them."""
    info = one(etree.fromstring(packet), "SignedInfo")
    return etree.tostring(info, method="c14n", exclusive=True)


# --- DER ----------------------------------------------------------------------

CONSTRUCTED: Final = 0x20
BIT_STRING: Final = 0x03


def der(tag: int, content: bytes) -> bytes:
    """One element of DER."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(length)]) + length + content


def der_elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The elements side by side in these bytes: tag and content."""
    while data:
        tag, size, start = data[0], data[1], 2
        if size & 0x80:
            start += size & 0x7F
            size = int.from_bytes(data[2:start])
        yield tag, data[start : start + size]
        data = data[start + size :]


def der_with(data: bytes, old: bytes, new: bytes) -> bytes:
    """DER in which one element, however deep, is another; lengths are those of it."""
    if data == old:
        return new
    ((tag, content),) = der_elements(data)
    if tag & CONSTRUCTED:
        parts = (der_with(der(*each), old, new) for each in der_elements(content))
        return der(tag, b"".join(parts))
    if tag == BIT_STRING and content[1:2] == b"\x30":  # a public key of RSA
        return der(tag, content[:1] + der_with(content[1:], old, new))
    return data
