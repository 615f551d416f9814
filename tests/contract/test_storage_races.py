"""Many at once, and some die: nothing is done twice, nothing is half done."""

import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from edoc_connector.errors import IllegalMove, LostRace, StorageUnavailable
from edoc_connector.ledger.audit import audit
from edoc_connector.ledger.facts import DocumentResent
from edoc_connector.model.delivery import (
    DeliveryEvent,
    DeliveryState,
    DocumentEvent,
    DocumentState,
)
from edoc_connector.storage import engine
from tests.support import workers
from tests.support.storage import BOTH, DEPARTMENT, NOW, PROVINCE, only, outgoing, queue

pytest_plugins = ("tests.support.databases",)

KEY = outgoing().key


@pytest.fixture
def taken(storage):
    with storage.work() as work:
        work.documents.add(outgoing(), BOTH)


def together(count, job):
    """Do a job in several threads that start at the same moment."""
    barrier = threading.Barrier(count)

    def start(number):
        barrier.wait(10)
        return job(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(start, range(count)))


def check_ledger(storage):
    with storage.reading() as work:
        return audit(work.ledger.entries(), work.ledger.head()).position


@pytest.mark.usefixtures("taken")
def test_only_one_of_many_threads_moves_a_delivery(storage):
    def seal(number):
        del number
        try:
            with storage.work() as work:
                work.deliveries.move(KEY, DEPARTMENT, DeliveryEvent.SEAL, at=NOW)
        except (LostRace, IllegalMove):
            return 0
        return 1

    assert sum(together(6, seal)) == 1


@pytest.mark.usefixtures("taken")
@only("postgresql")  # on SQLite nobody even looks while another one works
def test_who_looked_before_another_moved_has_lost_the_race(storage, database):
    other = database.open()
    looked = threading.Event()

    def second():
        with other.work() as work:
            work.deliveries.get(KEY, DEPARTMENT)
            looked.set()
            work.deliveries.move(KEY, DEPARTMENT, DeliveryEvent.SEAL, at=NOW)

    with ThreadPoolExecutor(1) as thread:
        with storage.work() as work:
            work.deliveries.move(KEY, DEPARTMENT, DeliveryEvent.SEAL, at=NOW)
            losing = thread.submit(second)
            assert looked.wait(10)
        with pytest.raises(LostRace):
            losing.result(10)
    other.close()


@pytest.mark.usefixtures("taken")
def test_of_two_who_saw_the_same_document_one_seals_it(storage):
    def seal(number):
        try:
            with storage.work() as work:
                work.documents.move(
                    KEY,
                    DocumentEvent.SEAL,
                    seen=DocumentState.TAKEN,
                    packet=f"{number}",
                )
        except LostRace:
            return 0
        return 1

    assert sum(together(4, seal)) == 1


def test_threads_that_append_at_once_never_fork_the_ledger(storage):
    def append(number):
        for count in range(10):
            fact = DocumentResent(document=f"{number}-{count}", recipient=DEPARTMENT)
            with storage.work() as work:
                work.ledger.append(fact, NOW)

    together(6, append)

    assert check_ledger(storage) == 60


def test_what_one_worker_claims_while_others_claim_is_its_alone(storage):
    with storage.work() as work:
        ids = {queue(work, f"m-{number}") for number in range(30)}

    def claim(number):
        claimed = []
        for _ in range(10):
            with storage.work() as work:
                items = work.outbox.claim(
                    2, worker=f"{number}", now=NOW, lease_seconds=60
                )
                for item in items:
                    work.outbox.settle(item.id, NOW)
            claimed += [item.id for item in items]
        return claimed

    claimed = [item for items in together(3, claim) for item in items]

    assert sorted(claimed) == sorted(ids)


@only("postgresql")  # SQLite has one writer at a time
def test_a_claim_does_not_wait_for_another_that_is_not_finished(storage, database):
    other = database.open()
    with storage.work() as work:
        first, second = queue(work, "m-1"), queue(work, "m-2")

    with storage.work() as one, other.work() as two:
        here = one.outbox.claim(1, worker="one", now=NOW, lease_seconds=60)
        there = two.outbox.claim(1, worker="two", now=NOW, lease_seconds=60)

    other.close()
    assert ([it.id for it in here], [it.id for it in there]) == ([first], [second])


@pytest.mark.slow
def test_processes_that_append_at_once_never_fork_the_ledger(storage, database):
    done = workers.run_together(workers.append_facts, database, ("a", "b", "c"))

    assert done == {"a": 25, "b": 25, "c": 25}
    assert check_ledger(storage) == 75


@pytest.mark.slow
def test_processes_that_claim_at_once_share_the_outbox(storage, database):
    with storage.work() as work:
        ids = {queue(work, f"m-{number}") for number in range(40)}

    done = workers.run_together(workers.claim_all, database, ("a", "b", "c"))

    assert sorted(item for items in done.values() for item in items) == sorted(ids)


@pytest.mark.slow
def test_processes_that_take_the_same_row_take_it_once(storage, database):
    done = workers.run_together(workers.take, database, ("a", "b", "c"))

    assert sorted(done.values()) == [False, False, True]
    with storage.work() as work:
        assert len(work.deliveries.of(KEY)) == 2


@pytest.mark.slow
def test_processes_that_migrate_at_once_migrate_once(empty_database):
    done = workers.run_together(workers.migrate, empty_database, ("a", "b", "c"))

    assert set(done.values()) == {"done"}


@pytest.mark.slow
def test_who_is_killed_before_the_commit_leaves_nothing(storage, database):
    ended = workers.run_and_die(workers.die_before_commit, database)

    assert ended == -signal.SIGKILL
    with storage.work() as work:
        assert not work.documents.known(PROVINCE, "17", "1")
        assert work.outbox.waiting() == 0
    assert check_ledger(storage) == 0


@pytest.mark.slow
def test_who_is_killed_after_the_commit_leaves_everything(storage, database):
    ended = workers.run_and_die(workers.die_after_commit, database)

    assert ended == -signal.SIGKILL
    with storage.work() as work:
        states = {it.state for it in work.deliveries.of(KEY)}
    assert states == {DeliveryState.TAKEN}
    assert check_ledger(storage) == 1


def test_who_waits_too_long_for_a_lock_may_try_again(database, monkeypatch):
    monkeypatch.setattr(engine, "WAIT_SECONDS", 1)
    holding, waiting = database.open(), database.open()

    def append(work):
        work.ledger.append(DocumentResent(document="d", recipient=DEPARTMENT), NOW)

    with holding.work() as held:
        append(held)
        with pytest.raises(StorageUnavailable) as waited, waiting.work() as work:
            append(work)

    assert waited.value.retryable
    with waiting.work() as work:
        append(work)
    assert check_ledger(holding) == 2
    holding.close()
    waiting.close()
