"""Requests about received documents: the same on both databases."""

from datetime import timedelta

import pytest

from edoc_connector.errors import LostRace, NotFound, Reason
from edoc_connector.model.change import ChangeDecision, ChangeEvent, ChangeState
from edoc_connector.model.delivery import InboxEvent, InboxState
from edoc_connector.model.document import BusinessType
from edoc_connector.model.identifiers import DocumentId
from edoc_connector.storage.records import Order
from edoc_connector.storage.resting import PAUSE
from tests.support.storage import (
    DEPARTMENT,
    NOW,
    PROVINCE,
    arrival,
    digest,
    receive,
)

pytest_plugins = ("tests.support.databases",)

ID = DocumentId("H20,2026/11/23,28/2026/UBND-VX")
WAITS = Reason("clerk-asked", {"kind": "recall"})


def order(inbox_id, **changes):
    values = {
        "inbox_id": inbox_id,
        "sender": PROVINCE,
        "document_id": ID,
        "business_type": BusinessType.RECALL,
        "arrival": None,
        "state": ChangeState.ASKED,
        "reason": WAITS,
        "asked_at": NOW,
        "sealed_at": NOW - timedelta(seconds=5),
        "wish": "Gửi nhầm nơi nhận",
    }
    return Order(**values | changes)


@pytest.fixture
def asked(storage):
    """One request that waits for a person."""
    with storage.work() as work:
        inbox_id = receive(work)
        work.orders.add(order(inbox_id))
    return inbox_id


def test_an_order_is_what_was_added(storage, asked):
    with storage.reading() as work:
        assert work.orders.get(asked) == order(asked)
        assert work.orders.find(asked + 1) is None
        with pytest.raises(NotFound):
            work.orders.get(asked + 1)


def test_a_packet_asks_once(storage, asked):
    with pytest.raises(LostRace), storage.work() as work:
        work.orders.add(order(asked))


def test_the_first_decision_stands(storage, asked):
    with storage.work() as work:
        assert work.orders.decide(asked, ChangeDecision.REFUSE, "Đã xử lý")
        assert not work.orders.decide(asked, ChangeDecision.AGREE, "")

    with storage.reading() as work:
        assert work.orders.undecided(10) == ()
        (decided,) = work.orders.decided(10, NOW)
    assert decided.decision is ChangeDecision.REFUSE
    assert decided.because == "Đã xử lý"


def test_nobody_decides_about_what_is_closed(storage, asked):
    with storage.work() as work:
        work.orders.move(asked, ChangeEvent.AGREE, at=NOW)
        assert not work.orders.decide(asked, ChangeDecision.REFUSE, "")


def test_a_closed_order_says_when_and_why(storage, asked):
    done = Reason("recall-done")
    with storage.work() as work:
        moved = work.orders.move(asked, ChangeEvent.AGREE, at=NOW, reason=done)
    with storage.reading() as work:
        assert work.orders.get(asked) == moved
    assert (moved.state, moved.reason, moved.decided_at) == ("agreed", done, NOW)


def test_what_could_not_be_carried_out_says_why_and_stays_open(storage, asked):
    with storage.work() as work:
        work.orders.stumble(asked, Reason("dms-refused"), until=NOW + PAUSE)
    with storage.reading() as work:
        found = work.orders.get(asked)
    assert (found.state, found.reason) == (ChangeState.ASKED, Reason("dms-refused"))


def test_what_could_not_be_carried_out_rests_and_comes_again(storage, asked):
    later, at_the_end = NOW + timedelta(seconds=1), NOW + PAUSE
    with storage.work() as work:
        work.orders.decide(asked, ChangeDecision.AGREE, "")
        work.orders.stumble(asked, Reason("dms-refused"), until=at_the_end)
    with storage.reading() as work:
        assert work.orders.decided(10, later) == ()
        assert len(work.orders.decided(10, at_the_end)) == 1
        # A clock that was ahead has put it off.
        assert len(work.orders.decided(10, NOW - timedelta(days=1))) == 1


def test_orders_are_found_by_the_document_they_are_about(storage):
    with storage.work() as work:
        first, second = receive(work, "m-1"), receive(work, "m-2")
        third = receive(work, "m-3")
        work.orders.add(order(first))
        work.orders.add(order(second, sender=DEPARTMENT))
        work.orders.add(order(third, business_type=BusinessType.UPDATE))
    with storage.reading() as work:
        found = work.orders.of_document(ID, BusinessType.RECALL)
    assert [it.inbox_id for it in found] == [second, first]


def test_an_order_is_linked_to_a_document_that_comes_later(storage, asked):
    with storage.work() as work:
        work.arrivals.add(arrival(receive(work, "m-2")))
        work.orders.link([asked], digest("delivery"))
        work.orders.link([asked], digest("another"))
    with storage.reading() as work:
        (found,) = work.orders.about(digest("delivery"))
    assert found.inbox_id == asked


def test_only_recalls_of_what_never_came_are_counted(storage):
    with storage.work() as work:
        agreed = {"state": ChangeState.AGREED}
        for name, changes in {
            "a": agreed,
            "b": agreed | {"asked_at": NOW - timedelta(days=40)},
            "c": {},
            "d": agreed | {"sender": DEPARTMENT},
            "e": agreed | {"arrival": digest("delivery")},
        }.items():
            work.orders.add(order(receive(work, name), **changes))
    with storage.reading() as work:
        assert work.orders.remembered(PROVINCE, since=NOW - timedelta(days=30)) == 1


def test_a_document_taken_back_overtakes_what_else_is_asked_about_it(storage):
    with storage.work() as work:
        work.arrivals.add(arrival(receive(work, "m-1")))
        asking = receive(work, "m-2")
        work.orders.add(order(asking, arrival=digest("delivery")))
        assert work.orders.overtaken(10, NOW) == ()

        work.arrivals.take_back(digest("delivery"), at=NOW)

        assert [it.inbox_id for it in work.orders.overtaken(10, NOW)] == [asking]
        assert work.arrivals.get(digest("delivery")).status == "13"


def test_arrivals_are_found_by_their_document_id_newest_first(storage):
    with storage.work() as work:
        for name in ("a", "b"):
            work.arrivals.add(arrival(receive(work, name), key=digest(name)))
        found = work.arrivals.by_document_id(ID)
        with pytest.raises(NotFound):
            work.arrivals.get(digest("c"))
    assert [it.key for it in found] == [digest("b"), digest("a")]


def test_what_waits_for_a_document_is_hurried_and_nothing_else(storage):
    soon, later = NOW + timedelta(minutes=1), NOW + timedelta(hours=1)
    reason = Reason("original-awaited")
    with storage.work() as work:
        waiting = receive(work, "m-1")
        other = receive(work, "m-2", correlation_id="another")
        for inbox_id in (waiting, other):
            work.inbox.hold(inbox_id, reason, until=later)
        work.inbox.hurry(ID, at=soon)
    with storage.reading() as work:
        assert [it.id for it in work.inbox.to_judge(10, at=soon)] == [waiting]


def test_only_what_the_same_account_sent_is_found_in_quarantine(storage):
    with storage.work() as work:
        mine = receive(work, "m-1", state=InboxState.QUARANTINED)
        receive(work, "m-2", state=InboxState.QUARANTINED, account="H99")
        receive(work, "m-3", state=InboxState.QUARANTINED, correlation_id="another")
        receive(work, "m-4")
        (found,) = work.inbox.quarantined("H20", ID, 10)
        assert found.id == mine
        work.inbox.move(mine, InboxEvent.REJECT)
        assert work.inbox.quarantined("H20", ID, 10) == ()


def test_what_was_replaced_names_the_newest_that_has_taken_its_place(storage):
    agreed = {"business_type": BusinessType.REPLACE, "state": ChangeState.AGREED}
    with storage.work() as work:
        old, first, second, open_ = (receive(work, f"m-{it}") for it in range(4))
        work.arrivals.add(arrival(old))
        for entry, label in ((first, "29/UBND"), (second, ""), (open_, "31/UBND")):
            key = digest(f"newer-{entry}")
            document_id = DocumentId(f"H20,2026/11/24,{entry}")
            work.arrivals.add(
                arrival(entry, key=key, label=label, document_id=document_id)
            )
        key = arrival(old).key
        work.orders.add(order(first, arrival=key, **agreed))
        assert work.around.replaced([old, first]) == {old: "29/UBND"}
        work.orders.add(order(second, arrival=key, **agreed))
        work.orders.add(order(open_, arrival=key, business_type=BusinessType.REPLACE))

    with storage.reading() as work:
        found = work.around.replaced([old, first, second, open_])

    assert found == {old: f"H20,2026/11/24,{second}"}
