"""Family: attachments that are not what they say, and packets that end too early."""

import base64
import io
import zipfile

import pytest

from edoc_connector.envelope.read import read
from edoc_connector.errors import AttachmentDamaged, EnvelopeRefused
from tests.support import builders
from tests.support.dialects import (
    carrying,
    document_in,
    file_in,
    received,
    wrapped,
)

LONG = base64.b64encode(bytes(range(256)) * 100)


@pytest.mark.parametrize("size", [len(LONG), 64])
@pytest.mark.parametrize(
    "rubbish", [b"*", b"=", b"\xc4\x83", b"&lt;", b"&#x41;=", b"A", b"]]&gt;", b"-_"]
)
def test_rubbish_in_base64_is_refused(size, rubbish):
    text = LONG[:size]

    with pytest.raises(EnvelopeRefused):
        received(carrying(text[:20] + rubbish + text[20:]))


@pytest.mark.parametrize("byte", [b"\xff", b"\0"])
@pytest.mark.parametrize("size", [len(LONG), 64])
def test_bytes_that_are_no_text_in_base64_are_refused(size, byte):
    text = LONG[:size]

    with pytest.raises(EnvelopeRefused):
        received(carrying(text[:20] + byte + text[20:]))


def test_a_packet_cut_off_at_any_byte_is_refused():
    packet = builders.packet().rstrip()

    for size in range(len(packet)):
        with pytest.raises(EnvelopeRefused):
            received(packet[:size])


def test_a_packet_with_a_long_file_cut_off_at_any_byte_is_refused():
    packet = carrying(LONG).rstrip()

    for size in range(len(packet) - len(LONG) - 100, len(packet), 97):
        with pytest.raises(EnvelopeRefused):
            received(packet[:size])


def test_a_zip_bomb_is_refused_before_it_is_inflated():
    bomb = base64.b64encode(wrapped(bytes(200_000_000)))

    with pytest.raises(AttachmentDamaged, match="200000000 bytes, 1000000 are allowed"):
        read(carrying(bomb), max_bytes=1_000_000)


def test_a_nested_zip_bomb_is_unwrapped_once():
    bomb = wrapped(wrapped(bytes(50_000_000)))

    assert file_in(carrying(base64.b64encode(bomb))) == wrapped(bytes(50_000_000))


@pytest.mark.parametrize(
    "entry",
    [
        "../../../etc/cron.d/x",
        "/etc/passwd",
        "C:\\Windows\\System32\\x.dll",
        "a\nb.pdf",
        "\u202efdp.exe",
        "CON",
        "x" * 300,
    ],
)
def test_the_name_of_a_zip_entry_goes_nowhere(entry):
    packet = carrying(base64.b64encode(wrapped(builders.PDF, entry)))

    attachment = document_in(packet).attachments[0]

    assert attachment.name == "công văn.pdf"
    assert file_in(packet) == builders.PDF


def test_a_zip_that_hides_a_nul_in_its_entrys_name_goes_nowhere():
    archive = wrapped(builders.PDF, "abc.pdf").replace(b"abc.pdf", b"a\0c.pdf")

    assert file_in(carrying(base64.b64encode(archive))) == builders.PDF


def test_an_office_file_is_never_taken_apart():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    packet = carrying(base64.b64encode(out.getvalue()), name="a.docx")

    assert file_in(packet) == out.getvalue()


def test_a_wrapped_office_file_is_unwrapped_once():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    packet = carrying(
        base64.b64encode(wrapped(out.getvalue(), "1.docx")), name="a.docx"
    )

    assert file_in(packet) == out.getvalue()
