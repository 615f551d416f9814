"""What other people's libraries do to a packet when a node parses and rebuilds it.

One function per effect, so that tests can combine them: `EFFECTS` are those that were
measured of the axis's own library, `DEPARTURES` all, with the name each is reported by.
"""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import Final

from lxml import etree

from edoc_connector.model.deviations import Departure

EDXML: Final = "{http://www.mic.gov.vn/TBT/QCVN_102_2016}"
XLINK: Final = "{http://www.w3.org/1999/xlink}"
ZIP: Final = "application/zip"
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
    """Files that are no PDF are wrapped in a ZIP of one entry, if they are not yet."""
    for part in root.iter(f"{EDXML}Attachment"):
        name = part.findtext(f"{EDXML}AttachmentName").lower()
        label = part.find(f"{EDXML}ContentType")
        if not name.endswith((".pdf", ".zip")) and label.text != ZIP:
            _wrap(part)
            label.text = ZIP


def zip_all_files(root: etree._Element) -> None:
    """A gateway wraps every file, and leaves the labels as they are."""
    for part in root.iter(f"{EDXML}Attachment"):
        name = part.findtext(f"{EDXML}AttachmentName").lower()
        if not name.endswith(".zip") and part.findtext(f"{EDXML}ContentType") != ZIP:
            _wrap(part)


def drop_prefixes(root: etree._Element) -> None:
    """The namespace of the envelope has no prefix, as most serialisers have it."""
    for child in list(root):
        root.replace(child, _remade(root, child))


def add_links(root: etree._Element) -> None:
    """Each Reference has the attributes of the standard's own example."""
    for reference in root.iter(f"{EDXML}Reference"):
        reference.set(f"{XLINK}href", "cid:1")
        reference.set(f"{XLINK}type", "simple")


def lose_links(root: etree._Element) -> None:
    """The attributes of a Reference are gone."""
    for reference in root.iter(f"{EDXML}Reference"):
        reference.attrib.clear()
    etree.cleanup_namespaces(root, keep_ns_prefixes=["edXML"])


def drop_cid(root: etree._Element) -> None:
    """The ContentId of an Attachment has no `cid:`."""
    for part in root.iter(f"{EDXML}Attachment"):
        content_id = part.find(f"{EDXML}ContentId")
        content_id.text = content_id.text.removeprefix("cid:")


def lose_content_ids(root: etree._Element) -> None:
    """Each file has another ContentId than its entry in the manifest."""
    for number, part in enumerate(root.iter(f"{EDXML}Attachment")):
        part.find(f"{EDXML}ContentId").text = f"cid:node-{number}"


def break_lines(root: etree._Element) -> None:
    """Base64 is broken into lines, as Java and MIME do it."""
    for encoded in root.iter(f"{EDXML}ContentTransferEncoded"):
        data = base64.b64decode(encoded.text)
        lines = base64.encodebytes(data).decode().strip()
        encoded.text = lines.replace("\n", "\r\n")


def add_root_children(root: etree._Element) -> None:
    """The first children of the root are those of an old MIME message."""
    for name in ("ContentType", "ContentId", "Boundary"):
        root.insert(0, root.makeelement(EDXML + name))
        root[0].text = "x"


def add_alias(root: etree._Element) -> None:
    """The axis adds a recipient's old code as another recipient."""
    for last in list(root.iter(f"{EDXML}To"))[-1:]:
        alias = last.makeelement(last.tag)
        last.addnext(alias)
        etree.SubElement(alias, f"{EDXML}OrganId").text = "000.00.14.H20"
        in_charge = etree.SubElement(alias, f"{EDXML}OrganizationInCharge")
        in_charge.text = "TLTVBQG_CDMDD_QD20"


def add_empty_response(root: etree._Element) -> None:
    """What is not said is written as an empty element."""
    for header in root.iter(f"{EDXML}MessageHeader"):
        place = header.find(f"{EDXML}SteeringType")
        if place is not None:
            place.addprevious(header.makeelement(f"{EDXML}ResponseFor"))


def add_comments(root: etree._Element) -> None:
    """Somebody remarks on the fields."""
    for header in root.iter(f"{EDXML}MessageHeader"):
        header.insert(0, etree.Comment(" 1.1 "))


def respell(root: etree._Element) -> None:
    """Somebody corrects the standard's spelling."""
    for name in ("Bussiness", "BussinessDocType", "BussinessDocReason"):
        for element in root.iter(f"{EDXML}{name}"):
            element.tag = EDXML + name.replace("Bussiness", "Business")


def rename_signature(root: etree._Element) -> None:
    """The Signature is called as the .NET library calls it."""
    for signature in root.iter(f"{DS}Signature"):
        signature.tag = f"{DS}DigitalSignature"


def turn_dates(root: etree._Element) -> None:
    """Dates are written with the day first, where that is no other day."""
    for name in ("PromulgationDate", "DueDate"):
        for element in root.iter(f"{EDXML}{name}"):
            year, month, day = element.text.split("/")
            if int(day) > 12 or day == month:
                element.text = f"{day}/{month}/{year}"


def stamp_before_business(root: etree._Element) -> None:
    """The stamps stand before Bussiness, as in the official examples."""
    for trace in root.iter(f"{EDXML}TraceHeaderList"):
        trace[:] = sorted(trace, key=lambda one: one.tag, reverse=True)


def _wrap(part: etree._Element) -> None:
    encoded = part.find(f"{EDXML}ContentTransferEncoded")
    encoded.text = _zipped(base64.b64decode(encoded.text))


def _remade(above: etree._Element, element: etree._Element) -> etree._Element:
    """Make an element again as a child of another, with what is declared there."""
    if not isinstance(element.tag, str) or not element.tag.startswith(EDXML):
        above.append(copied := deepcopy(element))
        return copied
    made = etree.SubElement(above, element.tag, element.attrib)
    made.text, made.tail = element.text, element.tail
    for child in element:
        _remade(made, child)
    return made


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
"""What the axis's own library does."""

DEPARTURES: Final[Mapping[Effect, frozenset[Departure]]] = {
    drop_objects: frozenset(),
    drop_ids: frozenset(),
    lose_namespace: frozenset({Departure.SIGNATURE_NAMESPACE}),
    rename_signature: frozenset(),
    add_direction: frozenset(),
    append_stamp: frozenset(),
    reorder: frozenset({Departure.ORDER}),
    stamp_before_business: frozenset({Departure.ORDER}),
    lay_out: frozenset(),
    zip_files: frozenset({Departure.WRAPPED_NEEDLESSLY}),
    zip_all_files: frozenset(
        {Departure.WRAPPED_NEEDLESSLY, Departure.ZIP_INSIDE_PDF_LABEL}
    ),
    drop_prefixes: frozenset({Departure.UNPREFIXED_CHILDREN}),
    add_links: frozenset({Departure.EXTRA_ATTRIBUTES}),
    lose_links: frozenset(),
    lose_content_ids: frozenset({Departure.JOINED_BY_NAME}),
    drop_cid: frozenset({Departure.CONTENT_ID_FORM}),
    break_lines: frozenset({Departure.BASE64_LAYOUT}),
    add_root_children: frozenset({Departure.EXTRA_ROOT_CHILDREN}),
    add_alias: frozenset({Departure.DUPLICATE_RECIPIENT_ALIAS}),
    add_empty_response: frozenset({Departure.EMPTY_ELEMENT}),
    add_comments: frozenset({Departure.COMMENTS}),
    respell: frozenset({Departure.SPELLING}),
    turn_dates: frozenset({Departure.DATE_FORMAT}),
}
"""Every effect, and how a packet with every field is reported that suffered it.

Tests combine them in this order: a link is added before it is lost.
"""


def _zipped(data: bytes) -> str:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("5c2dd36e-5f6e-4a8f-a5a9-6f0f1f6d8a53.docx", data)
    return base64.b64encode(out.getvalue()).decode()
