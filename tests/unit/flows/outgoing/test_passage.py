"""Several packets on their way at a time, in pieces that the broker takes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from edoc_connector.bus.memory import MemoryPublisher
from edoc_connector.errors import BusUnavailable
from edoc_connector.flows.backoff import Backoff
from edoc_connector.flows.outgoing.relay import relay
from edoc_connector.flows.outgoing.retry import Retry
from edoc_connector.flows.outgoing.seal import seal
from edoc_connector.flows.outgoing.take import take
from edoc_connector.model.organization_code import OrganizationCode
from tests.support.world import NOWHERE, ONE_PDF, RECEIVER, SENDER, World

STEADY = Backoff(10.0, 40.0, chance=lambda: 0.0)


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path, segment_bytes=2048)
    yield world
    world.close()


class Watched(MemoryPublisher):
    """Remembers what was sent, and how much was on its way at a time."""

    def __init__(self, axis):
        super().__init__(axis, SENDER)
        self.sent, self.most, self.before = [], 0, lambda _message: None

    def send(self, ticket, message, keys=()):
        self.before(message)
        super().send(ticket, message, keys)
        self.sent.append(message)
        self.most = max(self.most, len(self._known))


def ready(world, *recipients):
    number = len(world.sender.ask("SELECT id FROM van_ban_di")) + 1
    world.sender.write(number, *recipients)
    take(world.sender.site, world.sender.dms, world.sender.storage, limit=50)
    while seal(world.sender.site, world.sender.storage, limit=50):
        pass


def relay_at(world, publisher):
    site, storage = world.sender.site, world.sender.storage
    return relay(site, publisher, storage, limit=50, backoff=STEADY)


def waiting(world):
    with world.sender.storage.reading() as work:
        return work.outbox.list_waiting(100)


def numbers(publisher):
    return [it.segment.number for it in publisher.sent]


def test_packets_are_on_their_way_together_and_each_is_settled_for_itself(world):
    for recipient in (RECEIVER, NOWHERE, RECEIVER, RECEIVER):
        ready(world, recipient)
    publisher = Watched(world.axis)

    relay_at(world, publisher)

    assert publisher.most == 4
    assert waiting(world) == ()
    assert world.sender.facts().count("document:sent") == 3
    assert world.sender.facts().count("document:unroutable") == 1


def test_of_one_packet_one_segment_is_on_its_way(world):
    ready(world, RECEIVER)
    publisher = Watched(world.axis)

    relay_at(world, publisher)

    assert publisher.most == 1
    assert numbers(publisher) == [*range(1, len(publisher.sent) + 1)]
    world.run()
    assert [data for _, _, data in world.receiver.arrived()] == [ONE_PDF]


def test_after_a_cut_it_goes_on_where_it_stopped(world):
    ready(world, RECEIVER)
    publisher = Watched(world.axis)

    def cut(message):
        if message.segment.number == 3:
            world.axis.available = False

    publisher.before = cut
    with pytest.raises(BusUnavailable):
        relay_at(world, publisher)
    (item,) = waiting(world)
    world.axis.available = True
    again = Watched(world.axis)

    relay_at(world, again)

    assert (item.segments_sent, item.segment_bytes) == (2, 2048)
    assert numbers(publisher) == [1, 2]
    assert numbers(again)[0] == 3
    world.run()
    assert world.sender.recipients() == {RECEIVER: "Đã đến"}


def test_after_so_long_that_the_receiver_may_have_given_up_it_begins_anew(world):
    ready(world, RECEIVER)
    (item,) = waiting(world)
    with world.sender.storage.work() as work:
        work.leases.claim(1, worker="us", now=world.now, lease_seconds=0)
        assert work.leases.advance(
            [item.id],
            "us",
            segment_bytes=2048,
            segments_sent=2,
            at=world.now - timedelta(days=6),
            lease_seconds=0,
        )
    publisher = Watched(world.axis)

    relay_at(world, publisher)

    assert numbers(publisher)[0] == 1


def test_what_a_person_holds_back_meanwhile_does_not_go_on(world):
    ready(world, RECEIVER)
    publisher = Watched(world.axis)

    def hold(message):
        if message.segment.number == 2:
            with world.sender.storage.work() as work:
                assert work.outbox.park(1, world.now)

    publisher.before = hold
    relay_at(world, publisher)

    assert numbers(publisher) == [1, 2]
    with world.sender.storage.work() as work:
        assert work.outbox.release(1, world.now)
    again = Watched(world.axis)
    relay_at(world, again)
    assert numbers(again)[0] == 1, "who lets it go on begins anew"


def test_a_broker_that_takes_smaller_messages_only_gets_smaller_ones(world):
    world.axis.most_bytes = 1500
    ready(world, RECEIVER)
    ready(world, RECEIVER)
    publisher = Watched(world.axis)

    relay_at(world, publisher)
    relay_at(world, publisher)

    too_large = [it for it in publisher.sent if len(it.body) > 1500]
    assert len(too_large) <= 2, "each packet that was on its way, once"
    world.run()
    assert len(world.receiver.arrived()) == 2
    assert {data for _, _, data in world.receiver.arrived()} == {ONE_PDF}
    assert world.receiver.is_spool_empty()


def test_what_was_learned_holds_for_the_next_packet(world):
    world.axis.most_bytes = 1500
    publisher = Watched(world.axis)
    for _ in range(3):
        ready(world, RECEIVER)
        relay_at(world, publisher)

    assert sum(len(it.body) > 1500 for it in publisher.sent) == 1


def test_a_broker_that_takes_next_to_nothing_is_a_matter_for_a_person(world):
    world.axis.most_bytes = 100
    ready(world, RECEIVER)

    relay_at(world, Watched(world.axis))

    assert waiting(world) == ()
    with world.sender.storage.reading() as work:
        (document,) = work.documents.recent(1)
        delivery = work.deliveries.get(document.key, RECEIVER)
    assert (delivery.state, delivery.reason.code) == ("parked", "message-too-large")


def test_a_defect_in_the_books_leaves_nothing_on_its_way_for_the_next_round(
    world, monkeypatch
):
    for _ in range(3):
        ready(world, RECEIVER)
    publisher = Watched(world.axis)
    module = "edoc_connector.flows.outgoing.passage.settle"
    monkeypatch.setattr(module, lambda *_given: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        relay_at(world, publisher)

    assert publisher.outcomes() == []


def test_a_defect_at_one_outcome_sends_none_of_the_others_twice(
    tmp_path, monkeypatch, caplog
):
    """One mailbox is busy, and what is to be done about that is broken."""
    world = World(tmp_path)
    busy = OrganizationCode("H20.30")
    world.axis.attach(busy, "busy", f"edoc.{busy}")
    world.axis.full.add("busy")
    for recipient in (busy, RECEIVER, NOWHERE, RECEIVER):
        ready(world, recipient)
    publisher = Watched(world.axis)
    monkeypatch.setattr(Retry, "postpone", lambda *_given: 1 / 0)

    for _ in range(2):
        relay_at(world, publisher)

    assert sorted(it.recipient for it in publisher.sent) == sorted(
        [busy, RECEIVER, RECEIVER, NOWHERE]
    )
    (left,) = waiting(world)
    assert (left.recipient, left.reason.details["times"]) == (busy, "1")
    assert sum(it.message == "packet_defect" for it in caplog.records) == 1
    world.close()
