"""Family: attachments that are not what they say, and packets that end too early."""

import base64
import io
import zipfile

import pytest

from edoc_connector.envelope.read import read
from edoc_connector.envelope.salvage import salvage
from edoc_connector.envelope.wrapping import END
from edoc_connector.errors import (
    AttachmentDamaged,
    AttachmentNameRefused,
    EnvelopeMalformed,
    EnvelopeRefused,
)
from tests.support import builders, golden
from tests.support.dialects import (
    MAX_BYTES,
    carrying,
    changed,
    document_in,
    file_in,
    received,
    wrapped,
)
from tests.support.memory import growth

SMALL = {
    name: golden.packets()[name]
    for name in ("bare.edxml", "status.edxml", "status-bare.edxml")
}
TOO_LARGE = "unwrapped it has 200000000 bytes, 1000000 are allowed"
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


@pytest.mark.parametrize("name", SMALL)
def test_a_packet_cut_off_at_any_byte_is_salvaged_as_far_as_it_goes(name):
    packet = SMALL[name].rstrip()

    for size in range(len(packet)):
        found = salvage(packet[:size], max_bytes=MAX_BYTES)

        with pytest.raises(EnvelopeRefused) as refused:
            received(packet[:size])
        assert str(found.problems[0]) == str(refused.value)


def test_what_stands_before_the_cut_is_salvaged():
    packet = SMALL["bare.edxml"]
    message = packet.index(b"</edXML:MessageHeader>")

    found = salvage(packet[:message], max_bytes=MAX_BYTES)

    assert found.envelope.content == document_in(packet)


# --- ZIPs that are bombs, or two things at once -------------------------------


def test_a_zip_bomb_is_refused_before_it_is_inflated():
    bomb = base64.b64encode(wrapped(bytes(200_000_000)))

    with growth() as grown, pytest.raises(AttachmentDamaged, match=TOO_LARGE):
        read(carrying(bomb), max_bytes=1_000_000)

    assert grown.megabytes < 10


def test_a_zip_bomb_that_lies_about_its_size_is_refused_where_the_lie_shows():
    archive = bytearray(wrapped(bytes(200_000_000)))
    place = archive.rindex(b"PK\x01\x02") + 24  # 4.3.12: uncompressed size
    archive[place : place + 4] = (1000).to_bytes(4, "little")

    with growth() as grown, pytest.raises(AttachmentDamaged, match="ZIP declares"):
        read(carrying(base64.b64encode(archive)), max_bytes=1_000_000)

    assert grown.megabytes < 10


@pytest.mark.parametrize("offset", [16, 24], ids=["checksum", "size"])
def test_a_zip_whose_file_is_not_what_it_declares_is_refused(offset):
    archive = bytearray(wrapped(builders.PDF))
    archive[archive.rindex(b"PK\x01\x02") + offset] ^= 1

    with pytest.raises(AttachmentDamaged, match="it is not what its ZIP declares"):
        received(carrying(base64.b64encode(archive)))


def test_many_small_zip_bombs_are_refused_before_they_are_one_large_one():
    bomb = wrapped(bytes(400_000), "1.bin")
    files = [builders.attachment(content_id=f"{n}", name=f"{n}.pdf") for n in range(10)]
    packet = builders.packet(builders.document(attachments=tuple(files)))
    packet = packet.replace(base64.b64encode(builders.PDF), base64.b64encode(bomb))

    with pytest.raises(AttachmentDamaged, match="200000 are allowed"):
        read(packet, max_bytes=1_000_000)


def test_a_nested_zip_bomb_is_unwrapped_once():
    bomb = wrapped(wrapped(bytes(50_000_000)))

    assert file_in(carrying(base64.b64encode(bomb))) == wrapped(bytes(50_000_000))


def test_a_zip_bomb_nested_ten_times_is_unwrapped_once():
    bomb = bytes(50_000_000)
    for _ in range(10):
        inner, bomb = bomb, wrapped(bomb)

    assert file_in(carrying(base64.b64encode(bomb))) == inner


def test_a_zip_bomb_of_overlapping_entries_is_never_inflated():
    """A hundred entries of one stretch of data: it would come to 5 GB."""
    one = wrapped(bytes(50_000_000), "a")
    start, end = one.rindex(b"PK\x01\x02"), one.rindex(b"PK\x05\x06")
    directory = one[start:end] * 100
    sizes = (100, 100, len(directory), start, 0)
    bomb = one[:start] + directory + END.pack(b"PK\x05\x06", 0, 0, *sizes)

    with growth() as grown:
        found = file_in(carrying(base64.b64encode(bomb)))

    assert found == bomb
    assert grown.megabytes < 10


def test_a_zip_of_sixteen_exabytes_is_never_inflated():
    """4.3.9.2: sizes that stand elsewhere (ZIP64)."""
    archive = bytearray(wrapped(builders.PDF))
    place = archive.rindex(b"PK\x01\x02")
    archive[place + 20 : place + 28] = b"\xff" * 8

    assert file_in(carrying(base64.b64encode(archive))) == archive


@pytest.mark.parametrize(("offset", "value"), [(8, 1), (10, 9), (10, 12), (42, 1)])
def test_a_zip_of_another_kind_is_the_file_itself(offset, value):
    """Encrypted, Deflate64, BZIP2, not at the beginning."""
    archive = bytearray(wrapped(builders.PDF))
    archive[archive.rindex(b"PK\x01\x02") + offset] = value

    assert file_in(carrying(base64.b64encode(archive))) == archive


def test_a_zip_whose_headers_call_the_file_differently_is_the_file_itself():
    archive = wrapped(builders.PDF, "a.pdf").replace(b"a.pdf", b"b.exe", 1)

    assert file_in(carrying(base64.b64encode(archive))) == archive


# --- the names of entries, which nobody uses and which tell an attack ----------


def refused_entry(entry):
    """Why a packet is refused whose file is wrapped under this name."""
    packet = carrying(base64.b64encode(wrapped(builders.PDF, entry)))
    with pytest.raises(AttachmentNameRefused) as refused:
        received(packet)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 200
    return refused.value.details["problem"]


@pytest.mark.parametrize(
    "entry",
    [
        "../../../etc/cron.d/x",
        "a/../../x",
        "..",
        "..\\..\\x.dll",
        "a\\..\\..\\x.dll",
    ],
)
def test_a_zip_entry_that_climbs_out_of_its_folder_is_refused(entry):
    assert refused_entry(entry) == "it leads out of its folder"


@pytest.mark.parametrize(
    "entry", ["/etc/passwd", "C:\\Windows\\x.dll", "c:x", "\\\\server\\x", "\\x"]
)
def test_a_zip_entry_with_an_absolute_name_is_refused(entry):
    assert refused_entry(entry) == "it leads out of its folder"


def test_a_zip_entry_with_a_nul_in_its_name_is_refused():
    archive = wrapped(builders.PDF, "abc.pdf").replace(b"abc.pdf", b"a\0c.pdf")

    with pytest.raises(AttachmentNameRefused, match="control characters"):
        received(carrying(base64.b64encode(archive)))


@pytest.mark.parametrize("letter", ["\n", "\r", "\x1b", "\x7f", "\x9b", "\u2028"])
def test_a_zip_entry_with_control_characters_is_refused(letter):
    assert refused_entry(f"a{letter}b.pdf") == "it holds control characters"


@pytest.mark.parametrize("letter", ["\u202e", "\u202d", "\u2066", "\u2067"])
def test_a_zip_entry_that_turns_the_reading_direction_is_refused(letter):
    assert refused_entry(f"{letter}fdp.exe") == "it turns the reading direction"


def test_the_mark_of_utf_8_does_not_decide_what_a_zip_entry_is_called():
    archive = wrapped(builders.PDF, "\u202efdp.exe")
    place = archive.rindex(b"PK\x01\x02")
    bare = bytearray(archive)
    bare[7] = bare[place + 9] = 0  # 4.4.4: bit 11

    with pytest.raises(AttachmentNameRefused, match="reading direction"):
        received(carrying(base64.b64encode(bare)))


@pytest.mark.parametrize("entry", ["CON", "nul.pdf", "Com1.tar.gz", "a/LPT1", "aux ."])
def test_a_zip_entry_called_as_a_windows_device_is_refused(entry):
    assert refused_entry(entry) == "Windows opens a device by this name"


@pytest.mark.parametrize("entry", ["x" * 255, "x" * 65_000, "ủ" * 100])
def test_a_zip_entry_with_a_name_of_255_bytes_is_refused(entry):
    assert refused_entry(entry) == "it is longer than any file system lets it be"


@pytest.mark.parametrize(
    "entry", ["công văn.pdf", "0b6f5a1e", "thư mục/công văn.pdf", "x" * 254, "a..b"]
)
def test_a_zip_entry_with_any_other_name_is_unwrapped_under_the_manifests(entry):
    packet = carrying(base64.b64encode(wrapped(builders.PDF, entry)))

    assert document_in(packet).attachments[0].name == "công văn.pdf"
    assert file_in(packet) == builders.PDF


def test_a_zip_entry_called_in_no_utf_8_is_read_as_dos_did():
    archive = wrapped(builders.PDF, "abc.pdf")

    for name in (b"a\xe8c.pdf", b"\xff\xfe\xfd.pdf"):
        packet = carrying(base64.b64encode(archive.replace(b"abc.pdf", name)))
        assert file_in(packet) == builders.PDF
    climbing = carrying(base64.b64encode(archive.replace(b"abc.pdf", b"../\xe8.pd")))
    with pytest.raises(AttachmentNameRefused, match="out of its folder"):
        received(climbing)


# --- the names of attachments --------------------------------------------------


@pytest.fixture(params=["edXML:AttachmentName", "AttachmentName"])
def named(request):
    """A packet whose file has this name, in the manifest or beside the bytes."""

    def make(name):
        tag = request.param
        return changed(
            builders.packet(), f"<{tag}>công văn.pdf</{tag}>", f"<{tag}>{name}</{tag}>"
        )

    return make


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("a&#10;b.pdf", "control characters"),
        ("a&#9;b.pdf", "control characters"),
        ("a&#13;b.pdf", "control characters"),
        ("a&#x7F;b.pdf", "control characters"),
        ("a&#x9B;31m.pdf", "control characters"),
        ("a&#x85;b.pdf", "control characters"),
        ("a\u2028b.pdf", "control characters"),
        ("gpj.\u202efdp.exe", "reading direction"),
        ("a\u2067.pdf", "reading direction"),
        ("CON", "Windows opens a device"),
        ("nul.pdf", "Windows opens a device"),
        ("Com1.tar.gz", "Windows opens a device"),
        ("C:\\fakepath\\LPT1.pdf", "Windows opens a device"),
        ("../../etc/cron.d/x", "out of its folder"),
        ("..\\..\\x.dll", "out of its folder"),
        ("a/../../x", "out of its folder"),
        ("..", "out of its folder"),
    ],
)
def test_an_attachment_with_a_hostile_name_is_refused(named, name, problem):
    with pytest.raises(AttachmentNameRefused, match=problem) as refused:
        received(named(name))

    assert str(refused.value).isprintable()


@pytest.mark.parametrize("number", ["&#0;", "&#x1B;", "&#x1;"])
def test_an_attachment_with_a_character_in_its_name_that_xml_refuses_is_refused(
    named, number
):
    with pytest.raises(EnvelopeMalformed, match=r"line \d+: .*CharRef"):
        received(named(f"a{number}b.pdf"))


@pytest.mark.parametrize(
    "name",
    [
        "C:\\fakepath\\công văn.pdf",
        "/home/vanthu/công văn.pdf",
        "ủ" * 300 + ".pdf",
        "a:b.pdf",
        "a?.pdf",
        "a\u200b.pdf",
        ".htaccess",
    ],
)
def test_an_awkward_name_is_honest_and_only_reported(name):
    packet = builders.packet().replace("công văn.pdf".encode(), name.encode())

    found = received(packet)

    assert found.envelope.content.attachments[0].name == name
    kinds = {each.kind for each in found.deviations} - {"too-long"}
    assert kinds == {"suspicious-name"}


def test_a_file_without_a_name_is_refused():
    packet = builders.packet().replace("công văn.pdf".encode(), b"")

    with pytest.raises(EnvelopeMalformed, match="a file without AttachmentName"):
        received(packet)


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
