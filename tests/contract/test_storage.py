"""What every store promises, the same on SQLite and on PostgreSQL."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from edoc_connector.errors import (
    IllegalMove,
    LostRace,
    NotFound,
    Reason,
    StorageRefused,
    StorageUnavailable,
)
from edoc_connector.model.delivery import (
    DeliveryEvent,
    DeliveryState,
    DocumentEvent,
    DocumentState,
    InboxEvent,
    InboxState,
)
from edoc_connector.model.document import Organization
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.route import Route
from edoc_connector.model.stages import Kind
from edoc_connector.storage.documents import NewDocument
from edoc_connector.storage.records import (
    Answer,
    KeptStatement,
    NewPacket,
    NewStep,
)
from tests.support.builders import document as full_document
from tests.support.storage import (
    BOTH,
    COMMUNE,
    DEPARTMENT,
    NOW,
    PROVINCE,
    arrival,
    digest,
    outgoing,
    queue,
    receipt,
    receive,
)

pytest_plugins = ("tests.support.databases",)

REASON = Reason("attachment-missing", {"name": "phụ lục “1”.pdf"})
LATER = NOW + timedelta(seconds=60)
NOBODY = OrganizationCode("")
BUSY = Reason("mailbox-busy", {"recipient": "H20.14"})


def sealed(storage, row_id):
    """A document whose first recipient may have it any moment; its key."""
    key = take(storage, row_id).key
    with storage.work() as work:
        work.deliveries.move(key, DEPARTMENT, DeliveryEvent.SEAL, at=NOW)
    return key


def seen_of(storage, keys):
    with storage.reading() as work:
        return [work.deliveries.get(key, DEPARTMENT) for key in keys]


def take(storage, row_id="17", recipients=BOTH, *, due_at=None, **changes):
    taken = outgoing(row_id, **changes)
    with storage.work() as work:
        assert work.documents.add(taken, recipients, due_at=due_at)
    return taken


class TestDocuments:
    def test_a_document_comes_back_as_it_was_kept(self, storage):
        kept = take(storage, document=full_document(), reason=REASON, packet_bytes=7)

        with storage.work() as work:
            assert work.documents.get(kept.key) == kept

    def test_a_code_comes_back_as_a_code_from_a_column_and_from_a_document(
        self, storage
    ):
        kept = take(storage)

        with storage.work() as work:
            found = work.documents.get(kept.key)
            delivery = work.deliveries.get(kept.key, DEPARTMENT)
        codes = (found.sender, found.document.sender.code, delivery.recipient)
        assert {type(code) for code in codes} == {OrganizationCode}

    def test_what_was_sent_under_several_ids_is_found_with_its_revisions_newest_first(
        self, storage
    ):
        first, again = take(storage), take(storage, revision="2", row_id="17")
        other = take(storage, "18", document_id="other", business_type=3)
        take(storage, "19", document_id="not asked for")
        take(storage, "20", sender=DEPARTMENT)

        with storage.work() as work:
            ids = {first.document_id, "other", "of nobody"}
            found = work.documents.sent_under(PROVINCE, ids)

        keys = {id_: [it.key for it in several] for id_, several in found.items()}
        assert keys == {first.document_id: [again.key, first.key], "other": [other.key]}
        (it,) = found["other"]
        assert (it.row_id, it.document_id, it.business_type) == ("18", "other", 3)

    def test_a_row_that_became_no_document_is_kept_with_its_reason(self, storage):
        kept = take(storage, state=DocumentState.REFUSED, reason=REASON, document=None)

        with storage.work() as work:
            assert work.documents.get(kept.key) == kept
            assert work.deliveries.of(kept.key) == ()

    def test_a_moment_means_the_same_in_any_zone(self, storage):
        vietnam = NOW.astimezone(timezone(timedelta(hours=7)))

        kept = take(storage, taken_at=vietnam)

        with storage.work() as work:
            found = work.documents.get(kept.key).taken_at
        assert found == NOW
        assert found.tzinfo is UTC

    def test_a_moment_without_a_zone_is_refused(self, storage):
        with pytest.raises(StorageRefused):
            take(storage, taken_at=datetime(2026, 11, 23))  # noqa: DTZ001

    def test_one_revision_of_one_row_is_taken_once(self, storage):
        taken = take(storage)

        with storage.work() as work:
            again = replace(taken, key="another-key", label="another")
            assert not work.documents.add(again, BOTH)
            assert work.documents.known(PROVINCE, "17", "1")
            assert work.documents.get(taken.key) == taken
            assert len(work.deliveries.of(taken.key)) == 2

    def test_another_revision_another_row_and_another_sender_are_others(self, storage):
        take(storage)

        with storage.work() as work:
            assert not work.documents.known(PROVINCE, "17", "2")
            assert not work.documents.known(PROVINCE, "18", "1")
            assert not work.documents.known(DEPARTMENT, "17", "1")
        take(storage, revision="2")
        take(storage, "18")
        take(storage, sender=DEPARTMENT, key="department-17")

    def test_several_are_added_as_each_would_be_alone(self, storage):
        alone = take(storage, "1", due_at=LATER)
        route = Route(goes_to=COMMUNE)
        several = [
            NewDocument(
                document=outgoing("2"),
                recipients=(*BOTH, *BOTH),
                due_at=LATER,
                routes={DEPARTMENT: route},
            ),
            NewDocument(document=outgoing("3", state=DocumentState.WITHDRAWN)),
        ]

        with storage.work() as work:
            work.documents.add_all(several)

        with storage.work() as work:
            for it in several:
                assert work.documents.get(it.document.key) == it.document
            added = work.deliveries.of(several[0].document.key)
            assert work.deliveries.of(several[1].document.key) == ()
            expected = work.deliveries.of(alone.key)
        assert [it.goes_to for it in added] == [COMMUNE, ""]
        assert [replace(it, id=0, document="", goes_to="") for it in added] == [
            replace(it, id=0, document="") for it in expected
        ]

    @pytest.mark.parametrize("key", [None, "another-key"])
    def test_of_several_none_is_added_where_one_is_known(self, storage, key):
        known = take(storage)
        new = [outgoing("18"), replace(known, key=key or known.key)]

        with pytest.raises(StorageRefused), storage.work() as work:
            work.documents.add_all([NewDocument(document=it) for it in new])

        with storage.work() as work:
            assert work.documents.revisions(PROVINCE, ["17", "18"]) == {("17", "1")}

    def test_of_several_rows_the_known_revisions_are_found(self, storage):
        take(storage, "17")
        take(storage, "17", revision="2")
        take(storage, "18", state=DocumentState.REFUSED)
        take(storage, "19", sender=DEPARTMENT, key="department-19")

        with storage.work() as work:
            found = work.documents.revisions(PROVINCE, ["17", "18", "19", "20"])

        assert found == {("17", "1"), ("17", "2"), ("18", "1")}

    def test_revisions_are_untold_until_their_step_has_left_the_queue(self, storage):
        for row_id in ("17", "18", "19"):
            take(storage, row_id)
        with storage.work() as work:
            steps = {"17": "taken", "18": "taken", "19": "parked"}
            work.progress.add_all(
                [NewStep(row, step, NOBODY, "…", NOW) for row, step in steps.items()]
            )
            work.progress.settle(work.progress.due(1, NOW)[0].id)

        with storage.work() as work:
            assert work.documents.untold(PROVINCE, ["taken"]) == {("18", "1"): NOW}
            assert work.documents.untold(DEPARTMENT, ["taken"]) == {}

    def test_a_key_cannot_stand_for_two_rows(self, storage):
        taken = take(storage)

        with pytest.raises(StorageRefused), storage.work() as work:
            work.documents.add(outgoing("18", key=taken.key), BOTH)

    def test_a_document_that_is_not_there_is_not_found(self, storage):
        with storage.work() as work:
            with pytest.raises(NotFound):
                work.documents.get("nothing")
            with pytest.raises(NotFound):
                work.documents.move("nothing", DocumentEvent.SEAL)

    def test_the_most_urgent_come_first_and_then_the_oldest(self, storage):
        take(storage, "1")
        take(storage, "2", priority=4)
        take(storage, "3", priority=2)
        take(storage, "4", priority=4)
        take(storage, "5", state=DocumentState.PARKED, priority=4)

        with storage.work() as work:
            waiting = work.documents.in_state(DocumentState.TAKEN, 10)
            two = work.documents.in_state(DocumentState.TAKEN, 2)

        assert [it.row_id for it in waiting] == ["2", "4", "3", "1"]
        assert [it.row_id for it in two] == ["2", "4"]

    def test_a_sealed_document_names_its_packet(self, storage):
        taken = take(storage)

        with storage.work() as work:
            state = work.documents.move(
                taken.key, DocumentEvent.SEAL, packet=digest("p"), packet_bytes=99
            )

        with storage.work() as work:
            sealed = work.documents.get(taken.key)
        assert state is DocumentState.SEALED
        assert sealed == replace(
            taken, state=state, packet=digest("p"), packet_bytes=99
        )

    def test_several_sealed_documents_each_name_their_own_packet(self, storage):
        sealed = [
            replace(
                take(storage, row_id), packet=digest(row_id), packet_bytes=int(row_id)
            )
            for row_id in ("1", "2")
        ]

        with storage.work() as work:
            work.documents.seal_all(sealed)

        with storage.work() as work:
            for it in sealed:
                expected = replace(it, state=DocumentState.SEALED)
                assert work.documents.get(it.key) == expected

    def test_of_several_none_is_sealed_where_somebody_was_faster_with_one(
        self, storage
    ):
        first, second = (replace(take(storage, it), packet="p") for it in ("1", "2"))
        with storage.work() as work:
            work.documents.move(second.key, DocumentEvent.PARK, reason=REASON)

        with pytest.raises(LostRace), storage.work() as work:
            work.documents.seal_all([first, second])

        with storage.work() as work:
            assert work.documents.get(first.key).state is DocumentState.TAKEN

    def test_the_reason_of_a_parked_document_goes_when_it_is_released(self, storage):
        taken = take(storage)

        with storage.work() as work:
            work.documents.move(taken.key, DocumentEvent.PARK, reason=REASON)
            assert work.documents.get(taken.key).reason == REASON
            work.documents.move(taken.key, DocumentEvent.RELEASE)

        with storage.work() as work:
            assert work.documents.get(taken.key) == taken

    def test_what_does_not_happen_to_a_sealed_document_is_refused(self, storage):
        taken = take(storage)

        with storage.work() as work:
            work.documents.move(taken.key, DocumentEvent.SEAL)
            with pytest.raises(IllegalMove):
                work.documents.move(taken.key, DocumentEvent.SEAL)

    def test_who_saw_an_older_state_has_lost_the_race(self, storage):
        taken = take(storage)
        with storage.work() as work:
            work.documents.move(taken.key, DocumentEvent.SEAL)

        with storage.work() as work, pytest.raises(LostRace):
            work.documents.move(taken.key, DocumentEvent.SEAL, seen=taken.state)

    def test_all_revisions_of_a_document_id_are_found_newest_first(self, storage):
        first = take(storage)
        second = take(storage, revision="2")
        take(storage, "18", document_id="H20,2026/11/24,29/2026/UBND-VX")

        with storage.work() as work:
            found = work.documents.by_document_id(PROVINCE, first.document_id)
            foreign = work.documents.by_document_id(DEPARTMENT, first.document_id)

        assert [it.key for it in found] == [second.key, first.key]
        assert foreign == ()

    @pytest.mark.parametrize("field", ["key", "row_id", "document_id", "label"])
    def test_people_find_a_document_by_any_name_it_has(self, storage, field):
        taken = take(storage)
        take(storage, "18", label="other", document_id="other")

        with storage.work() as work:
            found = work.documents.find(getattr(taken, field), 5)

        assert found == (taken,)

    def test_the_beginning_of_a_key_is_enough_while_there_is_only_one(self, storage):
        first = take(storage, "1", key="abcd-1")
        take(storage, "2", key="abce-2")

        with storage.work() as work:
            assert work.documents.find("abcd", 5) == (first,)
            assert work.documents.find("abc", 5) == ()
            assert work.documents.find("", 5) == ()
            assert work.documents.find("%", 5) == ()
            assert work.documents.find("abc_", 5) == ()

    @pytest.mark.parametrize("text", ["16c", "16", "1699999"])
    def test_what_is_too_short_is_not_the_beginning_of_a_key(self, storage, text):
        take(storage, "1", key="16cfaccd")
        take(storage, "2", key="1699999-a")

        with storage.work() as work:
            assert work.documents.find(text, 5) == ()
            assert len(work.documents.find("1699999-", 5)) == 1

    def test_a_row_number_is_not_mistaken_for_the_beginning_of_a_key(self, storage):
        take(storage, "7", key="17-and-more")
        seventeenth = take(storage, "17")

        with storage.work() as work:
            assert work.documents.find("17", 5) == (seventeenth,)

    def test_the_newest_documents_come_first(self, storage):
        for row in "123":
            take(storage, row)

        with storage.work() as work:
            assert [it.row_id for it in work.documents.recent(2)] == ["3", "2"]


class TestDeliveries:
    def test_every_recipient_has_a_delivery_in_the_order_of_the_document(self, storage):
        taken = take(storage)

        with storage.work() as work:
            found = work.deliveries.of(taken.key)

        assert [(it.recipient, it.name, it.state) for it in found] == [
            (DEPARTMENT, "Sở Nội vụ", DeliveryState.TAKEN),
            (COMMUNE, "Ủy ban nhân dân xã", DeliveryState.TAKEN),
        ]
        assert {it.changed_at for it in found} == {NOW}

    def test_a_body_that_is_named_twice_gets_it_once(self, storage):
        again = Organization(code=DEPARTMENT, name="Cùng một sở")

        taken = take(storage, recipients=(*BOTH, again))

        with storage.work() as work:
            names = [(it.recipient, it.name) for it in work.deliveries.of(taken.key)]
        assert names == [(it.code, it.name) for it in BOTH]

    def test_of_several_documents_each_has_its_deliveries_in_their_order(self, storage):
        first, second = take(storage, "1"), take(storage, "2")
        take(storage, "3")

        with storage.work() as work:
            found = work.deliveries.of_each({first.key, second.key})

            assert {key: tuple(several) for key, several in found.items()} == {
                it.key: work.deliveries.of(it.key) for it in (first, second)
            }
            assert work.deliveries.of_each(()) == {}

    def test_several_that_are_answered_stand_as_if_each_had_moved_and_been_shown(
        self, storage
    ):
        keys = [sealed(storage, row) for row in "1234"]
        answers = [receipt(key, DEPARTMENT, status="03") for key in keys]
        with storage.work() as work:
            for key in keys[:2]:
                seen = work.deliveries.get(key, DEPARTMENT)
                work.deliveries.move(
                    key, DEPARTMENT, DeliveryEvent.ARRIVE, at=LATER, reason=REASON
                )
                work.deliveries.show(seen, status="01", at=NOW)
        seen = seen_of(storage, keys)

        with storage.work() as work:
            work.deliveries.answer_all(
                [(seen[0], answers[0]), (seen[2], answers[2])],
                DeliveryEvent.ARRIVE,
                at=LATER,
            )
            for one, answer in ((seen[1], answers[1]), (seen[3], answers[3])):
                at = answer.stated_at
                document, recipient = answer.of
                arrive = DeliveryEvent.ARRIVE
                work.deliveries.move(document, recipient, arrive, at=LATER)
                work.deliveries.show(one, status=answer.status, at=at)

        stood = [replace(it, id=0, document="") for it in seen_of(storage, keys)]
        assert stood[0] == stood[1]
        assert stood[2] == stood[3]
        assert (stood[2].status, stood[2].state) == ("03", DeliveryState.DELIVERED)

    @pytest.mark.parametrize("changed", ["state", "status", "status_at"])
    def test_of_several_none_is_answered_where_one_is_not_as_it_was_seen(
        self, storage, changed
    ):
        keys = [sealed(storage, row) for row in "12"]
        seen = seen_of(storage, keys)
        other = {"state": DeliveryState.SENT, "status": "01", "status_at": NOW}
        stale = replace(seen[1], **{changed: other[changed]})
        answers = [receipt(key, DEPARTMENT) for key in keys]
        together = [*zip((seen[0], stale), answers, strict=True)]

        with pytest.raises(LostRace), storage.work() as work:
            work.deliveries.answer_all(together, DeliveryEvent.ARRIVE, at=LATER)

        assert seen_of(storage, keys) == seen

    def test_each_recipient_moves_alone(self, storage):
        taken = take(storage)

        with storage.work() as work:
            state = work.deliveries.move(
                taken.key, COMMUNE, DeliveryEvent.PARK, at=LATER, reason=REASON
            )

        with storage.work() as work:
            moved = work.deliveries.get(taken.key, COMMUNE)
            other = work.deliveries.get(taken.key, DEPARTMENT)
        assert moved.state is state is DeliveryState.PARKED
        assert (moved.reason, moved.changed_at) == (REASON, LATER)
        assert (other.state, other.changed_at) == (DeliveryState.TAKEN, NOW)

    def test_several_recipients_move_at_once_and_each_from_where_it_stood(
        self, storage
    ):
        taken = take(storage)
        with storage.work() as work:
            work.deliveries.move(
                taken.key, COMMUNE, DeliveryEvent.PARK, at=NOW, reason=REASON
            )
            standing = work.deliveries.of(taken.key)

            states = work.deliveries.move_all(
                standing, DeliveryEvent.PARK, at=LATER, reason=REASON
            )

            moved = {it.recipient: it for it in work.deliveries.of(taken.key)}
        assert states == [DeliveryState.PARKED] * 2
        assert {it.state for it in moved.values()} == {DeliveryState.PARKED}
        assert moved[COMMUNE].changed_at == NOW, "it has been so since before"
        assert moved[DEPARTMENT].changed_at == LATER

    def test_of_several_one_that_was_moved_meanwhile_is_a_lost_race(self, storage):
        taken = take(storage)
        with storage.work() as work:
            standing = work.deliveries.of(taken.key)
            work.deliveries.move(taken.key, COMMUNE, DeliveryEvent.SEAL, at=NOW)

            with pytest.raises(LostRace):
                work.deliveries.move_all(standing, DeliveryEvent.SEAL, at=LATER)

    def test_what_is_taken_of_several_documents_is_sealed_as_each_alone(self, storage):
        later = LATER + timedelta(hours=1)
        keys = [take(storage, "1", due_at=LATER).key, take(storage, "2").key]
        alone = [take(storage, "3", due_at=LATER).key, take(storage, "4").key]
        with storage.work() as work:
            for key in (*keys, *alone):
                work.deliveries.move(key, COMMUNE, DeliveryEvent.WITHDRAW, at=NOW)

        with storage.work() as work:
            work.deliveries.seal_all(keys, later)
            for key in alone:
                work.deliveries.move(key, DEPARTMENT, DeliveryEvent.SEAL, at=later)

        with storage.work() as work:
            for key, like in zip(keys, alone, strict=True):
                sealed, expected = (
                    [replace(it, id=0, document="") for it in work.deliveries.of(each)]
                    for each in (key, like)
                )
                assert sealed == expected

    def test_an_old_reason_is_cleared_by_the_next_move(self, storage):
        taken = take(storage)
        with storage.work() as work:
            work.deliveries.move(
                taken.key, COMMUNE, DeliveryEvent.PARK, at=NOW, reason=REASON
            )

            work.deliveries.move(taken.key, COMMUNE, DeliveryEvent.CONFIRM, at=LATER)

            assert work.deliveries.get(taken.key, COMMUNE).reason is None

    def test_what_does_not_happen_to_a_delivery_is_refused(self, storage):
        taken = take(storage)

        with storage.work() as work, pytest.raises(IllegalMove):
            work.deliveries.move(taken.key, COMMUNE, DeliveryEvent.ARRIVE, at=NOW)

    def test_a_recipient_it_never_had_is_not_found(self, storage):
        taken = take(storage)

        with storage.work() as work:
            with pytest.raises(NotFound):
                work.deliveries.get(taken.key, "G22")
            with pytest.raises(NotFound):
                work.deliveries.move(taken.key, "G22", DeliveryEvent.SEAL, at=NOW)


class TestOutbox:
    def claim(self, storage, limit=10, *, worker="relay", now=NOW, lease_seconds=60.0):
        with storage.work() as work:
            return work.leases.claim(
                limit, worker=worker, now=now, lease_seconds=lease_seconds
            )

    def test_what_was_queued_is_claimed_as_it_was(self, storage):
        with storage.work() as work:
            item = queue(work, "m-7", priority=3, answers="m-1")
            assert work.outbox.waiting() == 1

        (claimed,) = self.claim(storage)

        assert claimed.id == item
        assert claimed.message_id == "m-7"
        assert (claimed.priority, claimed.answers, claimed.attempts) == (3, "m-1", 0)
        assert claimed.next_attempt_at == NOW

    def test_a_first_try_waits_for_no_clock_and_a_second_for_its_pause(self, storage):
        before = NOW - timedelta(hours=1)
        with storage.work() as work:
            queue(work, "m-7")

        (claimed,) = self.claim(storage, now=before)
        with storage.work() as work:
            work.outbox.postpone(claimed.id, until=NOW, reason=REASON)

        assert self.claim(storage, now=before) == ()
        assert self.claim(storage, now=NOW)

    def test_the_most_urgent_go_first_and_then_the_oldest(self, storage):
        with storage.work() as work:
            for name, priority in [("a", 0), ("b", 4), ("c", 1), ("d", 4)]:
                queue(work, name, priority=priority)

        claimed = self.claim(storage, 3)

        assert [it.message_id for it in claimed] == ["b", "d", "c"]

    def test_of_a_document_for_many_a_claim_counts_one(self, storage):
        with storage.work() as work:
            for name in "abc":
                for recipient in (DEPARTMENT, COMMUNE, PROVINCE):
                    queue(work, name, recipient=recipient)

        claimed = self.claim(storage, 2)

        assert [it.message_id for it in claimed] == [*"aaabbb"]

    def test_a_sealed_document_is_queued_for_all_to_whom_it_is_sealed(self, storage):
        route = Route(goes_to=PROVINCE)
        first = outgoing("1", packet="p-1", packet_bytes=1, business_type=3)
        urgent = outgoing("2", packet="p-2", packet_bytes=2, priority=2)
        new = [
            NewDocument(document=first, recipients=BOTH, routes={COMMUNE: route}),
            NewDocument(document=urgent, recipients=BOTH),
        ]
        with storage.work() as work:
            work.documents.add_all(new)
            work.deliveries.move(urgent.key, COMMUNE, DeliveryEvent.WITHDRAW, at=NOW)
            keys = [it.document.key for it in new]
            work.deliveries.seal_all(keys, NOW)
            work.outbox.add_sealed(keys, at=LATER)

        with storage.work() as work:
            queued = sorted(work.outbox.list_waiting(10), key=lambda it: it.id)
        assert [(it.message_id, it.recipient) for it in queued] == [
            (urgent.key, DEPARTMENT),
            (first.key, DEPARTMENT),
            (first.key, COMMUNE),
        ]
        (item,) = (it for it in queued if it.goes_to)
        with storage.work() as work:
            number = work.outbox.add(
                message_id=first.key,
                kind=Kind.EDOC,
                sender=first.sender,
                recipient=COMMUNE,
                correlation_id=first.document_id,
                business_type=3,
                priority=0,
                packet="p-1",
                packet_bytes=1,
                answers="",
                at=LATER,
                goes_to=PROVINCE,
            )
            alone = work.outbox.of(first.key, COMMUNE)
        assert item == replace(alone, id=item.id)
        assert alone.id == number

    def test_what_one_worker_holds_no_other_gets(self, storage):
        with storage.work() as work:
            queue(work)
        self.claim(storage, worker="one")

        assert self.claim(storage, worker="two") == ()

    def test_a_worker_gets_its_own_again_at_once_after_a_crash(self, storage):
        with storage.work() as work:
            queue(work)
        before = self.claim(storage, worker="one")

        assert self.claim(storage, worker="one") == before

    def test_what_a_dead_worker_held_goes_to_another_when_the_lease_ends(self, storage):
        with storage.work() as work:
            queue(work)
        self.claim(storage, worker="one", lease_seconds=60)

        at_the_end = NOW + timedelta(seconds=60)

        just_before = at_the_end - timedelta(microseconds=1)
        assert self.claim(storage, worker="two", now=just_before) == ()
        assert len(self.claim(storage, worker="two", now=at_the_end)) == 1

    def test_what_is_settled_is_out_of_the_queue(self, storage):
        with storage.work() as work:
            item = queue(work)

        with storage.work() as work:
            work.outbox.settle(item, LATER)
            assert work.outbox.waiting() == 0

        assert self.claim(storage) == ()

    def test_nothing_is_settled_twice(self, storage):
        with storage.work() as work:
            item = queue(work)
            work.outbox.settle(item, LATER)

            with pytest.raises(LostRace):
                work.outbox.settle(item, LATER)
            with pytest.raises(LostRace):
                work.outbox.postpone(item, until=LATER, reason=BUSY)

    def test_what_is_postponed_waits_counts_and_is_free_for_all(self, storage):
        with storage.work() as work:
            item = queue(work)
        self.claim(storage, worker="one", lease_seconds=3600)

        with storage.work() as work:
            work.outbox.postpone(item, until=LATER, reason=BUSY)

        assert self.claim(storage, worker="two") == ()
        (claimed,) = self.claim(storage, worker="two", now=LATER)
        assert (claimed.attempts, claimed.next_attempt_at) == (1, LATER)

    def test_the_same_packet_may_be_queued_again(self, storage):
        with storage.work() as work:
            queue(work)
            queue(work)

            assert work.outbox.waiting() == 2


class TestInbox:
    def test_what_was_received_comes_back_as_it_was(self, storage):
        with storage.work() as work:
            id_ = receive(work, "m-3", reason=REASON)

            entry = work.inbox.get(id_)

            assert entry == work.inbox.find("H20", "m-3")
            assert entry == work.inbox.find("H20", "m-3", digest("m-3"))
        assert (entry.id, entry.account, entry.message_id) == (id_, "H20", "m-3")
        assert entry.state is InboxState.ACCEPTED
        assert (entry.reason, entry.accepted_at) == (REASON, NOW)

    def test_a_repetition_is_known_and_leaves_the_first_alone(self, storage):
        with storage.work() as work:
            first = receive(work)

            assert receive(work, at=LATER) is None
            assert work.inbox.get(first).accepted_at == NOW

    def test_another_account_or_another_packet_uses_up_nobodys_message_id(
        self, storage
    ):
        with storage.work() as work:
            first = receive(work)

            assert receive(work, account="H21")
            assert receive(work, packet=digest("forged"))
            assert work.inbox.find("H20", "m-1").id == first
            assert work.inbox.find("H22", "m-1", digest("m-1")) is None
            assert work.inbox.find("H20", "m-1", digest("unseen")) is None

    def test_of_several_those_are_found_that_are_here_in_just_this_packet(
        self, storage
    ):
        with storage.work() as work:
            first = receive(work)
            receive(work, "m-2", account="H21")
            forged = receive(work, packet=digest("forged"))
            names = {
                ("H20", "m-1", digest("m-1")),
                ("H20", "m-1", digest("forged")),
                ("H20", "m-2", digest("m-2")),
                ("H21", "m-1", digest("m-1")),
            }

            found = work.inbox.among(names)

        ids = {name: entry.id for name, entry in found.items()}
        assert ids == {
            ("H20", "m-1", digest("m-1")): first,
            ("H20", "m-1", digest("forged")): forged,
        }

    def test_several_are_added_at_once_and_look_as_if_each_had_been_alone(
        self, storage
    ):
        with storage.work() as work:
            alone = work.inbox.get(receive(work, "m-1", way=("node",), priority=2))
            given = {it: getattr(alone, it) for it in NewPacket.__slots__}
            others = [given | {"message_id": it} for it in ("m-2", "m-3")]

            work.inbox.add_all([NewPacket(**it) for it in others])

            found = work.inbox.in_state(InboxState.ACCEPTED, 10)
        assert [it.message_id for it in found] == ["m-1", "m-2", "m-3"]
        assert all(replace(it, id=alone.id, message_id="m-1") == alone for it in found)

    def test_of_several_none_is_added_where_one_is_here(self, storage):
        with storage.work() as work:
            here = work.inbox.get(receive(work, "m-2"))
        given = {it: getattr(here, it) for it in NewPacket.__slots__}
        three = [NewPacket(**given | {"message_id": f"m-{it}"}) for it in (1, 2, 3)]

        with pytest.raises(LostRace), storage.work() as work:
            work.inbox.add_all(three)

        with storage.reading() as work:
            assert work.inbox.in_state(InboxState.ACCEPTED, 10) == (here,)

    def test_what_is_not_there_is_not_found(self, storage):
        with storage.work() as work:
            assert work.inbox.find("H20", "m-1") is None
            with pytest.raises(NotFound):
                work.inbox.get(1)

    def test_the_oldest_is_judged_first(self, storage):
        with storage.work() as work:
            for name in "abc":
                receive(work, name)
            receive(work, "d", state=InboxState.QUARANTINED)

            found = work.inbox.in_state(InboxState.ACCEPTED, 2)

        assert [it.message_id for it in found] == ["a", "b"]

    def test_a_packet_is_judged_once(self, storage):
        with storage.work() as work:
            id_ = receive(work)

            state = work.inbox.move(id_, InboxEvent.DELIVER)

            assert state is work.inbox.get(id_).state is InboxState.DELIVERED
            with pytest.raises(IllegalMove):
                work.inbox.move(id_, InboxEvent.QUARANTINE, reason=REASON)

    def test_a_quarantined_packet_says_why_until_it_is_released(self, storage):
        with storage.work() as work:
            id_ = receive(work)

            work.inbox.move(id_, InboxEvent.QUARANTINE, reason=REASON)
            assert work.inbox.get(id_).reason == REASON

            work.inbox.move(id_, InboxEvent.RELEASE)
            assert work.inbox.get(id_).reason is None

    def test_people_find_a_packet_by_message_id_its_start_or_document_id(self, storage):
        with storage.work() as work:
            id_ = receive(work, "abcd-1", correlation_id="H20,2026/11/23,1/A")
            receive(work, "xyz-2", correlation_id="H20,2026/11/23,2/A")

            for text in ("abcd-1", "abcd", "H20,2026/11/23,1/A"):
                assert [it.id for it in work.inbox.find_text(text, 5)] == [id_]
            assert [it.message_id for it in work.inbox.recent(Kind.EDOC, 1)] == [
                "xyz-2"
            ]

    def test_a_start_of_a_message_id_finds_it_in_every_account(self, storage):
        with storage.work() as work:
            one = receive(work, "abcd-1")
            two = receive(work, "abcd-1", account="H21")

            assert [it.id for it in work.inbox.find_text("abcd", 5)] == [two, one]

    @pytest.mark.parametrize("length", [255, 5000])
    def test_names_that_strangers_chose_long_are_kept(self, storage, length):
        # Letters in no order: what a database could compress would prove nothing.
        long = "".join(digest(f"{length}{number}") for number in range(length // 64))

        with storage.work() as work:
            id_ = receive(work, correlation_id=long)
            work.arrivals.add(arrival(id_, document_id=long, label=long, row_id=long))

            assert work.inbox.find_text(long, 1)
            assert work.arrivals.find_text(long, 1)


class TestSegments:
    def add(self, work, number, *, packet="p", **changes):
        values = {"account": "H20", "content": f"{packet}{number}", "at": NOW} | changes
        return work.segments.add(
            account=values["account"],
            message_id="m-1",
            packet=digest(packet),
            number=number,
            total=3,
            content=digest(values["content"]),
            size=10,
            at=values["at"],
        )

    def test_segments_come_back_by_number_in_whatever_order_they_came(self, storage):
        with storage.work() as work:
            for number in (3, 1, 2):
                assert self.add(work, number)

            found = work.segments.of("H20", "m-1", digest("p"))

        assert [it.number for it in found] == [1, 2, 3]
        assert [it.content for it in found] == [digest(f"p{n}") for n in (1, 2, 3)]

    def test_of_several_packets_those_segments_are_found_that_are_here(self, storage):
        with storage.work() as work:
            self.add(work, 1)
            self.add(work, 2)
            self.add(work, 1, account="H21")
            self.add(work, 3, packet="q")
            p, q = (("H20", "m-1", digest(it)) for it in "pq")

            found = work.segments.of_any({p, ("H22", "m-1", digest("q"))})

            assert sorted(it.number for it in found) == [1, 2]
            assert {it.of for it in found} == {p}
            assert [it.number for it in work.segments.of_any({q})] == [3]

    def test_a_repeated_segment_is_known(self, storage):
        with storage.work() as work:
            self.add(work, 1)

            assert not self.add(work, 1, content="other")
            (found,) = work.segments.of("H20", "m-1", digest("p"))
            assert found.content == digest("p1")

    def test_only_segments_of_the_same_packet_cut_otherwise_are_forgotten(
        self, storage
    ):
        with storage.work() as work:
            for number in (1, 2):
                self.add(work, number)
            self.add(work, 1, account="H21")
            cut = {"account": "H20", "message_id": "m-1", "packet": digest("p")}
            assert work.segments.forget_other_cuts(**cut, total=3) == ()

            found = work.segments.forget_other_cuts(**cut, total=5)

            assert [it.number for it in found] == [1, 2]
            assert work.segments.of("H20", "m-1", digest("p")) == ()
            assert len(work.segments.of("H21", "m-1", digest("p"))) == 1

    def test_nobody_slips_a_part_into_the_packet_of_another(self, storage):
        with storage.work() as work:
            self.add(work, 1)
            self.add(work, 2, account="H21")
            self.add(work, 2, packet="q")

            assert len(work.segments.of("H20", "m-1", digest("p"))) == 1

    def test_bytes_are_in_use_while_any_unfinished_packet_needs_them(self, storage):
        with storage.work() as work:
            self.add(work, 1, content="shared")
            self.add(work, 1, packet="q", content="shared")

            work.segments.remove("H20", "m-1", digest("p"))
            assert work.segments.uses(digest("shared"))

            work.segments.remove("H20", "m-1", digest("q"))
            assert not work.segments.uses(digest("shared"))

    def test_a_packet_is_stale_when_nothing_of_it_came_since(self, storage):
        day = timedelta(days=1)
        with storage.work() as work:
            for number in (1, 2):
                self.add(work, number, packet="old")
            self.add(work, 1, packet="slow")
            self.add(work, 2, packet="slow", at=NOW + 2 * day)

            stale = work.segments.stale(NOW + day, 10)
            assert work.segments.stale(NOW - day, 10) == ()

        assert [(it.account, it.packet) for it in stale] == [("H20", digest("old"))]


class TestArrivalsAndAnswers:
    def test_a_delivery_key_arrives_once_for_ever(self, storage):
        with storage.work() as work:
            kept = arrival(receive(work))
            work.arrivals.add(kept)

            with pytest.raises(LostRace):
                work.arrivals.add(replace(kept, row_id="94"))
            assert work.arrivals.find(kept.key) == kept
            assert work.arrivals.of(kept.inbox_id) == (kept,)
            assert work.arrivals.find(digest("other")) is None

    def test_people_find_an_arrival_by_any_name_it_has(self, storage):
        with storage.work() as work:
            kept = arrival(receive(work))
            work.arrivals.add(kept)

            for text in (kept.key, kept.key[:8], kept.document_id, kept.label, "93"):
                assert work.arrivals.find_text(text, 5) == (kept,)

    def test_nothing_arrives_that_was_not_received(self, storage):
        with pytest.raises(StorageRefused), storage.work() as work:
            work.arrivals.add(arrival(4711))

    def test_an_answer_is_given_once_and_comes_back_as_it_was(self, storage):
        with storage.work() as work:
            answer = Answer(
                message_id="answer-1",
                inbox_id=receive(work),
                sender=DEPARTMENT,
                recipient=PROVINCE,
                status="01",
                packet=digest("answer"),
                packet_bytes=7,
                correlation_id="H20,2026/11/23,28/2026/UBND-VX",
                answers="m-1",
            )
            work.answers.add(answer)

            with pytest.raises(LostRace):
                work.answers.add(answer)
            assert work.answers.of(answer.inbox_id) == (answer,)
            assert work.answers.of(answer.inbox_id + 1) == ()


class TestReceipts:
    def add(self, work, document, recipient=DEPARTMENT, message_id="r-1", status="01"):
        given = receipt(document, recipient, status=status, message_id=message_id)
        return work.receipts.add(given)

    def test_receipts_come_back_in_the_order_they_came(self, storage):
        taken = take(storage)

        with storage.work() as work:
            self.add(work, taken.key, message_id="r-2", status="03")
            self.add(work, taken.key, message_id="r-1", status="01")
            found = work.receipts.of(taken.key)

        assert [it.status for it in found] == ["03", "01"]
        assert found[0].description == "Đã đến"
        assert found[0].received_at == NOW

    def test_a_repeated_receipt_counts_once(self, storage):
        taken = take(storage)

        with storage.work() as work:
            assert self.add(work, taken.key)
            assert not self.add(work, taken.key)
            assert len(work.receipts.of(taken.key)) == 1

    def test_one_recipient_cannot_use_up_the_message_id_of_another(self, storage):
        taken = take(storage)

        with storage.work() as work:
            assert self.add(work, taken.key, COMMUNE, status="02")
            assert self.add(work, taken.key, DEPARTMENT, status="01")

    def test_of_several_receipts_none_is_added_where_one_was_counted(self, storage):
        taken = take(storage)
        first, second = (receipt(taken.key, it.code) for it in BOTH)
        with storage.work() as work:
            work.receipts.add_all([first])

        with pytest.raises(LostRace), storage.work() as work:
            work.receipts.add_all([second, first])

        with storage.work() as work:
            assert work.receipts.of(taken.key) == (first,)
            work.receipts.add_all([second])
            assert work.receipts.of(taken.key) == (first, second)

    def test_only_a_recipient_gives_a_receipt(self, storage):
        taken = take(storage)

        with pytest.raises(StorageRefused), storage.work() as work:
            self.add(work, taken.key, "G22")


class TestProgress:
    def add(self, work, row_id, step, recipient=""):
        work.progress.add(row_id, step=step, recipient=recipient, text="…", at=NOW)

    def steps(self, storage, now=NOW, limit=10):
        with storage.work() as work:
            due = work.progress.due(limit, now)
        return [(it.row_id, it.recipient, it.step) for it in due]

    def test_steps_come_in_the_order_they_were_queued(self, storage):
        with storage.work() as work:
            self.add(work, "2", "taken")
            self.add(work, "1", "taken")
            self.add(work, "1", "sent", DEPARTMENT)

        assert self.steps(storage) == [
            ("2", "", "taken"),
            ("1", "", "taken"),
            ("1", DEPARTMENT, "sent"),
        ]
        assert self.steps(storage, limit=1) == [("2", "", "taken")]

    def test_a_step_never_overtakes_an_earlier_one_of_its_row_and_recipient(
        self, storage
    ):
        with storage.work() as work:
            self.add(work, "1", "sent", DEPARTMENT)
            self.add(work, "1", "delivered", DEPARTMENT)
            self.add(work, "1", "sent", COMMUNE)
        with storage.work() as work:
            first = work.progress.due(10, NOW)[0]
            work.progress.postpone(first.id, LATER)

        assert self.steps(storage) == [("1", COMMUNE, "sent")]
        assert self.steps(storage, LATER) == [
            ("1", DEPARTMENT, "sent"),
            ("1", COMMUNE, "sent"),
        ]

    def test_the_next_step_is_due_when_the_one_before_is_settled(self, storage):
        with storage.work() as work:
            self.add(work, "1", "taken")
            self.add(work, "1", "parked")
            assert work.progress.waiting() == 2
            first = work.progress.due(10, NOW)[0]

            work.progress.settle(first.id)
            work.progress.settle(first.id)

            assert work.progress.waiting() == 1
        assert self.steps(storage) == [("1", "", "parked")]

    def test_no_step_is_dated_before_what_was_told_of_its_row_and_recipient(
        self, storage
    ):
        """A clock goes back, and the register believes the latest of all dates."""
        earlier = NOW - timedelta(hours=1)
        with storage.work() as work:
            self.add(work, "1", "sent", DEPARTMENT)
            (sent,) = work.progress.due(10, NOW)
            work.progress.settle(sent.id)
        with storage.work() as work:
            for recipient in (DEPARTMENT, COMMUNE):
                work.progress.add(
                    "1", step="delivered", recipient=recipient, text="…", at=earlier
                )
            found = work.progress.due(10, earlier)

        assert [(it.recipient, it.at) for it in found] == [
            (DEPARTMENT, NOW),
            (COMMUNE, earlier),
        ]

    def test_a_step_of_several_rows_is_dated_for_each(self, storage):
        earlier = NOW - timedelta(hours=1)
        with storage.work() as work:
            self.add(work, "1", "refused")
            self.add(work, "2", "sent", DEPARTMENT)
            for it in work.progress.due(10, NOW):
                work.progress.settle(it.id)
            work.progress.add_all(
                [NewStep(row, "taken", NOBODY, "…", earlier) for row in ("1", "2")]
            )
            found = work.progress.due(10, NOW)

        assert [(it.row_id, it.recipient, it.step, it.at) for it in found] == [
            ("1", "", "taken", NOW),
            ("2", "", "taken", earlier),
        ]

    def test_a_step_of_several_recipients_is_dated_for_each(self, storage):
        earlier = NOW - timedelta(hours=1)
        with storage.work() as work:
            self.add(work, "1", "sent", DEPARTMENT)
            work.progress.add_all(
                [
                    NewStep("1", "delivered", recipient, "…", earlier)
                    for recipient in (DEPARTMENT, COMMUNE)
                ]
            )
            (sent,) = work.progress.due(1, NOW)
            work.progress.settle(sent.id)
            found = work.progress.due(10, NOW)

        assert [(it.recipient, it.step, it.at) for it in found] == [
            (DEPARTMENT, "delivered", NOW),
            (COMMUNE, "delivered", earlier),
        ]

    def test_a_first_try_waits_for_no_clock(self, storage):
        with storage.work() as work:
            self.add(work, "1", "sent", DEPARTMENT)

        assert self.steps(storage, NOW - timedelta(hours=1))

    def test_failed_attempts_are_counted(self, storage):
        with storage.work() as work:
            self.add(work, "1", "taken")
            item = work.progress.due(1, NOW)[0]
            work.progress.postpone(item.id, LATER)
            (again,) = work.progress.due(1, LATER)

        assert (item.attempts, again.attempts) == (0, 1)
        assert (again.text, again.at) == ("…", NOW)


class TestStamps:
    def add(self, work, name, at=NOW):
        work.stamps.add(digest(name), MessageId(name), name.encode(), due_at=at)

    def due(self, storage, now=NOW, limit=10):
        with storage.work() as work:
            return work.stamps.due(limit, now)

    def test_what_awaits_its_stamp_comes_back_when_it_is_due(self, storage):
        with storage.work() as work:
            self.add(work, "late", LATER)
            self.add(work, "now")
            self.add(work, "now")

        (item,) = self.due(storage)
        assert (item.packet, item.document) == (digest("now"), "now")
        assert item.signature_value == b"now"
        assert [it.document for it in self.due(storage, LATER)] == ["now", "late"]
        assert [it.document for it in self.due(storage, LATER, limit=1)] == ["now"]

    def test_a_failed_attempt_is_counted_and_waits(self, storage):
        with storage.work() as work:
            self.add(work, "one")
            item = work.stamps.due(1, NOW)[0]
            work.stamps.postpone(item.id, until=LATER)

        assert self.due(storage) == ()
        assert [it.attempts for it in self.due(storage, LATER)] == [1]

    def test_what_is_settled_is_asked_for_no_more_and_not_settled_twice(self, storage):
        with storage.work() as work:
            self.add(work, "one")
            item = work.stamps.due(1, NOW)[0]
            work.stamps.settle(item.id, at=LATER)

            with pytest.raises(LostRace):
                work.stamps.settle(item.id, at=LATER)
            with pytest.raises(LostRace):
                work.stamps.postpone(item.id, until=LATER)
            settled = work.stamps.of(digest("one"))

        assert self.due(storage, LATER) == ()
        assert settled is not None
        assert settled.settled_at == LATER

    def test_a_packet_that_left_with_its_stamp_has_no_entry(self, storage):
        with storage.work() as work:
            assert work.stamps.of(digest("one")) is None


class TestWork:
    def test_what_belongs_together_is_kept_together_or_not_at_all(self, storage):
        class Crash(BaseException):
            pass

        with suppress(Crash), storage.work() as work:
            work.documents.add(outgoing(), BOTH)
            queue(work)
            raise Crash

        with storage.work() as work:
            assert not work.documents.known(PROVINCE, "17", "1")
            assert work.outbox.waiting() == 0

    def test_a_look_changes_nothing(self, storage):
        with pytest.raises(StorageUnavailable), storage.reading() as work:
            queue(work)

        with storage.work() as work:
            assert work.outbox.waiting() == 0

    def test_work_goes_on_after_a_look(self, storage):
        with storage.reading() as work:
            assert work.outbox.waiting() == 0

        with storage.work() as work:
            queue(work)

    def test_a_look_sees_one_moment_while_others_write(self, database, storage):
        other = database.open()

        with storage.reading() as looking:
            before = looking.outbox.waiting()
            with other.work() as work:
                queue(work)
            after = looking.outbox.waiting()

        other.close()
        assert before == after == 0

    @pytest.mark.parametrize("text", ["\ud800", "\0"])
    def test_a_text_no_database_holds_is_one_of_our_errors_or_kept(self, storage, text):
        try:
            with storage.work() as work:
                receive(work, f"m{text}", packet=digest("p"))
        except StorageRefused:
            return
        with storage.work() as work:
            assert work.inbox.find("H20", f"m{text}") is not None

    def test_no_error_tells_a_password_or_a_row(self, database, storage):
        with pytest.raises(StorageRefused) as refused, storage.work() as work:
            work.arrivals.add(arrival(4711, subject="Văn bản mật"))

        told = f"{refused.value} {refused.value.__cause__} {storage!r}"
        assert "Văn bản mật" not in told
        assert "4711" not in f"{refused.value}"
        assert not database.password or database.password not in told


class TestDeadlines:
    def test_a_move_says_when_the_next_one_is_due_and_ends_what_was_late(self, storage):
        taken = take(storage, due_at=NOW + timedelta(hours=1))
        with storage.work() as work:
            seen = work.deliveries.get(taken.key, DEPARTMENT)
            work.deliveries.declare_late(seen, at=NOW, due_at=LATER)
        for event, due_at, due, late in (
            (DeliveryEvent.SEAL, None, LATER, NOW),
            (DeliveryEvent.CONFIRM, LATER, LATER, None),
            (DeliveryEvent.ARRIVE, LATER, None, None),
        ):
            with storage.work() as work:
                work.deliveries.move(
                    taken.key, DEPARTMENT, event, at=NOW, due_at=due_at
                )
                moved = work.deliveries.get(taken.key, DEPARTMENT)
            assert (moved.due_at, moved.late_at) == (due, late)

    def test_what_is_not_planned_stays_so_until_somebody_plans_it(self, storage):
        taken = take(storage)
        with storage.work() as work:
            assert work.deliveries.get(taken.key, DEPARTMENT).is_unplanned
            work.deliveries.move(taken.key, DEPARTMENT, DeliveryEvent.SEAL, at=LATER)
            sealed = work.deliveries.get(taken.key, DEPARTMENT)
        assert sealed.is_unplanned
        assert sealed.due_at == LATER

    def test_only_what_is_due_is_found_the_oldest_first(self, storage):
        moments = {"1": 3, "2": 1, "3": 9}
        for row_id, minutes in moments.items():
            due_at = NOW + timedelta(minutes=minutes)
            take(storage, row_id, BOTH[:1], due_at=due_at)
        with storage.reading() as work:
            due = work.deliveries.due(10, NOW + timedelta(minutes=3))
            (first,) = work.deliveries.due(1, NOW + timedelta(minutes=3))
        assert [it.due_at for it in due] == [
            NOW + timedelta(minutes=minutes) for minutes in (1, 3)
        ]
        assert first == due[0]

    def test_it_is_declared_late_once(self, storage):
        taken = take(storage)
        with storage.work() as work:
            seen = work.deliveries.get(taken.key, DEPARTMENT)
            work.deliveries.declare_late(seen, at=NOW, due_at=LATER)
        with pytest.raises(LostRace), storage.work() as work:
            work.deliveries.declare_late(seen, at=LATER, due_at=LATER)

    def test_what_is_given_up_leaves_the_queue_with_its_reason(self, storage):
        with storage.work() as work:
            queue(work, "a", recipient=DEPARTMENT)
            queue(work, "a", recipient=COMMUNE)
            work.outbox.expire("a", DEPARTMENT, at=LATER, reason=REASON)
            (left,) = work.leases.claim(9, worker="w", now=LATER, lease_seconds=60)
            given_up = work.outbox.of("a", DEPARTMENT)
        assert left.recipient == COMMUNE
        assert given_up.reason == REASON

    def test_what_somebody_has_in_hand_is_not_given_up(self, storage):
        with storage.work() as work:
            queue(work, "a", recipient=DEPARTMENT)
            work.leases.claim(9, worker="w", now=NOW, lease_seconds=30)
            with pytest.raises(LostRace):
                work.outbox.expire("a", DEPARTMENT, at=NOW, reason=REASON)
            work.outbox.expire("a", DEPARTMENT, at=LATER, reason=REASON)
            assert work.outbox.waiting() == 0

    def test_not_even_who_has_it_in_hand_keeps_it_for_ever(self, storage):
        with storage.work() as work:
            queue(work, "a", recipient=DEPARTMENT)
            work.leases.claim(9, worker="w", now=NOW, lease_seconds=30)
            work.outbox.expire("a", DEPARTMENT, at=NOW, reason=REASON, in_hand=True)
            assert work.outbox.waiting() == 0

    def test_the_newest_statement_takes_the_place_of_the_one_before(self, storage):
        taken = take(storage)
        for name in ("first", "second"):
            with storage.work() as work:
                work.non_deliveries.put(
                    KeptStatement(
                        document=taken.key,
                        recipient=DEPARTMENT,
                        content=digest(name),
                        made_at=NOW,
                    )
                )
        with storage.reading() as work:
            (kept,) = work.non_deliveries.of(taken.key)
        assert kept.content == digest("second")
