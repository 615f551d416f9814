"""Two departments tell each other of their days, and what differs becomes a case."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from edoc_connector.errors import CaseSettled, EnvelopeMalformed
from edoc_connector.flows.inspecting.listed import incoming
from edoc_connector.flows.outgoing import passage
from edoc_connector.flows.outgoing.post import resend
from edoc_connector.flows.outgoing.settling import forgo
from edoc_connector.flows.reconciliation import reconcile
from edoc_connector.flows.reconciliation import stating as stating_module
from edoc_connector.flows.reconciliation.case import close_case
from edoc_connector.flows.reconciliation.reconciled import DayState, days
from edoc_connector.flows.reconciliation.statement import read_statement
from edoc_connector.model.delivery import InboxState
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.reconciliation import (
    FOUND_HERE,
    CaseKind,
    Difference,
    Listed,
    side_of,
)
from edoc_connector.model.stages import Kind
from edoc_connector.storage.tables import reconciliations
from tests.support.world import RECEIVER, SENDER, World

DAY = timedelta(days=1)
WAIT = timedelta(hours=7)


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    world.sender.reconciles = world.receiver.reconciles = True
    yield world
    world.close()


def cases_of(department):
    with department.storage.reading() as work:
        return {(it.kind, it.document_id) for it in work.cases.still_open()}


def key_of(department, number):
    with department.storage.reading() as work:
        found = {it.label: it.key for it in work.documents.recent(20)}
    return found[f"{number}/UBND-VX"]


def lose(world, code=RECEIVER):
    """What lies in the queue of a department is deleted by somebody."""
    world.axis.queues[f"edoc.inbox.{code}"].clear()


def send(world, number):
    """Send a document as far as the axis."""
    world.sender.write(number, RECEIVER)
    for _ in range(4):
        world.sender.steps()


def let_days_pass(world, count=2):
    for _ in range(count):
        world.now += DAY
        world.run()


def test_where_nothing_is_lost_both_days_fit(world):
    world.sender.write(7, RECEIVER)
    world.run()

    let_days_pass(world)

    assert cases_of(world.sender) == cases_of(world.receiver) == set()
    for department in (world.sender, world.receiver):
        facts = department.facts()
        assert facts.count("reconciliation:stated") == 1
        assert facts.count("reconciliation:compared") == 1
        assert department.facts().count("reconciliation:case") == 0


def test_what_somebody_deleted_from_the_axis_is_a_case_on_both_sides(world, caplog):
    send(world, 7)
    lose(world)
    send(world, 8)
    world.run()

    let_days_pass(world)
    world.now += WAIT
    world.run()
    let_days_pass(world)

    lost = f"{SENDER},2026/11/20,7/UBND-VX"
    assert cases_of(world.receiver) == {(CaseKind.NOT_RECEIVED_HERE, lost)}
    assert cases_of(world.sender) == {(CaseKind.NOT_RECEIVED_THERE, lost)}
    differs = [it for it in caplog.records if it.message == "reconciliation_differs"]
    assert [it.levelno for it in differs] == [logging.ERROR] * 2


def test_a_lost_document_that_is_sent_again_closes_the_case_on_both_sides(world):
    send(world, 7)
    lose(world)
    world.run()
    let_days_pass(world)
    world.now += WAIT
    world.run()
    let_days_pass(world)
    assert cases_of(world.sender)

    resend(world.sender.storage, key_of(world.sender, 7), at=world.clock())
    world.run()
    assert cases_of(world.receiver) == set()
    let_days_pass(world)

    assert cases_of(world.sender) == set()
    assert world.sender.facts().count("reconciliation:closed") == 1


def test_what_is_only_under_way_is_no_case(world):
    """The statement of a day overtakes a document of that day."""
    send(world, 7)
    late = [*world.axis.queues[f"edoc.inbox.{RECEIVER}"]]
    lose(world)
    world.now += DAY
    world.run()
    world.now += timedelta(hours=5)
    world.run()
    assert cases_of(world.receiver) == set()

    world.axis.queues[f"edoc.inbox.{RECEIVER}"].extend(late)
    world.run()
    world.now += WAIT
    world.run()

    assert cases_of(world.receiver) == cases_of(world.sender) == set()
    assert world.receiver.facts().count("reconciliation:case") == 0


def test_a_document_that_its_sender_does_not_know_is_a_case_on_both_sides(world):
    """The sender's database was set back to a copy of before."""
    before = world.sender.folder / "edoc.sqlite"
    copy = before.read_bytes()
    world.sender.write(7, RECEIVER)
    world.run()
    forget(world, copy)

    let_days_pass(world)
    world.now += WAIT
    world.run()
    let_days_pass(world)

    unknown = f"{SENDER},2026/11/20,7/UBND-VX"
    assert cases_of(world.sender) == {(CaseKind.UNKNOWN_HERE, unknown)}
    assert cases_of(world.receiver) == {(CaseKind.UNKNOWN_THERE, unknown)}


def forget(world, copy):
    """The sender's own database is what it was; its register says all was sent."""
    world.sender.stop()
    for path in world.sender.folder.glob("edoc.sqlite*"):
        path.unlink()
    (world.sender.folder / "edoc.sqlite").write_bytes(copy)
    world.sender.start()


def test_a_partner_without_a_mailbox_for_it_is_left_alone(world, caplog):
    world.sender.write(7, RECEIVER)
    world.run()
    caplog.set_level(logging.INFO)
    del world.axis.bindings[f"reconciliation.{RECEIVER}"]
    world.receiver.reconciles = False

    let_days_pass(world)

    with world.sender.storage.reading() as work:
        (line,) = [it for it in days(work, 10) if it.ours]
        assert work.outbox.waiting() == 0
    assert line.state is DayState.CANNOT
    assert "peer_cannot_reconcile" in [it.message for it in caplog.records]
    assert not [it for it in caplog.records if it.levelno >= logging.ERROR]


def test_what_somebody_has_taken_out_meanwhile_is_no_defect(world, caplog, monkeypatch):
    def too_late(means, item, error):
        with means.storage.work() as work:
            work.outbox.settle(item.id, at=means.site.clock())
        forgo(means, item, error)

    monkeypatch.setattr(passage, "forgo", too_late)
    world.sender.write(7, RECEIVER)
    world.run()
    del world.axis.bindings[f"reconciliation.{RECEIVER}"]
    world.receiver.reconciles = False

    let_days_pass(world)

    assert not [it for it in caplog.records if it.levelno >= logging.WARNING]


def test_a_day_is_stated_once_and_missed_days_afterwards(world):
    world.sender.write(7, RECEIVER)
    world.run()
    world.now += 5 * DAY

    world.run()
    world.run()

    assert world.sender.facts().count("reconciliation:stated") == 1
    with world.sender.storage.reading() as work:
        assert [it.day for it in days(work, 10)] == ["2026-11-23"]


def test_a_day_that_this_process_has_stated_is_not_looked_for_again(world):
    """To look means to read its lists, at every step and of a week."""
    told, schedule = set(), reconcile.Schedule()
    site, storage = world.sender.site, world.sender.storage
    world.sender.write(7, RECEIVER)
    world.run()
    world.now += DAY

    def step(told):
        return reconcile.reconcile(site, storage, schedule=schedule, told=told, limit=9)

    assert (step(told), len(told)) == (1, 7)
    with storage.work() as work:
        work.reconciliations._connection.execute(sa.delete(reconciliations))
    assert step(told) == 0
    assert step(set()) == 1
    assert schedule == reconcile.Schedule()
    hash(schedule)


def test_what_is_older_than_a_week_is_not_stated_any_more(world):
    world.sender.write(7, RECEIVER)
    world.run()
    world.now += 9 * DAY

    world.run()

    assert world.sender.facts().count("reconciliation:stated") == 0


def test_a_register_sees_nothing_of_it(world):
    world.sender.write(7, RECEIVER)
    world.run()

    let_days_pass(world)

    assert len(world.receiver.arrived()) == 1
    with world.receiver.storage.reading() as work:
        assert len(incoming(work, 10)) == 1


def test_a_case_that_people_have_settled_stays_closed(world):
    send(world, 7)
    lose(world)
    world.run()
    let_days_pass(world)
    world.now += WAIT
    world.run()
    with world.receiver.storage.work() as work:
        (case,) = work.cases.still_open()
        settled = CaseSettled(text="gửi nhầm").reason
        close_case(work, case, at=world.clock(), reason=settled)

    let_days_pass(world)

    assert cases_of(world.receiver) == cases_of(world.sender) == set()


def test_a_statement_lost_from_our_disk_is_left_and_stops_nothing_else(world, caplog):
    send(world, 7)
    lose(world)
    world.sender.write(8, RECEIVER)
    world.run()
    world.now += DAY
    world.run()
    with world.receiver.storage.reading() as work:
        (damaged,) = work.reconciliations.to_compare(10)
    world.receiver.storage.content.path(damaged.content).unlink()
    world.receiver.write(9, SENDER)
    world.sender.write(10, RECEIVER)
    world.run()

    let_days_pass(world)

    with world.receiver.storage.reading() as work:
        states = {it.day: it.state for it in days(work, 10) if it.theirs}
        ours = [it.day for it in days(work, 10) if it.ours]
        assert work.reconciliations.to_compare(10) == (damaged,)
    assert states == {"2026-11-23": DayState.WAITING, "2026-11-24": DayState.FITS}
    assert ours == ["2026-11-24", "2026-11-23"]
    said = [it for it in caplog.records if it.message == "reconciliation_not_compared"]
    assert {it.reason for it in said} == {"content-missing"}


def test_what_is_left_does_not_keep_the_loop_from_its_rest(world, caplog):
    send(world, 7)
    lose(world)
    world.run()
    world.now += DAY
    world.run()
    with world.receiver.storage.reading() as work:
        (damaged,) = work.reconciliations.to_compare(10)
    world.receiver.storage.content.path(damaged.content).unlink()
    caplog.clear()

    done = world.receiver.reconcile()

    assert done == 0
    said = [it for it in caplog.records if it.levelno == logging.ERROR]
    assert [it.message for it in said] == ["reconciliation_not_compared"]


def questions_of_a_step(department):
    """How many statements one step of the loop sends to the database."""
    asked = []

    def listen(_connection, _cursor, statement, *_):
        asked.append(statement)

    engines = {department.storage._engine, department.storage._readers}
    for engine in engines:
        sa.event.listen(engine, "before_cursor_execute", listen)
    department.reconcile()
    for engine in engines:
        sa.event.remove(engine, "before_cursor_execute", listen)
    return len(asked)


def open_cases(department, peer, numbers):
    with department.storage.work() as work:
        for number in numbers:
            for kind in FOUND_HERE:
                lost = Difference(
                    kind=kind, message_id=f"m-{number}", document_id=f"{number}"
                )
                work.cases.open(peer, "2026-11-23", lost, at=department.site.clock())


def test_a_hundred_open_cases_with_a_partner_cost_no_more_than_one(world):
    world.run()
    open_cases(world.receiver, SENDER, range(1))
    world.receiver.reconcile()
    few = questions_of_a_step(world.receiver)
    open_cases(world.receiver, SENDER, range(1, 100))

    assert questions_of_a_step(world.receiver) == few
    assert len(cases_of(world.receiver)) == 200


def test_what_is_too_much_to_list_is_counted_and_said_and_no_difference(
    world, monkeypatch, caplog
):
    """The last one is lost, and is not among the first two, which are compared."""
    for number in (7, 8):
        world.sender.write(number, RECEIVER)
    world.run()
    send(world, 9)
    lose(world)
    monkeypatch.setattr("edoc_connector.model.reconciliation.MOST_ENTRIES", 2)

    let_days_pass(world)
    world.now += WAIT
    world.run()

    with world.receiver.storage.reading() as work:
        (theirs,) = [it for it in days(work, 10) if it.theirs]
    assert theirs.theirs.sent == 3
    assert theirs.state is DayState.PARTLY
    assert cases_of(world.sender) == cases_of(world.receiver) == set()
    cut = [it for it in caplog.records if it.message == "reconciliation_cut"]
    assert {(it.levelno, it.count) for it in cut} == {(logging.ERROR, 3)}


# --- hostile ------------------------------------------------------------------


def stating(monkeypatch, **changes):
    """The sender states something else than what is so."""

    def forged(*arguments):
        return replace(honest(*arguments), **changes)

    honest = stating_module._statement
    monkeypatch.setattr(stating_module, "_statement", forged)


ENTRY = Listed(message_id="m-1", document_id="x", packet="ab" * 32, at="now")


@pytest.mark.parametrize(
    "changes",
    [{"sender": OrganizationCode("H99")}, {"sent": replace(side_of([ENTRY]), count=2)}],
)
def test_a_statement_that_does_not_fit_is_set_aside_and_believed_in_nothing(
    world, monkeypatch, changes
):
    world.sender.write(7, RECEIVER)
    world.run()
    stating(monkeypatch, **changes)
    world.receiver.reconciles = False

    let_days_pass(world)

    with world.receiver.storage.reading() as work:
        (entry,) = work.inbox.recent(Kind.RECONCILIATION, 5)
        assert days(work, 10) == ()
    assert entry.state is InboxState.QUARANTINED
    assert entry.reason.code == "envelope-malformed"


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[" * 100_000, b"\xff", b'{"version":1}']
)
def test_bytes_that_are_no_statement_are_refused(data):
    with pytest.raises(EnvelopeMalformed):
        read_statement(data)


def test_a_huge_statement_is_refused_before_it_is_read(world, monkeypatch):
    world.sender.write(7, RECEIVER)
    world.run()
    monkeypatch.setattr("edoc_connector.flows.reconciliation.statement.MOST_BYTES", 100)

    let_days_pass(world)

    with world.receiver.storage.reading() as work:
        (entry,) = work.inbox.recent(Kind.RECONCILIATION, 5)
    assert entry.state is InboxState.QUARANTINED


def test_who_says_it_found_what_is_none_of_ours_opens_no_case(world, monkeypatch):
    world.sender.write(7, RECEIVER)
    world.run()
    foreign = tuple(
        Difference(kind=kind, message_id="m-1", document_id="x") for kind in FOUND_HERE
    )
    stating(monkeypatch, differences=foreign)

    let_days_pass(world)

    assert cases_of(world.receiver) == set()


def test_a_statement_that_comes_again_says_nothing_new(world):
    send(world, 7)
    lose(world)
    world.run()
    world.now += DAY
    for _ in range(4):
        world.sender.steps()
    queue = world.axis.queues[f"edoc.inbox.{RECEIVER}"]
    again = [*queue]
    world.run()
    world.now += WAIT
    world.run()
    queue.extend(again)

    world.run()

    assert len(cases_of(world.receiver)) == 1
    assert world.receiver.facts().count("reconciliation:case") == 1
    assert world.receiver.facts().count("reconciliation:compared") == 1


def test_an_older_word_of_the_same_day_does_not_replace_a_newer_one(
    world, monkeypatch, caplog
):
    world.sender.write(7, RECEIVER)
    world.run()
    world.now += DAY
    world.run()
    with world.receiver.storage.reading() as work:
        kept = work.reconciliations.find(SENDER, "2026-11-23", is_ours=False)
    with world.sender.storage.work() as work:
        work.reconciliations._connection.execute(sa.delete(reconciliations))
    stating(monkeypatch, stated_at="2026-11-23T00:00:00+00:00")

    world.run()

    with world.receiver.storage.reading() as work:
        assert work.reconciliations.find(SENDER, "2026-11-23", is_ours=False) == kept
    assert "reconciliation_replayed" in [it.message for it in caplog.records]


def test_a_newer_word_of_the_same_day_is_compared_anew(world):
    world.sender.write(7, RECEIVER)
    world.run()
    world.now += DAY
    world.run()
    with world.sender.storage.work() as work:
        work.reconciliations._connection.execute(sa.delete(reconciliations))
    world.now += timedelta(minutes=1)

    world.run()

    assert world.receiver.facts().count("reconciliation:compared") == 2
