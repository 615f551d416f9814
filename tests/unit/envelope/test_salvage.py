import base64

import pytest

from edoc_connector.envelope.read import read
from edoc_connector.envelope.salvage import salvage
from edoc_connector.errors import (
    AttachmentDamaged,
    EnvelopeForeign,
    EnvelopeMalformed,
    EnvelopeTooLarge,
)
from edoc_connector.model.deviations import Departure
from tests.support import builders, golden
from tests.support.dialects import MAX_BYTES, carrying, changed, wrapped

SUBJECT = "Về việc kết nối, liên thông phần mềm quản lý văn bản"


def salvaged(packet):
    return salvage(packet, max_bytes=MAX_BYTES)


def content_of(found):
    return found.envelope.content


def test_of_a_packet_that_is_accepted_everything_is_there():
    packet = (golden.FOLDER / "every-field.edxml").read_bytes()

    found = salvaged(packet)

    received = read(packet, max_bytes=MAX_BYTES)
    assert found.problems == ()
    assert (found.envelope, found.seal) == (received.envelope, received.seal)
    assert found.seal_xml.encode() in packet
    first = content_of(found).attachments[0]
    assert b"".join(found.contents.chunks(first)) == builders.PDF


def test_a_packet_cut_off_still_says_what_it_was_about():
    packet = builders.packet()

    found = salvaged(packet[: packet.index(b"</edXML:SignerInfo>")])

    assert isinstance(found.problems[0], EnvelopeMalformed)
    assert content_of(found).subject == SUBJECT
    assert content_of(found).attachments == ()


def test_a_prefix_that_nobody_declared_hides_nothing():
    packet = changed(
        builders.packet(), "<edXML:Subject>", '<edXML:Subject xlink:href="a">'
    )

    found = salvaged(packet)

    assert "xlink" in str(found.problems[0])
    assert content_of(found).subject == SUBJECT
    assert len(content_of(found).attachments) == 1


def test_an_element_whose_prefix_nobody_declared_is_read_by_its_name():
    packet = builders.packet().replace(b"edXML:Subject>", b"x:Subject>")

    assert content_of(salvaged(packet)).subject == SUBJECT


def test_what_stands_before_the_xml_is_passed_over():
    found = salvaged(b"HTTP/1.1 200 OK\r\n\r\n" + builders.packet())

    assert "it begins with" in str(found.problems[0])
    assert content_of(found).subject == SUBJECT


def test_one_damaged_file_does_not_hide_the_others():
    files = (b"first", b"second")
    attachments = tuple(
        builders.attachment(data, name=f"{number}.pdf", content_id=str(number))
        for number, data in enumerate(files)
    )
    packet = builders.packet(
        builders.document(attachments=attachments), files=builders.contents(*files)
    )
    damaged = packet.replace(base64.b64encode(b"first"), b"File base64")

    found = salvaged(damaged)

    assert [type(problem) for problem in found.problems] == [AttachmentDamaged]
    (kept,) = content_of(found).attachments
    assert kept.name == "1.pdf"
    assert b"".join(found.contents.chunks(kept)) == b"second"


def test_every_damaged_file_is_told():
    files = (b"first", b"second")
    attachments = tuple(
        builders.attachment(data, name=f"{number}.pdf", content_id=str(number))
        for number, data in enumerate(files)
    )
    packet = builders.packet(
        builders.document(attachments=attachments), files=builders.contents(*files)
    )
    for data in files:
        packet = packet.replace(base64.b64encode(data), b"?")

    assert len(salvaged(packet).problems) == 2


def test_a_packet_from_nobody_still_says_the_rest():
    packet = changed(
        builders.packet(),
        "<edXML:OrganId>H20</edXML:OrganId>\n          <edXML:Org",
        "<edXML:Org",
    )

    found = salvaged(packet)

    assert "From has no OrganId" in str(found.problems[0])
    assert content_of(found).subject == SUBJECT
    assert len(content_of(found).attachments) == 1


def test_two_signatures_are_a_problem_and_not_the_end():
    one = b'<ds:Signature xmlns:ds="urn:x">1</ds:Signature>'

    found = salvaged(builders.packet(seal=one + one))

    assert found.seal is None
    assert content_of(found).subject == SUBJECT


def test_files_that_collide_are_a_problem_and_not_the_end():
    packet = carrying(base64.b64encode(b"x"))
    start = packet.index(b"    <Attachment>")
    end = packet.index(b"</Attachment>\n") + len(b"</Attachment>\n")

    found = salvaged(packet[:end] + packet[start:end] + packet[end:])

    assert "two files of one ContentId" in str(found.problems[0])
    assert content_of(found).attachments == ()


def test_deviations_are_told_all_the_same():
    packet = changed(builders.packet(), ">2026/12/15<", ">hôm qua<")

    found = salvaged(packet.replace(base64.b64encode(builders.PDF), b"?"))

    assert [each.kind for each in found.deviations] == [Departure.DATE_UNREADABLE]


def test_of_two_subjects_the_first_is_shown():
    twice = "<edXML:Subject>thứ nhất</edXML:Subject><edXML:Subject>"

    found = salvaged(changed(builders.packet(), "<edXML:Subject>", twice))

    assert "Subject stands there twice" in str(found.problems[0])
    assert content_of(found).subject == "thứ nhất"
    assert len(content_of(found).attachments) == 1


def test_a_value_that_holds_elements_is_shown_without_them():
    found = salvaged(
        changed(builders.packet(), "<edXML:Subject>", "<edXML:Subject>a<b/>")
    )

    assert "holds elements" in str(found.problems[0])
    assert content_of(found).subject == "a"


def test_of_a_business_that_nobody_knows_the_document_is_shown():
    found = salvaged(changed(builders.packet(), "DocType>0<", "DocType>44<"))

    assert "BussinessDocType is '44'" in str(found.problems[0])
    assert content_of(found).subject == SUBJECT
    assert content_of(found).business is None


def test_the_signature_of_a_refused_packet_is_kept_as_it_is():
    seal = b'<ds:Signature xmlns:ds="urn:x"><ds:a>1</ds:a></ds:Signature>'
    packet = changed(builders.packet(seal=seal), "DocType>0<", "DocType>44<")

    assert salvaged(packet).seal_xml == seal.decode()


@pytest.mark.parametrize(
    ("packet", "problem"),
    [
        (b"", EnvelopeMalformed),
        (b"hello", EnvelopeMalformed),
        (b"<", EnvelopeMalformed),
        (b"<html/>", EnvelopeMalformed),
        (b"<edXML/>", EnvelopeMalformed),
        (b"{}", EnvelopeForeign),
        (b'<edXML xmlns="http://www.go.vn/eDoc"/>', EnvelopeForeign),
        (b"<!DOCTYPE x><edXML/>", EnvelopeMalformed),
    ],
)
def test_where_there_is_nothing_to_read_the_reason_is_told(packet, problem):
    found = salvaged(packet)

    assert type(found.problems[0]) is problem
    assert found.envelope is None


def test_what_is_too_large_is_not_opened():
    found = salvage(builders.packet(), max_bytes=10)

    assert [type(problem) for problem in found.problems] == [EnvelopeTooLarge]
    assert found.envelope is None


def test_a_damaged_status_says_who_it_is_from():
    packet = changed(builders.packet(builders.status()), "</edXML>", "")

    found = salvaged(packet)

    assert content_of(found).sender == builders.status().sender


def test_a_bomb_among_the_files_is_a_problem_like_others():
    packet = carrying(base64.b64encode(wrapped(bytes(3_000_000))))

    found = salvage(packet, max_bytes=1_000_000)

    assert "3000000 bytes" in str(found.problems[0])
    assert content_of(found).attachments == ()
