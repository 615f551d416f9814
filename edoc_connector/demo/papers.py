"""The papers of the demo as files: real PDF, XLSX and PNG, each saying it is a sample.

The same paper has the same bytes wherever it is made (with the same libraries), so that
its digest can be compared.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from datetime import datetime, time
from functools import lru_cache
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Font

from edoc_connector.demo.letter import letter
from edoc_connector.demo.paper import SAMPLE, Kind, Paper
from edoc_connector.demo.scanner import image, scan

STAMP: Final = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@lru_cache(maxsize=64)
def bytes_of(paper: Paper) -> bytes:
    """Return the file."""
    match paper.kind:
        case Kind.LETTER:
            return letter(paper)
        case Kind.SCAN:
            return scan(paper)
        case Kind.SHEET:
            return _workbook(paper)
        case Kind.IMAGE:
            return image(paper)


def _workbook(paper: Paper) -> bytes:
    """Make a workbook: a head and rows of figures."""
    book = Workbook()
    table = book.active
    table.title = "Số liệu"
    table.append([paper.subject])
    table.append([SAMPLE])
    table.append(["TT", "Nội dung", "Văn bản đi", "Văn bản đến", "Tỷ lệ đúng hạn"])
    figures = random.Random(paper.code)  # noqa: S311
    for number in range(1, 61):
        sent, received = figures.randint(10, 900), figures.randint(50, 4000)
        on_time = round(figures.uniform(0.8, 1), 3)
        table.append([number, f"Đơn vị thứ {number}", sent, received, on_time])
    for cell in (*table[1], *table[3]):
        cell.font = Font(bold=True)
    table.column_dimensions["B"].width = 40
    file = io.BytesIO()
    book.save(file)
    return _undated(file, datetime.combine(paper.day, time(8)))


def _undated(file: io.BytesIO, stamp: datetime) -> bytes:
    """Write the ZIP again without the moment at which it was made."""
    fixed = io.BytesIO()
    with zipfile.ZipFile(file) as found, zipfile.ZipFile(fixed, "w") as written:
        for entry in found.infolist():
            data = found.read(entry)
            if entry.filename == "docProps/core.xml":
                data = STAMP.sub(f"{stamp:%Y-%m-%dT%H:%M:%SZ}".encode(), data)
            name = zipfile.ZipInfo(entry.filename, stamp.timetuple()[:6])
            name.compress_type = zipfile.ZIP_DEFLATED
            written.writestr(name, data)
    return fixed.getvalue()
