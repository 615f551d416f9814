"""Family: packets that say two things, so that two readers would take two of them."""

import re

import pytest

from edoc_connector.envelope.names import EDXML
from edoc_connector.errors import EnvelopeMalformed, EnvelopeRefused
from tests.support import builders
from tests.support.dialects import changed, received

DOCUMENT = builders.packet()
ROOT = DOCUMENT.partition(b"?>\n")[2]
STATUS = builders.packet(builders.status())
PARTS = [
    *("edXMLEnvelope", "edXMLHeader", "MessageHeader", "TraceHeaderList", "edXMLBody"),
    *("edXMLManifest", "AttachmentEncoded"),
    *("From", "DocumentId", "Code", "CodeNumber", "CodeNotation", "PromulgationInfo"),
    *("PromulgationDate", "DocumentType", "TypeName", "Subject", "Content"),
    *("SignerInfo", "FullName", "DueDate", "OtherInfo", "Priority", "SteeringType"),
    *("ToPlaces", "Bussiness", "BussinessDocType", "StaffInfo", "Timestamp"),
    *("OrganId", "OrganName", "ContentId", "AttachmentName", "ContentType"),
    "ContentTransferEncoded",
]


def first(packet, name):
    tag = rf"(?:edXML:)?{name}"
    pattern = rf"<{tag}(?: [^>]*)?>.*?</{tag}>"
    return re.search(pattern.encode(), packet, re.DOTALL)[0]


@pytest.mark.parametrize("name", PARTS)
def test_a_thing_that_stands_there_twice_is_refused(name):
    element = first(DOCUMENT, name)

    with pytest.raises(EnvelopeRefused, match="twice"):
        received(DOCUMENT.replace(element, element + element, 1))


@pytest.mark.parametrize(
    "name", ["ResponseFor", "StatusCode", "Description", "Timestamp", "StaffInfo"]
)
def test_a_status_that_says_a_thing_twice_is_refused(name):
    element = first(STATUS, name)

    with pytest.raises(EnvelopeMalformed, match="twice"):
        received(STATUS.replace(element, element + element, 1))


def test_the_same_name_in_another_namespace_is_the_same_thing():
    packet = changed(
        DOCUMENT,
        "<edXML:Subject>",
        '<x:Subject xmlns:x="urn:x">b</x:Subject><edXML:Subject>',
    )

    with pytest.raises(EnvelopeMalformed, match="Subject stands there twice"):
        received(packet)


def test_two_spellings_of_one_thing_are_the_same_thing():
    packet = changed(DOCUMENT, "<edXML:Bussiness>", "<Business/><edXML:Bussiness>")

    with pytest.raises(EnvelopeMalformed, match="Bussiness stands there twice"):
        received(packet)


def test_a_status_beside_a_document_is_refused():
    packet = changed(
        DOCUMENT, "<edXML:MessageHeader>", "<Status/><edXML:MessageHeader>"
    )

    with pytest.raises(EnvelopeMalformed, match="MessageHeader stands there twice"):
        received(packet)


SECTIONS = PARTS[: PARTS.index("From")]
"""What a packet has one of, whatever stands where."""


@pytest.mark.parametrize("name", SECTIONS)
@pytest.mark.parametrize("place", ["</edXML>", "<edXML:DueDate>", "<Attachment>"])
def test_a_header_section_that_stands_elsewhere_too_is_refused(name, place):
    """One reader takes the child, the next whatever bears the name."""
    section = first(DOCUMENT, name).decode()
    hidden = f'<x xmlns:edXML="{EDXML}">{section}</x>'

    with pytest.raises(EnvelopeMalformed, match=rf"line \d+: {name} .*twice"):
        received(changed(DOCUMENT, place, hidden + place))


@pytest.mark.parametrize("name", SECTIONS)
def test_a_header_section_in_one_of_its_own_name_is_refused(name):
    section = first(DOCUMENT, name)
    inside = section[section.index(b">") + 1 : section.rindex(b"<")]

    with pytest.raises(EnvelopeMalformed, match=f"{name} .*twice"):
        received(DOCUMENT.replace(inside, inside + section, 1))


def test_two_packets_one_after_the_other_in_one_file_are_refused():
    with pytest.raises(EnvelopeMalformed, match="line 108: XML declaration"):
        received(DOCUMENT + DOCUMENT)
    with pytest.raises(
        EnvelopeMalformed, match="line 108: there is more after the end"
    ):
        received(DOCUMENT + ROOT)


def test_two_envelopes_side_by_side_in_one_packet_are_refused():
    envelope = first(DOCUMENT, "edXMLEnvelope")

    with pytest.raises(EnvelopeMalformed, match=r"line \d+: edXMLEnvelope .*twice"):
        received(DOCUMENT.replace(envelope, envelope + envelope))


@pytest.mark.parametrize(
    "place",
    [
        "</edXML>",
        "  <edXML:edXMLEnvelope ",
        "    <edXML:edXMLHeader>",
        "<edXML:DueDate>",
        "    <Attachment>",
        "</edXML:ContentTransferEncoded>",
    ],
)
def test_a_packet_inside_a_packet_is_refused(place):
    with pytest.raises(EnvelopeMalformed, match=r"line \d+: edXML stands there twice"):
        received(changed(DOCUMENT, place, ROOT.decode() + place))


def test_a_packet_inside_a_signature_is_refused():
    seal = b"<Signature><Object>" + ROOT + b"</Object></Signature>"

    with pytest.raises(EnvelopeMalformed, match="edXML stands there twice"):
        received(builders.packet(seal=seal))


@pytest.mark.parametrize("cover", ["<!--{}-->", "<!--{}--><!--{}-->"])
def test_a_packet_inside_a_comment_is_not_read(cover):
    hidden = cover.replace("{}", ROOT.decode().replace("15", "16"))

    for packet in (DOCUMENT + hidden.encode(), hidden.encode() + ROOT):
        assert received(packet).envelope == builders.envelope()


def test_a_packet_inside_a_text_is_only_text():
    hidden = ROOT.decode().strip()
    packet = changed(DOCUMENT, ">UBND-VX<", f"><![CDATA[{hidden}]]><")

    assert received(packet).envelope.content.code.notation == hidden


@pytest.mark.parametrize("name", ["Reference", "Attachment"])
def test_two_files_of_one_content_id_are_refused(name):
    element = first(DOCUMENT, name)

    with pytest.raises(EnvelopeMalformed, match="two files of one ContentId"):
        received(DOCUMENT.replace(element, element + element))


@pytest.mark.parametrize("spelling", ["", "cid:cid:", " cid: ", "cid:&#10;", "\t"])
@pytest.mark.parametrize("name", ["Reference", "Attachment"])
def test_content_ids_that_differ_only_in_spelling_collide(name, spelling):
    element = first(DOCUMENT, name)
    other = element.replace(b"cid:", spelling.encode())

    with pytest.raises(
        EnvelopeMalformed, match=r"line \d+: two files of one ContentId 'file-"
    ):
        received(DOCUMENT.replace(element, element + other))


@pytest.mark.parametrize("comment", ["<!-- -->", "<!--x-->", "<!----><!---->"])
@pytest.mark.parametrize("value", ["{}H20.14", "H20{}.14", "H20.14{}"])
def test_a_comment_cannot_cut_a_value_short(comment, value):
    packet = DOCUMENT.replace(b">H20.14<", f">{value.format(comment)}<".encode(), 1)

    with pytest.raises(
        EnvelopeMalformed, match="a comment inside the value of OrganId"
    ):
        received(packet)


def test_a_comment_cannot_cut_a_file_short():
    packet = DOCUMENT.replace(b"JVBER", b"JVB<!-- -->ER")

    with pytest.raises(EnvelopeMalformed, match="a comment inside"):
        received(packet)


def test_cdata_cannot_cut_a_value_short():
    packet = DOCUMENT.replace(b">H20.14<", b">H<![CDATA[20]]>.14<", 1)

    assert received(packet).envelope == builders.envelope()
