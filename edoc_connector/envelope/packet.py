"""Finds the parts of a packet: header, message, trace, manifest, attachments.

By local names, in any order, with or without prefixes (the standard's B.8).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from lxml import etree

from edoc_connector.envelope import names
from edoc_connector.envelope.found_seal import find_signature
from edoc_connector.envelope.generations import refuse_generations, refuse_no_xml
from edoc_connector.envelope.section import TWICE, Section
from edoc_connector.envelope.skeleton import Buffer, Run, Skeleton, read_skeleton
from edoc_connector.envelope.soap_status import is_soap_status, modern
from edoc_connector.envelope.xml import local_name
from edoc_connector.errors import N_, EnvelopeMalformed, EnvelopeTooLarge

ONCE: Final = (
    names.ROOT,
    "edXMLEnvelope",
    "edXMLHeader",
    "MessageHeader",
    "TraceHeaderList",
    "edXMLBody",
    "edXMLManifest",
    names.ATTACHMENTS,
)
"""What a packet has one of.  One reader takes the child of that name, the next whatever
bears the name, and a packet inside a packet would say two things to them."""


class Parts:
    """A packet taken apart, nothing read yet; each part is looked for once."""

    root: Section

    @cached_property
    def envelope(self) -> Section:
        """What is inside the root beside the files."""
        return self.root.required(*names.ENVELOPE)

    @cached_property
    def header(self) -> Section:
        """Message, trace, errors and seal."""
        return self.envelope.required(*names.HEADER)

    @cached_property
    def message(self) -> Section:
        """MessageHeader, or the Status of some gateways."""
        return self.header.required(*names.MESSAGE)

    @cached_property
    def trace(self) -> Section | None:
        """TraceHeaderList."""
        return self.header.one("TraceHeaderList")

    @cached_property
    def body_of_envelope(self) -> Section | None:
        """What holds the manifest."""
        return self.envelope.one(*names.BODY)

    @property
    def errors(self) -> Section | None:
        """ErrorList."""
        return self.header.one("ErrorList")

    @property
    def is_status(self) -> bool:
        """Whether it is a status rather than a document."""
        message = self.message
        return message.name == names.STATUS or message.one("StatusCode") is not None

    @property
    def references(self) -> Sequence[Section]:
        """The entries of the manifest."""
        body = self.body_of_envelope
        manifest = body.one(*names.MANIFEST) if body else None
        return manifest.all("Reference") if manifest else []

    @property
    def parts(self) -> Sequence[Section]:
        """The Attachments: beside the envelope, or gone astray in it."""
        body = self.body_of_envelope
        places = [place for place in (self.root, self.envelope, body) if place]
        found = [each for place in places for each in place.all(names.ATTACHMENTS)]
        if len(found) > 1:
            where = {"line": found[1].line, "path": names.ATTACHMENTS}
            raise EnvelopeMalformed(because=TWICE, **where)
        _refuse_home_made(body)
        return found[0].all("Attachment") if found else []


@dataclass(frozen=True)
class Packet(Parts):
    """A packet that was parsed; `is_soap` says which form it had."""

    body: Buffer = field(repr=False)
    skeleton: Skeleton
    root: Section
    is_soap: bool = False

    @property
    def runs(self) -> Sequence[Run]:
        """The long texts, by their number."""
        return self.skeleton.runs

    @property
    def signature(self) -> Section | None:
        """What stands where a seal stands; two of them are refused."""
        return find_signature(self.skeleton.root)


def open_packet(body: Buffer, *, max_bytes: int) -> Packet:
    """Return the parts of these bytes.

    Raises `EnvelopeTooLarge`, `EnvelopeForeign` for another generation of edXML, or
    `EnvelopeMalformed`.
    """
    refuse_at_sight(body, max_bytes=max_bytes)
    skeleton = read_skeleton(body, element=names.ENCODED)
    packet = parts_of(body, skeleton)
    _refuse_second(skeleton.root)
    return packet


def refuse_at_sight(body: Buffer, *, max_bytes: int) -> None:
    """Refuse what is too large, and what does not even begin like XML."""
    if len(body) > max_bytes:
        raise EnvelopeTooLarge(size=len(body), limit=max_bytes)
    refuse_no_xml(body)


def parts_of(body: Buffer, skeleton: Skeleton) -> Packet:
    """Return the parts of a packet that is parsed already."""
    if is_soap_status(skeleton.root):
        root = Section(modern(skeleton.root), names.ROOT)
        return Packet(body, skeleton, root, is_soap=True)
    refuse_generations(skeleton.root)
    return Packet(body, skeleton, Section(skeleton.root, names.ROOT))


def _refuse_second(root: etree._Element) -> None:
    seen: set[str] = set()
    for element in root.iter(*(f"{{*}}{name}" for name in ONCE)):
        name = local_name(element)
        if name in seen:
            where = {"line": element.sourceline, "path": name}
            raise EnvelopeMalformed(because=TWICE, **where)
        seen.add(name)


def _refuse_home_made(body: Section | None) -> None:
    home_made = body.one("edXMLAttachments") if body else None
    if home_made:
        raise EnvelopeMalformed(
            because=N_("line {line}: files in {path}, a home-made form"),
            line=home_made.line,
            path=home_made.path,
        )
