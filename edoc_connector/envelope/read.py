"""Reads edXML in every dialect of QCVN 102:2016, and says what else a packet is.

By local names, in any order, with or without prefixes (the standard's B.8).  What comes
out is readable and not believed: only `signature.verify` believes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from edoc_connector.envelope import names
from edoc_connector.envelope.attachments import PacketContents, read_attachments
from edoc_connector.envelope.found_seal import find_seal
from edoc_connector.envelope.interpret import (
    document_from,
    errors_from,
    require,
    status_from,
    trace_from,
)
from edoc_connector.envelope.section import Section
from edoc_connector.envelope.skeleton import Buffer, Skeleton, read_skeleton
from edoc_connector.envelope.xml import BYTE_ORDER_MARK, namespace, shown
from edoc_connector.errors import N_, EnvelopeMalformed, EnvelopeTooLarge
from edoc_connector.model.stages import Envelope, ReceivedEnvelope

OPENING_BYTES: Final = 64 * 1024


def read(body: Buffer, *, max_bytes: int) -> ReceivedEnvelope:
    """Return the envelope in these bytes; its contents are read from them again.

    `body` must stay open as long as the contents are used; a few megabytes of memory
    serve any size.  Raises `EnvelopeTooLarge`, `EnvelopeMalformed` or
    `AttachmentDamaged`, and nothing else.
    """
    if len(body) > max_bytes:
        raise EnvelopeTooLarge(size=len(body), limit=max_bytes)
    skeleton = _skeleton(body)
    packet = Section(skeleton.root, names.ROOT)
    envelope = packet.required(*names.ENVELOPE)
    header = envelope.required(*names.HEADER)
    message = header.required(*names.MESSAGE)
    seal = find_seal(skeleton.root)
    errors = tuple(errors_from(header.one("ErrorList")))
    if message.name == names.STATUS or message.one("StatusCode"):
        status = status_from(message)
        require(status)
        return ReceivedEnvelope(Envelope(status, (), errors), seal, PacketContents({}))
    trace = header.one("TraceHeaderList")
    document = document_from(message, trace)
    require(document)
    attachments, contents = read_attachments(
        body,
        skeleton,
        references=_references(envelope),
        parts=_parts(packet, envelope),
        max_bytes=max_bytes,
    )
    whole = replace(document, attachments=attachments)
    stamps = tuple(trace_from(trace))
    return ReceivedEnvelope(Envelope(whole, stamps, errors), seal, contents)


def _references(envelope: Section) -> list[Section]:
    body = envelope.one(*names.BODY)
    manifest = body.one(*names.MANIFEST) if body else None
    return manifest.all("Reference") if manifest else []


def _parts(packet: Section, envelope: Section) -> list[Section]:
    """Return the Attachments; they stand beside the envelope, or went astray in it."""
    body = envelope.one(*names.BODY)
    places = [place for place in (packet, envelope, body) if place]
    found = [each for place in places for each in place.all(names.ATTACHMENTS)]
    if len(found) > 1:
        problem = f"line {found[1].line}: {names.ATTACHMENTS} stands there twice"
        raise EnvelopeMalformed(problem=problem)
    home_made = body.one("edXMLAttachments") if body else None
    if home_made:
        problem = f"line {home_made.line}: files in {home_made.path}, a home-made form"
        raise EnvelopeMalformed(problem=problem)
    return found[0].all("Attachment") if found else []


# --- what else a packet may be ------------------------------------------------


def _skeleton(body: Buffer) -> Skeleton:
    opening = bytes(body[:OPENING_BYTES]).removeprefix(BYTE_ORDER_MARK).lstrip()
    if not opening.startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        raise EnvelopeMalformed(problem=_not_xml(opening))
    skeleton = read_skeleton(body, element=names.ENCODED)
    _refuse_generations(skeleton)
    return skeleton


def _not_xml(opening: bytes) -> str:
    if not opening:
        return N_("it is empty")
    text = opening.decode("utf-8", "replace")
    for uri, generation in names.GENERATIONS.items():
        if uri in text:
            return _other_generation(generation)
    return f"it begins with {shown(text)}, not with XML"


def _refuse_generations(skeleton: Skeleton) -> None:
    root = Section(skeleton.root, names.ROOT)
    spoken = {namespace(root.element)}
    if root.name != names.ROOT:
        spoken |= {namespace(element) for element in root.element.iter("*")}
    for uri, generation in names.GENERATIONS.items():
        if uri in spoken:
            raise EnvelopeMalformed(problem=_other_generation(generation))
    if root.name != names.ROOT:
        problem = f"the root element is {shown(root.name)}, not {names.ROOT}"
        raise EnvelopeMalformed(problem=problem)


def _other_generation(generation: str) -> str:
    return f"it is {generation}; QCVN 102:2016 is read"
