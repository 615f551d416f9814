"""Family: what is refused is looked at all the same, by people; that must not hurt."""

from dataclasses import replace

import pytest

from edoc_connector.envelope.salvage import salvage
from edoc_connector.errors import EnvelopeForeign, EnvelopeMalformed, EnvelopeRefused
from tests.support import builders, fuzz_seeds
from tests.support.bombs import filled, holding, nested, with_type
from tests.support.dialects import MAX_BYTES, changed, received
from tests.support.memory import growth

DOCUMENT = builders.packet()
SOAP = fuzz_seeds.soap_status()


def salvaged(packet):
    return salvage(packet, max_bytes=MAX_BYTES)


@pytest.mark.parametrize(
    "packet",
    [
        *(
            b"",
            b" ",
            b"<",
            b"<a",
            b"<a>",
            b"</a>",
            b"<?",
            b"<?xml?>",
            b"<!--",
            b"<![CD",
        ),
        *(b"\0", b"\xff", b"\xef\xbb\xbf", b"\xef\xbb\xbf<", b"rubbish", b"a<b", b"&"),
        *(b"<edXML", b"<edXML/>", b"<edXML>\xff</edXML>", b"<:/>", b"<:3", b"<a:b c:d"),
        b"<edXML><edXMLEnvelope/><edXMLEnvelope/></edXML>",
        b"<edXML>" * 300,
    ],
)
def test_of_what_is_hardly_a_packet_nothing_is_salvaged(packet):
    found = salvaged(packet)

    assert isinstance(found.problems[0], EnvelopeRefused)
    assert found.envelope is None


@pytest.mark.parametrize(
    "junk",
    [
        b"rubbish ",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"\x1b[31m",
        b"&&&",
        b">>>",
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf\xef\xbb\xbf",
    ],
)
@pytest.mark.parametrize("times", [1, 500])
def test_junk_before_the_packet_is_refused_and_passed_over(junk, times):
    packet = junk * times + DOCUMENT

    with pytest.raises(EnvelopeMalformed):
        received(packet)
    assert salvaged(packet).envelope == builders.envelope()


def test_what_stands_behind_too_much_junk_is_not_looked_for():
    assert salvaged(b"junk " * 20_000 + DOCUMENT).envelope is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<edXML:Subject>", '<edXML:Subject xlink:href="a">'),
        ("<edXML:DueDate>", "<x:a/><edXML:DueDate>"),
        ("<edXML:DueDate>", '<x:a y:b="c">z</x:a><edXML:DueDate>'),
        ("<edXML:DueDate>", '<a xmlns:x=""/><edXML:DueDate>'),
    ],
)
def test_prefixes_nobody_declared_are_refused_and_passed_over(old, new):
    packet = changed(DOCUMENT, old, new)

    with pytest.raises(EnvelopeMalformed, match=r"line \d+: "):
        received(packet)
    assert salvaged(packet).envelope == builders.envelope()


def test_a_document_type_is_not_salvaged():
    """What recovers from errors would still have to read it."""
    found = salvaged(with_type('<!DOCTYPE edXML [<!ENTITY x "y">]>', "&x;"))

    assert "document type" in str(found.problems[0])
    assert found.envelope is None


def test_an_entity_nobody_declared_leaves_a_gap_and_no_value():
    found = salvaged(holding("UBND&nbsp;VX"))

    assert "nbsp" in str(found.problems[0])
    assert found.envelope.content.code.number == "15"


@pytest.mark.parametrize("levels", [300, 20_000])
def test_too_many_levels_are_salvaged_as_far_as_they_are_allowed(levels):
    found = salvaged(nested(levels))

    assert "Excessive depth" in str(found.problems[0])


@pytest.mark.parametrize("filler", ["&#0;", "&", "<a", "</a>", "<a b>", "<:3/>", "]]>"])
def test_forty_thousand_errors_are_recovered_from_in_time(filler):
    packet = filled(filler, 40_000)

    with growth() as grown:
        found = salvaged(packet)

    assert found.problems
    assert grown.megabytes < 60


def test_of_a_thing_that_stands_there_twice_the_first_is_told_and_the_refusal():
    packet = changed(DOCUMENT, "<edXML:Subject>", "<edXML:Subject/><edXML:Subject>")

    found = salvaged(packet)

    assert "Subject stands there twice" in str(found.problems[0])
    assert found.envelope.content.subject == ""


def test_a_packet_with_its_files_twice_is_salvaged_without_any():
    start = DOCUMENT.index(b"  <AttachmentEncoded>")
    files = DOCUMENT[start : DOCUMENT.index(b"</edXML>")]

    found = salvaged(DOCUMENT.replace(files, files + files))

    assert "AttachmentEncoded stands there twice" in str(found.problems[0])
    assert found.envelope.content == replace(builders.document(), attachments=())


# --- the status in SOAP, which is read by another way -------------------------


def test_a_status_in_soap_with_two_headers_is_refused():
    header = SOAP[SOAP.index(b"<SOAP-ENV:Header>") : SOAP.index(b"<SOAP-ENV:Body/>")]

    with pytest.raises(EnvelopeMalformed, match="twice"):
        received(SOAP.replace(header, header + header))


def test_a_status_in_soap_beside_a_document_is_refused():
    packet = changed(SOAP, "<edXML:Status ", "<MessageHeader/><edXML:Status ")

    with pytest.raises(EnvelopeMalformed, match=r"line 1: .*Status stands there twice"):
        received(packet)


def test_a_document_in_soap_is_refused_by_the_name_of_its_generation():
    packet = SOAP.replace(b"edXML:Status", b"edXML:MessageHeader")

    with pytest.raises(EnvelopeForeign, match="edXML of 2012 in SOAP"):
        received(packet)


@pytest.mark.parametrize(
    "name", ["From", "OrganId", "ResponseFor", "StatusCode", "Timestamp", "StaffInfo"]
)
def test_a_status_in_soap_that_says_a_thing_twice_is_refused(name):
    start = SOAP.index(f"<edXML:{name}>".encode())
    ending = f"</edXML:{name}>".encode()
    element = SOAP[start : SOAP.index(ending, start) + len(ending)]

    with pytest.raises(EnvelopeMalformed, match=f"{name} stands there twice"):
        received(SOAP.replace(element, element + element, 1))


def deep_in_soap(levels):
    deep = "<a>" * levels + "</a>" * levels
    return changed(SOAP, "<edXML:StatusCode>", f"{deep}<edXML:StatusCode>")


def test_a_status_in_soap_of_as_many_levels_as_are_allowed_is_read():
    assert received(deep_in_soap(250)).envelope == received(SOAP).envelope


@pytest.mark.parametrize("levels", [300, 20_000])
def test_a_status_in_soap_of_more_levels_is_refused(levels):
    with pytest.raises(EnvelopeMalformed, match="line 1: Excessive depth"):
        received(deep_in_soap(levels))


def test_a_comment_cannot_cut_a_value_of_a_status_in_soap_short():
    packet = changed(SOAP, ">15/UBND-VX<", ">15<!-- -->/UBND-VX<")

    with pytest.raises(EnvelopeMalformed, match="a comment inside the value of Code"):
        received(packet)
