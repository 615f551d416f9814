"""Packets held against our XSDs, and packets changed by one thing so that they fail."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

from lxml import etree

from edoc_connector.cli.schemas import Profile, read_schema
from edoc_connector.envelope.names import ENCODED
from edoc_connector.envelope.schema import (
    Schema,
    SchemaProblem,
    compile_schema,
    schema_problems,
)
from edoc_connector.envelope.skeleton import read_skeleton
from edoc_connector.model.stages import (
    Content,
    Envelope,
    Kind,
    PacketError,
    TraceStamp,
)
from tests.support import builders, golden

SCHEMAS: Final = Path(__file__).parents[2] / "schemas"
RELEASED: Final = golden.FOLDER.parent / "0.1"
OF_STATUS: Final = frozenset({"StaffInfo", "StatusCode", "Description", "Timestamp"})
"""Where the path of a field begins that only a status has."""

ERRORS: Final = (PacketError("N.MessageHeader.Subject", "Thiếu trích yếu"),)


@cache
def schema(profile: Profile) -> Schema:
    """The profile as it is shipped, compiled once."""
    return compile_schema(read_schema(profile))


def problems(
    packet: bytes, profile: Profile = Profile.WRITING
) -> tuple[SchemaProblem, ...]:
    """What does not fit, found as the program does it: without the files."""
    root = read_skeleton(packet, element=ENCODED).root
    return schema_problems(root, schema(profile))


def said(packet: bytes, profile: Profile = Profile.WRITING) -> list[str]:
    """The same as an English reader has it."""
    return [str(problem.sentence) for problem in problems(packet, profile)]


@cache
def whole(kind: Kind) -> bytes:
    """A sealed document or status in which no field is empty."""
    content: Content = builders.status(
        staff=builders.staff(department_id="P1", staff_id="VT1")
    )
    trace: tuple[TraceStamp, ...] = ()
    if kind is Kind.EDOC:
        file = builders.attachment(
            description="Bản chính", field_name="tep", mime_type="application/pdf"
        )
        plain = golden.envelope_with_every_field()
        content, trace = replace(golden.every_field(), attachments=(file,)), plain.trace
    envelope = Envelope(content, trace, ERRORS)
    return builders.packet_of(envelope, seal=golden.SEAL)


def tree(kind: Kind = Kind.EDOC) -> etree._Element:
    """The same, to be changed."""
    return etree.fromstring(whole(kind))


def kind_with(path: str) -> Kind:
    """Which of the two has this field of the table of fields."""
    return Kind.STATUS if path.partition("/")[0] in OF_STATUS else Kind.EDOC


def each_at(root: etree._Element, path: str) -> list[etree._Element]:
    """The elements that have this local path somewhere in the packet."""
    steps = "/".join(f"*[local-name() = '{name}']" for name in path.split("/"))
    return root.xpath(f"//{steps}")


def at(root: etree._Element, path: str) -> etree._Element:
    """The first of them."""
    return each_at(root, path)[0]


def with_text(path: str, text: str, kind: Kind = Kind.EDOC) -> bytes:
    """That packet when this element has another value."""
    root = tree(kind)
    at(root, path).text = text
    return packet_of(root)


def without(path: str, kind: Kind = Kind.EDOC) -> bytes:
    """That packet without every element of this path."""
    root = tree(kind)
    for element in each_at(root, path):
        element.getparent().remove(element)
    return packet_of(root)


def packet_of(root: etree._Element) -> bytes:
    """The packet that this tree is."""
    return etree.tostring(root)
