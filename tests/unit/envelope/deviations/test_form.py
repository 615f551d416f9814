"""Departures in form, each made from our own packet by changing one thing."""

from dataclasses import replace

import pytest

from edoc_connector.model.deviations import Departure, Deviation
from tests.support import builders
from tests.support.departures import deviations_in, kinds_in, with_change
from tests.support.dialects import changed, received

QCVN = "http://www.mic.gov.vn/TBT/QCVN_102_2016"


PROLOG = '<?xml version="1.0" encoding="UTF-8"?>\n'


@pytest.mark.parametrize(
    ("before", "kind"),
    [
        (b"\xef\xbb\xbf", Departure.BYTE_ORDER_MARK),
        (b"\n ", Departure.SPACE_BEFORE_XML),
    ],
)
def test_what_stands_before_the_xml_is_named(before, kind):
    assert deviations_in(before + builders.packet()) == (Deviation(kind, "edXML"),)


def test_a_missing_declaration_is_named():
    assert kinds_in(with_change(PROLOG, "")) == [Departure.NO_DECLARATION]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "<edXML:edXMLBody>",
            "<!-- --><edXML:edXMLBody>",
            Deviation(Departure.COMMENTS, "edXML"),
        ),
        (
            f'<edXML xmlns="{QCVN}"',
            f'<edXML xmlns:xsi="http://x" xmlns="{QCVN}"',
            Deviation(Departure.EXTRA_NAMESPACES, "edXML", "http://x"),
        ),
        (
            "  <AttachmentEncoded>",
            "  <Boundary>b</Boundary><AttachmentEncoded>",
            Deviation(Departure.EXTRA_ROOT_CHILDREN, "Boundary"),
        ),
        (
            "<edXML:Subject>",
            "<edXML:Mood>glad</edXML:Mood><edXML:Subject>",
            Deviation(Departure.UNKNOWN_ELEMENT, "MessageHeader/Mood"),
        ),
        (
            "<edXML:Subject>",
            "<edXML:DueDate/><edXML:Subject>",
            None,
        ),
        (
            "<edXML:Subject>",
            '<edXML:Subject lang="vi">',
            Deviation(Departure.EXTRA_ATTRIBUTES, "MessageHeader/Subject", "lang"),
        ),
        (
            '<edXML:edXMLManifest version="1.0">',
            '<edXML:edXMLManifest version="2.0">',
            Deviation(Departure.EXTRA_ATTRIBUTES, "edXMLManifest", "version"),
        ),
        (
            "<edXML:TraceHeaderList>",
            "<edXML:TraceHeaderList><edXML:TraceHeader/>",
            Deviation(Departure.ORDER, "TraceHeaderList", "TraceHeader, Bussiness"),
        ),
    ],
)
def test_a_departure_in_form_is_named_with_its_place(old, new, expected):
    if expected is None:  # two DueDates are refused, not reported
        with pytest.raises(Exception, match="stands there twice"):
            received(with_change(old, new))
    else:
        assert expected in deviations_in(with_change(old, new))


def test_an_empty_element_is_named():
    packet = with_change(">2026/12/15<", "><")

    assert deviations_in(packet) == (
        Deviation(Departure.EMPTY_ELEMENT, "MessageHeader/DueDate"),
    )


def test_elements_without_their_prefix_are_named_once():
    packet = (
        builders.packet().replace(b"<edXML:To", b"<To").replace(b"</edXML:To", b"</To")
    )

    assert deviations_in(packet) == (
        Deviation(Departure.UNPREFIXED_CHILDREN, "edXMLEnvelope"),
    )


def test_prefixes_of_attachments_are_named_once():
    packet = builders.packet()
    for name in (b"AttachmentEncoded", b"Attachment"):
        packet = packet.replace(
            b"<" + name + b">", b"<e:" + name + b' xmlns:e="' + QCVN.encode() + b'">'
        ).replace(b"</" + name + b">", b"</e:" + name + b">")

    assert kinds_in(packet) == [Departure.PREFIXED_ATTACHMENTS]


def test_another_namespace_is_named():
    packet = with_change("<edXML:Subject>", '<x:Subject xmlns:x="urn:x">')
    packet = changed(packet, "</edXML:Subject>", "</x:Subject>")

    assert deviations_in(packet) == (
        Deviation(Departure.FOREIGN_NAMESPACE, "edXML", "urn:x"),
    )


def test_other_spellings_are_named():
    packet = builders.packet().replace(b"Bussiness>", b"Business>")

    assert deviations_in(packet) == (
        Deviation(Departure.SPELLING, "TraceHeaderList/Business", "Business"),
    )


def test_a_body_inside_a_body_is_read_and_named():
    packet = with_change("<edXML:From>", "<edXML:From><edXML:From>")
    packet = changed(packet, "</edXML:From>", "</edXML:From></edXML:From>")

    found = received(packet)

    assert found.envelope.content.sender.code == "H20"
    assert Deviation(Departure.NESTED, "MessageHeader/From/From") in found.deviations


def test_a_status_in_an_element_of_its_own_is_named():
    packet = builders.packet(builders.status()).replace(b"MessageHeader", b"Status")

    assert deviations_in(packet) == (Deviation(Departure.STATUS_ELEMENT, "Status"),)


def test_a_document_that_nobody_stamped_is_named():
    packet = builders.packet_of(replace(builders.envelope(), trace=()))

    assert Deviation(Departure.MISSING_FIELD, "TraceHeaderList/TraceHeader") in (
        deviations_in(packet)
    )


@pytest.mark.parametrize(
    "element", ["TraceHeaderList", "edXML:edXMLBody", "AttachmentEncoded"]
)
def test_what_only_a_document_has_is_named_in_a_status(element):
    packet = builders.packet(builders.status())
    ending = "</edXML:MessageHeader>" if "Trace" in element else "</edXML:edXMLHeader>"
    ending = "</edXML:edXMLEnvelope>" if element == "AttachmentEncoded" else ending
    packet = changed(packet, ending, f"{ending}<{element}>1</{element}>")

    assert Departure.UNKNOWN_ELEMENT in kinds_in(packet)


def test_attachments_inside_the_envelope_are_named():
    packet = builders.packet()
    start = packet.index(b"  <AttachmentEncoded>")
    end = packet.index(b"</AttachmentEncoded>\n") + len(b"</AttachmentEncoded>\n")
    moved = packet[:start] + packet[end:]
    moved = changed(
        moved,
        "  </edXML:edXMLEnvelope>\n",
        packet[start:end].decode() + "</edXML:edXMLEnvelope>",
    )

    assert kinds_in(moved) == [Departure.ATTACHMENTS_PLACE]
