"""What the axis's own library does to a packet when a node parses and rebuilds it.

One function per effect that was measured, so that tests can combine them.
"""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Callable, Iterable
from typing import Final

from lxml import etree

EDXML: Final = "{http://www.mic.gov.vn/TBT/QCVN_102_2016}"
DS: Final = "{http://www.w3.org/2000/09/xmldsig#}"

Effect = Callable[[etree._Element], None]


def rebuild(packet: bytes, effects: Iterable[Effect]) -> bytes:
    """Return the packet after a node on which these things happen."""
    root = etree.fromstring(packet)
    for effect in effects:
        effect(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def drop_objects(root: etree._Element) -> None:
    """Every `ds:Object` of the Signature is gone."""
    for held in list(root.iter("{*}Object")):
        held.getparent().remove(held)


def drop_ids(root: etree._Element) -> None:
    """Every Id of the Signature and the Type of its Reference are gone."""
    for element in root.iter(f"{DS}*"):
        for name in ("Id", "Type"):
            element.attrib.pop(name, None)


def lose_namespace(root: etree._Element) -> None:
    """The Signature falls into the packet's own namespace."""
    for element in list(root.iter(f"{DS}*")):
        element.tag = EDXML + etree.QName(element).localname


def add_direction(root: etree._Element) -> None:
    """`Direction` is written where nothing was said."""
    for other in root.iter(f"{EDXML}OtherInfo"):
        if other.find(f"{EDXML}Direction") is None:
            etree.SubElement(other, f"{EDXML}Direction").text = "false"


def append_stamp(root: etree._Element) -> None:
    """A node stamps the packet, after its sender."""
    for trace in root.iter(f"{EDXML}TraceHeaderList"):
        stamp = etree.SubElement(trace, f"{EDXML}TraceHeader")
        etree.SubElement(stamp, f"{EDXML}OrganId").text = "02.29.W00"
        etree.SubElement(stamp, f"{EDXML}Timestamp").text = "2026/11/23 08:31:07"


def reorder(root: etree._Element) -> None:
    """The header's fields come in another order; those of one name keep theirs."""
    for message in root.iter(f"{EDXML}MessageHeader"):
        message[:] = sorted(message, key=lambda one: one.tag)


def lay_out(root: etree._Element) -> None:
    """Everything is indented anew, which puts white space around what is empty."""
    etree.indent(root, space="\t")


def zip_files(root: etree._Element) -> None:
    """Files that are no PDF are wrapped in a ZIP of one entry."""
    for part in root.iter(f"{EDXML}Attachment"):
        if not part.findtext(f"{EDXML}AttachmentName").endswith(".pdf"):
            encoded = part.find(f"{EDXML}ContentTransferEncoded")
            encoded.text = _zipped(base64.b64decode(encoded.text))
            part.find(f"{EDXML}ContentType").text = "application/zip"


EFFECTS: Final = (
    drop_objects,
    drop_ids,
    lose_namespace,
    add_direction,
    append_stamp,
    reorder,
    lay_out,
    zip_files,
)


def _zipped(data: bytes) -> str:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("5c2dd36e-5f6e-4a8f-a5a9-6f0f1f6d8a53.docx", data)
    return base64.b64encode(out.getvalue()).decode()
