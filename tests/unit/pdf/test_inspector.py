from collections.abc import Iterator

import pytest

from edoc_connector.errors import PdfCheckUnavailable
from edoc_connector.model.pdf_signatures import (
    PdfReport,
    PdfState,
    not_checked,
)
from edoc_connector.pdf import inspector as inspector_module
from edoc_connector.pdf.examined import Examined
from edoc_connector.pdf.inspector import NOT_INSTALLED, ChildInspector
from tests.support.builders import SENT_AT

FOUND = PdfReport(state=PdfState.CHECKED, problem="asked")
SIGNED = b"%PDF-1.7\n<< /ByteRange [0 1 2 3] >>"


class Child:
    """Stands where the worker would be."""

    def __init__(self, *_given: object) -> None:
        self.files: list[bytes] = []

    def ask(self, file, seen_at) -> Examined:
        file.seek(0)
        self.files.append(file.read())
        assert seen_at == SENT_AT
        return Examined(state=FOUND.state, problem=FOUND.problem)

    def close(self) -> None:
        self.files.clear()


@pytest.fixture
def inspector(monkeypatch, tmp_path):
    monkeypatch.setattr(inspector_module, "Child", Child)
    return ChildInspector((), tmp_path)


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    for place in range(0, len(data), size):
        yield data[place : place + size]


@pytest.mark.parametrize("size", [1, 3, 7, 11, 1000])
def test_a_signature_is_seen_wherever_a_chunk_ends(inspector, size):
    assert inspector.inspect(pieces(SIGNED, size), SENT_AT) == FOUND
    assert inspector._child.files == [SIGNED]


@pytest.mark.parametrize("size", [1, 5, 1000])
@pytest.mark.parametrize(
    "name",
    [
        b"/Byte#52ange",
        b"/#42#79#74#65#52#61#6e#67#65",
        b"/#42#79#74#65#52#61#6E#67#65",
        b"/FT /Sig",
        b"/AcroForm 7 0 R",
        b"/Type /ObjStm",
        b"/Type /Obj#53tm",
        b"/XRefStm 99",
    ],
)
def test_what_may_bear_a_signature_is_looked_at(inspector, name, size):
    """Names may be spelled otherwise, and dictionaries compressed."""
    assert inspector.inspect(pieces(b"%PDF-1.7 " + name, size), SENT_AT) == FOUND


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_pdf_without_one_is_unsigned(inspector, size):
    report = inspector.inspect(pieces(b"%PDF-1.7\nno signature here", size), SENT_AT)

    assert report == PdfReport(state=PdfState.CHECKED)
    assert inspector._child.files == []


@pytest.mark.parametrize("data", [b"", b"PK\3\4", b" " * 1024 + SIGNED])
def test_what_does_not_begin_as_a_pdf_is_none(inspector, data):
    assert inspector.inspect([data], SENT_AT).state is PdfState.NO_PDF


def test_rubbish_before_the_header_is_what_readers_allow(inspector):
    assert inspector.inspect([b"\n" * 1000 + SIGNED], SENT_AT) == FOUND


def test_without_the_library_only_signed_files_are_not_checked(inspector, monkeypatch):
    monkeypatch.setattr(inspector_module, "find_spec", lambda _name: None)

    assert inspector.problem == NOT_INSTALLED
    assert inspector.inspect([SIGNED], SENT_AT) == not_checked(NOT_INSTALLED)
    assert inspector.inspect([b"%PDF-1.7"], SENT_AT).state is PdfState.CHECKED


def test_with_the_library_there_is_no_problem(inspector):
    assert inspector.problem == ""


def test_where_the_disk_is_full_the_file_is_not_blamed(inspector, monkeypatch):
    def full(**_options):
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(inspector_module, "TemporaryFile", full)

    with pytest.raises(PdfCheckUnavailable, match="no space left"):
        inspector.inspect([SIGNED], SENT_AT)


def test_nothing_of_a_file_stays_on_the_disk(inspector, tmp_path):
    inspector.inspect([SIGNED], SENT_AT)
    inspector.close()

    assert list(tmp_path.iterdir()) == []
