"""Family: packets that say two things, so that two readers would take two of them."""

import re

import pytest

from edoc_connector.errors import EnvelopeMalformed, EnvelopeRefused
from tests.support import builders
from tests.support.dialects import changed, received

DOCUMENT = builders.packet()
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


def test_two_packets_in_one_file_are_refused():
    with pytest.raises(EnvelopeMalformed):
        received(DOCUMENT + DOCUMENT)


@pytest.mark.parametrize("name", ["Reference", "Attachment"])
def test_two_files_of_one_content_id_are_refused(name):
    element = first(DOCUMENT, name)

    with pytest.raises(EnvelopeMalformed, match="two files of one ContentId"):
        received(DOCUMENT.replace(element, element + element))


def test_content_ids_that_differ_only_by_cid_collide():
    element = first(DOCUMENT, "Attachment")
    bare = element.replace(b"cid:", b"")

    with pytest.raises(EnvelopeMalformed, match="two files of one ContentId"):
        received(DOCUMENT.replace(element, element + bare))


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
