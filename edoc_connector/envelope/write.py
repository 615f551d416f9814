"""Writes the one canonical edXML form, byte for byte.

The order is that of the axis's own library; inside the envelope every element has the
literal prefix `edXML:`, outside none has, though both are the same namespace: ordinary
serialisers collapse the two, and some receivers refuse that.  Files are streamed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import BinaryIO, Final

import pybase64

from edoc_connector.envelope.compose import (
    errors_of,
    labels_of,
    message_of,
    reference_to,
    status_of,
    trace_of,
)
from edoc_connector.envelope.names import EDXML, PREFIX
from edoc_connector.envelope.rewrapping import Survey, needs_wrapping, wrapped
from edoc_connector.envelope.xml import Element, render
from edoc_connector.errors import AttachmentEmpty, ContentMissing, FieldInvalid
from edoc_connector.model.document import Attachment, Document
from edoc_connector.model.stages import Contents, Envelope, SealedEnvelope

PIECE_BYTES: Final = 768 * 1024
"""How much of a file is encoded at a time; a multiple of three."""

ZIP: Final = "application/zip"

OPENING: Final = f"""\
<?xml version="1.0" encoding="UTF-8"?>
<edXML xmlns="{EDXML}">
  <edXML:edXMLEnvelope xmlns:edXML="{EDXML}">
    <edXML:edXMLHeader>
"""
SEAL_INDENT: Final = b"      "
END_OF_HEADER: Final = "    </edXML:edXMLHeader>\n"
BODY: Final = """\
    <edXML:edXMLBody>
      <edXML:edXMLManifest version="1.0">
"""
END_OF_BODY: Final = """\
      </edXML:edXMLManifest>
    </edXML:edXMLBody>
"""
END_OF_ENVELOPE: Final = "  </edXML:edXMLEnvelope>\n"
ATTACHMENTS: Final = "  <AttachmentEncoded>\n"
ATTACHMENT: Final = "    <Attachment>\n"
ENCODED: Final = f'      <edXML:ContentTransferEncoded xmlns:edXML="{EDXML}">'
END_OF_ENCODED: Final = "</edXML:ContentTransferEncoded>\n"
END_OF_ATTACHMENT: Final = "    </Attachment>\n"
END_OF_ATTACHMENTS: Final = "  </AttachmentEncoded>\n"
CLOSING: Final = "</edXML>\n"


def write(sealed: SealedEnvelope, contents: Contents, out: BinaryIO) -> None:
    """Write the packet; the seal goes in as it is, as the last child of the header.

    Raises `FieldInvalid` for a character that XML cannot carry or a ContentId that is
    missing or used twice, `AttachmentEmpty` for a file of no bytes, and
    `ContentMissing` where a file is not as long as the document says.
    """
    surveys = _surveys(_attachments(sealed.envelope), contents)
    attachments = tuple(surveys)
    header = "".join((OPENING, *_header(sealed.envelope)))
    out.write(header.encode())
    if sealed.seal:
        out.write(SEAL_INDENT + sealed.seal + b"\n")
    out.write("".join((END_OF_HEADER, *_body(attachments), END_OF_ENVELOPE)).encode())
    if attachments:
        _write_files(surveys, contents, out)
    out.write(CLOSING.encode())


def _attachments(envelope: Envelope) -> tuple[Attachment, ...]:
    content = envelope.content
    attachments = content.attachments if isinstance(content, Document) else ()
    ids = [attachment.content_id for attachment in attachments]
    if not all(ids) or len(ids) != len(set(ids)):
        raise FieldInvalid(field="ContentId", problem="missing or used twice")
    return attachments


def _surveys(
    attachments: tuple[Attachment, ...], contents: Contents
) -> Mapping[Attachment, Survey | None]:
    """Return the attachments as they are labelled, with what wrapping them takes."""
    return dict(_survey(attachment, contents) for attachment in attachments)


def _survey(
    attachment: Attachment, contents: Contents
) -> tuple[Attachment, Survey | None]:
    chunks = contents.chunks(attachment)
    survey = needs_wrapping(chunks, attachment.name)
    label = replace(attachment, content_type=ZIP) if survey else attachment
    return label, survey


def _header(envelope: Envelope) -> Iterator[str]:
    content = envelope.content
    if isinstance(content, Document):
        yield from _lines(message_of(content), 3)
        yield from _lines(trace_of(envelope, content.business), 3)
    else:
        yield from _lines(status_of(content), 3)
    yield from _lines(errors_of(envelope), 3)


def _body(attachments: tuple[Attachment, ...]) -> Iterator[str]:
    if not attachments:
        return
    yield BODY
    for attachment in attachments:
        yield from _lines(reference_to(attachment), 4)
    yield END_OF_BODY


def _lines(element: Element, depth: int) -> Iterator[str]:
    if not element.is_empty:
        yield from render(element, prefix=PREFIX, depth=depth)


def _write_files(
    surveys: Mapping[Attachment, Survey | None], contents: Contents, out: BinaryIO
) -> None:
    out.write(ATTACHMENTS.encode())
    for attachment, survey in surveys.items():
        labels = (
            line
            for label in labels_of(attachment)
            for line in render(label, prefix="", depth=3)
        )
        out.write("".join((ATTACHMENT, *labels, ENCODED)).encode())
        chunks = _whole(attachment, contents)
        _write_file(wrapped(chunks, survey) if survey else chunks, out)
        out.write((END_OF_ENCODED + END_OF_ATTACHMENT).encode())
    out.write(END_OF_ATTACHMENTS.encode())


def _whole(attachment: Attachment, contents: Contents) -> Iterator[bytes]:
    if not attachment.size:
        raise AttachmentEmpty(name=attachment.name)
    size = 0
    for chunk in contents.chunks(attachment):
        size += len(chunk)
        yield chunk
    if size != attachment.size:
        raise ContentMissing(digest=attachment.sha256)


def _write_file(chunks: Iterable[bytes], out: BinaryIO) -> None:
    out.writelines(pybase64.b64encode(piece) for piece in _pieces(chunks))


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut the chunks anew: multiples of three, so that base64 has no seams."""
    waiting = bytearray()
    for chunk in chunks:
        for start in range(0, len(chunk), PIECE_BYTES):
            waiting += chunk[start : start + PIECE_BYTES]
            if len(waiting) >= PIECE_BYTES:
                yield bytes(waiting[:PIECE_BYTES])
                del waiting[:PIECE_BYTES]
    if waiting:
        yield bytes(waiting)
