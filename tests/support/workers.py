"""What another process does to the connector's database in a race or before it dies."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable
from datetime import timedelta
from multiprocessing.queues import Queue
from typing import Any, Final

from edoc_connector.errors import LostRace
from edoc_connector.ledger.facts import DocumentResent
from edoc_connector.model.delivery import DeliveryEvent
from edoc_connector.storage import Storage
from tests.support.storage import BOTH, DEPARTMENT, NOW, Database, outgoing, queue

# A fork would share connections, and nothing in the field forks.
processes: Final = multiprocessing.get_context("spawn")
JOIN_SECONDS: Final = 50

Job = Callable[[Storage, str], object]


def run_together(job: Job, database: Database, names: Iterable[str]) -> dict[str, Any]:
    """Do the job in one process per name, all at once; return what each returned."""
    names = tuple(names)
    start = processes.Barrier(len(names))
    results: Queue[tuple[str, Any]] = processes.Queue()
    workers = [
        processes.Process(target=_work, args=(job, database, name, start, results))
        for name in names
    ]
    for worker in workers:
        worker.start()
    found = dict(results.get(timeout=JOIN_SECONDS) for _ in workers)
    for worker in workers:
        worker.join(JOIN_SECONDS)
    return found


def run_and_die(job: Callable[[Storage], object], database: Database) -> int:
    """Do a job that ends with the process; return how the process ended."""
    worker = processes.Process(target=_open_and_do, args=(job, database))
    worker.start()
    worker.join(JOIN_SECONDS)
    return worker.exitcode or 0


def _work(job: Job, database: Database, name: str, start: Any, results: Any) -> None:
    storage = database.open()
    start.wait(JOIN_SECONDS)
    try:
        results.put((name, job(storage, name)))
    except Exception as error:
        results.put((name, repr(error)))
        raise
    finally:
        storage.close()


def _open_and_do(job: Callable[[Storage], object], database: Database) -> None:
    job(database.open())


# Jobs.


def append_facts(storage: Storage, name: str, count: int = 25) -> int:
    """Append some facts, each in a transaction of its own."""
    for number in range(count):
        fact = DocumentResent(document=f"{name}-{number}", recipient=DEPARTMENT)
        with storage.work() as work:
            work.ledger.append(fact, NOW)
    return count


def claim_all(storage: Storage, name: str) -> list[int]:
    """Claim until nothing is left."""
    mine: list[int] = []
    while True:
        later = NOW + timedelta(seconds=len(mine))
        with storage.work() as work:
            items = work.leases.claim(3, worker=name, now=later, lease_seconds=3600)
            for item in items:
                work.outbox.settle(item.id, later)
        if not items:
            return mine
        mine += [item.id for item in items]


def confirm(storage: Storage, name: str) -> str:
    """Move the one delivery there is, where all others want to as well."""
    del name
    key = outgoing().key
    try:
        with storage.work() as work:
            work.deliveries.move(key, DEPARTMENT, DeliveryEvent.PARK, at=NOW)
    except LostRace:
        return "lost"
    return "moved"


def take(storage: Storage, name: str) -> bool:
    """Take the same row as all others."""
    del name
    with storage.work() as work:
        return work.documents.add(outgoing(), BOTH)


def migrate(storage: Storage, name: str) -> str:
    """Bring the database to this release."""
    del name
    storage.migrate()
    storage.check()
    return "done"


def die_before_commit(storage: Storage) -> None:
    """Write everything there is, and be killed before it is committed."""
    with storage.work() as work:
        work.documents.add(outgoing(), BOTH)
        queue(work)
        fact = DocumentResent(document="d", recipient=DEPARTMENT)
        work.ledger.append(fact, NOW)
        os.kill(os.getpid(), signal.SIGKILL)


def die_after_commit(storage: Storage) -> None:
    """Commit, and be killed before anything is closed."""
    with storage.work() as work:
        work.documents.add(outgoing(), BOTH)
        work.ledger.append(DocumentResent(document="d", recipient=DEPARTMENT), NOW)
    os.kill(os.getpid(), signal.SIGKILL)
