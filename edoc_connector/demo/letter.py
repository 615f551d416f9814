"""A letter as ND 30/2020/ND-CP, annex I, lays it out: a PDF of several pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time
from itertools import cycle
from pathlib import Path
from typing import Final

import fontpkg_be_vietnam_pro
from fpdf import FPDF
from fpdf.enums import Align, XPos, YPos

from edoc_connector.demo.paper import BODY, COUNTRY, MOTTO, SAMPLE, Paper

FAMILY: Final = "BeVietnamPro"
FONTS: Final = Path(fontpkg_be_vietnam_pro.ROOT) / "files"
STYLES: Final = {"": "Regular", "B": "Bold", "I": "Italic"}


class Pages(FPDF):
    """An A4 page with the margins of ND 30/2020, its number and the word of warning."""

    def __init__(self, paper: Paper) -> None:
        super().__init__(format="A4")
        self.set_creation_date(datetime.combine(paper.day, time(8), UTC))
        self.set_title(f"{paper.type_name} {paper.code}")
        self.set_lang("vi-VN")
        self.set_margins(30, 20, 15)
        self.set_auto_page_break(auto=True, margin=20)
        for style, name in STYLES.items():
            self.add_font(FAMILY, style, FONTS / f"{FAMILY}-{name}.ttf")

    def header(self) -> None:
        """Write its number on every page but the first."""
        if self.page_no() > 1:
            self.set_y(10)
            self.line_of(str(self.page_no()), size=11)
            self.set_y(20)

    def footer(self) -> None:
        """Say that it is a sample."""
        self.set_y(-14)
        self.line_of(SAMPLE, size=7, style="I")

    def line_of(self, text: str, *, size: float, style: str = "") -> None:
        """Write centred lines over the whole width."""
        self.set_font(FAMILY, style, size)
        self._write(0, size * 0.5, text, Align.C)

    def column(
        self, text: str, *, x: float, width: float, size: float, style: str = ""
    ) -> None:
        """Write centred lines in a column, and stay below them."""
        self.set_font(FAMILY, style, size)
        self.set_x(x)
        self._write(width, size * 0.5, text, Align.C)

    def paragraph(self, text: str) -> None:
        """Write a justified paragraph."""
        self.set_font(FAMILY, "", 11.5)
        self._write(0, 6.5, f"        {text}", Align.J)
        self.ln(2)

    def _write(self, width: float, height: float, text: str, align: Align) -> None:
        self.multi_cell(
            width, height, text, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )


def letter(paper: Paper) -> bytes:
    """Return the letter as a PDF."""
    sheet = Pages(paper)
    sheet.add_page()
    _head(sheet, paper)
    _title(sheet, paper)
    for paragraph in _paragraphs(sheet, paper.pages):
        sheet.paragraph(paragraph)
    _foot(sheet, paper)
    return bytes(sheet.output())


def _head(sheet: Pages, paper: Paper) -> None:
    """Write the names of the body and of the country side by side (annex I)."""
    top = sheet.get_y()
    sheet.column(paper.superior.upper(), x=20, width=75, size=9.5)
    sheet.column(paper.issuer.upper(), x=20, width=75, size=9.5, style="B")
    sheet.line(48, sheet.get_y() + 1, 67, sheet.get_y() + 1)
    sheet.ln(3)
    sheet.column(f"Số: {paper.code}", x=20, width=75, size=10.5)
    left = sheet.get_y()
    sheet.set_y(top)
    sheet.column(COUNTRY, x=95, width=105, size=9.5, style="B")
    sheet.column(MOTTO, x=95, width=105, size=10.5, style="B")
    sheet.line(122, sheet.get_y() + 1, 173, sheet.get_y() + 1)
    sheet.ln(3)
    dated = (
        f"{paper.place}, ngày {paper.day:%d} tháng {paper.day:%m} năm {paper.day:%Y}"
    )
    sheet.column(dated, x=95, width=105, size=10.5, style="I")
    sheet.set_y(max(left, sheet.get_y()) + 6)


def _title(sheet: Pages, paper: Paper) -> None:
    sheet.line_of(paper.type_name.upper(), size=13, style="B")
    sheet.line_of(paper.subject, size=11.5, style="B")
    sheet.ln(4)
    sheet.paragraph(f"Kính gửi: {'; '.join(paper.addressees)}.")


def _paragraphs(sheet: Pages, pages: int) -> Iterator[str]:
    """Yield numbered paragraphs until there are enough pages."""
    yield BODY[0]
    for number, text in enumerate(cycle(BODY[1:]), start=1):
        yield f"{number}. {text}"
        if number >= len(BODY) - 1 and sheet.page_no() >= pages:
            return


def _foot(sheet: Pages, paper: Paper) -> None:
    """Write to whom it goes, and who signs."""
    sheet.ln(4)
    if sheet.will_page_break(60):
        sheet.add_page()
    top = sheet.get_y()
    sheet.set_font(FAMILY, "I", 9)
    places = "".join(f"\n- {name};" for name in paper.addressees)
    sheet.multi_cell(75, 4.5, f"Nơi nhận:{places}\n- Lưu: VT.", align=Align.L)
    sheet.set_y(top)
    for line in paper.signature:
        sheet.column(line.upper(), x=110, width=85, size=11, style="B")
    sheet.ln(18)
    sheet.column("(Người ký mẫu)", x=110, width=85, size=11)
