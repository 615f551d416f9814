"""Many at once, and some die: nothing is done twice, nothing is half done."""

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from edoc_connector.errors import (
    IllegalMove,
    LostRace,
    ResendWithdrawn,
    StorageUnavailable,
)
from edoc_connector.flows.outgoing.post import resend
from edoc_connector.ledger.audit import audit
from edoc_connector.ledger.facts import DocumentResent
from edoc_connector.model.change import ChangeState
from edoc_connector.model.delivery import (
    DeliveryEvent,
    DeliveryState,
    DocumentEvent,
    DocumentState,
    InboxEvent,
)
from edoc_connector.storage import Storage, engine
from edoc_connector.storage.records import Change
from tests.support import workers
from tests.support.postgres import shared_server
from tests.support.storage import (
    BOTH,
    DEPARTMENT,
    NOW,
    PROVINCE,
    digest,
    only,
    outgoing,
    queue,
    receive,
)

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


def move_the_document(work):
    work.documents.move(KEY, DocumentEvent.SEAL)


def move_the_delivery(work):
    work.deliveries.move(KEY, DEPARTMENT, DeliveryEvent.SEAL, at=NOW)


def move_the_packet(work):
    work.inbox.move(1, InboxEvent.DELIVER)


@pytest.mark.usefixtures("taken")
@pytest.mark.parametrize(
    "move", [move_the_document, move_the_delivery, move_the_packet]
)
@only("postgresql")  # on SQLite nobody even looks while another one works
def test_who_looked_before_another_moved_has_lost_the_race(storage, database, move):
    other = database.open()
    with storage.work() as work:
        assert receive(work) == 1

    def move_too():
        with other.work() as work:
            move(work)

    with ThreadPoolExecutor(1) as thread:
        with storage.work() as work:
            move(work)
            losing = thread.submit(move_too)
            wait_for_a_waiter(database)
        with pytest.raises(LostRace):
            losing.result(10)
    other.close()


def wait_for_a_waiter(database):
    """Return when somebody else has looked, wants to write, and waits for a lock."""
    name = database.url.rpartition("/")[2]
    query = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = %s AND wait_event_type = 'Lock'"
    )
    deadline = time.monotonic() + engine.WAIT_SECONDS
    with shared_server().connect() as connection:
        while connection.execute(query, [name]).fetchone() != (1,):
            assert time.monotonic() < deadline
            time.sleep(0.01)


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
                items = work.leases.claim(
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
        here = one.leases.claim(1, worker="one", now=NOW, lease_seconds=60)
        there = two.leases.claim(1, worker="two", now=NOW, lease_seconds=60)

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


def test_threads_that_take_the_same_rows_take_each_once(storage):
    def take(number):
        del number
        taken = 0
        for row in range(20):
            with storage.work() as work:
                taken += work.documents.add(outgoing(f"{row}"), BOTH)
        return taken

    assert sum(together(4, take)) == 20


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


@only("postgresql")  # a SQLite database has no server to lose
def test_a_server_that_cuts_the_connection_undoes_the_whole(storage, database):
    def work_while_cut():
        with storage.work() as work:
            queue(work, "m-1")
            cut_connections(database)
            queue(work, "m-2")

    with pytest.raises(StorageUnavailable) as cut:
        work_while_cut()

    assert cut.value.retryable
    with storage.work() as work:
        assert work.outbox.waiting() == 0


@only("postgresql")
def test_a_connection_that_was_cut_while_it_rested_is_not_even_noticed(
    storage, database
):
    with storage.work() as work:
        queue(work)
    cut_connections(database)

    with storage.work() as work:
        assert work.outbox.waiting() == 1


def cut_connections(database):
    """Do what a server does when it is restarted."""
    name = database.url.rpartition("/")[2]
    with shared_server().connect() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [name],
        )


@only("postgresql")
def test_a_wrong_password_is_told_without_the_password(database, tmp_path):
    storage = Storage(database.url, "sai-mật-khẩu", tmp_path)

    with pytest.raises(StorageUnavailable) as refused:
        storage.check()

    assert "sai-mật-khẩu" not in f"{refused.value} {refused.value.__cause__}"


# --- the relay against a recall ---


def claim(work):
    return work.leases.claim(1, worker="w", now=NOW, lease_seconds=60)


def test_of_a_relay_and_a_recall_exactly_one_has_the_packet(storage):
    with storage.work() as work:
        queue(work)

    def hurry(number):
        with storage.work() as work:
            if number % 2:
                return bool(claim(work))
            return work.outbox.withdraw("m-1", DEPARTMENT, at=NOW)

    relayed, recalled = [], []
    for number, won in enumerate(together(2, hurry)):
        (relayed if number % 2 else recalled).append(won)

    assert sorted([*relayed, *recalled]) == [False, True]


@only("postgresql")  # on SQLite nobody even looks while another one works
def test_a_recall_waits_for_a_relay_that_has_just_taken_the_packet(storage, database):
    other = database.open()
    with storage.work() as work:
        queue(work)

    def recall():
        with other.work() as work:
            return work.outbox.withdraw("m-1", DEPARTMENT, at=NOW)

    with ThreadPoolExecutor(1) as thread:
        with storage.work() as work:
            assert len(claim(work)) == 1
            recalling = thread.submit(recall)
            wait_for_a_waiter(database)
        assert recalling.result(10) is False
    other.close()


@only("postgresql")
def test_a_relay_passes_over_a_packet_that_is_being_recalled(storage, database):
    other = database.open()
    with storage.work() as work:
        queue(work)

    with storage.work() as work:
        assert work.outbox.withdraw("m-1", DEPARTMENT, at=NOW)
        with other.work() as relay:
            assert claim(relay) == ()
    with other.work() as relay:
        assert claim(relay) == ()
    other.close()


@pytest.mark.usefixtures("taken")
@only("postgresql")
def test_of_two_recalls_the_second_sees_what_the_first_has_done(storage, database):
    other = database.open()

    def recall_too():
        with other.work() as work:
            return work.documents.lock(KEY).frozen_at

    with ThreadPoolExecutor(1) as thread:
        with storage.work() as work:
            assert work.documents.lock(KEY).frozen_at is None
            second = thread.submit(recall_too)
            wait_for_a_waiter(database)
            work.documents.freeze(KEY, NOW)
        assert second.result(10) == NOW
    other.close()


def sealed_and_sent(work):
    work.documents.move(
        KEY, DocumentEvent.SEAL, packet=digest("packet"), packet_bytes=6
    )
    work.deliveries.move(KEY, DEPARTMENT, DeliveryEvent.SEAL, at=NOW)
    work.deliveries.move(KEY, DEPARTMENT, DeliveryEvent.CONFIRM, at=NOW)


def ask_for_it_back(work):
    recall = outgoing("18", changes=KEY, business_type=1)
    work.documents.add(recall, BOTH)
    row = Change(
        change=recall.key,
        original=KEY,
        recipient=DEPARTMENT,
        business_type=1,
        state=ChangeState.ASKED,
        reason=None,
        changed_at=NOW,
    )
    work.changes.add([row])
    work.outbox.stop(KEY, DEPARTMENT, at=NOW)
    work.documents.freeze(KEY, NOW)


@pytest.mark.usefixtures("taken")
@only("postgresql")
def test_what_is_being_recalled_is_not_sent_once_more(storage, database):
    other = database.open()
    with storage.work() as work:
        sealed_and_sent(work)

    with ThreadPoolExecutor(1) as thread:
        with storage.work() as work:
            work.documents.lock(KEY)
            sending = thread.submit(resend, other, KEY, [DEPARTMENT], at=NOW)
            wait_for_a_waiter(database)
            ask_for_it_back(work)
        with pytest.raises(ResendWithdrawn):
            sending.result(10)
    with storage.reading() as work:
        assert work.outbox.waiting() == 0
    other.close()
