"""The papers of the demo are real files, to the programs of other people."""

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from PIL import Image

from edoc_connector.demo.paper import SAMPLE, Kind, Paper
from edoc_connector.demo.papers import bytes_of

PAPER = Paper(
    kind=Kind.LETTER,
    superior="Ủy ban nhân dân tỉnh Đồng Tháp",
    issuer="Sở Khoa học và Công nghệ",
    code="15/SKHCN-CĐS",
    place="Đồng Tháp",
    day=date(2026, 11, 23),
    type_name="Công văn",
    subject="Về việc kết nối, liên thông phần mềm quản lý văn bản",
    addressees=("Ủy ban nhân dân tỉnh Đồng Tháp", "Văn phòng Chính phủ"),
    signature=("Giám đốc",),
    pages=3,
)

needs_poppler = pytest.mark.skipif(
    shutil.which("pdfinfo") is None, reason="pdfinfo is missing (poppler-utils)"
)


def paper(kind: Kind, **changes: object) -> bytes:
    return bytes_of(replace(PAPER, kind=kind, **changes))


def told(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout


@pytest.fixture
def letter(tmp_path: Path) -> str:
    path = tmp_path / "letter.pdf"
    path.write_bytes(paper(Kind.LETTER))
    return str(path)


@pytest.fixture
def scan(tmp_path: Path) -> str:
    path = tmp_path / "scan.pdf"
    path.write_bytes(paper(Kind.SCAN, pages=2))
    return str(path)


@needs_poppler
def test_a_letter_is_a_pdf_of_several_pages(letter):
    info = told("pdfinfo", letter)

    assert re.search(r"^Pages: +3$", info, re.MULTILINE)
    assert "A4" in info
    assert "Công văn 15/SKHCN-CĐS" in info


@needs_poppler
def test_a_letter_is_laid_out_as_the_decree_says_in_vietnamese(letter):
    text = " ".join(told("pdftotext", "-layout", letter, "-").split())

    for part in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "SỞ KHOA HỌC VÀ CÔNG NGHỆ",
        "Số: 15/SKHCN-CĐS",
        "Đồng Tháp, ngày 23 tháng 11 năm 2026",
        "Về việc kết nối, liên thông phần mềm quản lý văn bản",
        "Nơi nhận:",
        "GIÁM ĐỐC",
        SAMPLE,
    ):
        assert part in text


@needs_poppler
def test_a_letter_carries_its_fonts(letter):
    fonts = told("pdffonts", letter).splitlines()[2:]

    assert fonts
    assert all("BeVietnamPro" in font and "yes yes yes" in font for font in fonts)


@needs_poppler
def test_a_scan_is_a_pdf_too(scan):
    assert re.search(r"^Pages: +2$", told("pdfinfo", scan), re.MULTILINE)
    assert len(told("pdfimages", "-list", scan).splitlines()) == 2 + 2


def test_a_scan_is_as_large_as_asked_for_and_cannot_be_made_smaller():
    large = paper(Kind.SCAN, megabytes=4, pages=1)

    assert 4 << 20 < len(large) < 7 << 20
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("scan.pdf", large)
    assert packed.tell() > 0.9 * len(large)


def test_a_picture_is_a_picture():
    with Image.open(io.BytesIO(paper(Kind.IMAGE))) as picture:
        picture.load()

    assert picture.format == "PNG"
    assert picture.size == (661, 935)


def test_a_workbook_opens_and_says_what_it_is_about():
    book = openpyxl.load_workbook(io.BytesIO(paper(Kind.SHEET)))

    table = book["Số liệu"]
    assert table["A1"].value == PAPER.subject
    assert table["A2"].value == SAMPLE
    assert table.max_row == 63


@pytest.mark.parametrize("kind", list(Kind))
def test_the_same_paper_has_the_same_bytes_at_any_time(kind, monkeypatch):
    first = paper(kind, pages=1)
    bytes_of.cache_clear()
    # Neither the clock nor the zone of whoever makes it shows.
    monkeypatch.setenv("TZ", "America/Lima")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")

    assert paper(kind, pages=1) == first


@pytest.mark.parametrize("kind", list(Kind))
def test_different_papers_have_different_bytes(kind):
    assert paper(kind, pages=1) != paper(kind, pages=1, code="16/SKHCN-CĐS")
