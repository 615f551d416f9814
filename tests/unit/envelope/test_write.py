import io
import tracemalloc
from dataclasses import replace

import pytest

from edoc_connector.envelope.write import PIECE_BYTES, write
from edoc_connector.errors import AttachmentEmpty, ContentMissing, FieldInvalid
from edoc_connector.model.stages import SealedEnvelope
from tests.support import builders, golden
from tests.support.dialects import file_in


@pytest.mark.parametrize("name", sorted(golden.packets()))
def test_what_is_written_is_the_golden_packet_byte_for_byte(name):
    assert golden.packets()[name] == (golden.FOLDER / name).read_bytes()


def test_every_golden_packet_is_one_we_write():
    kept = {path.name for path in golden.FOLDER.glob("*.edxml")}

    assert kept == set(golden.packets())


def test_the_seal_goes_in_untouched_as_the_last_child_of_the_header():
    packet = builders.packet(seal=golden.SEAL)

    assert b"      " + golden.SEAL + b"\n    </edXML:edXMLHeader>" in packet


@pytest.mark.parametrize("step", [1000, 65536, PIECE_BYTES, 3 * PIECE_BYTES + 1])
@pytest.mark.parametrize("size", [2_560_000, 2 * PIECE_BYTES])
def test_base64_has_no_seams_whatever_the_chunks(size, step):
    data = (bytes(range(256)) * 10_000)[:size]
    document = builders.document(attachments=(builders.attachment(data),))

    packet = builders.packet(document, files=builders.contents(data, step=step))

    assert file_in(packet) == data


@pytest.mark.parametrize("name", ["raw.pdf", "wrapped.tif"])
def test_memory_stays_small_whatever_the_size_of_a_file(name):
    size = 32 * 1024 * 1024 + 1
    attachment = builders.attachment(size=size, name=name)
    sealed = SealedEnvelope(
        builders.envelope(builders.document(attachments=(attachment,))), b""
    )
    out = Nowhere()

    tracemalloc.start()
    write(sealed, Zeros(size), out)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert out.size > size * 4 / 3
    assert peak < 1024 * 1024


def test_a_character_xml_cannot_carry_is_refused_by_the_name_of_its_field():
    with pytest.raises(FieldInvalid) as caught:
        builders.packet(builders.document(subject="a\x0b"))

    assert caught.value.details["field"] == "Subject"


def test_a_file_of_no_bytes_is_not_written():
    document = builders.document(attachments=(builders.attachment(b""),))

    with pytest.raises(AttachmentEmpty):
        builders.packet(document, files=builders.contents(b""))


def test_a_file_that_is_shorter_than_stated_is_not_written():
    document = builders.document(attachments=(builders.attachment(size=1000),))

    with pytest.raises(ContentMissing):
        builders.packet(document)


@pytest.mark.parametrize(
    "ids", [("a", "a"), ("a", ""), ("a", "cid:a"), ("a", "a\n"), ("a", "cid:")]
)
def test_files_that_cannot_be_told_apart_are_not_written(ids):
    attachments = tuple(builders.attachment(content_id=each) for each in ids)

    with pytest.raises(FieldInvalid, match="ContentId"):
        builders.packet(builders.document(attachments=attachments))


def test_a_content_id_that_has_its_cid_already_is_not_given_another():
    attachment = builders.attachment(content_id="cid:209")

    packet = builders.packet(builders.document(attachments=(attachment,)))

    assert packet.count(b"<ContentId>cid:209</ContentId>") == 1


def test_nothing_is_written_of_a_document_that_is_refused():
    sealed = SealedEnvelope(
        replace(builders.envelope(), content=builders.document(subject="\0")), b""
    )
    out = io.BytesIO()

    with pytest.raises(FieldInvalid):
        write(sealed, builders.contents(), out)

    assert out.getvalue() == b""


class Zeros:
    def __init__(self, size):
        self.size = size

    def chunks(self, _attachment):
        for start in range(0, self.size, 65536):
            yield bytes(min(65536, self.size - start))


class Nowhere(io.RawIOBase):
    size = 0

    def writable(self):
        return True

    def write(self, data):
        self.size += len(data)
        return len(data)
