"""A batch of packets in few statements: the same on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from edoc_connector.errors import IllegalMove, LostRace
from edoc_connector.model.change import ChangeState
from edoc_connector.model.delivery import InboxEvent, InboxState
from edoc_connector.model.document import BusinessType
from edoc_connector.model.evidence import EvidenceKind
from edoc_connector.model.identifiers import DocumentId
from edoc_connector.model.stages import Kind
from edoc_connector.model.verdict import SealForm, TimeSource
from edoc_connector.storage.records import Answer, KeptVerdict, Order
from tests.support.storage import (
    DEPARTMENT,
    NOW,
    PROVINCE,
    arrival,
    digest,
    queue,
    receive,
)

pytest_plugins = ("tests.support.databases",)


@pytest.fixture
def three(storage):
    """Three packets that were accepted."""
    with storage.work() as work:
        return [receive(work, f"m-{number}") for number in range(3)]


def entries(storage, ids):
    with storage.reading() as work:
        return [work.inbox.get(it) for it in ids]


def states(storage, ids):
    return [it.state for it in entries(storage, ids)]


# --- packets move together ----------------------------------------------------


def test_several_packets_are_moved_at_once(storage, three):
    with storage.work() as work:
        work.inbox.begin(three)
    with storage.work() as work:
        work.inbox.move_all(entries(storage, three[:2]), InboxEvent.DELIVER)

    moved = entries(storage, three)
    assert [it.state for it in moved] == [
        InboxState.DELIVERED,
        InboxState.DELIVERED,
        InboxState.ACCEPTED,
    ]
    assert [it.attempts for it in moved] == [0, 0, 1]


def test_where_one_was_moved_meanwhile_none_is(storage, three):
    seen = entries(storage, three)
    with storage.work() as work:
        work.inbox.move(three[1], InboxEvent.QUARANTINE)

    with pytest.raises(LostRace), storage.work() as work:
        work.inbox.move_all(seen, InboxEvent.DELIVER)

    assert states(storage, three) == [
        InboxState.ACCEPTED,
        InboxState.QUARANTINED,
        InboxState.ACCEPTED,
    ]


def test_what_does_not_happen_to_one_of_them_is_refused(storage, three):
    with storage.work() as work:
        work.inbox.move(three[1], InboxEvent.QUARANTINE)

    with pytest.raises(IllegalMove), storage.work() as work:
        work.inbox.move_all(entries(storage, three), InboxEvent.DELIVER)


def test_what_waits_for_several_documents_waits_no_longer(storage):
    later = NOW + timedelta(hours=1)
    with storage.work() as work:
        held = [
            receive(work, f"m-{number}", correlation_id=f"about-{number}")
            for number in range(3)
        ]
        for it in held:
            work.inbox.hold(it, a_reason(), until=later)

        work.inbox.hurry("about-0", "about-2", at=NOW)

    assert [it.retry_at for it in entries(storage, held)] == [NOW, later, NOW]


def a_reason():
    return LostRace(key="x").reason


# --- verdicts and their evidence ----------------------------------------------


def verdict(inbox_id, **changes):
    values = {
        "inbox_id": inbox_id,
        "form": SealForm.B_B,
        "doubts": (),
        "notes": (),
        "certificate": digest("certificate"),
        "sealed_at": NOW,
        "proven_at": NOW,
        "time_source": TimeSource.RECEPTION,
        "judged_at": NOW,
    }
    return KeptVerdict(**values | changes)


def test_of_several_packets_the_newest_verdicts_are_found(storage, three):
    newer = verdict(three[0], judged_at=NOW + timedelta(hours=1))
    with storage.work() as work:
        work.verdicts.add(verdict(three[0]), verdict(three[1]))
        work.verdicts.add(newer)

    with storage.reading() as work:
        assert work.verdicts.latest_of(three) == {
            three[0]: newer,
            three[1]: verdict(three[1]),
        }
        assert work.verdicts.latest_of([]) == {}


def test_evidence_of_several_is_noted_once_each(storage):
    one, other = digest("one"), digest("other")
    rows = [
        (one, EvidenceKind.CRL, digest("list")),
        (other, EvidenceKind.CRL, digest("list")),
        (other, EvidenceKind.OCSP, digest("answer")),
    ]
    for _ in range(2):
        with storage.work() as work:
            work.evidence.add_all(rows, at=NOW)

    with storage.reading() as work:
        assert [it.kind for it in work.evidence.of(one)] == [EvidenceKind.CRL]
        assert [it.kind for it in work.evidence.of(other)] == [
            EvidenceKind.CRL,
            EvidenceKind.OCSP,
        ]


# --- arrivals, answers and what is queued -------------------------------------


def test_several_arrivals_are_added_and_known(storage, three):
    arrived = [arrival(it, key=digest(f"key-{it}")) for it in three]
    with storage.work() as work:
        work.arrivals.add(*arrived[:2])

    with storage.reading() as work:
        keys = [it.key for it in arrived]
        assert work.arrivals.known(keys) == frozenset(keys[:2])
        assert [work.arrivals.find(key) for key in keys] == [*arrived[:2], None]


def test_where_one_arrival_is_known_none_is_added(storage, three):
    arrived = [arrival(it, key=digest(f"key-{it}")) for it in three]
    with storage.work() as work:
        work.arrivals.add(arrived[1])

    with pytest.raises(LostRace), storage.work() as work:
        work.arrivals.add(*arrived)

    with storage.reading() as work:
        assert work.arrivals.known([it.key for it in arrived]) == {arrived[1].key}


def answer(inbox_id, status="01"):
    return Answer(
        message_id=f"answer-{inbox_id}-{status}",
        inbox_id=inbox_id,
        sender=DEPARTMENT,
        recipient=PROVINCE,
        status=status,
        packet=digest(f"packet-{inbox_id}"),
        packet_bytes=99,
        correlation_id="H20,2026/11/23,28/2026/UBND-VX",
        answers=f"m-{inbox_id}",
        certificate=digest("certificate"),
    )


def test_answers_to_several_are_found_in_the_order_they_were_given(storage, three):
    first, second = answer(three[0]), answer(three[1])
    later = answer(three[0], "03")
    with storage.work() as work:
        work.answers.add(first, second)
        work.answers.add(later)

    with storage.reading() as work:
        assert work.answers.of_all(three) == (first, second, later)
        assert work.answers.of(three[0]) == (first, later)


def test_where_one_answer_was_given_none_is_added(storage, three):
    given = [answer(it) for it in three]
    with storage.work() as work:
        work.answers.add(given[2])

    with pytest.raises(LostRace), storage.work() as work:
        work.answers.add(*given)

    with storage.reading() as work:
        assert work.answers.of_all(three) == (given[2],)


def test_several_are_queued_as_each_would_be_alone(storage):
    packet = {
        "kind": Kind.STATUS,
        "sender": DEPARTMENT,
        "recipient": PROVINCE,
        "correlation_id": "H20,2026/11/23,28/2026/UBND-VX",
        "business_type": BusinessType.NEW,
        "priority": 0,
        "packet": digest("packet"),
        "packet_bytes": 99,
        "answers": "m-1",
    }
    led = {"goes_to": DEPARTMENT}
    with storage.work() as work:
        work.outbox.add_all(
            [packet | {"message_id": "a"}, packet | led | {"message_id": "b"}], at=NOW
        )
        queue(work, "c", **packet)
        work.outbox.add_all([], at=NOW)

    with storage.work() as work:
        found = work.leases.claim(10, worker="w", now=NOW, lease_seconds=60)
    one, other, alone = found
    assert [it.message_id for it in found] == ["a", "b", "c"]
    assert replace(one, id=alone.id, message_id="c") == alone
    assert replace(other, goes_to=one.goes_to, id=one.id, message_id="a") == one
    assert other.goes_to == DEPARTMENT


def test_of_several_documents_those_are_named_about_which_anything_is_asked(
    storage, three
):
    asked = Order(
        inbox_id=three[0],
        sender=PROVINCE,
        document_id=DocumentId("asked"),
        business_type=BusinessType.UPDATE,
        arrival=None,
        state=ChangeState.REFUSED,
        reason=a_reason(),
        asked_at=NOW,
    )
    with storage.work() as work:
        work.orders.add(asked)

    with storage.reading() as work:
        assert work.orders.naming(["asked", "other"]) == {"asked"}
        assert work.orders.naming([]) == frozenset()
