"""Packets of other people's software, made from ours by changing one thing."""

from __future__ import annotations

import base64
import io
import re
import zipfile

from edoc_connector.envelope.read import read
from edoc_connector.model.document import Document
from edoc_connector.model.stages import ReceivedEnvelope
from edoc_connector.model.status import Status
from tests.support import builders

MAX_BYTES = 64 * 1024 * 1024


def changed(packet: bytes, old: str, new: str) -> bytes:
    """Replace the one place where `old` stands; a test that hits nothing is no test."""
    assert packet.count(old.encode()) == 1, f"{packet.count(old.encode())} x {old}"
    return packet.replace(old.encode(), new.encode())


def without(packet: bytes, name: str) -> bytes:
    """Leave out every element of this name, with what is in it."""
    pattern = rf"<(?:edXML:)?{name}>.*?</(?:edXML:)?{name}>".encode()
    less = re.sub(pattern, b"", packet, flags=re.DOTALL)
    assert less != packet
    return less


def carrying(text: bytes, **attachment: str) -> bytes:
    """A packet whose only attachment holds this text where base64 is expected."""
    name = attachment.get("name", "công văn.pdf")
    packet = builders.packet(
        builders.document(attachments=(builders.attachment(name=name),))
    )
    encoded = base64.b64encode(builders.PDF)
    assert packet.count(encoded) == 1
    return packet.replace(encoded, text)


def wrapped(data: bytes, entry: str = "0b6f5a1e.bin") -> bytes:
    """A ZIP of one entry, as nodes make it; the same bytes at any time of day."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo(entry), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def received(packet: bytes) -> ReceivedEnvelope:
    """Read with a generous limit."""
    return read(packet, max_bytes=MAX_BYTES)


def document_in(packet: bytes) -> Document:
    """The document of a packet."""
    content = received(packet).envelope.content
    assert isinstance(content, Document)
    return content


def status_in(packet: bytes) -> Status:
    """The status of a packet."""
    content = received(packet).envelope.content
    assert isinstance(content, Status)
    return content


def file_in(packet: bytes, number: int = 0) -> bytes:
    """The bytes of a file of a packet, decoded and unwrapped."""
    envelope = received(packet)
    content = envelope.envelope.content
    assert isinstance(content, Document)
    return b"".join(envelope.contents.chunks(content.attachments[number]))
