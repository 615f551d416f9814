"""Writes the one canonical edXML form, byte for byte.

The order is that of the axis's own library; inside the envelope every element has the
literal prefix `edXML:`, outside none has, though both are the same namespace: ordinary
serialisers collapse the two, and some receivers refuse that.  Files are streamed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
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
from edoc_connector.envelope.rewrapping import ZIP, Wrap, bare_id, wrap_of, wrapped
from edoc_connector.envelope.xml import NOTHING, Element, render
from edoc_connector.errors import AttachmentEmpty, ContentMissing, FieldInvalid
from edoc_connector.model.document import Attachment, Document
from edoc_connector.model.other_files import OtherFiles
from edoc_connector.model.stages import Contents, Envelope, SealedEnvelope

PIECE_BYTES: Final = 192 * 1024
"""How much of a file is encoded at a time; a multiple of three."""

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


def write(
    sealed: SealedEnvelope,
    contents: Contents,
    out: BinaryIO,
    *,
    other_files: OtherFiles = OtherFiles.ZIP,
) -> None:
    """Write the packet; the seal goes in as it is, as the last child of the header.

    A file is read again where it is wrapped, and held in memory never.  Raises
    `FieldInvalid` for a character that XML cannot carry or a ContentId that is missing
    or used twice, `AttachmentEmpty` for a file of no bytes, `ContentMissing` where a
    file is not as long as the document says, and `EnvelopeTooLarge` where it does not
    fit into a ZIP.
    """
    attachments = _attachments(sealed.envelope)
    header = (OPENING + _header(sealed.envelope)).encode()
    seal = SEAL_INDENT + sealed.seal + b"\n" if sealed.seal else b""
    body = (END_OF_HEADER + _body(attachments) + END_OF_ENVELOPE).encode()
    out.write(header + seal + body)
    if attachments:
        _write_files(attachments, WholeContents(contents), other_files, out)
    out.write(CLOSING.encode())


@dataclass(frozen=True, slots=True)
class WholeContents:
    """Contents of which every file is as long as it is said to be, and not empty."""

    contents: Contents

    def chunks(self, attachment: Attachment) -> Iterator[bytes]:
        """Yield the file; raises `AttachmentEmpty` at once, `ContentMissing` last."""
        if not attachment.size:
            raise AttachmentEmpty(name=attachment.name)
        size = 0
        for chunk in self.contents.chunks(attachment):
            size += len(chunk)
            yield chunk
        if size != attachment.size:
            raise ContentMissing(digest=attachment.sha256)


def _attachments(envelope: Envelope) -> tuple[Attachment, ...]:
    content = envelope.content
    attachments = content.attachments if isinstance(content, Document) else ()
    ids = [bare_id(attachment) for attachment in attachments]
    if not all(ids) or len(ids) != len(set(ids)):
        raise FieldInvalid(field="ContentId", problem="missing or used twice")
    return attachments


def _header(envelope: Envelope) -> str:
    said = (*_said(envelope), errors_of(envelope))
    return "".join(_lines(element, 3) for element in said)


def _said(envelope: Envelope) -> tuple[Element, ...]:
    content = envelope.content
    if isinstance(content, Document):
        return message_of(content), trace_of(envelope, content.business)
    return (status_of(content),)


def _body(attachments: tuple[Attachment, ...]) -> str:
    if not attachments:
        return ""
    references = (_lines(reference_to(it), 4) for it in attachments)
    return "".join((BODY, *references, END_OF_BODY))


def _lines(element: Element, depth: int) -> str:
    return "" if element is NOTHING else render(element, prefix=PREFIX, depth=depth)


def _write_files(
    attachments: Iterable[Attachment],
    contents: Contents,
    other_files: OtherFiles,
    out: BinaryIO,
) -> None:
    out.write(ATTACHMENTS.encode())
    for attachment in attachments:
        rest = contents.chunks(attachment)
        head = next(rest, b"")
        chunks = chain((head,), rest)
        wrap = wrap_of(attachment, contents, other_files, head)
        out.write((ATTACHMENT + _labels(attachment, wrap) + ENCODED).encode())
        _write_file(wrapped(chunks, wrap) if wrap else chunks, out)
        out.write((END_OF_ENCODED + END_OF_ATTACHMENT).encode())
    out.write(END_OF_ATTACHMENTS.encode())


def _labels(attachment: Attachment, wrap: Wrap | None) -> str:
    """Return the lines before the bytes; they say ZIP where the manifest does not."""
    labelled = replace(attachment, content_type=ZIP) if wrap else attachment
    return "".join(render(it, prefix="", depth=3) for it in labels_of(labelled))


def _write_file(chunks: Iterable[bytes], out: BinaryIO) -> None:
    out.writelines(pybase64.b64encode(piece) for piece in _pieces(chunks))


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes | memoryview]:
    """Cut the chunks anew: multiples of three, so that base64 has no seams."""
    rest = b""
    for chunk in chunks:
        data = memoryview(rest + chunk)
        whole = len(data) - len(data) % 3
        for start in range(0, whole, PIECE_BYTES):
            yield data[start : min(start + PIECE_BYTES, whole)]
        rest = bytes(data[whole:])
    yield rest
