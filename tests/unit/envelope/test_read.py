import mmap
import re
from dataclasses import replace
from datetime import date

import pytest

from edoc_connector.envelope.read import read
from edoc_connector.errors import (
    ContentMissing,
    EnvelopeForeign,
    EnvelopeMalformed,
    EnvelopeTooLarge,
)
from edoc_connector.model.document import BusinessType, Code, OtherInfo, Unread
from edoc_connector.model.stages import PacketError, TraceStamp
from edoc_connector.model.status import StatusCode
from tests.support import builders, golden
from tests.support.dialects import (
    changed,
    document_in,
    file_in,
    received,
    status_in,
    without,
)

QCVN = "http://www.mic.gov.vn/TBT/QCVN_102_2016"


def test_what_was_written_is_what_is_read():
    packet = (golden.FOLDER / "every-field.edxml").read_bytes()

    assert received(packet).envelope == golden.envelope_with_every_field()
    assert file_in(packet, 1) == golden.ODT


def test_a_status_is_read():
    packet = builders.packet(builders.status())

    assert received(packet).envelope == builders.envelope(builders.status())


def test_a_packet_without_anything_optional_is_read():
    packet = (golden.FOLDER / "bare.edxml").read_bytes()

    document = document_in(packet)

    assert document.attachments == ()
    assert document.business is None
    assert document.other == OtherInfo()


@pytest.mark.parametrize("kind", [bytes, "mmap"])
def test_the_body_may_be_bytes_or_a_mapped_file(kind, tmp_path):
    path = tmp_path / "packet"
    path.write_bytes(builders.packet())

    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as m:
        body = m if kind == "mmap" else path.read_bytes()
        envelope = read(body, max_bytes=10**6)
        attachment = envelope.envelope.content.attachments[0]

        assert b"".join(envelope.contents.chunks(attachment)) == builders.PDF


def test_more_bytes_than_allowed_are_not_even_looked_at():
    with pytest.raises(EnvelopeTooLarge, match="11 bytes, 10 are allowed"):
        read(b"not XML at ", max_bytes=10)


def test_contents_know_only_the_files_of_their_packet():
    contents = received(builders.packet()).contents

    with pytest.raises(ContentMissing):
        list(contents.chunks(builders.attachment(b"another")))


# --- dialects -----------------------------------------------------------------


def test_prefixes_do_not_matter():
    packet = builders.packet()
    bare = packet.replace(b"<edXML:", b"<").replace(b"</edXML:", b"</")
    other = packet.replace(b"edXML:", b"x:").replace(b"xmlns:edXML", b"xmlns:x")

    assert received(bare).envelope == builders.envelope()
    assert received(other).envelope == builders.envelope()


def test_a_packet_without_any_namespace_is_read():
    packet = re.sub(rb' xmlns(:edXML)?="[^"]*"', b"", builders.packet())

    bare = packet.replace(b"<edXML:", b"<").replace(b"</edXML:", b"</")

    assert received(bare).envelope == builders.envelope()


def test_prefixed_attachments_are_read():
    packet = builders.packet()
    for name in (b"AttachmentEncoded", b"Attachment", b"ContentId", b"ContentType"):
        packet = packet.replace(b"<" + name + b">", b"<edXML:" + name + b">")
        packet = packet.replace(b"</" + name + b">", b"</edXML:" + name + b">")
    packet = changed(
        packet,
        f'<edXML xmlns="{QCVN}">',
        f'<edXML xmlns="{QCVN}" xmlns:edXML="{QCVN}">',
    )

    assert received(packet).envelope == builders.envelope()


def test_the_order_of_the_header_does_not_matter():
    packet = builders.packet()
    line = b"<edXML:DocumentId>H20,2026/11/23,15/UBND-VX</edXML:DocumentId>"
    last = packet.replace(line, b"").replace(
        b"</edXML:MessageHeader>", line + b"</edXML:MessageHeader>"
    )
    trace = re.search(rb"<edXML:TraceHeader>.*?</edXML:TraceHeader>", last, re.DOTALL)
    first = last.replace(trace[0], b"").replace(
        b"<edXML:TraceHeaderList>", b"<edXML:TraceHeaderList>" + trace[0]
    )

    assert first != packet
    assert received(first).envelope == builders.envelope()


def test_words_have_several_spellings():
    packet = builders.packet()
    packet = packet.replace(b"Bussiness", b"Business")
    packet = packet.replace(b"edXMLManifest", b"Manifest")

    assert received(packet).envelope == builders.envelope()


def test_a_status_in_an_element_of_its_own_is_read():
    packet = builders.packet(builders.status()).replace(b"MessageHeader", b"Status")

    assert status_in(packet) == builders.status()


def test_a_status_code_of_one_digit_is_read():
    packet = changed(builders.packet(builders.status()), ">01<", "> 1 <")

    assert status_in(packet).code is StatusCode.ARRIVED


def test_root_children_of_old_gateways_are_ignored():
    packet = changed(
        builders.packet(),
        "  <edXML:edXMLEnvelope",
        "<Boundary>b</Boundary><ContentId>c</ContentId><ContentType>text/xml"
        "</ContentType><edXML:edXMLEnvelope",
    )

    assert received(packet).envelope == builders.envelope()


def test_attributes_nobody_asked_for_are_ignored():
    packet = changed(
        builders.packet(),
        "<edXML:Reference>",
        '<edXML:Reference xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="x">',
    )

    assert received(packet).envelope == builders.envelope()


def test_an_empty_response_is_none_at_all():
    packet = changed(
        without(builders.packet(), "ResponseFor"),
        "<edXML:SteeringType>",
        "<edXML:ResponseFor /><edXML:ResponseFor><edXML:Code/></edXML:ResponseFor>"
        "<edXML:SteeringType>",
    )

    assert document_in(packet).responses == ()


@pytest.mark.parametrize("stamped", ["", "<edXML:OrganId>null</edXML:OrganId>"])
def test_a_stamp_of_nobody_is_read_as_such(stamped):
    stamp = f"<edXML:TraceHeader>{stamped}<edXML:Timestamp>2026/11/23 09:00:00"
    packet = changed(
        builders.packet(),
        "</edXML:TraceHeaderList>",
        f"{stamp}</edXML:Timestamp></edXML:TraceHeader></edXML:TraceHeaderList>",
    )

    first, second = received(packet).envelope.trace

    assert (first.organization, second.organization) == ("H20", "")


@pytest.mark.parametrize(
    ("text", "at"), [("null", None), ("", None), ("hôm qua", Unread("hôm qua"))]
)
def test_a_stamp_of_no_time_still_says_who(text, at):
    packet = changed(
        builders.packet(),
        "2026/11/23 08:30:00</edXML:Timestamp>",
        f"{text}</edXML:Timestamp>",
    )

    assert received(packet).envelope.trace == (TraceStamp("H20", at),)


def test_a_stamp_of_nobody_and_no_time_says_nothing():
    packet = changed(
        builders.packet(),
        "</edXML:TraceHeaderList>",
        "<edXML:TraceHeader/></edXML:TraceHeaderList>",
    )

    assert len(received(packet).envelope.trace) == 1


def test_the_alias_that_a_node_added_is_no_recipient():
    alias = builders.organization("000.14.00.H20", in_charge="TLTVBQG_CDMDD_QD20")
    document = builders.document(recipients=(builders.organization("H20.14"), alias))

    recipients = document_in(builders.packet(document)).recipients

    assert [recipient.code for recipient in recipients] == ["H20.14"]


def test_white_space_around_a_value_is_taken_off_and_inside_kept():
    packet = changed(
        builders.packet(),
        ">H20.14</edXML:OrganId>\n          <edXML:OrganizationInCharge>Chính phủ<",
        ">\r\n\tH20.14 </edXML:OrganId><edXML:OrganizationInCharge> Chính \n phủ <",
    )

    recipient = document_in(packet).recipients[0]

    assert (recipient.code, recipient.in_charge) == ("H20.14", "Chính \n phủ")


def test_text_in_cdata_is_text():
    packet = changed(builders.packet(), ">15<", "><![CDATA[15<&>]]><")

    assert document_in(packet).code.number == "15<&>"


def test_a_long_text_that_is_no_file_is_read():
    document = builders.document(content="nội dung & " * 1000 + "hết")

    assert document_in(builders.packet(document)) == document


def test_dates_of_other_forms_are_read():
    packet = changed(builders.packet(), ">2026/12/15<", ">15/12/2026 00:00:00<")

    assert document_in(packet).due_date == date(2026, 12, 15)


# --- what a packet cannot do without ------------------------------------------


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("edXMLEnvelope", "edXML has no edXMLEnvelope"),
        ("edXMLHeader", "edXMLEnvelope has no edXMLHeader"),
        ("MessageHeader", "edXMLHeader has no MessageHeader"),
        ("From", "From has no OrganId"),
        ("To", "there is no To with an OrganId"),
        ("OrganId", "From has no OrganId"),
        ("Code", "Code has neither CodeNumber nor CodeNotation"),
    ],
)
def test_what_is_missing_is_named(name, problem):
    packet = (
        without(builders.packet(builders.document(responses=(), attachments=())), name)
        if name != "edXMLEnvelope"
        else f'<edXML xmlns="{QCVN}"/>'.encode()
    )

    with pytest.raises(EnvelopeMalformed, match=problem):
        received(packet)


def test_a_code_of_nothing_is_refused():
    document = builders.document(code=Code("1"), responses=())

    packet = changed(
        builders.packet(document), "<edXML:CodeNumber>1<", "<edXML:CodeNumber><"
    )

    with pytest.raises(EnvelopeMalformed, match="neither CodeNumber"):
        received(packet)


@pytest.mark.parametrize("name", ["ResponseFor", "From"])
def test_a_status_says_who_and_to_what(name):
    packet = without(builders.packet(builders.status()), name)

    with pytest.raises(EnvelopeMalformed, match=name):
        received(packet)


@pytest.mark.parametrize(
    ("text", "at"), [(" ", None), ("null", None), ("12h", Unread("12h"))]
)
def test_a_status_that_says_no_time_is_a_status(text, at):
    packet = changed(builders.packet(builders.status()), "2026/11/23 08:30:00", text)

    assert status_in(packet).at == at


def test_a_status_of_no_known_code_is_refused_by_its_value():
    packet = changed(builders.packet(builders.status()), ">01<", ">103<")

    with pytest.raises(EnvelopeMalformed, match="StatusCode is '103'"):
        received(packet)


def test_a_business_of_no_known_type_is_refused_by_its_value():
    packet = changed(builders.packet(), "DocType>0<", "DocType>44<")

    with pytest.raises(EnvelopeMalformed, match="BussinessDocType is '44'"):
        received(packet)


def test_a_business_without_a_type_is_a_new_document():
    packet = without(builders.packet(), "BussinessDocType")

    assert document_in(packet).business.type is BusinessType.NEW


def test_a_value_that_holds_elements_is_refused():
    packet = changed(builders.packet(), ">15<", ">1<b>5</b><")

    with pytest.raises(EnvelopeMalformed, match="CodeNumber holds elements"):
        received(packet)


# --- what else a packet may be ------------------------------------------------


@pytest.mark.parametrize(
    ("packet", "generation"),
    [
        (
            (
                b'<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Header>'
                b'<e:MessageHeader xmlns:e="http://www.e-doc.vn/Schema/"/></S:Header>'
                b"</S:Envelope>"
            ),
            "edXML of 2012 in SOAP",
        ),
        (
            (
                b'<edXML:Envelope xmlns:edXML="http://schemas.xmlsoap.org/soap/envelope/"'
                b"><edXML:Header><edXML:Status/></edXML:Header></edXML:Envelope>"
            ),
            "edXML of 2012 in SOAP",
        ),
        (
            (
                b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n--b\r\n"
                b'<s:Envelope xmlns:s="x" xmlns:e="http://www.inetcloud.vn/ns/edxml"/>'
            ),
            "EdXml2 of iNet, 2015",
        ),
        (b'<edXML xmlns="http://www.go.vn/eDoc"/>', "a draft of edXML"),
        (b'{"edXML": {}}', "JSON"),
        (b"[1]", "JSON"),
        (b"%PDF-1.4 ...", "a PDF file"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"\x1f\x8b", "a gzip archive"),
    ],
)
def test_other_generations_are_called_by_their_names(packet, generation):
    with pytest.raises(EnvelopeForeign, match=generation):
        received(packet)


@pytest.mark.parametrize(
    ("packet", "problem"),
    [
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (b"hello", "it begins with 'hello', not with XML"),
        (b"<html/>", "the root element is 'html', not edXML"),
    ],
)
def test_what_is_no_packet_at_all_is_said_to_be_so(packet, problem):
    with pytest.raises(EnvelopeMalformed, match=problem):
        received(packet)


def test_files_in_a_home_made_body_are_not_lost_silently():
    packet = changed(
        builders.packet(), "</edXML:edXMLBody>", "<edXMLAttachments/></edXML:edXMLBody>"
    )

    with pytest.raises(EnvelopeMalformed, match="home-made"):
        received(packet)


def test_attachments_that_went_astray_into_the_envelope_are_found():
    packet = builders.packet()
    part = re.search(rb"<AttachmentEncoded>.*</AttachmentEncoded>", packet, re.DOTALL)[
        0
    ]
    astray = packet.replace(part, b"").replace(
        b"</edXML:edXMLBody>", part + b"</edXML:edXMLBody>"
    )

    assert file_in(astray) == builders.PDF


def test_a_document_is_compared_without_its_place():
    envelope = received(builders.packet())

    assert replace(envelope, contents=builders.contents()) == envelope


def test_what_nodes_report_is_read_and_written_again():
    errors = (PacketError("N.MessageHeader.Code", "thiếu số"), PacketError("T.x"))
    envelope = replace(builders.envelope(), errors=errors)
    packet = builders.packet_of(envelope)

    assert received(packet).envelope == envelope
    assert builders.packet_of(received(packet).envelope) == packet
