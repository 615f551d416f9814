"""The registers at both ends, written and counted with SQL that no connector has."""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from sqlite3 import Connection, connect
from typing import Final

from bench.soak.documents import paper
from edoc_connector.model.document import Organization

BUSY_SECONDS: Final = 60.0

ROW: Final = """
INSERT INTO van_ban_di (id, so, ky_hieu, ngay_ban_hanh, dia_danh, trich_yeu,
    loai_van_ban, chuc_vu_ky, nguoi_ky, do_khan, trang_thai_lien_thong)
VALUES (?, ?, 'UBND-THVX', ?, 'Đồng Tháp', ?, 'Công văn', 'Chủ tịch',
    'Người ký mẫu', 'Thường', 'Chờ gửi')
"""
RECIPIENT: Final = """
INSERT INTO noi_nhan_van_ban_di (van_ban_id, ma_dinh_danh, ten_don_vi) VALUES (?, ?, ?)
"""
FILE: Final = """
INSERT INTO tep_dinh_kem_van_ban_di (van_ban_id, thu_tu, ten_tep, noi_dung)
VALUES (?, 1, ?, ?)
"""
ARRIVED: Final = "SELECT count(*) FROM van_ban_den"
KNOWN: Final = "SELECT count(*) FROM noi_nhan_van_ban_di WHERE trang_thai = 'Đã đến'"
GONE: Final = "SELECT count(*) FROM noi_nhan_van_ban_di WHERE trang_thai = 'Đã gửi'"


def release(
    path: Path,
    *,
    documents: int,
    size: int,
    recipients: Sequence[Organization],
    today: date,
) -> None:
    """Put so many documents with a PDF of this size into the register, to be sent."""
    with closing(_open(path)) as register, register:
        last = _count(register, "SELECT coalesce(max(id), 0) FROM van_ban_di")
        for row in range(last + 1, last + documents + 1):
            _insert(register, row, size=size, recipients=recipients, today=today)


def _insert(
    register: Connection,
    row: int,
    *,
    size: int,
    recipients: Sequence[Organization],
    today: date,
) -> None:
    subject = f"Về việc gửi, nhận văn bản điện tử đợt {row}"
    register.execute(ROW, (row, str(row), today.isoformat(), subject))
    register.executemany(RECIPIENT, [(row, it.code, it.name) for it in recipients])
    register.execute(FILE, (row, f"{row}.pdf", pdf(row, size)))


def pdf(number: int, size: int) -> bytes:
    """Return a real PDF of about this size, like no other."""
    return paper(str(number), random.Random(number).randbytes(size))  # noqa: S311


def arrived(path: Path) -> int:
    """Count what stands in a register of arrivals."""
    return _asked(path, ARRIVED)


def known(path: Path) -> int:
    """Count the deliveries of which the sender's register says that they came."""
    return _asked(path, KNOWN)


def gone(path: Path) -> int:
    """Count the deliveries of which it says that they have left, and no more."""
    return _asked(path, GONE)


def _asked(path: Path, sql: str) -> int:
    with closing(_open(path)) as register:
        return _count(register, sql)


def _count(register: Connection, sql: str) -> int:
    return int(register.execute(sql).fetchone()[0])


def _open(path: Path) -> Connection:
    return connect(path, timeout=BUSY_SECONDS)
