"""The document registers of the demo: made, filled with a scene, and read again.

The reader looks at the tables with SQL of its own, so that it can disagree with the
connector about what is there.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from edoc_connector.demo.papers import bytes_of
from edoc_connector.demo.plot import NOWHERE, ORGANIZATIONS
from edoc_connector.demo.scene import Scene, SceneDocument, SceneFile
from edoc_connector.model.change import ChangeKind
from edoc_connector.model.document import Organization
from edoc_connector.model.organization_code import OrganizationCode

PROFILE: Final = "demo"
BUSY_SECONDS: Final = 10

PAGE_BYTES: Final = 32_768
"""For rows with a file in them: with 4 KB each file costs eight times the calls."""


def files_folder(path: Path) -> Path:
    """Return the folder in which the register at `path` keeps some of its files."""
    return path.parent / "files"


def create(path: Path, organization: Organization) -> None:
    """Make the empty register of an organisation, with its address book."""
    files_folder(path).mkdir(parents=True, exist_ok=True)
    schema = files("edoc_connector.examples") / "dms" / f"{PROFILE}.sql"
    book = [
        (one.code, one.name, one.code == organization.code)
        for one in (*ORGANIZATIONS, NOWHERE)
    ]
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        connection.executescript(schema.read_text(encoding="utf-8"))
        with connection:
            connection.executemany("INSERT INTO don_vi VALUES (?, ?, ?)", book)


def fill(path: Path, scene: Scene, organization: Organization) -> None:
    """Put the scene's documents of one organisation into its register, to be sent."""
    with _register(path) as connection, connection:
        for document in scene.sent_by(organization.code):
            _insert(connection, document)
            for position, file in enumerate(document.files, start=1):
                _insert_file(connection, path, document, file, position)


BUSINESS: Final = {ChangeKind.RECALL: "Thu hồi", ChangeKind.REPLACE: "Thay thế"}
"""What the register calls a document that changes another one."""


def _insert(connection: sqlite3.Connection, document: SceneDocument) -> None:
    reply, change = document.reply, document.change
    connection.execute(
        """
        INSERT INTO van_ban_di (id, so, ky_hieu, ngay_ban_hanh, dia_danh, trich_yeu,
            loai_van_ban, quyen_han_ky, chuc_vu_ky, nguoi_ky, do_khan, han_tra_loi,
            tra_loi_don_vi, tra_loi_so_ky_hieu, tra_loi_ngay, loai_nghiep_vu,
            van_ban_goc, ly_do_nghiep_vu, trang_thai_lien_thong)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'Người ký mẫu', ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (
            document.row_id,
            document.number,
            document.notation,
            document.promulgated.isoformat(),
            document.place,
            document.subject,
            document.type_name,
            document.competence,
            document.position,
            document.priority,
            document.due.isoformat() if document.due else None,
            reply.organization if reply else None,
            reply.code if reply else None,
            reply.promulgated.isoformat() if reply else None,
            BUSINESS[change.kind] if change else "Văn bản mới",
            change.original if change else None,
            change.reason if change else None,
            # A clerk releases it when its original is where it is to be.
            "Dự thảo" if change else "Chờ gửi",
        ),
    )
    connection.executemany(
        "INSERT INTO noi_nhan_van_ban_di (van_ban_id, ma_dinh_danh, ten_don_vi)"
        " VALUES (?, ?, ?)",
        [(document.row_id, one.code, one.name) for one in document.recipients],
    )


def _insert_file(
    connection: sqlite3.Connection,
    path: Path,
    document: SceneDocument,
    file: SceneFile,
    position: int,
) -> None:
    content = bytes_of(file.paper) if file.paper else None
    place = f"{document.promulgated:%Y/%m/%d}/{document.row_id}-{position}.bin"
    if content and file.in_folder:
        kept = files_folder(path) / place
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(content)
    connection.execute(
        "INSERT INTO tep_dinh_kem_van_ban_di"
        " (van_ban_id, thu_tu, ten_tep, duong_dan, noi_dung) VALUES (?, ?, ?, ?, ?)",
        (
            document.row_id,
            position,
            file.name,
            place if file.in_folder else None,
            None if file.in_folder else content,
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingRow:
    """One document and recipient as the sender's register shows them now."""

    row_id: str
    label: str
    subject: str
    priority: str
    state: str
    reason: str
    recipient: OrganizationCode
    recipient_name: str
    recipient_state: str
    recipient_reason: str
    handled: str
    sent_at: str
    arrived_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingRow:
    """A document as the receiver's register shows it now.

    `copies` counts the rows with its delivery key; there must never be two.
    """

    row_id: str
    key: str
    copies: int
    document_id: str
    sender: OrganizationCode
    sender_name: str
    label: str
    subject: str
    priority: str
    state: str
    arrived_at: str


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as a register keeps it."""

    name: str
    size: int
    sha256: str


OUTGOING: Final = """
SELECT CAST(d.id AS TEXT) AS row_id, COALESCE(d.so || '/', '') || d.ky_hieu AS label,
       d.trich_yeu AS subject, d.do_khan AS priority,
       d.trang_thai_lien_thong AS state, COALESCE(d.ly_do, '') AS reason,
       n.ma_dinh_danh AS recipient, n.ten_don_vi AS recipient_name,
       n.trang_thai AS recipient_state, COALESCE(n.ly_do, '') AS recipient_reason,
       COALESCE(n.trang_thai_xu_ly, '') AS handled,
       COALESCE(n.ngay_gui, '') AS sent_at, COALESCE(n.ngay_den, '') AS arrived_at
FROM van_ban_di d JOIN noi_nhan_van_ban_di n ON n.van_ban_id = d.id
ORDER BY d.id, n.ma_dinh_danh
"""

INCOMING: Final = """
SELECT CAST(d.id AS TEXT) AS row_id, d.ma_giao_nhan AS "key",
       (SELECT count(*) FROM van_ban_den o WHERE o.ma_giao_nhan = d.ma_giao_nhan)
       AS copies,
       d.ma_van_ban AS document_id, d.ma_don_vi_gui AS sender,
       COALESCE(d.ten_don_vi_gui, '') AS sender_name, d.so || '/' || d.ky_hieu AS label,
       d.trich_yeu AS subject, d.do_khan AS priority, d.trang_thai AS state,
       d.ngay_den AS arrived_at
FROM van_ban_den d ORDER BY d.id
"""

OUTGOING_FILES: Final = """
SELECT ten_tep, duong_dan, noi_dung FROM tep_dinh_kem_van_ban_di
WHERE van_ban_id = ? ORDER BY thu_tu
"""

INCOMING_FILES: Final = """
SELECT ten_tep, NULL, noi_dung FROM tep_dinh_kem_van_ban_den
WHERE van_ban_id = ? ORDER BY thu_tu
"""


def outgoing(path: Path) -> Sequence[OutgoingRow]:
    """Return what the register says about its own documents, by recipient."""
    with _register(path) as connection:
        return [OutgoingRow(**row) for row in connection.execute(OUTGOING)]


def incoming(path: Path) -> Sequence[IncomingRow]:
    """Return what the register says has arrived."""
    with _register(path) as connection:
        return [IncomingRow(**row) for row in connection.execute(INCOMING)]


def outgoing_files(path: Path, row_id: str) -> Sequence[StoredFile]:
    """Return the files of a document of its own, as they are kept now."""
    return _files(path, OUTGOING_FILES, row_id)


def incoming_files(path: Path, row_id: str) -> Sequence[StoredFile]:
    """Return the files of a document that has arrived, as they are kept now."""
    return _files(path, INCOMING_FILES, row_id)


def _files(path: Path, sql: str, row_id: str) -> Sequence[StoredFile]:
    with _register(path) as connection:
        return [_stored(path, *row) for row in connection.execute(sql, (row_id,))]


def _stored(
    path: Path, name: str, place: str | None, content: bytes | None
) -> StoredFile:
    """Describe a file; one that is not there has no bytes."""
    kept = files_folder(path) / place if place else None
    if kept is not None and kept.exists():
        content = kept.read_bytes()
    data = content or b""
    return StoredFile(name, len(data), hashlib.sha256(data).hexdigest())


@contextmanager
def _register(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection
