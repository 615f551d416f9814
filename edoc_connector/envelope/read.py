"""Reads edXML in every dialect of QCVN 102:2016, and says how each departs from ours.

What comes out is readable and not believed: only `signature.verify` believes.
"""

from __future__ import annotations

from dataclasses import replace

from edoc_connector.envelope.attachments import PacketContents, read_attachments
from edoc_connector.envelope.deviations.gather import deviations, soap_deviations
from edoc_connector.envelope.found_seal import find_seal
from edoc_connector.envelope.interpret import (
    document_from,
    errors_from,
    require,
    status_from,
    trace_from,
)
from edoc_connector.envelope.packet import Packet, open_packet
from edoc_connector.envelope.skeleton import Buffer
from edoc_connector.model.deviations import Deviation
from edoc_connector.model.stages import Content, Envelope, ReceivedEnvelope


def read(body: Buffer, *, max_bytes: int) -> ReceivedEnvelope:
    """Return the envelope in these bytes; its contents are read from them again.

    `body` must stay open as long as the contents are used; a few megabytes of memory
    serve any size.  Raises `EnvelopeTooLarge`, `EnvelopeForeign`, `EnvelopeMalformed`
    or `AttachmentDamaged`, and nothing else.
    """
    packet = open_packet(body, max_bytes=max_bytes)
    seal = find_seal(packet.skeleton.root)
    content, contents = _content(packet, max_bytes)
    envelope = Envelope(
        content, tuple(trace_from(packet.trace)), tuple(errors_from(packet.errors))
    )
    return ReceivedEnvelope(
        envelope, seal, contents, deviations_of(packet, content, ())
    )


def _content(packet: Packet, max_bytes: int) -> tuple[Content, PacketContents]:
    if packet.is_status:
        status = status_from(packet.message)
        require(status)
        return status, PacketContents({})
    document = document_from(packet.message, packet.trace)
    require(document)
    attachments, contents = read_attachments(
        packet.body,
        packet.skeleton,
        references=packet.references,
        parts=packet.parts,
        max_bytes=max_bytes,
    )
    return replace(document, attachments=attachments), contents


def deviations_of(
    packet: Packet, content: Content, files: tuple[Deviation, ...]
) -> tuple[Deviation, ...]:
    """Return how the packet departs from the form we write."""
    if packet.is_soap:
        return soap_deviations()
    return deviations(packet.body, packet.skeleton.root, content, files)
