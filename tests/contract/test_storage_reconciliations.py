"""Statements and cases, the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from edoc_connector.errors import CaseSettled, LostRace, NotFound, Unroutable
from edoc_connector.flows.reconciliation.reconciled import days
from edoc_connector.model.delivery import DeliveryEvent, InboxState
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.reconciliation import FOUND_HERE, CaseKind, Difference
from edoc_connector.model.stages import Kind
from edoc_connector.storage.records import Reconciliation
from tests.support.storage import (
    BOTH,
    COMMUNE,
    DEPARTMENT,
    NOW,
    digest,
    outgoing,
    queue,
    receive,
)

pytest_plugins = ("tests.support.databases",)

LATER = NOW + timedelta(hours=1)
LOST = Difference(
    kind=CaseKind.NOT_RECEIVED_HERE, message_id=MessageId("m-1"), document_id="7"
)


def statement(**changes):
    values = {
        "id": 0,
        "peer": DEPARTMENT,
        "day": "2026-11-23",
        "is_ours": False,
        "sent": 2,
        "received": 1,
        "digest": digest("list"),
        "message_id": MessageId("r-1"),
        "content": digest("statement"),
        "stated_at": NOW,
        "compared_at": None,
    }
    return Reconciliation(**values | changes)


class TestTraffic:
    def test_only_documents_that_have_left_in_the_time_are_sent(self, storage):
        returned = Unroutable(recipient="H").reason
        with storage.work() as work:
            for name, kind, event, reason, minutes in (
                ("left", Kind.EDOC, DeliveryEvent.CONFIRM, None, 1),
                ("status", Kind.STATUS, DeliveryEvent.CONFIRM, None, 1),
                ("returned", Kind.EDOC, DeliveryEvent.CONFIRM, returned, 1),
                ("stopped", Kind.EDOC, DeliveryEvent.WITHDRAW, None, 1),
                ("before", Kind.EDOC, DeliveryEvent.CONFIRM, None, -1),
                ("after", Kind.EDOC, DeliveryEvent.CONFIRM, None, 60),
            ):
                document = outgoing(name)
                work.documents.add(document, BOTH)
                key = document.key
                for each in (DeliveryEvent.SEAL, event):
                    work.deliveries.move(key, DEPARTMENT, each, at=NOW)
                queue(work, key, kind=kind)
                (item,) = work.leases.claim(9, worker="w", now=NOW, lease_seconds=9)
                at = NOW + timedelta(minutes=minutes)
                work.outbox.settle(item.id, at=at, reason=reason)
            never = outgoing("never in hand")
            work.documents.add(never, BOTH)
            work.outbox.settle(queue(work, never.key), at=NOW)
            queue(work, "waiting")
        with storage.reading() as work:
            found = list(work.reconciliations.sent(NOW, LATER))
        left = outgoing("left").key
        assert [(to, it.message_id) for to, it in found] == [(DEPARTMENT, left)]

    def test_documents_that_came_in_the_time_are_received(self, storage):
        with storage.work() as work:
            receive(work, "came", sender=COMMUNE)
            receive(work, "status", kind=Kind.STATUS)
            receive(work, "later", at=LATER)
        with storage.reading() as work:
            found = list(work.reconciliations.received(NOW, LATER))
        assert [(who, it.message_id) for _, who, _, it in found] == [(COMMUNE, "came")]

    def test_what_passed_is_listed_in_the_order_it_did(self, storage):
        names, minutes = ("a", "b", "c"), (30, 10, 20)
        with storage.work() as work:
            for name, after in zip(names, minutes, strict=True):
                at = NOW + timedelta(minutes=after)
                receive(work, name, at=at)
                document = outgoing(name)
                work.documents.add(document, BOTH)
                for each in (DeliveryEvent.SEAL, DeliveryEvent.CONFIRM):
                    work.deliveries.move(document.key, DEPARTMENT, each, at=NOW)
                queue(work, document.key)
                (item,) = work.leases.claim(9, worker="w", now=NOW, lease_seconds=9)
                work.outbox.settle(item.id, at=at)
        with storage.reading() as work:
            sent = list(work.reconciliations.sent(NOW, LATER))
            received = list(work.reconciliations.received(NOW, LATER))
        in_order = ["b", "c", "a"]
        keys = [outgoing(name).key for name in in_order]
        assert [it.message_id for _, it in sent] == keys
        assert [it.message_id for *_, it in received] == in_order

    def test_many_names_are_asked_for_in_several_questions(self, storage):
        names = [MessageId(f"m-{number}") for number in range(1201)]
        with storage.work() as work:
            receive(work, names[0], state=InboxState.DELIVERED)
            receive(work, names[1200])
            work.documents.add(outgoing(), BOTH)
        with storage.reading() as work:
            brought = list(work.reconciliations.who_brought(names))
            ours = list(work.reconciliations.recipients([*names, outgoing().key]))
        assert {(name, done) for name, _, done in brought} == {
            (names[0], True),
            (names[1200], False),
        }
        assert {recipient for _, recipient in ours} == {it.code for it in BOTH}


class TestReconciliations:
    def test_each_side_says_one_thing_of_a_day(self, storage):
        with storage.work() as work:
            assert work.reconciliations.add(statement())
            assert work.reconciliations.add(statement(is_ours=True))
            assert not work.reconciliations.add(statement(content=digest("other")))
        with storage.reading() as work:
            find = work.reconciliations.find
            ours = find(DEPARTMENT, "2026-11-23", is_ours=True)
            theirs = find(DEPARTMENT, "2026-11-23", is_ours=False)
            assert find(COMMUNE, "2026-11-23", is_ours=True) is None
        assert replace(ours, id=0) == statement(is_ours=True)
        assert replace(theirs, id=0) == statement()

    def test_what_was_compared_is_compared_no_more(self, storage):
        with storage.work() as work:
            work.reconciliations.add(statement())
            work.reconciliations.add(statement(is_ours=True))
            (waiting,) = work.reconciliations.to_compare(10)
            work.reconciliations.settle(waiting, at=LATER)
            assert work.reconciliations.to_compare(10) == ()
        with pytest.raises(LostRace), storage.work() as work:
            work.reconciliations.settle(waiting, at=LATER)

    def test_a_newer_word_takes_the_place_of_the_one_that_was_seen(self, storage):
        newer = statement(content=digest("newer"), sent=3)
        with storage.work() as work:
            work.reconciliations.add(statement())
            (seen,) = work.reconciliations.to_compare(10)
            work.reconciliations.replace(seen, newer)
        with storage.reading() as work:
            (kept,) = work.reconciliations.to_compare(10)
        assert replace(kept, id=0) == newer
        with pytest.raises(LostRace), storage.work() as work:
            work.reconciliations.replace(seen, newer)

    def test_the_newest_day_is_found_whenever_it_came(self, storage):
        with storage.work() as work:
            for day in ("2026-11-24", "2026-11-22"):
                work.reconciliations.add(statement(day=day))
        with storage.reading() as work:
            newest = work.reconciliations.newest(DEPARTMENT, is_ours=False)
            recent = work.reconciliations.recent(10)
        assert newest.day == "2026-11-24"
        assert [it.day for it in recent] == ["2026-11-24", "2026-11-22"]

    def test_of_each_of_the_newest_days_both_sides_are_found(self, storage):
        """However many partners there are: what one says came long after our word."""
        peers = [OrganizationCode(f"H20.{number}") for number in range(10, 70)]
        with storage.work() as work:
            for is_ours in (True, False):
                for peer in peers:
                    work.reconciliations.add(statement(peer=peer, is_ours=is_ours))
            work.reconciliations.add(statement(peer=peers[0], day="2026-11-22"))
        with storage.reading() as work:
            lines = days(work, 50)
            last = days(work, 100)[-1]
        assert [it.peer for it in lines if not (it.ours and it.theirs)] == []
        assert [it.peer for it in lines] == peers[:50]
        assert (last.day, last.ours) == ("2026-11-22", None)


class TestCases:
    def test_a_case_is_opened_once(self, storage):
        with storage.work() as work:
            assert work.cases.open(DEPARTMENT, "2026-11-23", LOST, at=NOW)
            assert not work.cases.open(DEPARTMENT, "2026-11-24", LOST, at=LATER)
        with storage.reading() as work:
            (case,) = work.cases.still_open(FOUND_HERE, DEPARTMENT)
            assert work.cases.still_open((CaseKind.UNKNOWN_HERE,)) == ()
            assert work.cases.still_open(peer=COMMUNE) == ()
            assert work.cases.get(case.id) == case
        assert (case.day, case.opened_at) == ("2026-11-23", NOW)

    def test_one_that_closed_by_itself_may_open_again(self, storage):
        with storage.work() as work:
            work.cases.open(DEPARTMENT, "2026-11-23", LOST, at=NOW)
            (case,) = work.cases.still_open()
            work.cases.close(case, at=LATER)
            assert work.cases.still_open() == ()
            assert work.cases.open(DEPARTMENT, "2026-11-24", LOST, at=LATER)
            (again,) = work.cases.still_open()
        assert (again.day, again.opened_at) == ("2026-11-24", LATER)

    def test_one_that_people_have_settled_stays_closed(self, storage):
        settled = CaseSettled(text="gửi nhầm").reason
        with storage.work() as work:
            work.cases.open(DEPARTMENT, "2026-11-23", LOST, at=NOW)
            (case,) = work.cases.still_open()
            work.cases.close(case, at=LATER, reason=settled)
            assert not work.cases.open(DEPARTMENT, "2026-11-24", LOST, at=LATER)
            (kept,) = work.cases.recent(10)
        assert kept.reason == settled
        with pytest.raises(LostRace), storage.work() as work:
            work.cases.close(case, at=LATER)

    def test_it_is_known_with_whom_a_case_was_closed_last(self, storage):
        with storage.work() as work:
            work.cases.open(DEPARTMENT, "2026-11-23", LOST, at=NOW)
            assert work.cases.closed_since(NOW, FOUND_HERE) == {}
            (case,) = work.cases.still_open()
            work.cases.close(case, at=LATER)
            assert work.cases.closed_since(LATER, FOUND_HERE) == {DEPARTMENT: LATER}
            after = LATER + timedelta(seconds=1)
            assert work.cases.closed_since(after, FOUND_HERE) == {}
            there = (CaseKind.NOT_RECEIVED_THERE,)
            assert work.cases.closed_since(NOW, there) == {}

    def test_no_case_has_that_number(self, storage):
        with pytest.raises(NotFound), storage.reading() as work:
            work.cases.get(99)
