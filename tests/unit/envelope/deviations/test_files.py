"""Departures of attachments, each made by changing one thing."""

import base64

import pytest

from edoc_connector.model.deviations import Departure
from tests.support import builders
from tests.support.departures import deviations_in, kinds_in
from tests.support.dialects import carrying, changed, without, wrapped


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
            carrying(base64.b64encode(b"\xff\xd8\xff" + bytes(9))),
            Departure.CONTENT_TYPE_LIES,
            "application/pdf: jpeg",
        ),
        (
            carrying(base64.b64encode(wrapped(builders.PDF))),
            Departure.ZIP_INSIDE_PDF_LABEL,
            "",
        ),
        (
            carrying(base64.encodebytes(builders.PDF * 3)),
            Departure.BASE64_LAYOUT,
            "",
        ),
        (
            carrying(base64.b64encode(b"%PDF-1.4\n" + "\ufffd".encode() * 9)),
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


@pytest.mark.parametrize("shift", range(3))
def test_a_letter_that_is_cut_off_where_the_beginning_ends_hides_nothing(shift):
    text = b"%PDF-1.4\n" + b"x" * shift + "\ufffd".encode() * 40_000

    assert Departure.DECODED_AS_TEXT in kinds_in(carrying(base64.b64encode(text)))


def test_what_is_no_text_was_not_taken_for_one_whatever_is_in_it():
    found = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n" + "\ufffd".encode() * 9

    assert kinds_in(carrying(base64.b64encode(found))) == []


def test_a_kind_that_was_wrapped_needlessly_is_named():
    packet = carrying(base64.b64encode(wrapped(builders.PDF))).replace(
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
