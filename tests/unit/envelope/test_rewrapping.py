"""A file that readers would take apart arrives as it was sent."""

from __future__ import annotations

import io
import zipfile

import pytest

from edoc_connector.envelope.rewrapping import Survey, needs_wrapping, wrapped
from tests.support import builders
from tests.support.dialects import document_in, file_in
from tests.support.dialects import wrapped as zip_of

ONE_ENTRY = zip_of(b"a,b\n" * 100)


@pytest.mark.parametrize("name", ["so-lieu.bak", "ban-ve.dwgz", "van-ban.pdf"])
def test_a_zip_of_one_entry_under_another_name_arrives_as_it_was_sent(name):
    sent = builders.attachment(ONE_ENTRY, name=name)

    packet = builders.packet(
        builders.document(attachments=(sent,)), files=builders.contents(ONE_ENTRY)
    )

    (arrived,) = document_in(packet).attachments
    assert (arrived.sha256, arrived.size) == (sent.sha256, sent.size)
    assert arrived.content_type == "application/zip"
    assert file_in(packet) == ONE_ENTRY


@pytest.mark.parametrize(
    ("data", "name"),
    [(builders.PDF, "a.pdf"), (ONE_ENTRY, "a.zip"), (b"PK\x03\x04 no zip", "a.bin")],
)
def test_every_other_file_travels_as_it_is(data, name):
    assert needs_wrapping([data], name) is None


def test_our_wrapping_is_a_zip_that_anybody_opens():
    made = b"".join(wrapped([b"hello ", b"world"], Survey(11, 0x0D4A1185)))

    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.testzip() is None
        assert archive.read("file") == b"hello world"
