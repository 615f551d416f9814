"""The documents of a soak: no two alike, in what they say or in their file."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from edoc_connector.demo.plot import OFFICES
from edoc_connector.model.document import Organization

SMALLEST_BYTES: Final = 2_000
LARGEST_BYTES: Final = 24_000
DAYS: Final = 20
TYPES: Final = ("Công văn", "Báo cáo", "Tờ trình", "Quyết định", "Giấy mời")
PRIORITIES: Final = ("Thường",) * 7 + ("Khẩn", "Thượng khẩn", "Hỏa tốc")
PAGE: Final = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R"
    b" /Resources << /Font << /F1 4 0 R >> >> >>"
)
SUBJECTS: Final = (
    "Về việc gửi, nhận văn bản điện tử đợt {number}",
    'V/v "rà soát" số liệu <kỳ {number}> & đối chiếu',
    "Trả lời kiến nghị số {number}; mở ngoặc ]]> đóng ngoặc",
    "Mời họp giao ban lần thứ {number}'",
    "Số liệu tháng, phụ lục {number}: 50% của 2 023 \U0001d54f \\n",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What both registers must say of a document, word for word."""

    sender: str
    number: str
    notation: str
    promulgated: str
    subject: str
    type_name: str
    position: str
    priority: str
    file_name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Written:
    """A document as it is put into its sender's register."""

    row_id: int
    fields: Fields
    file: bytes


def document(sender: Organization, row_id: int, *, seed: int, today: date) -> Written:
    """Return the document of this row; the same seed makes the same one."""
    chance = random.Random(f"{seed} {sender.code} {row_id}")  # noqa: S311
    office = OFFICES[sender]
    file = pdf(f"{sender.code} {row_id}", chance)
    fields = Fields(
        sender=sender.code,
        number=str(row_id),
        notation=office.notation,
        promulgated=(today - timedelta(days=row_id % DAYS)).isoformat(),
        subject=chance.choice(SUBJECTS).format(number=row_id),
        type_name=chance.choice(TYPES),
        position=office.position,
        priority=chance.choice(PRIORITIES),
        file_name=f"{row_id}_{office.notation}.pdf",
        sha256=hashlib.sha256(file).hexdigest(),
    )
    return Written(row_id, fields, file)


def pdf(text: str, chance: random.Random) -> bytes:
    """Return a small real PDF: one page with this text, and ballast of its own."""
    size = chance.randint(SMALLEST_BYTES, LARGEST_BYTES)
    return paper(text, chance.randbytes(size))


def paper(text: str, ballast: bytes) -> bytes:
    """Return a real PDF: one page with this text, and a stream that nobody sees."""
    shown = f"BT /F1 14 Tf 72 760 Td ({text}) Tj ET".encode()
    bodies = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        PAGE,
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        _stream(shown),
        _stream(ballast),
    )
    return _assembled(bodies)


def _stream(content: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content)


def _assembled(bodies: tuple[bytes, ...]) -> bytes:
    file = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(bodies, start=1):
        places.append(len(file))
        file += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    file += b"".join(b"%010d 00000 n \n" % place for place in places)
    file += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(bodies) + 1)
    file += b"startxref\n%d\n%%%%EOF\n" % table
    return bytes(file)
