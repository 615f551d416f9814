"""What travels in a ZIP, always the same one, and that it comes out whole."""

from __future__ import annotations

import base64
import io
import re
import subprocess
import uuid
import zipfile
from dataclasses import replace

import pytest

from edoc_connector.envelope import rewrapping
from edoc_connector.envelope.rewrapping import Wrap, wrap_of, wrapped
from edoc_connector.envelope.write import write
from edoc_connector.errors import EnvelopeTooLarge
from edoc_connector.model.other_files import OtherFiles
from edoc_connector.model.stages import SealedEnvelope
from tests.support import builders
from tests.support.dialects import document_in, file_in
from tests.support.dialects import wrapped as zip_of
from tests.support.second_opinion import program

ONE_ENTRY = zip_of(b"a,b\n" * 100)
SHEET = b"\x50\x4b\x05\x06" + bytes(18)
"""An empty ZIP: a workbook to everybody who goes by its name."""
ENCODED = re.compile(rb"<edXML:ContentTransferEncoded[^>]*>([^<]*)<")
TYPES = re.compile(rb"<(?:edXML:)?ContentType>([^<]*)</")


def packet_with(data, other_files=OtherFiles.ZIP, **attachment):
    document = builders.document(attachments=(builders.attachment(data, **attachment),))
    sealed = SealedEnvelope(builders.envelope(document), builders.UNSEALED)
    out = io.BytesIO()
    write(sealed, builders.contents(data), out, other_files=other_files)
    return out.getvalue()


def attached(packet):
    """The bytes that travel, wrapped or not."""
    return base64.b64decode(ENCODED.search(packet)[1])


def labels(packet):
    """What the manifest and the attachment say the file is."""
    return tuple(found.decode() for found in TYPES.findall(packet))


@pytest.mark.parametrize("choice", OtherFiles)
@pytest.mark.parametrize("kind", ["pdf", "PDF", "doc", "docx", "xsl", "xslx", "zip"])
def test_what_nodes_send_raw_is_sent_raw(kind, choice):
    packet = packet_with(SHEET, choice, name=f"văn bản.{kind}", content_type="a/b")

    assert attached(packet) == SHEET
    assert labels(packet) == ("a/b", "a/b")


@pytest.mark.parametrize("kind", ["xls", "xlsx", "XLSX", "jpg", "txt", "odt", "jar"])
def test_every_other_file_is_wrapped_and_only_the_manifest_knows_its_kind(kind):
    packet = packet_with(SHEET, name=f"biểu.{kind}", content_type="a/b")

    with zipfile.ZipFile(io.BytesIO(attached(packet))) as archive:
        (entry,) = archive.namelist()
        assert archive.read(entry) == SHEET
    name, _, ending = entry.partition(".")
    assert (str(uuid.UUID(name)), ending) == (name, kind.lower())
    assert labels(packet) == ("a/b", "application/zip")


@pytest.mark.parametrize("kind", ["xlsx", "jpg", "txt", "jar"])
def test_a_site_may_send_every_other_file_raw(kind):
    packet = packet_with(SHEET, OtherFiles.RAW, name=f"biểu.{kind}", content_type="a/b")

    assert attached(packet) == SHEET
    assert labels(packet) == ("a/b", "a/b")


@pytest.mark.parametrize("choice", OtherFiles)
@pytest.mark.parametrize(
    ("data", "changes"),
    [
        (b"a,b", {"name": "số liệu.csv"}),
        (b"a,b", {"name": "không có đuôi"}),
        (ONE_ENTRY, {"name": "so-lieu.bak"}),
        (ONE_ENTRY, {"name": "van-ban.pdf"}),
        (ONE_ENTRY, {"name": "van-ban.jar"}),
        (ONE_ENTRY, {"name": "a.zip"}),
        (b"PK\x03\x04 no zip", {"name": "a.bin"}),
        (b"PK\x03", {"name": "a.docx"}),
        (b"a,b", {"name": "a.pdf", "content_type": "application/zip"}),
    ],
)
def test_whatever_is_sent_arrives_as_it_was_sent(data, changes, choice):
    changes = {"content_type": "text/plain"} | changes
    packet = packet_with(data, choice, **changes)

    assert document_in(packet).attachments == (builders.attachment(data, **changes),)
    assert file_in(packet) == data


@pytest.mark.parametrize("choice", OtherFiles)
@pytest.mark.parametrize("name", ["so-lieu.bak", "ban-ve.dwgz", "van-ban.pdf"])
def test_what_readers_would_take_apart_is_wrapped_once_more(name, choice):
    packet = packet_with(ONE_ENTRY, choice, name=name, content_type="a/b")

    assert attached(packet) != ONE_ENTRY
    assert file_in(packet) == ONE_ENTRY
    assert labels(packet) == ("a/b", "application/zip")


@pytest.mark.parametrize("choice", OtherFiles)
def test_a_label_that_makes_nodes_unzip_what_is_no_zip_is_made_true(choice):
    packet = packet_with(b"a,b", choice, name="a.pdf", content_type="Application/ZIP")

    assert zipfile.is_zipfile(io.BytesIO(attached(packet)))
    assert labels(packet) == ("Application/ZIP", "application/zip")


@pytest.mark.parametrize(
    "name",
    [
        "a.b/../c",
        "a.ăâ",
        "a.x y",
        "a.\0",
        "a.123456789",
        "a.",
        "a",
        "a.b\u202e",
        "a.%s",
    ],
)
def test_an_extension_that_may_do_harm_stays_out_of_the_zip(name):
    wrap = wrap_of(builders.attachment(name=name), builders.contents(), OtherFiles.ZIP)

    assert str(uuid.UUID(wrap.entry)) == wrap.entry


def test_a_wrapping_is_the_same_for_ever():
    wrap = wrap_of(
        builders.attachment(name="a.txt", content_id="1"),
        builders.contents(),
        OtherFiles.ZIP,
    )

    assert wrap == Wrap(
        "5a681c9a-4bc8-5e1a-81dc-e55bd5f4fa96.txt", len(builders.PDF), 2768299128
    )


@pytest.mark.parametrize("content_id", ["cid:1", " 1", "1\n"])
def test_a_content_id_names_the_same_file_however_it_is_written(content_id):
    names = {
        wrap_of(
            builders.attachment(name="a.txt", content_id=each),
            builders.contents(),
            OtherFiles.ZIP,
        ).entry
        for each in ("1", content_id)
    }

    assert len(names) == 1


def test_two_files_of_a_packet_have_two_names_though_they_are_the_same_bytes():
    attachment = builders.attachment(name="a.txt")
    names = {
        wrap_of(each, builders.contents(), OtherFiles.ZIP).entry
        for each in (attachment, replace(attachment, content_id="2"))
    }

    assert len(names) == 2


def test_what_no_zip_can_hold_is_refused_before_it_is_read():
    attachment = builders.attachment(name="a.iso", size=rewrapping.MOST_BYTES + 1)

    with pytest.raises(EnvelopeTooLarge):
        wrap_of(attachment, Unreadable(), OtherFiles.ZIP)


def test_our_wrapping_is_a_zip_that_python_opens():
    made = b"".join(wrapped([b"hello ", b"world"], Wrap("1-2.txt", 11, 0x0D4A1185)))

    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.testzip() is None
        assert archive.read("1-2.txt") == b"hello world"
        (entry,) = archive.infolist()
    assert (entry.compress_type, entry.date_time) == (
        zipfile.ZIP_STORED,
        (1980, 1, 1, 0, 0, 0),
    )


def test_our_wrapping_is_a_zip_that_unzip_opens(tmp_path):
    unzip = program("unzip")
    (tmp_path / "a.zip").write_bytes(attached(packet_with(SHEET, name="a.xlsx")))

    tested = subprocess.run(
        [unzip, "-t", "a.zip"], cwd=tmp_path, capture_output=True, check=False
    )
    taken = subprocess.run(
        [unzip, "-p", "a.zip"], cwd=tmp_path, capture_output=True, check=False
    )

    assert b"No errors detected" in tested.stdout
    assert (tested.returncode, tested.stderr) == (0, b"")
    assert taken.stdout == SHEET


class Unreadable:
    def chunks(self, attachment):
        raise AssertionError(attachment)
