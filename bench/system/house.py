"""The whole system on this machine: a broker, two connectors, and mailboxes to drain.

Everything is private, on the loopback, and ends with us.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from bench.system.floor import FloorWork
from bench.system.meter import Parts
from edoc_connector.app.connector import LOOPS
from edoc_connector.axis.definitions import Definitions, definitions
from edoc_connector.axis.description import Axis, Broker, Level, Login, Node
from edoc_connector.axis.names import inbox_queue
from edoc_connector.axis.passwords import Secrets, hashed
from edoc_connector.demo import dms
from edoc_connector.demo.authority import create_authority
from edoc_connector.demo.broker import PrivateBroker
from edoc_connector.demo.plot import DEPARTMENT, PROVINCE
from edoc_connector.demo.site import DemoSite, write_secret
from edoc_connector.demo.tether import Process, start_tethered, stop
from edoc_connector.model.document import Organization
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.pki.request import KeyKind

BROKER: Final = "bench"
ACCOUNT: Final = "measuring"
"""Who may read every mailbox, to drain those that no connector has."""

SENDING: Final = ("take", "seal", "stamp", "relay")
"""What the first of two workers does; the second does the rest."""

RECEIVING: Final = ("accept", "deliver")
"""What takes documents in; the receipts that it seals wait for the others."""

STOP_SECONDS: Final = 12.0
RSA_EXPONENT: Final = 65_537

STATE: Final = """\
[state]
database = "{database}"
database_password = "file:state.password"
"""

MORE_SETTINGS: Final = """
[pdf]
check = {inspects}
"""


class House:
    """From `create` to `stop`; as a context manager, both ends."""

    def __init__(self, folder: Path, *, pairs: int, drained: int) -> None:
        self.folder = folder
        self.sender = DemoSite(PROVINCE, folder / PROVINCE.code)
        self.receiver = DemoSite(DEPARTMENT, folder / DEPARTMENT.code)
        self.drained = tuple(_office(number) for number in range(1, drained + 1))
        self._pairs = pairs
        self._password = secrets.token_urlsafe()
        self._broker: PrivateBroker | None = None
        self._processes: dict[str, list[Process]] = {}
        self._workers = 1
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def create(
        self,
        now: datetime,
        *,
        inspects_pdfs: bool,
        databases: Sequence[str] = (),
        secret: str = "",
    ) -> None:
        """Make keys, registers and settings, and start the broker.

        `databases` are URLs for the two connectors' own state, else they use SQLite;
        `secret` is a file with their password.
        """
        authority = create_authority(self.folder / "authority", now=now)
        for site in self._sites:
            site.create(authority, KeyKind.RSA_2048, now)
            dms.create(site.dms, site.organization)
        self._broker = PrivateBroker(self.folder / "broker", self._definitions())
        self._ends.callback(self._broker.stop)
        self._broker.start()
        for site, database in zip(self._sites, databases or ("", ""), strict=True):
            site.write_settings(self._broker.port, self.folder / "authority")
            _change(site, inspects_pdfs=inspects_pdfs, database=database, secret=secret)

    def start_connectors(self, workers: int) -> None:
        """Start both connectors, each as one process or as two."""
        self._workers = workers
        for name, site in (("sender", self.sender), ("receiver", self.receiver)):
            self._start(name, site, _spread(workers))

    @contextmanager
    def sending_no_receipts(self) -> Iterator[None]:
        """Have the receiver take documents in meanwhile, and send nothing."""
        self._stop("receiver")
        self._start("receiver", self.receiver, (RECEIVING,))
        try:
            yield
        finally:
            self._stop("receiver")
            self._start("receiver", self.receiver, _spread(self._workers))

    def stop_connectors(self) -> None:
        """Stop both connectors, as systemd would."""
        for name in list(self._processes):
            self._stop(name)

    def _start(self, name: str, site: DemoSite, each: Sequence[Sequence[str]]) -> None:
        self._processes[name] = [_run(site, only) for only in each]

    def _stop(self, name: str) -> None:
        for process in self._processes[name]:
            stop(process, patience_seconds=STOP_SECONDS)
        del self._processes[name]

    def stop(self) -> None:
        """Stop everything; nothing runs afterwards."""
        self.stop_connectors()
        self._ends.close()

    def require_alive(self) -> None:
        """Raise an error where a connector has ended by itself."""
        for name, some in self._processes.items():
            if any(process.poll() is not None for process in some):
                raise RuntimeError(f"the {name} has ended: see its connector.log")

    @property
    def broker(self) -> int:
        """The process of the broker."""
        return self._broker.pid if self._broker else 0

    @property
    def parts(self) -> Parts:
        """The processes that are there now, by part."""
        connectors = {
            name: [process.pid for process in some]
            for name, some in self._processes.items()
        }
        return {**connectors, "broker": [self.broker]}

    @property
    def url(self) -> str:
        """Where mailboxes are drained and the floor's queues are."""
        port = self._broker.port if self._broker else 0
        return f"amqp://{ACCOUNT}:{self._password}@127.0.0.1:{port}/edoc"

    @property
    def mailboxes(self) -> tuple[str, ...]:
        """The mailboxes that no connector reads."""
        return tuple(inbox_queue(office.code) for office in self.drained)

    def floor(
        self, files: Sequence[Path], documents: int, pairs: int
    ) -> list[FloorWork]:
        """Return the work of so many pairs, who share the documents."""
        key = rsa.generate_private_key(RSA_EXPONENT, 2048).private_bytes(
            Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
        )
        return [
            FloorWork(
                url=self.url,
                queue=_floor_queue(pair),
                files=tuple(files),
                documents=documents // pairs,
                key=key,
                database=self.folder / f"floor-{pair}.sqlite",
            )
            for pair in range(pairs)
        ]

    @property
    def _sites(self) -> tuple[DemoSite, DemoSite]:
        return self.sender, self.receiver

    def _definitions(self) -> Definitions:
        known = {site.account: site.axis_password for site in self._sites}
        accounts = [*known, *(office.code for office in self.drained)]
        hashes = {
            account: hashed(account, known.get(account) or secrets.token_urlsafe())
            for account in accounts
        }
        broker = Broker(
            name=BROKER, level=Level.CENTRAL, address="amqp://127.0.0.1", serves=()
        )
        nodes = tuple(
            Node(account=it, broker=BROKER, codes=(it,), login=Login.PASSWORD)
            for it in accounts
        )
        axis = Axis(broker=(broker,), node=nodes)
        told = definitions(axis, BROKER, Secrets(hashes=hashes))
        return _with_measuring(axis, told, self)

    def password_hash(self) -> str:
        """Return the password of who measures, as the broker keeps it."""
        return hashed(ACCOUNT, self._password)

    def floor_queues(self) -> list[str]:
        """Return the queues of the floor."""
        return [_floor_queue(pair) for pair in range(self._pairs)]


def _with_measuring(axis: Axis, known: Definitions, house: House) -> Definitions:
    """Add the account that measures and the queues of the floor."""
    everything = {"configure": "", "write": ".*", "read": ".*"}
    user = {
        "name": ACCOUNT,
        "password_hash": house.password_hash(),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": "",
        "limits": {},
    }
    queues = [
        {
            "name": name,
            "vhost": axis.vhost,
            "durable": True,
            "auto_delete": False,
            "arguments": {"x-queue-type": "quorum"},
        }
        for name in house.floor_queues()
    ]
    added = {
        "users": [user],
        "permissions": [{"user": ACCOUNT, "vhost": axis.vhost, **everything}],
        "queues": queues,
    }
    return {name: [*some, *added.get(name, ())] for name, some in known.items()}


def _office(number: int) -> Organization:
    code = OrganizationCode(f"H20.50.{number:02d}")
    return Organization(code=code, name=f"Ủy ban nhân dân xã số {number}")


def _floor_queue(pair: int) -> str:
    return f"floor.{pair}"


def _change(site: DemoSite, *, inspects_pdfs: bool, database: str, secret: str) -> None:
    """Write into the settings what the demo does not need."""
    text = site.settings.read_text("utf-8")
    if database:
        write_secret(site.folder / "state.password", secret)
        text = text.replace("[state]\n", STATE.format(database=database))
    more = MORE_SETTINGS.format(inspects=str(inspects_pdfs).lower())
    site.settings.write_text(text + more, "utf-8")


def _spread(workers: int) -> tuple[tuple[str, ...], ...]:
    """Return which loops each process runs; one process runs them all."""
    rest = tuple(name for name in LOOPS if name not in SENDING)
    return ((),) if workers == 1 else (SENDING, rest)


def _run(site: DemoSite, only: Sequence[str]) -> Process:
    command = [sys.executable, "-m", "edoc_connector", "--settings", str(site.settings)]
    return start_tethered(
        [*command, "run", *(word for name in only for word in ("--only", name))],
        environment=os.environ,
        folder=site.folder,
        log=site.log,
    )
