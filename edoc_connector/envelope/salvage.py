"""What can be read of a packet that is refused, so that people see what it was about.

Nothing rests on it: what is refused reaches no register, and a person decides with the
sender.  It is read from the same bytes as far as they go, and whatever stops one part
does not stop the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final, TypeVar

from edoc_connector.envelope import names
from edoc_connector.envelope.attachments import Measured, contents_of, measure_one
from edoc_connector.envelope.found_seal import find_seal
from edoc_connector.envelope.generations import OPENING_BYTES
from edoc_connector.envelope.interpret import document_from, status_from
from edoc_connector.envelope.labels import Joined, join
from edoc_connector.envelope.packet import Packet, open_packet, parts_of
from edoc_connector.envelope.read import deviations_of, envelope_of, read
from edoc_connector.envelope.section import FirstSection
from edoc_connector.envelope.skeleton import Buffer, read_skeleton
from edoc_connector.envelope.verbatim import signature_in
from edoc_connector.envelope.xml import recover_xml
from edoc_connector.errors import EnvelopeForeign, EnvelopeRefused
from edoc_connector.model.deviations import Deviation
from edoc_connector.model.document import Document
from edoc_connector.model.stages import Content, Contents, Envelope, FoundSeal

PartT = TypeVar("PartT")

BEGINNINGS: Final = (b"<?xml", b"<edXML", b"<")


@dataclass(frozen=True, slots=True, kw_only=True)
class Salvaged:
    """All that can be said of a packet: what is wrong with it, and what it says.

    `problems` is empty exactly when `read` accepts the packet, and its first one is
    what `read` raises.  `envelope` is None where nothing of it can be read; `seal_xml`
    is the signature as it stands there.
    """

    problems: tuple[EnvelopeRefused, ...]
    envelope: Envelope | None = None
    seal: FoundSeal | None = None
    seal_xml: str = ""
    contents: Contents = field(default=contents_of(()), repr=False, compare=False)
    deviations: tuple[Deviation, ...] = ()


def salvage(body: Buffer, *, max_bytes: int) -> Salvaged:
    """Return what a packet says, whatever is wrong with it.  Raises nothing."""
    try:
        received = read(body, max_bytes=max_bytes)
    except EnvelopeRefused as error:
        return _rest(body, error, max_bytes)
    return Salvaged(
        problems=(),
        envelope=received.envelope,
        seal=received.seal,
        seal_xml=_seal_xml(body, max_bytes) if received.seal else "",
        contents=received.contents,
        deviations=received.deviations,
    )


def _seal_xml(body: Buffer, max_bytes: int) -> str:
    root = open_packet(body, max_bytes=max_bytes).skeleton.root
    return signature_in(body, root).decode()


def _rest(body: Buffer, error: EnvelopeRefused, max_bytes: int) -> Salvaged:
    problems = [error]
    packet = _opened(body, max_bytes)
    content = _attempt(problems, lambda: _content(packet)) if packet else None
    if packet is None or content is None:
        return Salvaged(problems=_once(problems))
    root = packet.skeleton.root
    seal = _attempt(problems, lambda: find_seal(root))
    files = list(_files(packet, problems, max_bytes))
    whole = _with_files(content, files)
    return Salvaged(
        problems=_once(problems),
        envelope=_attempt(problems, lambda: envelope_of(packet, whole)),
        seal=seal,
        seal_xml=signature_in(body, root).decode() if seal else "",
        contents=contents_of(files),
        deviations=deviations_of(packet, whole, files),
    )


def _attempt(
    problems: list[EnvelopeRefused], work: Callable[[], PartT]
) -> PartT | None:
    """Return what the work makes, or write down what stopped it."""
    try:
        return work()
    except EnvelopeRefused as error:
        problems.append(error)
        return None


def _once(problems: Sequence[EnvelopeRefused]) -> tuple[EnvelopeRefused, ...]:
    return tuple({str(problem): problem for problem in problems}.values())


def _opened(body: Buffer, max_bytes: int) -> Packet | None:
    if len(body) > max_bytes:
        return None
    try:
        return _unbelieved(open_packet(body, max_bytes=max_bytes))
    except EnvelopeForeign:
        return None
    except EnvelopeRefused:
        return _mended(_from_beginning(body))


def _from_beginning(body: Buffer) -> Buffer:
    """Leave out what stands before the XML."""
    opening = body[:OPENING_BYTES]
    places = (opening.find(beginning) for beginning in BEGINNINGS)
    start = next((place for place in places if place >= 0), 0)
    # A slice is a copy, and hardly any packet needs one.
    return body[start:] if start else body


def _mended(body: Buffer) -> Packet | None:
    try:
        skeleton = read_skeleton(body, element=names.ENCODED, door=recover_xml)
        return _unbelieved(parts_of(body, skeleton))
    except EnvelopeRefused:
        return None


def _unbelieved(packet: Packet) -> Packet:
    """Return the packet as one in which nothing is refused for standing there twice."""
    return replace(packet, root=FirstSection(packet.root.element, packet.root.path))


def _content(packet: Packet) -> Content:
    if packet.is_status:
        return status_from(packet.message)
    try:
        return document_from(packet.message, packet.trace)
    except EnvelopeRefused:  # what it does to others, nobody knows; what it says, we do
        return document_from(packet.message, None)


def _files(
    packet: Packet, problems: list[EnvelopeRefused], max_bytes: int
) -> Iterator[Measured]:
    """Yield the files that can be decoded."""
    left = max_bytes
    for joined in _joined(packet, problems):
        measured = _attempt(problems, partial(_measured, packet, joined, left))
        # What one that failed has cost nobody knows: the next ones may cost less.
        left = left - measured.attachment.size if measured else left // 2
        if measured:
            yield measured


def _joined(packet: Packet, problems: list[EnvelopeRefused]) -> list[Joined]:
    return _attempt(problems, lambda: list(join(packet.references, packet.parts))) or []


def _measured(packet: Packet, joined: Joined, max_bytes: int) -> Measured:
    return measure_one(packet.body, packet.runs, joined, max_bytes=max_bytes)


def _with_files(content: Content, files: Sequence[Measured]) -> Content:
    if not isinstance(content, Document):
        return content
    return replace(content, attachments=tuple(file.attachment for file in files))
