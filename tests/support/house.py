"""Forty communes in one connector, and a province with a connector of its own.

Half of the communes have a SQLite register each, the other half are parts of one
PostgreSQL database, told apart by a column.  The broker is real, keys and certificates
are, and both connectors are `edoc run`, each in a process of its own.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Self

from edoc_connector.axis.definitions import definitions
from edoc_connector.axis.description import Axis, Broker, Level, Login, Node
from edoc_connector.axis.passwords import Secrets
from edoc_connector.demo.authority import ANCHORS, LISTS, create_authority
from edoc_connector.demo.broker import PrivateBroker
from edoc_connector.demo.site import write_secret
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.pki.request import KeyKind, certificate_request, create_key
from tests.support.postgres import Server
from tests.support.registers import on_postgresql
from tests.support.stages import EDOC, edoc

PROVINCE = "H53"
CENTRE = "H53.TTCNTT"
"""The broker account of whoever hosts the communes; no organisation has this code."""

NOBODY = OrganizationCode(f"{PROVINCE}.99")
"""A code whose mail the axis brings here, and that no commune has (any more)."""

SCHEMA = files("edoc_connector.examples") / "dms" / "demo.sql"
PROFILE = files("edoc_connector.examples") / "dms" / "demo.toml"
ONE_PDF = b"%PDF-1.7 a small one"

COMMON = """\
[organizations]
folder = "organizations"
[state]
folder = "state"
[axis]
url = "amqp://{account}@127.0.0.1:{port}/edoc"
password = "file:{folder}/axis.password"
prefetch = 64
[trust]
anchors = ["{folder}/authority/{anchors}"]
[trust.accounts]
"{province}" = ["{province}"]
[trust.revocation]
crls = [{lists}]
[poll]
every_seconds = 1.0
[retry]
first_seconds = 0.2
most_seconds = 2.0
"""
OFFICE = """\
[organization]
code = "{code}"
name = "{name}"
[seal]
key = "{code}.key.pem"
certificate = "{code}.certificate.pem"
[dms]
url = "{url}"
profile = "{profile}"
{password}
"""


def codes_of(count: int) -> list[OrganizationCode]:
    return [OrganizationCode(f"{PROVINCE}.{14 + n}") for n in range(count)]


def shared_schema() -> str:
    """The demo's tables with a column that says whose a document is."""
    text = on_postgresql(SCHEMA.read_text(encoding="utf-8"))
    return text + (
        "ALTER TABLE van_ban_di ADD COLUMN don_vi VARCHAR(35);"
        "ALTER TABLE van_ban_den ADD COLUMN don_vi VARCHAR(35);"
    )


def shared_profile() -> str:
    """The demo's mapping, asking and saying whose a document is."""
    text = PROFILE.read_text(encoding="utf-8")
    for old, new in (
        (
            "WHERE trang_thai_lien_thong = 'Chờ gửi'\nORDER",
            "WHERE trang_thai_lien_thong = 'Chờ gửi' AND don_vi = :organization\nORDER",
        ),
        ("(ma_giao_nhan, ma_van_ban,", "(don_vi, ma_giao_nhan, ma_van_ban,"),
        ("VALUES (:key, :document_id,", "VALUES (:recipient, :key, :document_id,"),
        (
            "WHERE trang_thai <> trang_thai_da_bao ORDER",
            "WHERE trang_thai <> trang_thai_da_bao AND don_vi = :organization ORDER",
        ),
        (
            "AND ma_yeu_cau IS NOT NULL\nORDER",
            "AND ma_yeu_cau IS NOT NULL AND don_vi = :organization\nORDER",
        ),
    ):
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


class Commune:
    """One organisation of the house and its register."""

    def __init__(self, house: House, code: OrganizationCode, *, is_shared: bool):
        self.house, self.code, self.is_shared = house, code, is_shared
        self.name = f"UBND xã {code}"
        self.dms = house.folder / "registers" / f"{code}.sqlite"

    def write(self, number: int, *recipients: str, data: bytes = ONE_PDF) -> None:
        """Put a document into the register, to be sent."""
        row = 1000 * (1 + self.house.names.index(self.code)) + number
        statements = (
            (
                (
                    "INSERT INTO van_ban_di (id, so, ky_hieu, ngay_ban_hanh, dia_danh,"
                    " trich_yeu, loai_van_ban, quyen_han_ky, chuc_vu_ky, nguoi_ky,"
                    " trang_thai_lien_thong{column}) VALUES (?, ?, 'UBND-VX',"
                    " '2026-11-16', 'Xã', 'Thử nghiệm', 'Công văn', 'TM.', 'Chủ tịch',"
                    " 'Người ký mẫu', 'Chờ gửi'{value})"
                ),
                (row, str(row)),
            ),
            *(
                (
                    (
                        "INSERT INTO noi_nhan_van_ban_di"
                        " (van_ban_id, ma_dinh_danh, ten_don_vi) VALUES (?, ?, ?)"
                    ),
                    (row, recipient, recipient),
                )
                for recipient in recipients
            ),
            (
                (
                    "INSERT INTO tep_dinh_kem_van_ban_di"
                    " (id, van_ban_id, thu_tu, ten_tep, noi_dung)"
                    " VALUES (?, ?, 1, ?, ?)"
                ),
                (row, row, f"{row}.pdf", data),
            ),
        )
        self._execute(statements)

    def _execute(self, statements) -> None:
        column, value = (", don_vi", f", '{self.code}'") if self.is_shared else ("", "")
        if self.is_shared:
            with self.house.postgres.connect(self.house.database) as connection:
                for sql, values in statements:
                    text = sql.format(column=column, value=value).replace("?", "%s")
                    connection.execute(text, values)
            return
        with closing(sqlite3.connect(self.dms, timeout=10)) as database, database:
            for sql, values in statements:
                database.execute(sql.format(column=column, value=value), values)

    def arrived(self) -> Counter[str]:
        """Who has written to it, by the numbers of what is in its register."""
        query = "SELECT so FROM van_ban_den"
        if self.is_shared:
            with self.house.postgres.connect(self.house.database) as connection:
                rows = connection.execute(
                    f"{query} WHERE don_vi = %s", [self.code]
                ).fetchall()
        else:
            with closing(sqlite3.connect(self.dms, timeout=10)) as database:
                rows = database.execute(query).fetchall()
        return Counter(str(row[0]) for row in rows)

    def states(self) -> Counter[str]:
        """How what it has sent stands in its register."""
        query = (
            "SELECT n.trang_thai FROM noi_nhan_van_ban_di n"
            " JOIN van_ban_di v ON v.id = n.van_ban_id"
        )
        if self.is_shared:
            with self.house.postgres.connect(self.house.database) as connection:
                rows = connection.execute(
                    f"{query} WHERE v.don_vi = %s", [self.code]
                ).fetchall()
        else:
            with closing(sqlite3.connect(self.dms, timeout=10)) as database:
                rows = database.execute(query).fetchall()
        return Counter(str(row[0]) for row in rows)


class Running:
    """A connector in a process of its own."""

    def __init__(self, settings: Path, log: Path):
        self.settings, self.log = settings, log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*EDOC, "--settings", str(self.settings), "run"],
                stdout=log,
                stderr=log,
                env=os.environ | {"LANG": "C.UTF-8"},
            )

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        if self.process is None or self.process.poll() is not None:
            return -1
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)

    def megabytes(self) -> int:
        """The most memory it has had."""
        assert self.process
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(it for it in status.splitlines() if it.startswith("VmHWM"))
        return int(line.split()[1]) // 1024

    def says(self) -> str:
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""


class House:
    """The broker, the communes in one connector, and the province in another."""

    def __init__(self, folder: Path, postgres: Server, count: int):
        self.folder, self.postgres = folder, postgres
        self.codes = codes_of(count)
        self.database = ""
        self.communes = {
            code: Commune(self, code, is_shared=bool(n % 2))
            for n, code in enumerate(self.codes)
        }
        self.names = [*self.codes, OrganizationCode(PROVINCE)]
        self.province = Commune(self, OrganizationCode(PROVINCE), is_shared=False)
        self.settings = folder / "edoc.toml"
        self.running = Running(self.settings, folder / "house.log")
        self.other = Running(folder / "province" / "edoc.toml", folder / "other.log")

    def __enter__(self) -> Self:
        self._create()
        return self

    def __exit__(self, *_of) -> None:
        for each in (self.running, self.other):
            if each.process and each.process.poll() is None:
                each.kill()
        self.broker.stop()
        self.postgres.drop_database(self.database)

    def file_of(self, code: str) -> Path:
        return self.folder / "organizations" / f"{code}.toml"

    def state_of(self, code: str) -> Path:
        """Where the connector keeps what it knows of this one."""
        (found,) = (self.folder / "state").glob(f"{code}/*.sqlite")
        return found

    def edoc(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        return edoc("--settings", self.settings, *arguments)

    def lines(self, *arguments: object) -> Iterator[dict[str, object]]:
        done = self.edoc(*arguments, "--json")
        for line in done.stdout.splitlines():
            yield json.loads(line)

    def _create(self) -> None:
        for name in ("organizations", "registers", "province"):
            (self.folder / name).mkdir()
        self.authority = create_authority(
            self.folder / "authority", now=datetime.now(UTC)
        )
        self._start_broker()
        self._make_shared_register()
        lists = ", ".join(f'"{self.folder}/authority/{it}"' for it in LISTS)
        common = COMMON.format(
            account=CENTRE,
            port=self.broker.port,
            folder=self.folder,
            anchors=ANCHORS,
            lists=lists,
            province=PROVINCE,
        )
        self.settings.write_text(common, encoding="utf-8")
        for commune in self.communes.values():
            self._make(commune, self.folder / "organizations")
        self._make_province(common)

    def _start_broker(self) -> None:
        nodes = (
            Node(
                account=CENTRE,
                broker="one",
                codes=(*self.codes, NOBODY),
                login=Login.PASSWORD,
            ),
            Node(
                account=PROVINCE,
                broker="one",
                codes=(OrganizationCode(PROVINCE),),
                login=Login.PASSWORD,
            ),
        )
        broker = Broker(
            name="one", level=Level.CENTRAL, address="amqp://[::1]", serves=()
        )
        passwords = {it.account: secrets.token_urlsafe(12) for it in nodes}
        write_secret(self.folder / "axis.password", passwords[CENTRE])
        write_secret(self.folder / "province" / "axis.password", passwords[PROVINCE])
        plan = definitions(
            Axis(broker=(broker,), node=nodes), "one", Secrets.of(passwords, {})
        )
        self.broker = PrivateBroker(self.folder / "broker", plan)
        self.broker.start()

    def _make_shared_register(self) -> None:
        self.database = self.postgres.create_database()
        with self.postgres.connect(self.database) as connection:
            connection.execute(shared_schema())
        write_secret(self.folder / "postgres.password", self.postgres.password)
        (self.folder / "shared.toml").write_text(shared_profile(), encoding="utf-8")

    def _make(self, commune: Commune, folder: Path) -> None:
        key = create_key(
            folder / f"{commune.code}.key.pem", kind=KeyKind.P_256, password=None
        )
        request = certificate_request(key, code=commune.code, name=commune.name)
        certificate = self.authority.issue(
            request, code=commune.code, name=commune.name, now=datetime.now(UTC)
        )
        (folder / f"{commune.code}.certificate.pem").write_bytes(certificate)
        if not commune.is_shared:
            with closing(sqlite3.connect(commune.dms)) as database:
                database.executescript(SCHEMA.read_text(encoding="utf-8"))
        text = OFFICE.format(
            code=commune.code,
            name=commune.name,
            url=self.postgres.url(self.database)
            if commune.is_shared
            else f"sqlite:///{commune.dms}",
            profile=self.folder / "shared.toml" if commune.is_shared else "demo",
            password=f'password = "file:{self.folder}/postgres.password"'
            if commune.is_shared
            else "",
        )
        (folder / f"{commune.code}.toml").write_text(text, encoding="utf-8")

    def _make_province(self, common: str) -> None:
        folder = self.folder / "province"
        self._make(self.province, folder)
        own = (folder / f"{PROVINCE}.toml").read_text(encoding="utf-8")
        (folder / f"{PROVINCE}.toml").unlink()
        codes = json.dumps([*map(str, self.codes)])
        text = (
            common.replace('[organizations]\nfolder = "organizations"\n', "")
            .replace(f"{CENTRE}@", f"{PROVINCE}@")
            .replace(f"{self.folder}/axis.password", f"{folder}/axis.password")
            .replace(f'"{PROVINCE}" = ["{PROVINCE}"]', f'"{CENTRE}" = {codes}')
        )
        self.other.settings.write_text(text + own, encoding="utf-8")
