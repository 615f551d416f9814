import io
import struct
import zipfile
import zlib

import pytest

from edoc_connector.envelope.wrapping import (
    HEAD_BYTES,
    TAIL_BYTES,
    find_wrapping,
    unwrapped,
    wrapping_of,
)
from edoc_connector.errors import AttachmentDamaged
from tests.support import builders
from tests.support.dialects import wrapped

DATA = bytes(range(256)) * 4000


def unwrap(archive, name="a.doc", step=1000):
    wrapping = find_wrapping(
        archive[:HEAD_BYTES], archive[-TAIL_BYTES:], size=len(archive), name=name
    )
    if wrapping is None:
        return None
    chunks = (archive[start : start + step] for start in range(0, len(archive), step))
    return b"".join(unwrapped(chunks, wrapping, name=name))


def zipped(*entries, method=zipfile.ZIP_DEFLATED, comment=b"", streamed=False):
    out = io.BytesIO()
    target = Streamed(out) if streamed else out
    with zipfile.ZipFile(target, "w", method) as archive:
        archive.comment = comment
        for name in entries:
            archive.writestr(name, DATA)
    return out.getvalue()


class Streamed:
    """Cannot seek: sizes come after the data, as in Java's ZipOutputStream."""

    def __init__(self, out):
        self.write = out.write
        self.flush = out.flush


@pytest.mark.parametrize("step", [1, 1000, 10**7])
@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
@pytest.mark.parametrize("streamed", [False, True])
def test_the_one_file_of_a_wrapping_comes_out(method, streamed, step):
    archive = zipped("1-2-3.doc", method=method, streamed=streamed, comment=b"c")

    assert unwrap(archive, step=step) == DATA


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("a.doc", "1-2-3.edxml"),
        ("a.docx", "1-2-3.docx"),
        ("A.PDF", "1-2-3.PDF"),
        ("a", "1-2-3"),
        ("a.kmz", "1-2-3.kmz"),
        ("a.doc", "../../etc/passwd"),
        ("a.doc", "C:\\windows\\a.doc"),
        ("a.doc", "công văn.doc"),
    ],
)
def test_what_the_entry_is_called_does_not_matter(name, entry):
    assert unwrap(zipped(entry), name) == DATA


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("a.zip", ["b.doc"]),
        ("A.ZIP", ["b.doc"]),
        ("a.kmz", ["doc.kml"]),
        ("a.doc", []),
        ("a.doc", ["b.doc", "c.doc"]),
        ("a.doc", ["b/"]),
        ("a.docx", ["[Content_Types].xml", "word/document.xml"]),
        ("a.docx", ["[Content_Types].xml"]),
        ("a.odt", ["mimetype", "content.xml"]),
        ("a.odt", ["mimetype"]),
    ],
)
def test_a_zip_that_is_no_wrapping_is_the_file_itself(name, entries):
    assert unwrap(zipped(*entries), name) is None


@pytest.mark.parametrize("step", [1, 3, 40, 10**6])
def test_the_wrapping_is_the_same_however_the_file_comes(step):
    archive = wrapped(bytes(range(256)) * 10, "1-2-3.doc")
    chunks = [archive[start : start + step] for start in range(0, len(archive), step)]

    found = wrapping_of(chunks, name="a.doc")

    assert found
    assert found == find_wrapping(archive, archive, size=len(archive), name="a.doc")


@pytest.mark.parametrize("step", [1, 3, 40, 10**6])
@pytest.mark.parametrize(
    ("data", "name", "most"),
    [
        (builders.PDF, "a.pdf", 1),
        (b"PK is how this text begins" + DATA, "a.txt", 3),
        (zipped("[Content_Types].xml", "word/document.xml"), "a.docx", 49),
        (zipped("mimetype"), "a.odt", 38),
        (zipped("b.doc"), "a.zip", 30),
    ],
)
def test_what_does_not_begin_as_a_wrapping_is_not_read_on(data, name, most, step):
    chunks = Counted(data[start : start + step] for start in range(0, len(data), step))

    assert wrapping_of(chunks, name=name) is None

    assert chunks.bytes < most + step


def test_a_wrapping_is_told_by_what_is_kept_of_its_end():
    padded = zipped("1-2-3.doc", method=zipfile.ZIP_STORED, comment=b"c" * 60_000)
    chunks = [padded[start : start + 7000] for start in range(0, len(padded), 7000)]

    assert wrapping_of(chunks, name="a.doc") == find_wrapping(
        padded[:HEAD_BYTES], padded[-TAIL_BYTES:], size=len(padded), name="a.doc"
    )


class Counted:
    """Chunks that count how much of them was taken."""

    def __init__(self, chunks):
        self.chunks = chunks
        self.bytes = 0

    def __iter__(self):
        for chunk in self.chunks:
            self.bytes += len(chunk)
            yield chunk


@pytest.mark.parametrize(
    "archive",
    [
        b"",
        b"PK\x03\x04",
        b"PK\x03\x04" + DATA,
        zipped("a.doc")[:-1],
        zipped("a.doc") + b"x",
        b"x" + zipped("a.doc"),
        zipped("a.doc", method=zipfile.ZIP_BZIP2),
        zipped("a.doc").replace(b"a.doc", b"b.doc", 1),
        b"PK\x03\x04" + b"PK\x05\x06" + bytes(4) + b"\1\0\1\0" + bytes(10),
    ],
)
def test_what_is_not_plainly_one_file_in_a_zip_is_the_file_itself(archive):
    assert unwrap(archive) is None


def test_an_encrypted_entry_is_left_alone():
    archive = bytearray(zipped("a.doc"))
    place = archive.rindex(b"PK\x01\x02")
    archive[place + 8] |= 1

    assert unwrap(bytes(archive)) is None


def test_a_second_entry_that_the_directory_hides_is_no_wrapping():
    hidden = zipped("x.doc")
    local = hidden[: hidden.rindex(b"PK\x01\x02")]
    plain = zipped("a.doc")
    place = plain.rindex(b"PK\x01\x02")
    end = bytearray(plain[place:])
    start = len(end) - 6
    end[start : start + 4] = struct.pack("<L", place + len(local))

    assert unwrap(plain[:place] + local + bytes(end)) is None


@pytest.mark.parametrize("offset", [16, 24])
def test_a_wrapping_whose_file_is_not_as_declared_is_damaged(offset):
    archive = bytearray(wrapped(DATA))
    place = archive.rindex(b"PK\x01\x02") + offset
    archive[place : place + 4] = struct.pack("<L", 7)

    with pytest.raises(AttachmentDamaged, match="not what its ZIP declares"):
        unwrap(bytes(archive))


def test_a_wrapping_that_does_not_inflate_is_damaged():
    archive = bytearray(wrapped(DATA))
    archive[60:90] = b"\xff" * 30

    with pytest.raises(AttachmentDamaged, match="its ZIP is damaged") as caught:
        unwrap(bytes(archive))

    assert isinstance(caught.value.__cause__, zlib.error)


def test_inflating_stops_at_the_declared_size():
    bomb = bytearray(wrapped(bytes(50_000_000)))
    place = bomb.rindex(b"PK\x01\x02") + 24
    bomb[place : place + 4] = struct.pack("<L", 10)
    wrapping = find_wrapping(bytes(bomb), bytes(bomb), size=len(bomb), name="a")
    pieces = unwrapped(iter([bytes(bomb)]), wrapping, name="a")

    with pytest.raises(AttachmentDamaged):
        next(pieces)
