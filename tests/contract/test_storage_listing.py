"""Which documents a person asks for, the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from edoc_connector.model.change import ChangeState
from edoc_connector.model.delivery import DeliveryState, DocumentState, InboxState
from edoc_connector.model.document import BusinessType, Organization
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from edoc_connector.storage.records import Change, Wanted
from edoc_connector.storage.tables import deliveries
from tests.support.storage import BOTH, COMMUNE, DEPARTMENT, NOW, outgoing, receive

pytest_plugins = ("tests.support.databases",)

OLD = OrganizationCode("000.00.14.H20")
"""The department again, as its code was written before 2020."""


def put(work, row_id, state, **its):
    taken_at = NOW + timedelta(days=its.get("days", 0))
    document = outgoing(row_id, state=DocumentState.SEALED, taken_at=taken_at)
    work.documents.add(document, [Organization(code=its.get("to", DEPARTMENT))])
    late_at = NOW if its.get("late") else None
    work.listing._connection.execute(
        sa.update(deliveries)
        .where(deliveries.c.document == document.key)
        .values(state=state, late_at=late_at, status=its.get("status"))
    )
    return document.key


@pytest.fixture
def register(storage):
    """Six documents of ours and two of others."""
    with storage.work() as work:
        named = {
            "arrived": put(work, "1", DeliveryState.DELIVERED, days=-9),
            "sent": put(work, "2", DeliveryState.SENT, to=COMMUNE, days=-8),
            "late": put(work, "3", DeliveryState.SENT, days=-7, late=True),
            "unknown": put(work, "4", DeliveryState.UNROUTABLE, to=OLD, days=-6),
            "was-late": put(work, "5", DeliveryState.DELIVERED, days=-5, late=True),
        }
        refused = outgoing("6", state=DocumentState.REFUSED, taken_at=NOW)
        work.documents.add(refused, BOTH)
        named["unfit"] = refused.key
        named["in"] = receive(work, "m-1", sender=DEPARTMENT)
        named["broken"] = receive(
            work, "m-2", sender=OLD, state=InboxState.QUARANTINED, at=NOW
        )
        receive(work, "m-3", kind=Kind.STATUS, sender=DEPARTMENT)
    return storage, named


def found(register, limit=10, **asked):
    storage, named = register
    names = {handle: name for name, handle in named.items()}
    with storage.reading() as work:
        sent = work.listing.outgoing(Wanted(**asked), limit)
        received = work.listing.incoming(Wanted(**asked), limit)
    return [names[it] for it in sent], [names[it] for it in received]


def test_without_a_wish_all_documents_are_there_newest_first(register):
    assert found(register) == (
        ["unfit", "was-late", "unknown", "late", "sent", "arrived"],
        ["broken", "in"],
    )


def test_no_more_than_was_asked_for(register):
    assert found(register, limit=1) == (["unfit"], ["broken"])


@pytest.mark.parametrize(
    ("state", "sent", "received"),
    [
        ("delivered", ["was-late", "arrived"], []),
        ("sent", ["late", "sent"], []),
        ("unroutable", ["unknown"], []),
        ("refused", ["unfit"], []),
        ("expired", [], []),
        ("accepted", [], ["in"]),
        ("quarantined", [], ["broken"]),
    ],
)
def test_a_state_is_one_of_a_recipient_of_a_document_or_of_an_arrival(
    register, state, sent, received
):
    assert found(register, state=state) == (sent, received)


@pytest.mark.parametrize("code", [DEPARTMENT, OLD, OrganizationCode("h20.14")])
def test_a_body_is_found_under_every_writing_of_its_code(register, code):
    assert found(register, organization=code) == (
        ["was-late", "unknown", "late", "arrived"],
        ["broken", "in"],
    )


def test_a_body_we_never_wrote_to_has_nothing(register):
    assert found(register, organization=OrganizationCode("H99")) == ([], [])


def test_late_is_what_is_still_waited_for(register):
    assert found(register, is_late=True) == (["late"], [])


def test_failed_is_what_does_not_go_on_by_itself(register):
    assert found(register, is_failed=True) == (["unfit", "unknown"], ["broken"])


@pytest.mark.parametrize(
    ("state", "sent", "received"),
    [
        ("unroutable", ["unknown"], []),
        ("expired", [], []),
        ("quarantined", [], ["broken"]),
        ("refused", ["unfit"], []),
    ],
)
def test_failed_in_one_state_is_not_failed_in_another(register, state, sent, received):
    assert found(register, state=state, is_failed=True) == (sent, received)


def test_what_a_clerk_turned_down_after_it_had_come_has_failed(register):
    storage, named = register
    with storage.work() as work:
        named["turned-down"] = put(work, "7", DeliveryState.DELIVERED, status="02")

    sent, _ = found((storage, named), is_failed=True)

    assert sent == ["unfit", "turned-down", "unknown"]


def test_what_was_turned_down_is_found_among_what_was_refused(register):
    storage, named = register
    with storage.work() as work:
        named["turned-down"] = put(work, "7", DeliveryState.DELIVERED, status="02")
        named["sent-again"] = put(work, "8", DeliveryState.SENT, status="02")

    assert found((storage, named), state="refused")[0] == ["unfit", "turned-down"]
    assert "sent-again" not in found((storage, named), is_failed=True)[0]


def test_documents_that_failed_come_once_each_and_the_oldest_first(register):
    storage, named = register
    with storage.work() as work:
        named["turned-down"] = put(work, "7", DeliveryState.DELIVERED, status="02")
        seen = work.deliveries.get(named["turned-down"], DEPARTMENT)
        work.deliveries.show(seen, status="02", at=NOW + timedelta(days=2))
    names = {handle: name for name, handle in named.items()}

    with storage.reading() as work:
        every = work.listing.failed(since=None, limit=10)
        newer = work.listing.failed(since=NOW + timedelta(days=1), limit=10)

    assert [names[it] for it in every] == ["unknown", "turned-down"]
    assert [names[it] for it in newer] == ["turned-down"]


def test_what_can_be_sent_is_not_kept_waiting_by_what_never_will_be(register):
    storage, named = register
    with storage.work() as work:
        for number in ("7", "8"):
            named[number] = put(work, number, DeliveryState.DELIVERED, status="02")
        recalled = put(work, "9", DeliveryState.EXPIRED)
        for number in ("10", "11"):
            named[number] = put(work, number, DeliveryState.EXPIRED)
        work.changes.add([taken_away(recalled)])
    names = {handle: name for name, handle in named.items()}

    with storage.reading() as work:
        some = work.listing.failed(since=None, limit=2)
        every = work.listing.failed(since=None, limit=10)

    assert [names[it] for it in some] == ["unknown", "10", "7", "8"]
    assert [names[it] for it in every] == ["unknown", "10", "11", "7", "8"]


def taken_away(key):
    return Change(
        change=key,
        original=key,
        recipient=DEPARTMENT,
        business_type=BusinessType.RECALL,
        state=ChangeState.AGREED,
        reason=None,
        changed_at=NOW,
    )


def test_a_period_begins_and_ends_where_it_is_said(register):
    since, until = NOW - timedelta(days=8), NOW - timedelta(days=6)

    assert found(register, since=since, until=until) == (["late", "sent"], [])


def test_wishes_hold_together(register):
    since = NOW - timedelta(days=7)

    assert found(register, state="sent", since=since) == (["late"], [])
    assert found(register, is_failed=True, until=NOW) == (["unknown"], [])
    assert found(register, is_failed=True, organization=DEPARTMENT) == (
        ["unknown"],
        ["broken"],
    )
    assert found(register, state="delivered", is_late=True) == ([], [])
    assert found(register, state="delivered", since=since) == (["was-late"], [])
