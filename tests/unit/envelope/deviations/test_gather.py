"""Each kind of deviation, made from our own packet by changing one thing."""

import base64
from dataclasses import replace

import pytest

from edoc_connector.envelope.deviations.gather import MOST
from edoc_connector.model.deviations import MEANINGS, Departure, Deviation
from tests.support import builders, golden
from tests.support.dialects import (
    carrying,
    changed,
    received,
    without,
    wrapped,
)

QCVN = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
PLACEHOLDER = (
    "<Signature><SignatureValue>GbVb8n9+qFxz466Ag0sbpVdLPs2R0+9JBekp12UyarAZjoG0W"
    "</SignatureValue></Signature>"
)
ERRORS = (
    "<edXML:ErrorList><edXML:Error><edXML:Code>1</edXML:Code></edXML:Error>"
    "</edXML:ErrorList>"
)
DS = 'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'


def deviations_in(packet):
    return received(packet).deviations


def kinds_in(packet):
    return [deviation.kind for deviation in deviations_in(packet)]


def with_change(old, new):
    return changed(builders.packet(), old, new)


def bare(text):
    """Our usual packet with this text as ContentTransferEncoded of its PDF."""
    return carrying(text)


def test_every_kind_has_a_meaning():
    assert set(MEANINGS) == set(Departure)


@pytest.mark.parametrize("name", ["usual", "every-field", "status", "status-bare"])
def test_what_we_write_deviates_from_nothing(name):
    packet = (golden.FOLDER / f"{name}.edxml").read_bytes()

    assert deviations_in(packet) == ()


# --- the file -----------------------------------------------------------------

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


# --- elements -----------------------------------------------------------------


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


# --- values -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("15/12/2026", Departure.DATE_FORMAT),
        ("2026-12-15", Departure.DATE_FORMAT),
        ("2026/12/15 08:00:00", Departure.DATE_FORMAT),
        ("05/06/2026", Departure.DATE_AMBIGUOUS),
        ("hôm qua", Departure.DATE_UNREADABLE),
        ("2026/02/30", Departure.DATE_UNREADABLE),
        (" 2026/12/15", Departure.UNTRIMMED),
    ],
)
def test_a_date_that_is_not_ours_is_named(text, kind):
    packet = with_change(">2026/12/15<", f">{text}<")

    assert deviations_in(packet) == (
        Deviation(kind, "MessageHeader/DueDate", text.strip()),
    )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("00", Departure.NUMBER_FORMAT),
        ("-1", Departure.NUMBER_NEGATIVE),
        ("mười", Departure.NUMBER_UNREADABLE),
        ("9", Departure.UNKNOWN_VALUE),
    ],
)
def test_a_number_that_is_not_ours_is_named(text, kind):
    packet = with_change("<edXML:SteeringType>0<", f"<edXML:SteeringType>{text}<")

    assert deviations_in(packet) == (
        Deviation(kind, "MessageHeader/SteeringType", text),
    )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1", Departure.TRUTH_FORMAT),
        ("TRUE", Departure.TRUTH_FORMAT),
        ("có", Departure.TRUTH_UNREADABLE),
    ],
)
def test_a_truth_that_is_not_ours_is_named(text, kind):
    packet = with_change("<edXML:Direction>false<", f"<edXML:Direction>{text}<")

    assert kinds_in(packet) == [kind]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("null", [Departure.NULL_WORD]),
        ("hôm qua", [Departure.DATE_UNREADABLE]),
        ("2026-11-23T08:30:00", [Departure.DATE_FORMAT]),
    ],
)
def test_a_stamp_that_is_not_ours_is_named(text, kinds):
    packet = with_change("2026/11/23 08:30:00", text)

    assert kinds_in(packet) == kinds


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("H20.14\u200b", "H20.14\ufffd: invisible"),
        ("h20.14", "h20.14: lower-case"),
        ("02.29.W00", "02.29.W00: node"),
    ],
)
def test_an_unusual_code_is_named_with_what_is_unusual(code, found):
    document = builders.document(responses=())
    packet = changed(
        builders.packet(document),
        "<edXML:OrganId>H20.14</edXML:OrganId>",
        f"<edXML:OrganId>{code}</edXML:OrganId>",
    )

    kind = Departure.ORGANIZATION_CODE
    assert Deviation(kind, "MessageHeader/To/OrganId", found) in deviations_in(packet)


def test_a_node_that_stamps_is_nothing_unusual():
    stamp = builders.envelope().trace[0]
    envelope = builders.envelope()
    node = replace(stamp, organization=type(stamp.organization)("02.29.W00"))

    packet = builders.packet_of(replace(envelope, trace=(stamp, node)))

    assert deviations_in(packet) == ()


def test_the_word_null_is_no_code():
    packet = changed(
        builders.packet(builders.document(responses=())),
        "<edXML:OrganId>H20.14<",
        "<edXML:OrganId>H20.14</edXML:OrganId></edXML:To>"
        "<edXML:To><edXML:OrganId>null<",
    )

    assert Departure.NULL_WORD in kinds_in(packet)


def test_letters_with_their_marks_apart_are_named():
    assert Departure.NOT_NFC in kinds_in(
        with_change(
            "Về việc kết nối, liên thông phần mềm quản lý văn bản</edXML:Subject",
            "Ve\u0302\u0300 việc</edXML:Subject",
        )
    )


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("DocumentId", "DocumentId"),
        ("Subject", "Subject"),
        ("CodeNotation", "Code/CodeNotation"),
        ("PromulgationInfo", "PromulgationInfo/PromulgationDate"),
        ("SteeringType", "SteeringType"),
    ],
)
def test_a_missing_field_is_named(name, where):
    packet = without(
        builders.packet(builders.document(responses=(), business=None)), name
    )

    kind = Departure.MISSING_FIELD
    assert Deviation(kind, f"MessageHeader/{where}") in deviations_in(packet)


@pytest.mark.parametrize(
    ("number", "is_apart"),
    [("15", True), ("28/2018", True), ("15/UBND", False), ("28/2018/QĐ", False)],
)
def test_a_number_that_holds_the_notation_is_named(number, is_apart):
    packet = with_change("CodeNumber>15<", f"CodeNumber>{number}<")

    assert (Departure.CODE_NOT_SPLIT in kinds_in(packet)) is not is_apart


@pytest.mark.parametrize("text", ["18661", "9fbfbad2-f1f8-4256-a2eb-50fb1061cddb"])
def test_a_document_id_of_another_form_is_named(text):
    packet = with_change(
        "<edXML:DocumentId>H20,2026/11/23,15/UBND-VX<", f"<edXML:DocumentId>{text}<"
    )

    kind = Departure.DOCUMENT_ID_FORM
    assert deviations_in(packet) == (Deviation(kind, "MessageHeader/DocumentId", text),)


@pytest.mark.parametrize(
    ("old", "where"),
    [
        (">UBND-VX<", "MessageHeader/Code/CodeNotation"),
        (">Văn bản điện tử mới<", "TraceHeaderList/Bussiness/BussinessDocReason"),
    ],
)
def test_a_value_longer_than_the_standard_lets_it_be_is_named(old, where):
    packet = with_change(old, f">{'x' * 501}<")

    (deviation,) = deviations_in(packet)

    assert (deviation.kind, deviation.where) == (Departure.TOO_LONG, where)


def test_a_value_of_just_the_length_that_is_allowed_is_not_named():
    assert deviations_in(with_change(">UBND-VX<", f">{'x' * 30}<")) == ()


def test_recipients_that_are_one_body_are_named():
    recipients = (
        builders.organization("H20.14"),
        builders.organization("000.00.14.H20", in_charge="TLTVBQG_CDMDD_QD20"),
        builders.organization("000.00.14.H20"),
    )
    packet = builders.packet(builders.document(recipients=recipients))

    kinds = kinds_in(packet)

    assert kinds == [
        Departure.DUPLICATE_RECIPIENT_ALIAS,
        # Alias and repetition stand at one place of one name.
        Departure.DUPLICATE_RECIPIENT,
    ]


# --- the seal -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("seal", "kinds"),
    [
        (f"<ds:Signature {DS}><ds:x>1</ds:x></ds:Signature>", []),
        ("<Signature/>", [Departure.SIGNATURE_EMPTY]),
        ("<DigitalSignature> </DigitalSignature>", [Departure.SIGNATURE_EMPTY]),
        (
            PLACEHOLDER,
            [Departure.SIGNATURE_PLACEHOLDER, Departure.SIGNATURE_NAMESPACE],
        ),
        (
            "<Signature><KeyInfo><Token>t</Token></KeyInfo></Signature>",
            [Departure.SIGNATURE_TOKEN, Departure.SIGNATURE_NAMESPACE],
        ),
        (
            f"<ds:Signature {DS}>1</ds:Signature>{ERRORS}",
            [Departure.ORDER, Departure.SIGNATURE_PLACE],
        ),
    ],
)
def test_what_stands_where_a_seal_stands_is_named(seal, kinds):
    assert kinds_in(builders.packet(seal=seal.encode())) == kinds


# --- attachments --------------------------------------------------------------


def labelled(old, new):
    """Change the labels of the part, not those of the manifest."""
    packet = builders.packet()
    place = packet.index(b"<AttachmentEncoded>")
    return packet[:place] + changed(packet[place:], old, new)


@pytest.mark.parametrize(
    ("packet", "kind", "found"),
    [
        (labelled("cid:file", "file"), Departure.CONTENT_ID_FORM, ""),
        (labelled("cid:file", "cid:other"), Departure.JOINED_BY_NAME, ""),
        (labelled("công văn.pdf", "khác.pdf"), Departure.LABELS_DIFFER, "khác.pdf"),
        (
            labelled("application/pdf", "text/plain"),
            Departure.CONTENT_TYPE_LIES,
            "text/plain: pdf",
        ),
        (
            bare(base64.b64encode(b"\xff\xd8\xff" + bytes(9))),
            Departure.CONTENT_TYPE_LIES,
            "application/pdf: jpeg",
        ),
        (
            bare(base64.b64encode(wrapped(builders.PDF))),
            Departure.ZIP_INSIDE_PDF_LABEL,
            "",
        ),
        (
            bare(base64.encodebytes(builders.PDF * 3)),
            Departure.BASE64_LAYOUT,
            "",
        ),
        (
            bare(base64.b64encode(b"%PDF-1.4\n" + "\ufffd".encode() * 9)),
            Departure.DECODED_AS_TEXT,
            "",
        ),
        (
            builders.packet(
                builders.document(
                    attachments=(builders.attachment(name="C:\\fakepath\\a.pdf"),)
                )
            ),
            Departure.SUSPICIOUS_NAME,
            "",
        ),
    ],
)
def test_a_departure_of_a_file_is_named(packet, kind, found):
    assert (kind, found) in [
        (deviation.kind, deviation.found) for deviation in deviations_in(packet)
    ]


def test_a_kind_that_was_wrapped_needlessly_is_named():
    packet = bare(base64.b64encode(wrapped(builders.PDF))).replace(
        b"<ContentType>application/pdf<", b"<ContentType>application/zip<"
    )

    assert kinds_in(packet) == [Departure.WRAPPED_NEEDLESSLY]


def test_files_joined_by_nothing_but_their_place_are_named():
    packet = labelled("cid:file", "cid:other")
    place = packet.index(b"<AttachmentEncoded>")
    packet = packet[:place] + changed(packet[place:], "công văn.pdf", "khác.pdf")

    assert Departure.JOINED_BY_POSITION in kinds_in(packet)


def test_a_file_the_manifest_does_not_name_is_named():
    packet = without(builders.packet(), "edXMLBody")

    assert kinds_in(packet) == [Departure.NOT_IN_MANIFEST]


# --- all of them --------------------------------------------------------------


def test_there_is_an_end_to_what_is_reported():
    strangers = "".join(f"<x{number}/>" for number in range(3 * MOST))
    packet = with_change("<edXML:Subject>", f"{strangers}<edXML:Subject>")

    found = deviations_in(packet)

    assert len(found) == MOST + 1
    assert found[-1] == Deviation(Departure.MORE, "edXML")


def test_the_same_departure_at_one_place_is_told_once():
    packet = with_change("<edXML:Subject>", "<x/><x/><x/><edXML:Subject>")

    assert deviations_in(packet) == (
        Deviation(Departure.UNKNOWN_ELEMENT, "MessageHeader/x"),
    )


def test_a_long_value_is_told_shortened():
    packet = with_change(">2026/12/15<", f">{'x' * 500}<")

    (deviation,) = deviations_in(packet)

    assert len(deviation.found) < 70
