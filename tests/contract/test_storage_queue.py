"""What waits for the axis, who rests, what was begun: the same on both databases."""

import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from edoc_connector.errors import LostRace, Reason
from edoc_connector.model.delivery import InboxEvent
from edoc_connector.storage.tries import TriedStep
from tests.support.bulk import fill_inbox, fill_outbox, plan_of
from tests.support.storage import COMMUNE, DEPARTMENT, NOW, digest, queue, receive

pytest_plugins = ("tests.support.databases",)

LATER = NOW + timedelta(seconds=60)
BUSY = Reason("mailbox-busy", {"recipient": "H20.14"})


def claim(storage, limit=10, *, now=NOW, worker="relay", **chosen):
    with storage.work() as work:
        return work.leases.claim(
            limit, worker=worker, now=now, lease_seconds=60, **chosen
        )


def most_urgent(storage, **chosen):
    with storage.reading() as work:
        return work.leases.most_urgent("relay", NOW, **chosen)


class TestQueue:
    def test_what_was_claimed_may_have_left_since_then(self, storage):
        with storage.work() as work:
            queue(work)

        (first,) = claim(storage)
        (again,) = claim(storage, now=LATER)

        assert first.claimed_at == again.claimed_at == NOW

    def test_with_a_document_come_all_its_recipients_and_no_other_document(
        self, storage
    ):
        with storage.work() as work:
            queue(work, "a", recipient=COMMUNE)
            queue(work, "b", recipient=COMMUNE)
            queue(work, "a", recipient=DEPARTMENT)

        found = [(it.message_id, it.recipient) for it in claim(storage, limit=1)]

        assert found == [("a", COMMUNE), ("a", DEPARTMENT)]

    def test_several_are_settled_at_once_or_none(self, storage):
        with storage.work() as work:
            ids = [queue(work, "a", recipient=it) for it in (COMMUNE, DEPARTMENT)]
            work.outbox.settle_all(ids, NOW)
            assert work.outbox.waiting() == 0
            gone, here = ids[0], queue(work, "b")

            with pytest.raises(LostRace):
                work.outbox.settle_all([gone, here], NOW)

    def test_only_what_goes_to_one_recipient_is_claimed_for_a_probe(self, storage):
        with storage.work() as work:
            queue(work, "a", recipient=COMMUNE)
            queue(work, "b", recipient=DEPARTMENT)

        assert [it.message_id for it in claim(storage, to=DEPARTMENT)] == ["b"]

    def test_to_whom_rests_goes_only_what_cannot_wait(self, storage):
        with storage.work() as work:
            for name, priority in [("a", 0), ("b", 2), ("c", 3), ("d", 4)]:
                queue(work, name, priority=priority)
            queue(work, "e", recipient=COMMUNE)

        claimed = claim(storage, resting=[DEPARTMENT])

        assert [it.message_id for it in claimed] == ["d", "c", "e"]

    def test_what_a_person_parked_is_not_claimed_until_it_is_released(self, storage):
        with storage.work() as work:
            item = queue(work)
            assert work.outbox.park(item, NOW)
            assert not work.outbox.park(item, NOW)
            assert [it.id for it in work.outbox.list_waiting(9, parked=True)] == [item]

        assert claim(storage) == ()

        with storage.work() as work:
            assert work.outbox.release(item, LATER)
            assert not work.outbox.release(item, LATER)
            assert work.outbox.list_waiting(9, parked=True) == ()
        assert len(claim(storage, now=LATER)) == 1

    def test_what_a_person_releases_begins_anew(self, storage):
        with storage.work() as work:
            item = queue(work)
            work.outbox.postpone(item, until=LATER, reason=BUSY)
            work.outbox.give_up(item, BUSY, NOW)

            assert work.outbox.release(item, LATER)

        with storage.reading() as work:
            (released,) = work.outbox.list_waiting(1)
        assert (released.attempts, released.reason) == (0, None)
        assert (released.added_at, released.released_at) == (NOW, LATER)

    def test_what_is_settled_is_neither_parked_nor_released(self, storage):
        with storage.work() as work:
            item = queue(work)
            work.outbox.settle(item, NOW)

            assert not work.outbox.park(item, NOW)
            assert not work.outbox.release(item, NOW)
            assert not work.outbox.is_queued(item)
            work.outbox.note([item], BUSY)
            with pytest.raises(LostRace):
                work.outbox.give_up(item, BUSY, NOW)

    def test_why_it_waits_is_kept_with_it(self, storage):
        with storage.work() as work:
            item = queue(work)
            work.outbox.postpone(item, until=LATER, reason=BUSY)

            (waiting,) = work.outbox.list_waiting(10)

        assert (waiting.reason, waiting.attempts) == (BUSY, 1)
        assert waiting.next_attempt_at == LATER

    def test_what_is_given_up_waits_for_a_person_with_its_reason(self, storage):
        with storage.work() as work:
            item = queue(work)
            work.outbox.give_up(item, BUSY, LATER)

            (waiting,) = work.outbox.list_waiting(10, parked=True)

        assert (waiting.parked_at, waiting.reason) == (LATER, BUSY)
        assert claim(storage, now=LATER) == ()

    def test_a_recipient_who_is_back_gets_what_was_postponed_at_once(self, storage):
        with storage.work() as work:
            for recipient in (DEPARTMENT, COMMUNE):
                item = queue(work, recipient, recipient=recipient)
                work.outbox.postpone(item, until=LATER, reason=BUSY)

            work.outbox.hurry(DEPARTMENT, NOW)

        assert [it.message_id for it in claim(storage)] == [DEPARTMENT]

    def test_what_a_clock_ahead_put_off_for_days_is_tried_now(self, storage):
        with storage.work() as work:
            item = queue(work)
            ahead = NOW + timedelta(days=1, seconds=1)
            work.outbox.postpone(item, until=ahead, reason=BUSY)

        assert len(claim(storage)) == 1

    def test_the_queue_is_listed_in_the_order_in_which_it_leaves(self, storage):
        with storage.work() as work:
            queue(work, "a")
            queue(work, "b", recipient=COMMUNE)
            queue(work, "c", priority=4)
            work.outbox.settle(queue(work, "d"), NOW)
            work.outbox.park(1, NOW)

            def listed(**chosen):
                return [it.message_id for it in work.outbox.list_waiting(10, **chosen)]

            assert listed() == ["c", "a", "b"]
            assert listed(to=COMMUNE) == ["b"]
            assert listed(parked=True) == ["a"]

    def test_an_item_is_found_by_its_number_its_message_and_the_start_of_it(
        self, storage
    ):
        with storage.work() as work:
            queue(work, "0123-a")
            queue(work, "0123-a", recipient=COMMUNE)
            queue(work, "77")
            queue(work, "888")
            queue(work, "16cfaccd")
            queue(work, "123456789")

            def found(text):
                return [it.id for it in work.outbox.find_waiting(text)]

            assert found("2") == [2]
            assert found("0123-") == [1, 2]
            assert found("0123-a") == [1, 2]
            assert found("16cf") == found("16cfaccd") == [5]
            assert found("12345678") == [6]
            assert found("%") == found("") == found("9" * 30) == []

    def test_a_number_is_that_of_the_queue_and_no_beginning(self, storage):
        with storage.work() as work:
            queue(work, "16cfaccd")
            queue(work, "1699999-a")

            for text in ("16", "16c", "1699999", "77"):
                assert work.outbox.find_waiting(text) == ()

    def test_what_is_more_urgent_and_due_is_seen(self, storage):
        with storage.work() as work:
            queue(work, "as urgent", priority=1)
            not_due = queue(work, "not due", priority=4)
            work.outbox.postpone(not_due, until=LATER, reason=BUSY)
            work.outbox.park(queue(work, "parked", priority=4), NOW)
        assert most_urgent(storage, above=1) is None
        with storage.work() as work:
            queue(work, "urgent", priority=2)
            queue(work, "express", priority=3)
        assert most_urgent(storage, above=1) == 3
        assert most_urgent(storage, above=3) is None

    def test_what_is_not_claimed_now_is_not_seen_as_more_urgent(self, storage):
        with storage.work() as work:
            queue(work, "to who rests", priority=1)
        assert most_urgent(storage, above=0, resting=[DEPARTMENT]) is None
        with storage.work() as work:
            queue(work, "express", priority=3)
        assert most_urgent(storage, above=0, resting=[DEPARTMENT]) == 3

    def test_what_is_under_way_is_not_seen_as_more_urgent(self, storage):
        with storage.work() as work:
            under_way = queue(work, "under way", priority=3)
            queue(work, "waiting", priority=2)

        assert most_urgent(storage, above=0, but=[under_way]) == 2

    def test_what_the_end_of_a_lease_has_given_to_another_is_not_in_hand(self, storage):
        with storage.work() as work:
            kept, lost, parked, gone = (queue(work, it) for it in "abcd")
        ids = [kept, lost, parked, gone]
        claim(storage)
        with storage.work() as work:
            work.leases.renew([kept], "relay", LATER, lease_seconds=60)
            work.outbox.settle(gone, LATER)
            work.outbox.park(parked, LATER)

        taken = claim(storage, now=LATER, worker="another")

        assert [it.id for it in taken] == [lost]
        with storage.reading() as work:
            assert work.leases.in_hand(ids, "relay") == {kept}
            assert work.leases.in_hand(ids, "another") == {lost}

    def test_nobody_renews_what_another_has_in_hand(self, storage):
        with storage.work() as work:
            item = queue(work)
        claim(storage, worker="another")

        with storage.work() as work:
            work.leases.renew([item], "relay", NOW, lease_seconds=3600)

        assert len(claim(storage, now=LATER)) == 1


class TestBacklog:
    """A hundred thousand normal packets and one that cannot wait."""

    def test_the_urgent_one_is_the_next_that_leaves_and_found_by_an_index(
        self, storage
    ):
        fill_outbox(storage, 100_000, at=NOW)
        with storage.work() as work:
            queue(work, "express", priority=4)

        started = time.perf_counter()
        claimed = claim(storage, 1)
        seconds = time.perf_counter() - started

        assert [it.message_id for it in claimed] == ["express"]
        assert seconds < 1
        plan = plan_of(storage, lambda: claim(storage, 1), "SELECT outbox.id")
        assert "ix_outbox_waiting" in plan
        assert "sort" not in plan.lower()
        assert "TEMP B-TREE" not in plan

    def test_a_full_mailbox_with_all_of_it_does_not_keep_the_others_waiting(
        self, storage
    ):
        fill_outbox(storage, 100_000, at=NOW)
        with storage.work() as work:
            queue(work, "other", recipient=COMMUNE)
            work.destinations.count(DEPARTMENT, BUSY, NOW)
            work.destinations.rest(DEPARTMENT, until=LATER)

        started = time.perf_counter()
        claimed = claim(storage, 20, resting=[DEPARTMENT])
        seconds = time.perf_counter() - started

        assert [it.message_id for it in claimed] == ["other"]
        assert seconds < 3


class TestPost:
    """What was received and waits to be judged."""

    def judged_next(self, storage, limit=4):
        with storage.reading() as work:
            return [it.message_id for it in work.inbox.to_judge(limit, at=NOW)]

    def test_the_most_urgent_are_judged_first_and_then_the_oldest(self, storage):
        with storage.work() as work:
            for name, priority in [("a", 0), ("b", 1), ("c", 4), ("d", 0), ("e", 4)]:
                receive(work, name, priority=priority)

        assert self.judged_next(storage) == ["c", "e", "a", "b"]

    def test_who_claims_that_all_of_theirs_is_urgent_starves_nobody(self, storage):
        with storage.work() as work:
            receive(work, "old")
            for number in range(50):
                receive(work, f"express-{number}", account="liar", priority=4)
            receive(work, "new")

        judged = []
        for _ in range(26):
            judged += self.judged_next(storage)
            with storage.work() as work:
                for it in work.inbox.to_judge(4, at=NOW):
                    work.inbox.move(it.id, InboxEvent.DELIVER)

        assert judged[2] == "old"
        assert judged.index("new") < 52

    def test_an_urgent_one_is_the_next_whatever_waits_and_found_by_an_index(
        self, storage
    ):
        fill_inbox(storage, 100_000, at=NOW)
        with storage.work() as work:
            receive(work, "express", priority=4)

        started = time.perf_counter()
        assert self.judged_next(storage, 20)[0] == "express"
        assert time.perf_counter() - started < 1
        for number in (0, 1):  # by priority, by age
            plan = plan_of(
                storage,
                lambda: self.judged_next(storage, 20),
                "SELECT inbox.id",
                number=number,
            )
            assert "ix_inbox" in plan or "pk_inbox" in plan
            assert "sort" not in plan.lower()
            assert "TEMP B-TREE" not in plan

    def test_what_was_begun_is_counted_until_it_is_judged_or_let_go(self, storage):
        with storage.work() as work:
            ids = [receive(work, name) for name in ("a", "b", "c", "d")]
            work.inbox.move(ids[3], InboxEvent.DELIVER)

            work.inbox.begin(ids)
            work.inbox.begin(ids[:3])
            work.inbox.let_go([ids[0], ids[3]])
            work.inbox.move(ids[1], InboxEvent.QUARANTINE, reason=BUSY)
            work.inbox.hold(ids[2], BUSY, until=LATER)

            assert [work.inbox.get(it).attempts for it in ids] == [1, 0, 0, 0]

    def test_what_was_set_aside_is_found_by_its_packet(self, storage):
        with storage.work() as work:
            ids = [
                receive(work, name, packet=digest("same")) for name in ("a", "b", "c")
            ]
            for it in ids[:2]:
                work.inbox.move(it, InboxEvent.QUARANTINE, reason=BUSY)
            work.inbox.move(ids[1], InboxEvent.REJECT, reason=BUSY)

            found = work.inbox.with_packets({digest("same"), digest("other")})

        assert [it.id for it in found] == ids[:2]


class TestDestinations:
    def test_failures_in_a_row_are_counted_until_one_packet_gets_through(self, storage):
        with storage.work() as work:
            assert work.destinations.count(DEPARTMENT, BUSY, NOW) == 1
            assert work.destinations.count(DEPARTMENT, BUSY, LATER) == 2
            assert work.destinations.count(COMMUNE, BUSY, NOW) == 1

            failing = work.destinations.get(DEPARTMENT)
            assert (failing.failures, failing.failing_since) == (2, NOW)
            assert work.destinations.succeed(DEPARTMENT) == failing
            assert work.destinations.succeed(DEPARTMENT) is None
            assert work.destinations.count(DEPARTMENT, BUSY, NOW) == 1

    def test_who_fails_now_and_then_does_not_rest(self, storage):
        with storage.work() as work:
            work.destinations.count(DEPARTMENT, BUSY, NOW)
            work.destinations.count(COMMUNE, BUSY, NOW)
            work.destinations.rest(COMMUNE, until=LATER)

            assert [it.recipient for it in work.destinations.all()] == [
                DEPARTMENT,
                COMMUNE,
            ]
            (resting,) = work.destinations.resting()

        assert (resting.recipient, resting.open_until) == (COMMUNE, LATER)

    def test_of_two_who_would_probe_one_does(self, storage):
        with storage.work() as work:
            work.destinations.count(DEPARTMENT, BUSY, NOW)
            work.destinations.rest(DEPARTMENT, until=NOW)
            (seen,) = work.destinations.resting()

        with storage.work() as work:
            assert work.destinations.probe(seen, until=LATER)
        with storage.work() as work:
            assert not work.destinations.probe(seen, until=LATER)


class TestTries:
    def test_what_was_begun_and_not_ended_is_counted(self, storage):
        with storage.work() as work:
            work.tries.begin(TriedStep.SEAL, ["a", "b"])
            work.tries.begin(TriedStep.SEAL, ["a"])
            work.tries.begin(TriedStep.TAKE, ["a"])
            work.tries.begin(TriedStep.TAKE, [])

            assert work.tries.of(TriedStep.SEAL, ["a", "b", "c"]) == {"a": 2, "b": 1}
            assert work.tries.of(TriedStep.TAKE, ["a"]) == {"a": 1}

    def test_what_was_ended_is_forgotten(self, storage):
        with storage.work() as work:
            work.tries.begin(TriedStep.SEAL, ["a", "b"])
            work.tries.begin(TriedStep.TAKE, ["a"])

            work.tries.end(TriedStep.SEAL, "a")

            assert work.tries.of(TriedStep.SEAL, ["a", "b"]) == {"b": 1}
            assert work.tries.of(TriedStep.TAKE, ["a"]) == {"a": 1}
        with storage._engine.connect() as connection:
            assert connection.scalar(sa.text("SELECT count(*) FROM tries")) == 2
