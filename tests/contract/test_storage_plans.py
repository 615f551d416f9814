"""Every question of the loops and of the lists follows an index, however long the life.

What is asked is what really runs: two departments at work, and every look a person has.
SQLite says how it answers each statement; PostgreSQL, told to avoid reading whole
tables, does so only where there is no other way.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from edoc_connector.flows.inspecting.listed import incoming, outgoing
from edoc_connector.flows.inspecting.telling import tell_story
from edoc_connector.flows.reconciliation.reconciled import days
from edoc_connector.flows.statuses.deadlines import look_at_deadlines
from edoc_connector.model.delivery import DeliveryEvent, InboxState
from edoc_connector.model.reconciliation import FOUND_HERE
from edoc_connector.storage.records import Wanted
from edoc_connector.storage.tables import metadata
from tests.contract.test_storage_reconciliations import LOST, statement
from tests.support.storage import BOTH, DEPARTMENT, NOW, digest, receipt, receive
from tests.support.storage import outgoing as taken
from tests.support.world import NOWHERE, RECEIVER, World
from tests.unit.flows.reconciliation.test_reconcile import cases_of, let_days_pass, send

pytest_plugins = ("tests.support.databases",)

LONG = {
    "answers",
    "arrivals",
    "cases",
    "changes",
    "deliveries",
    "documents",
    "evidence",
    "inbox",
    "ledger",
    "non_deliveries",
    "orders",
    "outbox",
    "pdf_files",
    "pdf_reports",
    "receipts",
    "reconciliations",
    "verdicts",
}
"""Tables that only grow; the others are queues, or have a row per partner or key."""

WANTED = [
    Wanted(),
    Wanted(state="delivered"),
    Wanted(state="sent"),
    Wanted(state="refused"),
    Wanted(state="quarantined"),
    Wanted(organization=DEPARTMENT),
    Wanted(since=NOW - timedelta(days=1), until=NOW),
    Wanted(is_late=True),
    Wanted(is_failed=True),
    Wanted(is_failed=True, organization=DEPARTMENT, since=NOW - timedelta(days=1)),
]


def whole_tables(plan, statement):
    """Which long tables a plan of SQLite reads from one end to the other."""
    found = set()
    for line in plan:
        scan = re.match(r"SCAN (\w+)(.*)", line)
        if scan and scan[1] in LONG and not is_short(scan[2].split(), statement):
            found.add(scan[1])
    return found


PARTIAL = {
    index.name
    for table in metadata.tables.values()
    for index in table.indexes
    if "where" in index.info
}
"""They hold only the rows that wait for something."""


def is_short(how, statement):
    """Whether an index read from its end is one of a few rows, or is left soon."""
    is_index = "INDEX" in how
    return is_index and ("LIMIT" in statement or not PARTIAL.isdisjoint(how))


READS = re.compile(
    r"\s*(SELECT|UPDATE|DELETE|WITH|INSERT\b.*\bSELECT\b)", re.IGNORECASE | re.DOTALL
)
"""What has to find rows before it does anything."""


class Listener:
    """Has each statement explained as it runs, on the same connection."""

    def __init__(self, storage):
        self.guilty = {}
        self.plans = []
        for engine in {storage._engine, storage._readers}:
            sa.event.listen(engine, "after_cursor_execute", self)

    def __call__(self, connection, cursor, statement, *given):
        del cursor
        if not READS.match(statement):
            return
        parameters, _, is_many = given
        parameters = parameters[0] if is_many else parameters
        own = connection.connection.driver_connection.cursor()
        if connection.dialect.name == "sqlite":
            explained = own.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plan = [row[3] for row in explained]
            found = whole_tables(plan, statement)
        else:
            own.execute("SET LOCAL enable_seqscan = off")
            own.execute(f"EXPLAIN {statement}", parameters)
            plan = [row[0] for row in own.fetchall()]
            scans = re.findall(r"Seq Scan on (\w+)", "\n".join(plan))
            found = LONG & set(scans)
        self.plans.append(plan)
        if found:
            self.guilty[statement] = (found, plan)
        own.close()


def test_no_loop_reads_a_whole_table(tmp_path):
    world = World(tmp_path)
    listeners = [
        Listener(department.storage) for department in (world.sender, world.receiver)
    ]
    world.sender.reconciles = world.receiver.reconciles = True
    world.sender.accepted_at_once = world.receiver.accepted_at_once = 10
    world.sender.write(1, RECEIVER, NOWHERE)
    world.sender.write(2, RECEIVER)

    world.run()
    lose_one_and_reconcile(world)
    for department in (world.sender, world.receiver):
        world.now += timedelta(days=40)
        look_at_deadlines(department.site, department.storage, limit=10)

    assert [it.guilty for it in listeners] == [{}, {}]
    assert all(len(it.plans) > 50 for it in listeners)
    world.close()


def lose_one_and_reconcile(world):
    """One more is lost on the way, found to be lost, found again, and fits."""
    send(world, 3)
    queue = world.axis.queues[f"edoc.inbox.{RECEIVER}"]
    lost = [*queue]
    queue.clear()
    for hours in (24, 7, 24):
        world.now += timedelta(hours=hours)
        world.run()
    assert cases_of(world.sender)
    assert cases_of(world.receiver)
    queue.extend(lost)
    let_days_pass(world)
    assert cases_of(world.sender) == set()


@pytest.fixture
def looked_at(storage):
    """A register with something in it, and who listens to what is asked of it."""
    with storage.work() as work:
        work.documents.add(taken(), BOTH)
        receive(work, state=InboxState.QUARANTINED)
        receive(work, "m-2")
    return storage, Listener(storage)


@pytest.mark.parametrize("wanted", WANTED)
def test_no_list_reads_a_whole_table(looked_at, wanted):
    storage, listener = looked_at
    with storage.reading() as work:
        outgoing(work, 50, wanted)
        incoming(work, 50, wanted)

    assert listener.guilty == {}
    assert listener.plans


@pytest.mark.parametrize(
    ("wanted", "indexes"),
    [
        (Wanted(is_failed=True), {"ix_deliveries_state_id", "ix_deliveries_status"}),
        (Wanted(is_late=True), {"ix_deliveries_late_at"}),
        (Wanted(state="sent"), {"ix_deliveries_state_id"}),
    ],
)
def test_what_is_rare_is_found_by_an_index_of_it_and_not_from_the_newest_on(
    looked_at, wanted, indexes
):
    """The newest fifty of a few, behind a hundred thousand of the others."""
    storage, listener = looked_at
    with storage.reading() as work:
        work.listing.outgoing(wanted, 50)

    if storage._engine.dialect.name == "sqlite":  # PostgreSQL chooses by its statistics
        assert indexes <= set(re.findall(r"ix_\w+", str(listener.plans)))


def test_no_day_and_no_difference_is_looked_for_in_a_whole_table(looked_at):
    storage, listener = looked_at
    with storage.work() as work:
        work.reconciliations.add(statement())
        (seen,) = work.reconciliations.to_compare(500)
        work.reconciliations.settle(seen, at=NOW)
        work.cases.open(DEPARTMENT, "2026-11-23", LOST, at=NOW)
        work.cases.count_open(DEPARTMENT)
        work.cases.closed_since(NOW, FOUND_HERE)
        (case,) = work.cases.still_open(FOUND_HERE, DEPARTMENT)
        work.cases.close(case, at=NOW)
        days(work, 50)

    assert listener.guilty == {}
    assert listener.plans


def test_no_batch_is_looked_for_in_a_whole_table(looked_at):
    storage, listener = looked_at
    names = {("H20", "m-2", digest("m-2")), ("H20", "m-3", digest("m-3"))}
    document = taken()
    with storage.work() as work:
        assert len(work.inbox.among(names)) == 1
        work.segments.of_any(names)
        work.documents.sent_under(document.sender, {document.document_id})
        of_each = work.deliveries.of_each({document.key})
        (seen, _) = of_each[document.key]
        work.deliveries.move(document.key, seen.recipient, DeliveryEvent.SEAL, at=NOW)
        seen = work.deliveries.get(document.key, seen.recipient)
        given = receipt(document.key, seen.recipient)
        work.deliveries.answer_all([(seen, given)], DeliveryEvent.ARRIVE, at=NOW)

    assert listener.guilty == {}
    assert len(listener.plans) > 6


def test_a_batch_is_sealed_by_its_documents_and_not_through_the_backlog(looked_at):
    storage, listener = looked_at
    key = taken().key
    with storage.work() as work:
        work.deliveries.seal_all([key], NOW)
        work.outbox.add_sealed(["of-nobody"], at=NOW)

    assert listener.guilty == {}
    assert len(listener.plans) == 2
    assert "ix_deliveries_state" not in str(listener.plans)


def test_one_screen_reads_no_whole_table(looked_at):
    storage, listener = looked_at
    with storage.reading() as work:
        work.counting.all(NOW)

    assert listener.guilty == {}


def test_the_story_of_one_document_reads_no_whole_table(looked_at):
    storage, listener = looked_at
    with storage.reading() as work:
        tell_story(work, taken().key)
        tell_story(work, "m-2")
        work.listing.failed(since=None, limit=10)
        work.listing.failed(since=NOW, limit=10)

    assert listener.guilty == {}
