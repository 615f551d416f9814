"""Two departments and an axis between them, in one process, with a fuse on every call.

Databases, registers, files, keys and packets are real; the axis is `bus.memory`, which
passes the same contract test as RabbitMQ.  Each effect on the world outside is
announced before it happens (`tests.support.effects`), so that it can be the last one.
"""

from __future__ import annotations

import hashlib
import pickle
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from edoc_connector.bus.memory import MemoryAxis, MemoryConsumer, MemoryPublisher
from edoc_connector.dms.mapping import load_mapping
from edoc_connector.dms.sql import SqlDms
from edoc_connector.errors import EdocError
from edoc_connector.flows.backoff import Backoff
from edoc_connector.flows.evidence.recheck import recheck
from edoc_connector.flows.incoming.accept import accept
from edoc_connector.flows.incoming.deliver import deliver
from edoc_connector.flows.incoming.inspection import inspect
from edoc_connector.flows.mend import mend
from edoc_connector.flows.outgoing.relay import relay
from edoc_connector.flows.outgoing.seal import seal
from edoc_connector.flows.outgoing.take import take
from edoc_connector.flows.reconciliation.reconcile import Schedule, reconcile
from edoc_connector.flows.requests.decide import decide
from edoc_connector.flows.sealing.stamp import stamp
from edoc_connector.flows.sealing.watch import watch
from edoc_connector.flows.site import Site
from edoc_connector.flows.statuses.answer import settle
from edoc_connector.flows.statuses.deadlines import look_at_deadlines
from edoc_connector.flows.statuses.progress import progress
from edoc_connector.flows.statuses.report import report
from edoc_connector.language import Language
from edoc_connector.ledger.audit import audit
from edoc_connector.model.delivery import InboxState
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from edoc_connector.pdf.inspector import ChildInspector
from edoc_connector.storage import Storage
from edoc_connector.storage.shelf import AnswerShelf
from tests.support import pki
from tests.support.builders import organization
from tests.support.effects import Announced, Disk, Effects
from tests.support.rings import ring_of_one
from tests.support.shelves import Asked

SENDER, RECEIVER = OrganizationCode("H20.14"), OrganizationCode("H20.28.05")
NOWHERE = OrganizationCode("H20.99")
SCHEMA = files("edoc_connector.examples") / "dms" / "demo.sql"
ONE_PDF = b"%PDF-1.7 a small one"


class Crash(BaseException):
    """The process dies here; no handler can rescue it."""


class Fuse:
    """Lasts for so many effects; None lasts for ever."""

    def __init__(self):
        self.left = None
        self.burnt = 0

    def burn(self, _effect):
        if self.left is not None:
            if self.left == 0:
                raise Crash
            self.left -= 1
        self.burnt += 1


def open_storage(folder: Path) -> Storage:
    return Storage(f"sqlite:///{folder / 'edoc.sqlite'}", None, folder / "content")


@cache
def migrated() -> bytes:
    """An empty database of this release; made once, because it takes a while."""
    with TemporaryDirectory() as folder:
        storage = open_storage(Path(folder))
        storage.migrate()
        storage.close()
        return (Path(folder) / "edoc.sqlite").read_bytes()


class Department:
    """One connector with its register, and everything it needs to work."""

    stamping = None
    accepted_at_once = 1
    reconciles = False
    patience = None

    def __init__(self, folder: Path, code, world, *, is_whole, connect, **changes):
        self.is_whole, self.connect = is_whole, connect
        self.code, self.axis, self.effects = code, world.axis, world.effects
        self.asked = Asked(lambda: self.shelf, world.clock, pki.revocation())
        given = {"max_packet_bytes": 1 << 26, "segment_bytes": 1 << 22} | changes
        self.site = Site(
            organization=organization(code),
            ring=ring_of_one(pki.p256_sealer(code)),
            policy=pki.policy(),
            language=Language.VIETNAMESE,
            clock=world.clock,
            worker=code,
            revocation=self.asked if is_whole else pki.revocation(),
            **given,
        )
        self.failures: list[EdocError] = []
        self.folder = folder
        folder.mkdir()
        with sqlite3.connect(self.register) as database:
            database.executescript(SCHEMA.read_text(encoding="utf-8"))
        database.close()
        (folder / "edoc.sqlite").write_bytes(migrated())
        self.start()

    @property
    def register(self) -> Path:
        """The file of the document register."""
        return self.folder / "dms.sqlite"

    def start(self):
        """Begin as a new process does: nothing is known but what is stored."""
        self.storage = open_storage(self.folder)
        for engine in (self.storage._engine, self.storage._readers):
            self.effects.watch_database(engine, self.code)
        self.dms = SqlDms(
            f"sqlite:///{self.register}",
            None,
            load_mapping("demo"),
            self.site.organization,
            self.folder,
        )
        engine = self.dms._database._engine
        self.effects.watch_database(engine, f"register of {self.code}")
        self.shelf = AnswerShelf(self.storage)
        self.inspector = ChildInspector((), self.folder)
        publisher, consumer = self.connect(self.code)
        at = f"axis for {self.code}"
        told = {"send": "", "outcomes": "confirm"}
        self.publisher = Announced(publisher, self.effects, at, **told)
        self.consumer = Announced(consumer, self.effects, at, acknowledge="")
        mend(self.storage)

    def begin_anew(self, folder: Path):
        """Go on as the process that follows a killed one, on a copy of its files.

        What the dead one had open is kept, because it must not be closed: no line of it
        is ever run again.  What it had not acknowledged goes back to the axis.
        """
        self.dead = (getattr(self, "dead", None), self.storage, self.dms, self.consumer)
        self.consumer.close()
        self.folder = folder
        self.start()

    def stop(self):
        """End in order; what was not acknowledged goes back to the axis."""
        self.consumer.close()
        self.inspector.close()
        self.storage.close()
        self.dms.close()

    def accept_and_deliver(self):
        """Only the loops of the way in, as when another one has stopped."""
        accept(self.site, self.consumer, self.storage, wait_seconds=0)
        return deliver(self.site, self.dms, self.storage, limit=10)

    def loops(self):
        """One step of each loop, in the order in which a document meets them."""
        site, storage, pauses = self.site, self.storage, Backoff(1.0, 1.0)
        loops = [
            lambda: take(site, self.dms, storage, limit=10),
            lambda: seal(site, storage, limit=10, stamping=self.stamping),
            lambda: settle(site, storage, limit=10),
            lambda: stamp(site, storage, self.stamping),
            lambda: relay(
                site,
                self.publisher,
                storage,
                limit=10,
                backoff=pauses,
                patience=self.patience,
            ),
            lambda: accept(
                site,
                self.consumer,
                storage,
                wait_seconds=0,
                limit=self.accepted_at_once,
            ),
            lambda: deliver(site, self.dms, storage, limit=10),
            lambda: decide(site, self.dms, storage, limit=10),
            lambda: recheck(site, storage, limit=10),
            lambda: report(site, self.dms, storage, limit=10),
            lambda: progress(site, self.dms, storage, limit=10, backoff=pauses),
            lambda: look_at_deadlines(site, storage, limit=10),
            self.reconcile,
            lambda: watch(site, storage),
        ]
        if self.is_whole:
            loops.append(lambda: inspect(site, self.inspector, storage, limit=10))
        return loops

    def steps(self):
        """One round of all loops; how much was done."""
        return sum(step() for step in self.loops())

    def steps_of_a_service(self):
        """One round as the service takes it: who fails now is asked again later.

        Whatever is no error of ours is a defect, although a service survives it.
        """
        for step in self.loops():
            try:
                step()
            except EdocError as error:
                if error.fatal:
                    raise
                self.failures.append(error)

    def reconcile(self):
        """Its own step, where the test is about that."""
        if not self.reconciles:
            return 0
        site, storage = self.site, self.storage
        return reconcile(site, storage, schedule=Schedule(), told=set(), limit=100)

    def ask(self, statement, *values):
        """What the register answers."""
        database = sqlite3.connect(self.register)
        with database:
            rows = database.execute(statement, values).fetchall()
        database.close()
        return rows

    def write(self, number, *recipients, data=ONE_PDF, **columns):
        """A clerk writes a document into the register and releases it."""
        values = {
            "so": str(number),
            "ky_hieu": "UBND-VX",
            "ngay_ban_hanh": "2026-11-20",
            "trich_yeu": f"V/v kiểm kê văn bản {number}",
            "loai_van_ban": "Công văn",
            "trang_thai_lien_thong": "Chờ gửi",
        } | columns
        names, marks = ", ".join(values), ", ".join("?" for _ in values)
        database = sqlite3.connect(self.register)
        with database:
            row = database.execute(
                f"INSERT INTO van_ban_di ({names}) VALUES ({marks})",  # noqa: S608
                list(values.values()),
            ).lastrowid
            database.executemany(
                "INSERT INTO noi_nhan_van_ban_di (van_ban_id, ma_dinh_danh)"
                " VALUES (?, ?)",
                [(row, recipient) for recipient in recipients],
            )
            database.execute(
                "INSERT INTO tep_dinh_kem_van_ban_di (van_ban_id, thu_tu, ten_tep,"
                " noi_dung) VALUES (?, 1, 'van-ban.pdf', ?)",
                (row, data),
            )
        database.close()
        return row

    def recipients(self):
        """How the clerk sees each recipient."""
        return dict(
            self.ask("SELECT ma_dinh_danh, trang_thai FROM noi_nhan_van_ban_di")
        )

    def states(self):
        """How the clerk sees every recipient of every document."""
        return [
            state for (state,) in self.ask("SELECT trang_thai FROM noi_nhan_van_ban_di")
        ]

    def arrived(self):
        """What is in the register of arrivals, with the bytes of the file."""
        return self.ask(
            "SELECT so, trich_yeu, noi_dung FROM van_ban_den d"
            " JOIN tep_dinh_kem_van_ban_den t ON t.van_ban_id = d.id ORDER BY d.id"
        )

    def is_spool_empty(self):
        """Whether no segment of a finished packet was left on the disk."""
        spool = self.folder / "content" / "spool"
        return not any(path.is_file() for path in spool.glob("**/*"))

    def check_nothing_is_left(self):
        """Whether all queues are empty and no file is missing or unfinished."""
        unfinished = (self.folder / "content").glob("**/unfinished/*")
        assert self.is_spool_empty()
        assert not list(unfinished)
        with self.storage.reading() as work:
            assert work.outbox.waiting() == 0
            assert work.progress.waiting() == 0
            assert not work.inbox.in_state(InboxState.ACCEPTED, 10)
            kept = [it.packet for it in work.inbox.recent(Kind.EDOC, 100)]
            kept += [it.packet for it in work.documents.recent(100) if it.packet]
        for packet in kept:
            for _ in self.storage.content.chunks(packet):
                pass  # it raises where a byte is missing

    def facts(self):
        """The kinds of all facts, after the chain was checked."""
        with self.storage.reading() as work:
            entries = tuple(work.ledger.entries())
            audit(entries, work.ledger.head())
        return [entry.kind for entry in entries]


class World:
    """The two departments, the axis, one fuse and one clock.

    Where it `is_whole`, answers about revocation are kept and PDFs are looked at.
    """

    def __init__(self, folder: Path, *, is_whole=False, connect=None, **changes):
        self.now = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
        self.folder, self.fuse = folder, Fuse()
        self.effects = Effects(folder)
        self.effects.before = self.fuse.burn
        self.axis = MemoryAxis()
        for code in (SENDER, RECEIVER):
            keys = [f"{kind}.{code}" for kind in Kind]
            self.axis.attach(code, f"edoc.inbox.{code}", *keys)
            self.axis.attach(code, f"edoc.express.{code}", f"express.{code}")
        self.sender, self.receiver = (
            Department(
                folder / code,
                code,
                self,
                is_whole=is_whole,
                connect=connect or self.connect_in_memory,
                **changes,
            )
            for code in (SENDER, RECEIVER)
        )
        self.awake = (self.sender, self.receiver)

    def connect_in_memory(self, code):
        """The way out and the way in of one department, on the axis in memory."""
        queues = f"edoc.inbox.{code}", code, f"edoc.express.{code}"
        return MemoryPublisher(self.axis, code), MemoryConsumer(self.axis, *queues)

    def clock(self):
        """A clock that never stands still, so that what follows is later."""
        self.now += timedelta(milliseconds=10)
        return self.now

    def run(self, rounds=60):
        """Work until a whole round does nothing; return the number of rounds."""
        for number in range(rounds):
            if not sum(department.steps() for department in self.awake):
                return number
        raise AssertionError("still working; something goes round in circles")

    def work_until(self, is_done, seconds):
        """Work as services do, whose loops fail and are asked again, until it is so."""
        latest = time.monotonic() + seconds
        while not is_done():
            assert time.monotonic() < latest, "it did not become so in time"
            for department in self.awake:
                department.steps_of_a_service()
            self.now += timedelta(seconds=5)  # longer than any pause

    def restart(self):
        """Every process dies where it is and starts anew."""
        self.fuse.left = None
        for department in (self.sender, self.receiver):
            department.stop()
            department.start()

    def begin_anew(self, folder: Path):
        """Be what is started after a kill, on a copy of all files in this folder."""
        self.folder = self.effects.folder = folder
        self.effects.disk = Disk()
        for department in (self.sender, self.receiver):
            department.begin_anew(folder / department.code)

    def digest(self) -> bytes:
        """What would be left if all were killed now: the files and the axis."""
        found = hashlib.blake2b()
        for path in sorted(self.folder.rglob("*")):
            found.update(str(path.relative_to(self.folder)).encode())
            if path.is_file() and not path.name.endswith("-shm"):  # made anew
                found.update(path.read_bytes())
        found.update(pickle.dumps(self.axis.queues))
        for department in (self.sender, self.receiver):
            unacknowledged = department.consumer.inner._unacknowledged
            found.update(pickle.dumps(list(unacknowledged.values())))
        return found.digest()

    def check_nothing_is_left(self):
        """Whether all work is done, and all that was promised to be kept is there."""
        for department in (self.sender, self.receiver):
            department.check_nothing_is_left()
        assert not any(self.axis.queues.values())

    def close(self):
        self.sender.stop()
        self.receiver.stop()
