"""Changes of documents that were sent: what is stopped, asked and frozen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from edoc_connector.errors import LostRace, Reason
from edoc_connector.model.change import ChangeEvent, ChangeState
from edoc_connector.model.delivery import DeliveryEvent, DeliveryState, DocumentState
from edoc_connector.storage.records import Change
from tests.support.storage import (
    BOTH,
    COMMUNE,
    DEPARTMENT,
    NOW,
    PROVINCE,
    outgoing,
    queue,
)

pytest_plugins = ("tests.support.databases",)

LATER = NOW + timedelta(seconds=60)
REASON = Reason("refused-by-receiver", {"organization": "Sở", "description": "đã lưu"})


def add(storage, row_id="17", **changes):
    document = outgoing(row_id, **changes)
    with storage.work() as work:
        assert work.documents.add(document, BOTH)
    return document


def ask(storage, state=ChangeState.ASKED):
    """A recall of a document, and its row for each of both recipients."""
    original = add(storage)
    recall = add(storage, "18", business_type=1, changes=original.key)
    rows = tuple(
        Change(
            change=recall.key,
            original=original.key,
            recipient=code,
            business_type=1,
            state=state,
            reason=None,
            changed_at=NOW,
        )
        for code in (DEPARTMENT, COMMUNE)
    )
    with storage.work() as work:
        work.changes.add(rows)
    return rows


def claim(work):
    return work.leases.claim(10, worker="w", now=NOW, lease_seconds=60)


# --- requests ---


def test_a_change_comes_back_as_it_was_kept_by_request_and_by_original(storage):
    rows = ask(storage)

    with storage.reading() as work:
        assert work.changes.of(rows[0].change) == rows
        assert work.changes.of_original(rows[0].original) == rows
        assert work.changes.of(rows[0].original) == ()


def test_no_rows_are_no_mistake(storage):
    with storage.work() as work:
        work.changes.add(())

        assert work.changes.of("nothing") == ()


def test_an_answer_moves_the_row_of_its_recipient_alone(storage):
    mine, other = ask(storage)

    with storage.work() as work:
        after = work.changes.move(mine, ChangeEvent.REFUSE, at=LATER, reason=REASON)

    with storage.reading() as work:
        found = work.changes.of(mine.change)
    assert after is ChangeState.REFUSED
    assert found == (
        replace(mine, state=ChangeState.REFUSED, reason=REASON, changed_at=LATER),
        other,
    )


def test_an_answer_that_comes_again_keeps_the_moment_of_the_first(storage):
    (mine, _) = ask(storage, ChangeState.AGREED)

    with storage.work() as work:
        after = work.changes.move(mine, ChangeEvent.REFUSE, at=LATER, reason=REASON)

    with storage.reading() as work:
        assert after is ChangeState.AGREED
        assert work.changes.of(mine.change)[0] == mine


def test_a_change_is_moved_only_where_it_was_seen(storage):
    (mine, _) = ask(storage)
    with storage.work() as work:
        work.changes.move(mine, ChangeEvent.AGREE, at=LATER)

    with pytest.raises(LostRace), storage.work() as work:
        work.changes.move(mine, ChangeEvent.REFUSE, at=LATER)


def test_changes_and_rows_are_found_from_the_original(storage):
    rows = ask(storage)

    with storage.reading() as work:
        (recall,) = work.documents.changing(rows[0].original)
        (found,) = work.documents.of_row(PROVINCE, "17")
    assert (recall.key, recall.changes, recall.business_type) == (
        rows[0].change,
        rows[0].original,
        1,
    )
    assert found.key == rows[0].original


def test_the_revisions_of_a_row_come_newest_first(storage):
    add(storage, revision="1")
    add(storage, revision="2")

    with storage.reading() as work:
        found = work.documents.of_row(PROVINCE, "17")
    assert [it.revision for it in found] == ["2", "1"]


# --- freezing ---


def test_a_document_is_frozen_once_and_keeps_the_first_moment(storage):
    document = add(storage)

    with storage.work() as work:
        assert work.documents.freeze(document.key, NOW)
        assert not work.documents.freeze(document.key, LATER)

    with storage.reading() as work:
        assert work.documents.get(document.key).frozen_at == NOW


def test_a_change_that_goes_to_nobody_has_no_deliveries(storage):
    document = outgoing(state=DocumentState.WITHDRAWN)
    with storage.work() as work:
        work.documents.add(document, ())

    with storage.reading() as work:
        assert work.deliveries.of(document.key) == ()
        assert work.documents.in_state(DocumentState.TAKEN, 10) == ()


# --- stopping ---


def test_what_no_relay_had_in_hand_is_withdrawn_for_its_recipient_alone(storage):
    with storage.work() as work:
        queue(work, recipient=DEPARTMENT)
        queue(work, recipient=COMMUNE)

        assert work.outbox.withdraw("m-1", DEPARTMENT, at=LATER)

    with storage.work() as work:
        assert [it.recipient for it in claim(work)] == [COMMUNE]


def test_what_was_claimed_is_not_withdrawn(storage):
    with storage.work() as work:
        queue(work, recipient=DEPARTMENT)
        claim(work)

    with storage.work() as work:
        assert not work.outbox.withdraw("m-1", DEPARTMENT, at=LATER)
        assert work.outbox.waiting() == 1


def test_a_repetition_that_waits_is_withdrawn_though_an_earlier_copy_left(storage):
    with storage.work() as work:
        first = queue(work, recipient=DEPARTMENT)
        claim(work)
        work.outbox.settle(first, at=NOW)
        queue(work, recipient=DEPARTMENT)

        assert not work.outbox.withdraw("m-1", DEPARTMENT, at=LATER)
        assert work.outbox.waiting() == 0


def test_the_first_claim_says_since_when_it_may_have_left(storage):
    with storage.work() as work:
        queue(work)
        (first,) = claim(work)
        work.outbox.postpone(first.id, until=NOW, reason=REASON)
        (again,) = work.leases.claim(10, worker="v", now=LATER, lease_seconds=60)

    assert (first.claimed_at, again.claimed_at) == (NOW, NOW)


def test_stopping_takes_out_what_waits_whether_it_may_have_left_or_not(storage):
    with storage.work() as work:
        (claimed, _) = queue(work, recipient=DEPARTMENT), claim(work)
        queue(work, recipient=DEPARTMENT)
        queue(work, recipient=COMMUNE)
        assert work.outbox.waits_for("m-1", DEPARTMENT)

        work.outbox.stop("m-1", DEPARTMENT, at=LATER)

        assert work.outbox.waiting() == 1
        assert not work.outbox.waits_for("m-1", DEPARTMENT)
        with pytest.raises(LostRace):
            work.outbox.settle(claimed, at=LATER)


# --- deliveries ---


def test_a_delivery_is_moved_only_from_the_state_that_was_decided_on(storage):
    document = add(storage)
    with storage.work() as work:
        work.deliveries.move(document.key, DEPARTMENT, DeliveryEvent.SEAL, at=NOW)

    with pytest.raises(LostRace), storage.work() as work:
        work.deliveries.move(
            document.key,
            DEPARTMENT,
            DeliveryEvent.WITHDRAW,
            at=LATER,
            seen=DeliveryState.TAKEN,
        )


def test_a_recalled_delivery_waits_for_no_deadline(storage):
    document = add(storage)

    with storage.work() as work:
        work.deliveries.forget_deadline(document.key, DEPARTMENT)

        delivery = work.deliveries.get(document.key, DEPARTMENT)
    assert (delivery.due_at, delivery.late_at) == (None, None)


def test_a_deadline_begins_again_only_where_one_is_waited_for(storage):
    document = add(storage)
    with storage.work() as work:
        work.deliveries.move(document.key, COMMUNE, DeliveryEvent.PARK, at=NOW)

        for recipient in (DEPARTMENT, COMMUNE):
            work.deliveries.restart_deadline(document.key, recipient, LATER)

        found = {it.recipient: it.due_at for it in work.deliveries.of(document.key)}
    assert found == {DEPARTMENT: LATER, COMMUNE: None}


@pytest.mark.parametrize(("type_", "is_so"), [(1, True), (2, False), (3, True)])
def test_recalls_and_replacements_take_a_document_away(storage, type_, is_so):
    original, change = add(storage), add(storage, "18")
    row = Change(
        change=change.key,
        original=original.key,
        recipient=DEPARTMENT,
        business_type=type_,
        state=ChangeState.MOOT,
        reason=None,
        changed_at=NOW,
    )
    with storage.work() as work:
        work.changes.add([row])

        assert work.changes.has_taken_away(original.key, DEPARTMENT) is is_so
        assert not work.changes.has_taken_away(original.key, COMMUNE)
