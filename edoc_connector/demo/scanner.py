"""Scanned papers: pictures of pages with the dirt that makes such files large."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator

from PIL import Image, ImageDraw, ImageFont

from edoc_connector.demo.letter import FAMILY, FONTS, Pages
from edoc_connector.demo.paper import BODY, COUNTRY, MOTTO, SAMPLE, Paper


def scan(paper: Paper) -> bytes:
    """Make a PDF of scanned pages, which no compression makes smaller."""
    sheet = Pages(paper)
    sheet.set_margin(0)
    size, page = 0, 0
    while page < paper.pages or size < paper.megabytes << 20:
        page += 1
        scanned = io.BytesIO()
        _scanned(paper, page, dpi=200, dirt=0.3).save(scanned, "JPEG", quality=92)
        size += scanned.tell()
        sheet.add_page()
        sheet.image(scanned, x=0, y=0, w=sheet.w, h=sheet.h)
    return bytes(sheet.output())


def image(paper: Paper) -> bytes:
    """Return the first page as a PNG picture."""
    png = io.BytesIO()
    _scanned(paper, 1, dpi=80, dirt=0.1).save(png, "PNG")
    return png.getvalue()


def _scanned(paper: Paper, page: int, *, dpi: int, dirt: float) -> Image.Image:
    """Return a page as a scanner sees it: letters, paper and dirt."""
    size = (dpi * 827 // 100, dpi * 1169 // 100)
    clean = Image.new("L", size, 250)
    pen = ImageDraw.Draw(clean)
    for number, line in enumerate(_lines(paper, page)):
        font = ImageFont.truetype(FONTS / f"{FAMILY}-Regular.ttf", dpi // 7)
        pen.text((dpi, dpi * 3 // 4 + number * dpi // 4), line, fill=20, font=font)
    noise = random.Random(f"{paper.code} {page}").randbytes(size[0] * size[1])  # noqa: S311
    return Image.blend(clean, Image.frombytes("L", size, noise), dirt)


def _lines(paper: Paper, page: int) -> Iterator[str]:
    yield from (COUNTRY, MOTTO, paper.issuer, f"Số: {paper.code}", f"Trang {page}", "")
    for paragraph in (paper.subject, *BODY):
        words = paragraph.split()
        yield from (" ".join(words[at : at + 13]) for at in range(0, len(words), 13))
    yield from ("", SAMPLE)
