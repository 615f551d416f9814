"""One very large document between two connectors that run as processes.

Its file stands in a folder at both ends.  Peaks of memory are those that the kernel
counts for `edoc run` from its start.
"""

from __future__ import annotations

import hashlib
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from edoc_connector.demo import dms
from edoc_connector.demo.plot import DEPARTMENT, PROVINCE
from edoc_connector.demo.scene import Scene
from edoc_connector.demo.site import DemoSite
from edoc_connector.demo.stage import Stage

SEGMENT_BYTES = 4 * 1024 * 1024
PIECE_BYTES = 1 << 20
HEAD = b"%PDF-1.7\n"
NAME = "1.pdf"
BUSY_SECONDS = 60.0
EXAMPLES = Path(__file__).parents[2] / "config" / "dms"

AXIS = """\
[axis]
segment_bytes = {segment_bytes}
"""

INSERT = """\
INSERT INTO van_ban_di (id, so, ky_hieu, ngay_ban_hanh, dia_danh, trich_yeu,
    loai_van_ban, chuc_vu_ky, nguoi_ky, do_khan, trang_thai_lien_thong)
VALUES (1, '1', 'UBND-THVX', ?, 'Đồng Tháp', 'Hồ sơ kỹ thuật', 'Công văn', 'Chủ tịch',
    'Người ký mẫu', 'Thường', 'Chờ gửi')
"""
RECIPIENT = """
INSERT INTO noi_nhan_van_ban_di (van_ban_id, ma_dinh_danh, ten_don_vi) VALUES (1, ?, ?)
"""
FILE = """
INSERT INTO tep_dinh_kem_van_ban_di (van_ban_id, thu_tu, ten_tep, duong_dan)
VALUES (1, 1, ?, ?)
"""
IS_CONFIRMED = "SELECT count(*) FROM noi_nhan_van_ban_di WHERE trang_thai = 'Đã đến'"
MESSAGE_ID = "SELECT ma_van_ban FROM van_ban_den"
PLACES = "SELECT duong_dan FROM tep_dinh_kem_van_ban_den"

BY_COLUMN = ("kich_thuoc,\n    noi_dung)", ":size, :bytes)", 'store = "column"')
BY_FOLDER = (
    "kich_thuoc,\n    noi_dung, duong_dan)",
    ":size, x'', :path)",
    'store = "folder"',
)
"""The demo's mapping, with files beside the register instead of in it."""


class Pair(Stage):
    """A sender, a receiver and a broker between them."""

    def __init__(self, folder: Path, segment_bytes: int = SEGMENT_BYTES) -> None:
        super().__init__(folder, Scene((PROVINCE, DEPARTMENT), ()))
        self.sender, self.receiver = self.sites
        self.segment_bytes = segment_bytes
        self.port = 0
        """Where the connectors think the broker is; 0: where it is."""

    def _port_of(self, site: DemoSite) -> int:
        return self.port or super()._port_of(site)

    def put_up(self) -> None:
        """Make everything and start the broker."""
        self.create(datetime.now(UTC))
        self.start_broker()
        for site in self.sites:
            settings = site.settings.read_text("utf-8")
            axis = AXIS.format(segment_bytes=self.segment_bytes)
            site.settings.write_text(settings.replace("[axis]\n", axis), "utf-8")
        keep_files_in_folder(self.receiver)

    def move(self) -> None:
        """Tell the connectors another port."""
        for site in self.sites:
            site.move_to(self._port_of(site))

    def release(self, size: int) -> str:
        """Put a document with a file of this size into the register; return its hash.

        Without the file in memory: a child begins with its parent's peak.
        """
        digest = write_file(dms.files_folder(self.sender.dms) / NAME, size)
        today = datetime.now(UTC).date().isoformat()
        with register(self.sender) as connection:
            connection.execute(INSERT, (today,))
            connection.execute(RECIPIENT, (DEPARTMENT.code, DEPARTMENT.name))
            connection.execute(FILE, (NAME, NAME))
        return digest

    def is_confirmed(self) -> bool:
        """Whether the sender's register says that it has arrived."""
        with register(self.sender) as connection:
            return bool(connection.execute(IS_CONFIRMED).fetchone()[0])

    def arrived(self) -> list[str]:
        """The hashes of the files that stand beside the receiver's register."""
        with register(self.receiver) as connection:
            places = connection.execute(PLACES).fetchall()
        folder = dms.files_folder(self.receiver.dms)
        return [digest_of(folder / place) for (place,) in places]

    def message_id(self) -> str:
        """What its document is called in both connectors."""
        with register(self.receiver) as connection:
            return str(connection.execute(MESSAGE_ID).fetchone()[0])

    def peaks(self) -> dict[str, int]:
        """The most memory each connector has had, in megabytes."""
        return {
            "sender": self.sender.peak_megabytes(),
            "receiver": self.receiver.peak_megabytes(),
        }


def keep_files_in_folder(site: DemoSite) -> None:
    """Have arriving files written into a folder, as registers with large files do."""
    mapping = (EXAMPLES / "demo.toml").read_text("utf-8")
    for old, new in zip(BY_COLUMN, BY_FOLDER, strict=True):
        assert old in mapping
        mapping = mapping.replace(old, new)
    (site.folder / "mapping.toml").write_text(mapping, "utf-8")
    settings = site.settings.read_text("utf-8")
    changed = settings.replace('profile = "demo"', 'profile = "mapping.toml"')
    site.settings.write_text(changed, "utf-8")
    with register(site) as connection:
        connection.execute("ALTER TABLE tep_dinh_kem_van_ban_den ADD duong_dan TEXT")


def write_file(path: Path, size: int) -> str:
    """Write a file that begins as a PDF and is random from there."""
    chance = random.Random(size)  # noqa: S311  (the same each time)
    found = hashlib.sha256()
    with path.open("wb") as file:
        piece = HEAD
        while size > 0:
            file.write(piece[:size])
            found.update(piece[:size])
            size -= len(piece)
            piece = chance.randbytes(PIECE_BYTES)
    return found.hexdigest()


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def register(site: DemoSite) -> Iterator[sqlite3.Connection]:
    """The register of a site, in one transaction."""
    path = site.dms
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection, connection:
        yield connection


def peaks_of_commands(site: DemoSite, document: str) -> Iterator[tuple[str, int]]:
    """Yield the memory, in megabytes, of what a person asks about a packet."""
    packet = str(site.folder / "packet.edxml")
    settings = ("--settings", str(site.settings))
    of_packet = {
        "document packet": ("document", "packet", document, "-o", packet),
        "verify": ("verify", packet),
        "envelope check": ("envelope", "check", packet),
        "envelope show": ("envelope", "show", packet),
    }
    for name, arguments in of_packet.items():
        yield name, _peak_of([*settings, *arguments])


def _peak_of(arguments: Sequence[str]) -> int:
    # The kernel counts for a process also what the one that made it had: a large one
    # is not to make it.
    command = [sys.executable, "-m", "edoc_connector", *arguments]
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *command], capture_output=True, check=True
    )
    return int(done.stdout) // 1024


MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
