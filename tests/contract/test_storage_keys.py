"""Which key is in use and what was said of its end, on both databases."""

from datetime import timedelta

import pytest

from edoc_connector.model.delivery import DeliveryEvent, DocumentEvent
from edoc_connector.model.own_key import Cause
from edoc_connector.storage.records import Answer, KeyUse
from tests.support.storage import (
    BOTH,
    COMMUNE,
    NOW,
    PROVINCE,
    digest,
    outgoing,
    queue,
    receive,
)

pytest_plugins = ("tests.support.databases",)

OLD, NEW = digest("old certificate"), digest("new certificate")


def use(name, certificate, *, cause=Cause.CHOSEN, after=0):
    since = NOW + timedelta(seconds=after)
    return KeyUse(name=name, certificate=certificate, cause=cause, since=since)


def test_the_newest_key_is_the_one_in_use(storage):
    first, second = use("default", OLD, cause=Cause.STARTED), use("next", NEW, after=1)

    with storage.work() as work:
        assert work.key_uses.newest() is None
        work.key_uses.add(first)
        work.key_uses.add(second)

    with storage.reading() as work:
        assert work.key_uses.newest() == second
        assert work.key_uses.newest({"default", "other"}) == first
        assert work.key_uses.newest(()) is None


def test_days_are_announced_once_and_downwards_only(storage):
    said = []
    for days in (60, 60, 30, 60, 7, 7):
        with storage.work() as work:
            said.append(work.watched.warn(OLD, days))

    assert said == [True, False, True, False, True, False]
    with storage.work() as work:
        assert work.watched.warn(NEW, 60)


def test_a_revocation_is_found_once_and_may_be_taken_back(storage):
    with storage.work() as work:
        assert not work.watched.restore(OLD)
        assert work.watched.revoke(OLD, NOW)
        assert not work.watched.revoke(OLD, NOW)
        work.watched.warn(NEW, 7)

    with storage.work() as work:
        assert work.watched.revoked() == {OLD}
        assert work.watched.restore(OLD)
        assert not work.watched.restore(OLD)
        assert work.watched.revoked() == frozenset()


@pytest.fixture
def sealed(storage):
    """A document for two bodies, sealed with the old certificate, in the outbox."""
    taken = outgoing("17")
    with storage.work() as work:
        work.documents.add(taken, BOTH)
        work.documents.move(
            taken.key,
            DocumentEvent.SEAL,
            packet=digest("p"),
            packet_bytes=1,
            certificate=OLD,
        )
        for body in BOTH:
            work.deliveries.move(taken.key, body.code, DeliveryEvent.SEAL, at=NOW)
            queue(work, taken.key, recipient=body.code)
    return taken


def recipients(found):
    return [(it.key, it.recipient) for it in found]


def test_what_waits_for_a_seal_is_found_for_each_recipient(storage):
    taken = outgoing("17")
    with storage.work() as work:
        work.documents.add(taken, BOTH)
        work.documents.add(outgoing("18"), BOTH)

    with storage.reading() as work:
        found = work.sealed_with.to_seal(3)

    assert recipients(found)[:2] == [(taken.key, it.code) for it in BOTH]
    assert len(found) == 3
    assert {it.since for it in found} == {taken.taken_at}


def test_what_is_sealed_with_a_certificate_and_not_sent_is_found(storage, sealed):
    with storage.reading() as work:
        found = work.sealed_with.to_send(OLD, 10)

        assert recipients(found) == [(sealed.key, it.code) for it in BOTH]
        assert {it.label for it in found} == {sealed.label}
        assert work.sealed_with.to_send(NEW, 10) == ()
        assert work.sealed_with.to_seal(10) == ()


def test_what_is_sent_and_not_confirmed_is_found(storage, sealed):
    first, second = (it.code for it in BOTH)
    with storage.work() as work:
        for body in (first, second):
            work.deliveries.move(sealed.key, body, DeliveryEvent.CONFIRM, at=NOW)
        work.deliveries.move(sealed.key, second, DeliveryEvent.ARRIVE, at=NOW)

    with storage.reading() as work:
        found = work.sealed_with.unanswered(OLD, 10)

        assert recipients(found) == [(sealed.key, first)]
        assert work.sealed_with.unanswered(NEW, 10) == ()


def test_an_arrival_waits_for_its_answer_and_the_answer_for_the_axis(storage):
    with storage.work() as work:
        entry = receive(work, "m-1", sender=PROVINCE)
    with storage.reading() as work:
        assert recipients(work.sealed_with.to_answer(10)) == [("m-1", PROVINCE)]

    with storage.work() as work:
        work.answers.add(
            Answer(
                message_id="a-1",
                inbox_id=entry,
                sender=COMMUNE,
                recipient=PROVINCE,
                status="01",
                packet=digest("a"),
                packet_bytes=1,
                correlation_id="H20,2026/11/20,14/UBND-VX",
                answers="m-1",
                certificate=OLD,
            )
        )
        queue(work, "a-1", recipient=PROVINCE)

    with storage.reading() as work:
        (found,) = work.sealed_with.to_send(OLD, 10)
    assert (found.key, found.recipient) == ("a-1", PROVINCE)
    assert found.label == "H20,2026/11/20,14/UBND-VX"


def test_what_was_sealed_before_anybody_remembered_is_still_read(storage):
    taken = outgoing("17")
    with storage.work() as work:
        work.documents.add(taken, BOTH)
        move = {"packet": digest("p"), "packet_bytes": 1}
        work.documents.move(taken.key, DocumentEvent.SEAL, **move)

        assert work.documents.get(taken.key).certificate is None
