"""Reads edXML in every dialect of QCVN 102:2016, and says how each departs from ours.

What comes out is readable and not believed: only `signature.verify` believes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from edoc_connector.envelope.attachments import (
    Measured,
    contents_of,
    measure,
)
from edoc_connector.envelope.deviations.gather import (
    deviations,
    known_deviations,
    soap_deviations,
)
from edoc_connector.envelope.found_seal import seal_of
from edoc_connector.envelope.interpret import (
    document_from,
    errors_from,
    require,
    status_from,
    trace_from,
)
from edoc_connector.envelope.known import KnownPacket, learn, recognised
from edoc_connector.envelope.labels import join
from edoc_connector.envelope.packet import Packet, Parts, open_packet, refuse_at_sight
from edoc_connector.envelope.skeleton import Buffer
from edoc_connector.envelope.written import written
from edoc_connector.model.deviations import Deviation
from edoc_connector.model.stages import Content, Envelope, ReceivedEnvelope


def read(body: Buffer, *, max_bytes: int) -> ReceivedEnvelope:
    """Return the envelope in these bytes; its contents are read from them again.

    `body` must stay open as long as the contents are used; a few megabytes of memory
    serve any size.  Raises `EnvelopeTooLarge`, `EnvelopeForeign`, `EnvelopeMalformed`
    or `AttachmentDamaged`, and nothing else.
    """
    refuse_at_sight(body, max_bytes=max_bytes)
    taken_apart = written(body)
    packet = recognised(body, taken_apart) if taken_apart else None
    if packet is not None:
        return _read(packet, max_bytes)
    parsed = open_packet(body, max_bytes=max_bytes)
    received = _read(parsed, max_bytes)
    if taken_apart is not None:  # nothing is wrong with it, so others can follow it
        learn(parsed, taken_apart, received.envelope.content)
    return received


def _read(packet: Packet | KnownPacket, max_bytes: int) -> ReceivedEnvelope:
    signature = packet.signature
    seal = None if signature is None else seal_of(signature)
    content, files = _content(packet, max_bytes)
    return ReceivedEnvelope(
        envelope_of(packet, content),
        seal,
        contents_of(files),
        deviations_of(packet, content, files),
    )


def _content(
    packet: Packet | KnownPacket, max_bytes: int
) -> tuple[Content, tuple[Measured, ...]]:
    if packet.is_status:
        status = status_from(packet.message)
        require(status)
        return status, ()
    document = document_from(packet.message, packet.trace)
    require(document)
    joined = join(packet.references, packet.parts)
    files = tuple(measure(packet.body, packet.runs, joined, max_bytes=max_bytes))
    attachments = tuple(file.attachment for file in files)
    return replace(document, attachments=attachments), files


def envelope_of(packet: Parts, content: Content) -> Envelope:
    """Return the content with the stamps and reports of nodes."""
    stamps = tuple(trace_from(packet.trace))
    return Envelope(content, stamps, tuple(errors_from(packet.errors)))


def deviations_of(
    packet: Packet | KnownPacket, content: Content, files: Iterable[Measured]
) -> tuple[Deviation, ...]:
    """Return how the packet departs from the form we write."""
    if isinstance(packet, KnownPacket):
        return known_deviations(packet, content, files)
    if packet.is_soap:
        return soap_deviations()
    return deviations(packet.body, packet.skeleton.root, content, files)
