"""A document register of the demo's kind, and what its users do with it."""

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from edoc_connector.clock import VIETNAM
from edoc_connector.dms.mapping import DmsMapping, load_mapping
from edoc_connector.dms.port import Progress, Step
from edoc_connector.dms.sql import SqlDms
from edoc_connector.model.document import Document
from edoc_connector.model.identifiers import DeliveryKey, Digest
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Contents, VerifiedEnvelope
from edoc_connector.model.verdict import SealForm, TimeSource, Verdict
from tests.support import builders

PROFILES: Final = Path(__file__).parents[2] / "config" / "dms"

ROW: Final = {
    "id": 1,
    "so": "15",
    "ky_hieu": "UBND-VX",
    "ngay_ban_hanh": "2026-11-23",
    "trich_yeu": "Về việc kết nối, liên thông phần mềm quản lý văn bản",
    "loai_van_ban": "Công văn",
    "trang_thai_lien_thong": "Chờ gửi",
}
RECIPIENT: Final = builders.RECIPIENT
MOMENT: Final = datetime(2026, 11, 23, 8, 30, tzinfo=VIETNAM)


@dataclass(frozen=True, slots=True)
class Register:
    """The register as its own users see it: with SQL of their own."""

    url: str
    password: str | None
    files: Path
    engine: sa.Engine
    opened: list[SqlDms]

    def open(self, mapping: DmsMapping | None = None) -> SqlDms:
        """Look at it as the connector does."""
        dms = SqlDms(
            self.url,
            self.password,
            mapping or demo_mapping(),
            builders.organization(),
            self.files,
        )
        self.opened.append(dms)
        return dms

    def close(self) -> None:
        """Let go of it."""
        for dms in self.opened:
            dms.close()

    def run(self, statement: str, **parameters: Any) -> None:
        """Change it, as its users do."""
        given = {name: self._written(it) for name, it in parameters.items()}
        with self.engine.begin() as connection:
            connection.execute(sa.text(statement), given)

    def _written(self, value: Any) -> Any:
        """SQLite has no moments: who writes one there writes a text."""
        is_text = self.engine.dialect.name == "sqlite" and isinstance(value, datetime)
        return value.isoformat(" ") if is_text else value

    def rows(self, statement: str, **parameters: Any) -> list[Any]:
        """Read it, as its users do."""
        with self.engine.connect() as connection:
            return list(connection.execute(sa.text(statement), parameters))

    def value(self, statement: str, **parameters: Any) -> Any:
        """Read one value of it."""
        return self.rows(statement, **parameters)[0][0]

    def insert(self, table: str, **values: Any) -> None:
        """Add a row."""
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        self.run(f"INSERT INTO {table} ({names}) VALUES ({marks})", **values)  # noqa: S608

    def write(self, row_id: int = 1, **changes: Any) -> None:
        """Write a document that can be sent; a test changes one detail."""
        self.insert("van_ban_di", **{**ROW, "id": row_id, **changes})
        self.address(row_id)
        self.attach(row_id)

    def address(self, row_id: int = 1, code: str = RECIPIENT, name: str = "Sở") -> None:
        """Add a recipient."""
        self.insert(
            "noi_nhan_van_ban_di", van_ban_id=row_id, ma_dinh_danh=code, ten_don_vi=name
        )

    def attach(
        self,
        row_id: int = 1,
        name: str = "công văn.pdf",
        content: bytes | None = builders.PDF,
        path: str | None = None,
    ) -> None:
        """Add a file, in a column or by a path."""
        table = "tep_dinh_kem_van_ban_di"
        number = self.value(f"SELECT COALESCE(max(id), 0) + 1 FROM {table}")  # noqa: S608
        values = {"id": number, "van_ban_id": row_id, "thu_tu": number}
        self.insert(table, **values, ten_tep=name, duong_dan=path, noi_dung=content)

    def state(self, row_id: int = 1, code: str = RECIPIENT) -> str:
        """What it shows about one recipient."""
        return str(
            self.value(
                "SELECT trang_thai FROM noi_nhan_van_ban_di"
                " WHERE van_ban_id = :row_id AND ma_dinh_danh = :code",
                row_id=row_id,
                code=code,
            )
        )


def demo_mapping() -> DmsMapping:
    """The mapping of the demo."""
    return load_mapping(str(PROFILES / "demo.toml"))


def progress(step: Step, *, recipient: str = "", seconds: float = 0) -> Progress:
    """A step about row 1, so many seconds later."""
    return Progress(
        row_id="1",
        step=step,
        recipient=OrganizationCode(recipient),
        text="lý do",
        at=MOMENT + timedelta(seconds=seconds),
    )


def verified(
    document: Document | None = None, files: Contents | None = None
) -> VerifiedEnvelope:
    """What `verify` would have made."""
    return VerifiedEnvelope(
        envelope=builders.envelope(document),
        contents=files or builders.contents(),
        statement_digest=Digest("ab" * 32),
        certificate_digest=Digest("cd" * 32),
        sealed_at=MOMENT,
        verdict=Verdict(
            form=SealForm.B_B, proven_at=MOMENT, time_source=TimeSource.RECEPTION
        ),
        verified_at=MOMENT,
    )


def key(name: str = "first") -> DeliveryKey:
    """A delivery key."""
    return DeliveryKey(hashlib.sha256(name.encode()).hexdigest())


def demo_schema() -> str:
    """The tables of the demo's registers."""
    return (PROFILES / "demo.sql").read_text(encoding="utf-8")


def make_register(path: Path) -> None:
    """The demo's register, empty, in a SQLite file."""
    with closing(sqlite3.connect(path)) as register:
        register.executescript(demo_schema())


def on_postgresql(schema: str) -> str:
    """The same tables as PostgreSQL writes them."""
    identity = "INTEGER GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"
    return schema.replace("INTEGER PRIMARY KEY", identity).replace(" BLOB", " BYTEA")


def made(url: str, password: str | None, files: Path, schema: str) -> Register:
    """A new register."""
    engine = sa.create_engine(
        sa.make_url(url).set(password=password), poolclass=NullPool
    )
    with engine.begin() as connection:
        for statement in schema.split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement)
    return Register(url, password, files, engine, [])
