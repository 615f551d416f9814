import base64
import hashlib

import pytest

from edoc_connector.envelope.read import read
from edoc_connector.errors import AttachmentDamaged, EnvelopeMalformed
from tests.support import builders
from tests.support.dialects import (
    carrying,
    changed,
    document_in,
    file_in,
    received,
    without,
    wrapped,
)

TWO = (b"first file", b"second file")


def two(**changes):
    attachments = tuple(
        builders.attachment(data, name=f"{number}.doc", content_id=f"id{number}")
        for number, data in enumerate(TWO)
    )
    document = builders.document(attachments=attachments, **changes)
    return builders.packet(document, files=builders.contents(*TWO))


def names_and_files(packet):
    envelope = received(packet)
    return [
        (attachment.name, b"".join(envelope.contents.chunks(attachment)))
        for attachment in envelope.envelope.content.attachments
    ]


IN_ORDER = [("0.doc", TWO[0]), ("1.doc", TWO[1])]


def swapped(packet):
    """Put the second Attachment first."""
    before, *parts, after = (
        packet.split(b"    <Attachment>\n")[0:1]
        + [
            part.split(b"    </Attachment>\n")[0]
            for part in packet.split(b"    <Attachment>\n")[1:]
        ]
        + [packet.rsplit(b"    </Attachment>\n", 1)[1]]
    )
    joined = b"".join(
        b"    <Attachment>\n" + part + b"    </Attachment>\n"
        for part in reversed(parts)
    )
    return before + joined + after


def test_files_are_joined_by_content_id():
    assert names_and_files(swapped(two())) == IN_ORDER


def test_files_are_joined_by_content_id_with_and_without_cid():
    packet = swapped(two()).replace(b"<ContentId>cid:", b"<ContentId>")

    assert names_and_files(packet) == IN_ORDER


def test_files_without_content_id_are_joined_by_name():
    packet = without(swapped(two()), "ContentId")

    assert names_and_files(packet) == IN_ORDER


def test_files_without_id_and_name_are_joined_by_position():
    packet = two().replace(b"<ContentId>cid:", b"<ContentId>other")
    for number in b"01":
        name = b"<AttachmentName>%c.doc</AttachmentName>" % number
        packet = packet.replace(b"      " + name, b"")

    assert names_and_files(packet) == IN_ORDER


def test_files_of_one_name_are_joined_by_position():
    packet = without(two(), "ContentId").replace(b"1.doc", b"0.doc")

    assert names_and_files(packet) == [("0.doc", TWO[0]), ("0.doc", TWO[1])]


def test_what_the_manifest_says_wins_over_what_nodes_relabel():
    packet = changed(
        builders.packet(),
        "<AttachmentName>công văn.pdf</AttachmentName>\n"
        "      <ContentType>application/pdf</ContentType>",
        "<AttachmentName>x.bin</AttachmentName><Description>d</Description>"
        "<ContentType>application/zip</ContentType>",
    )

    attachment = document_in(packet).attachments[0]

    assert attachment == builders.attachment(description="d")


def test_a_file_the_manifest_does_not_name_is_not_lost():
    packet = without(without(builders.packet(), "Reference"), "ContentType")

    attachment = document_in(packet).attachments[0]

    assert attachment == builders.attachment(content_type="application/octet-stream")


def test_a_file_the_manifest_names_and_the_packet_lacks_is_missed():
    packet = without(builders.packet(), "AttachmentEncoded")

    with pytest.raises(EnvelopeMalformed, match=r"'công văn.pdf' of the manifest"):
        received(packet)


def test_a_file_without_a_name_is_refused():
    packet = without(builders.packet(), "AttachmentName")

    with pytest.raises(EnvelopeMalformed, match="without AttachmentName"):
        received(packet)


def test_a_file_without_its_bytes_is_refused():
    packet = builders.packet().replace(b"ContentTransferEncoded", b"Content")

    with pytest.raises(AttachmentDamaged, match="no ContentTransferEncoded"):
        received(packet)


@pytest.mark.parametrize("text", [b"", b" \n "])
def test_an_empty_file_is_refused(text):
    with pytest.raises(AttachmentDamaged, match="it is empty"):
        received(carrying(text))


@pytest.mark.parametrize("size", [10, 3000, 5000, 3_000_000])
def test_a_wrapped_file_is_unwrapped_whatever_its_size(size):
    data = hashlib.shake_256(b"x").digest(size)
    packet = carrying(base64.b64encode(wrapped(data)))

    attachment = document_in(packet).attachments[0]

    assert (attachment.size, attachment.sha256) == (
        size,
        hashlib.sha256(data).hexdigest(),
    )
    assert file_in(packet) == data


def test_all_files_together_must_not_exceed_the_limit():
    bomb = base64.b64encode(wrapped(bytes(1_000_000)))
    attachments = tuple(builders.attachment(content_id=f"id{n}") for n in range(3))
    packet = builders.packet(builders.document(attachments=attachments)).replace(
        base64.b64encode(builders.PDF), bomb
    )

    assert len(read(packet, max_bytes=3_000_000).envelope.content.attachments) == 3
    with pytest.raises(AttachmentDamaged, match="1000000 bytes, 999999 are allowed"):
        read(packet, max_bytes=2_999_999)
