"""The registers of a soak, written and read with SQL that no connector has.

What a connector says of itself is not asked: only what stands in the two registers.
"""

from __future__ import annotations

import dataclasses
import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.soak.documents import Fields, Written
from edoc_connector.model.document import Organization

BUSY_SECONDS: Final = 60.0

ROW: Final = """
INSERT INTO van_ban_di (id, so, ky_hieu, ngay_ban_hanh, dia_danh, trich_yeu,
    loai_van_ban, chuc_vu_ky, nguoi_ky, do_khan, trang_thai_lien_thong)
VALUES (?, ?, ?, ?, 'Đồng Tháp', ?, ?, ?, 'Người ký mẫu', ?, 'Chờ gửi')
"""
RECIPIENT: Final = """
INSERT INTO noi_nhan_van_ban_di (van_ban_id, ma_dinh_danh, ten_don_vi) VALUES (?, ?, ?)
"""
FILE: Final = """
INSERT INTO tep_dinh_kem_van_ban_di (van_ban_id, thu_tu, ten_tep, noi_dung)
VALUES (?, 1, ?, ?)
"""
ACKNOWLEDGED: Final = """
SELECT count(*) FROM noi_nhan_van_ban_di WHERE trang_thai = 'Đã đến'
"""
STATES: Final = """
SELECT d.trang_thai_lien_thong || ' / ' || n.trang_thai, count(*)
FROM van_ban_di d JOIN noi_nhan_van_ban_di n ON n.van_ban_id = d.id
GROUP BY 1 ORDER BY 1
"""
IN_THE_ROW: Final = tuple(
    field.name for field in dataclasses.fields(Fields) if field.name != "sha256"
)
ARRIVED: Final = """
SELECT d.id AS row_id, d.ma_van_ban AS document_id, d.ma_don_vi_gui AS sender,
    d.so AS number, d.ky_hieu AS notation, d.ngay_ban_hanh AS promulgated,
    d.trich_yeu AS subject, d.loai_van_ban AS type_name, d.chuc_vu_ky AS position,
    d.do_khan AS priority, t.ten_tep AS file_name, t.noi_dung AS content
FROM van_ban_den d LEFT JOIN tep_dinh_kem_van_ban_den t ON t.van_ban_id = d.id
ORDER BY d.id
"""


def release(path: Path, documents: Iterable[Written], recipient: Organization) -> None:
    """Put documents into the register of their sender, to be sent."""
    with _register(path) as register, register:
        for document in documents:
            fields, row = document.fields, document.row_id
            register.execute(
                ROW,
                (
                    row,
                    fields.number,
                    fields.notation,
                    fields.promulgated,
                    fields.subject,
                    fields.type_name,
                    fields.position,
                    fields.priority,
                ),
            )
            register.execute(RECIPIENT, (row, recipient.code, recipient.name))
            register.execute(FILE, (row, fields.file_name, document.file))


def acknowledged(path: Path) -> int:
    """Count the documents of which the clerk of this register reads that they came."""
    with _register(path) as register:
        return int(register.execute(ACKNOWLEDGED).fetchone()[0])


def states(path: Path) -> dict[str, int]:
    """Count the documents of this register by what it says of them."""
    with _register(path) as register:
        return {str(state): int(many) for state, many in register.execute(STATES)}


@dataclass(frozen=True, slots=True)
class Arrived:
    """One document in the register of arrivals, once for each file it has there."""

    row_id: int
    document_id: str
    fields: Fields


def arrived(path: Path) -> Iterator[Arrived]:
    """Yield what this register says has arrived; a document without a file also."""
    with _register(path) as register:
        for row in register.execute(ARRIVED):
            digest = hashlib.sha256(row["content"] or b"").hexdigest()
            values = {name: str(row[name]) for name in IN_THE_ROW}
            fields = Fields(**values, sha256=digest)
            yield Arrived(row["row_id"], row["document_id"], fields)


@contextmanager
def _register(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection
