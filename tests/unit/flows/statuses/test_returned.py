"""What links bring back: the clerk is told, and it ends nothing for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from edoc_connector.axis.names import link_account
from edoc_connector.bus.memory import MemoryPublisher
from edoc_connector.bus.message import probe_of
from edoc_connector.bus.properties import write_properties
from edoc_connector.errors import LostRace
from edoc_connector.flows.backoff import Backoff
from edoc_connector.flows.changes.plan import fate
from edoc_connector.flows.incoming.accept import accept
from edoc_connector.flows.inspecting.standing import Actor, Situation
from edoc_connector.flows.inspecting.story import Direction
from edoc_connector.flows.inspecting.telling import tell_story
from edoc_connector.flows.outgoing.parcel import envelope_of
from edoc_connector.flows.outgoing.post import resend
from edoc_connector.flows.outgoing.relay import relay
from edoc_connector.flows.outgoing.seal import seal
from edoc_connector.flows.outgoing.take import take
from edoc_connector.flows.statuses import returned
from edoc_connector.flows.statuses.deadlines import look_at_deadlines
from edoc_connector.ledger.facts import DocumentReturned
from edoc_connector.model.change import ChangeState
from edoc_connector.model.delivery import DeliveryState
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from tests.support import pki
from tests.support.world import RECEIVER, SENDER, World

NATIONAL = "quoc-gia"
LINK = link_account(NATIONAL)
AWAY = OrganizationCode("H26.99")
"""Under a root behind the link, and in fact nobody's."""

INBOX = f"edoc.inbox.{SENDER}"


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    trusting = pki.policy(links=frozenset({LINK}))
    world.sender.site = replace(world.sender.site, policy=trusting)
    keys = (f"edoc.{AWAY}", f"express.{AWAY}")
    world.axis.attach(LINK, f"edoc.link.{NATIONAL}", *keys)
    yield world
    world.close()


def sealed(world, *recipients, **columns):
    """A document that waits for the relay."""
    number = len(world.sender.ask("SELECT id FROM van_ban_di")) + 1
    world.sender.write(number, *(recipients or (AWAY,)), **columns)
    take(world.sender.site, world.sender.dms, world.sender.storage, limit=9)
    seal(world.sender.site, world.sender.storage, limit=9)


def sent(world, *recipients, **columns):
    """A document that its own broker has, for all it knows."""
    sealed(world, *recipients, **columns)
    relay_now(world)


def relay_now(world, publisher=None):
    site, storage = world.sender.site, world.sender.storage
    way_out = publisher or world.sender.publisher
    relay(site, way_out, storage, limit=9, backoff=Backoff(1.0, 1.0))


def come_back(world, link=NATIONAL, number=0, **changes):
    """Let what waits for the link come back by it, changed by whoever has it."""
    held = world.axis.queues[f"edoc.link.{NATIONAL}"][number]
    key = changes.pop("key", held.key)
    headers = held.properties.headers | changes.pop("headers", {})
    written = replace(held.properties, headers=headers, **changes)
    world.axis.send_back(link, INBOX, key, written, held.body)
    hear(world)


def hear(world):
    accept(
        world.sender.site, world.sender.consumer, world.sender.storage, wait_seconds=0
    )


def delivery(world, recipient=AWAY):
    with world.sender.storage.reading() as work:
        (document,) = work.documents.recent(9)
        return work.deliveries.get(document.key, recipient)


def facts(world):
    with world.sender.storage.reading() as work:
        return [it for it in work.ledger.entries() if it.kind == DocumentReturned.kind]


def test_the_clerk_is_told_that_there_is_no_such_receiver(world):
    sent(world)

    come_back(world)
    world.run()

    found = delivery(world)
    assert found.state is DeliveryState.UNROUTABLE
    assert found.due_at is None
    assert found.reason.code == "sent-back"
    assert world.sender.recipients() == {AWAY: "Không có nơi nhận"}
    world.sender.check_nothing_is_left()


def test_it_is_told_like_an_unknown_receiver_of_the_own_broker(world):
    sent(world)

    come_back(world)

    with world.sender.storage.reading() as work:
        (leg,) = tell_story(work, "1", Direction.OUTGOING).legs
    assert leg.situation is Situation.NO_MAILBOX
    assert leg.must_act is Actor.CLERK


def test_the_ledger_says_what_was_believed_and_from_whom(world):
    sent(world)
    notes = [
        {"dest-exchange": f"edoc.back.{NATIONAL}", "src-queue": "edoc.return.here"},
        {"dest-exchange": "edoc.back.ha-noi", "src-queue": f"edoc.return.{NATIONAL}"},
    ]

    come_back(world, headers={"x-shovelled": notes})

    (fact,) = facts(world)
    assert fact.subject == delivery(world).document
    assert fact.details == {"recipient": AWAY, "broker": "ha-noi", "account": LINK}


def test_a_receipt_that_comes_after_all_is_the_truth(world):
    world.axis.bindings[f"edoc.{RECEIVER}"].add(f"edoc.link.{NATIONAL}")
    sent(world, RECEIVER)

    come_back(world)
    assert delivery(world, RECEIVER).state is DeliveryState.UNROUTABLE
    world.run()

    assert delivery(world, RECEIVER).state is DeliveryState.DELIVERED
    assert world.sender.recipients() == {RECEIVER: "Đã đến"}


def test_what_the_receiver_has_sealed_counts_more_than_what_comes_back(world):
    world.axis.bindings[f"edoc.{RECEIVER}"].add(f"edoc.link.{NATIONAL}")
    sent(world, RECEIVER)
    world.run()

    come_back(world)

    assert delivery(world, RECEIVER).state is DeliveryState.DELIVERED
    assert facts(world) == []


def test_it_can_be_sent_again_and_come_back_again(world):
    sent(world)
    come_back(world)
    first = delivery(world)
    world.now += timedelta(seconds=5)
    again(world)
    assert delivery(world).state is DeliveryState.SENT

    come_back(world, number=-1)

    assert delivery(world).state is DeliveryState.UNROUTABLE
    assert len(facts(world)) == 2
    assert first.document == delivery(world).document


def again(world):
    key = delivery(world).document
    resend(world.sender.storage, key, [AWAY], at=world.clock())
    relay_now(world)


def test_a_copy_that_comes_back_after_it_was_sent_again_says_nothing_of_the_new_one(
    world,
):
    sent(world)
    world.now += timedelta(seconds=5)
    again(world)

    come_back(world, number=0)

    assert delivery(world).state is DeliveryState.SENT
    assert facts(world) == []


def test_what_has_expired_meanwhile_is_told_all_the_same(world):
    sent(world)
    for _ in range(3):
        world.now += timedelta(days=60)
        look_at_deadlines(world.sender.site, world.sender.storage, limit=9)
    assert delivery(world).state is DeliveryState.EXPIRED

    come_back(world)

    assert delivery(world).state is DeliveryState.UNROUTABLE


@pytest.mark.parametrize(
    "forged",
    [
        {"key": f"edoc.{RECEIVER}"},
        {"key": "edoc.H26"},
        {"key": f"status.{AWAY}"},
        {"key": f"express.{AWAY}"},
        {"key": f"sender.{SENDER}"},
        {"headers": {"edoc-packet-sha256": "0" * 64}},
        {"headers": {"edoc-sender": RECEIVER, "CC": [f"sender.{RECEIVER}"]}},
        {"headers": {"edoc-recipient": RECEIVER}},
        {"message_id": "another"},
        {"type": "status"},
        {"link": "ha-noi"},
    ],
)
def test_what_does_not_fit_to_what_was_sent_is_passed_over(world, forged, caplog):
    sent(world)

    come_back(world, **forged)

    assert delivery(world).state is DeliveryState.SENT
    assert facts(world) == []
    assert "return_passed_over" in caplog.messages
    assert not world.axis.queues[INBOX]


def test_a_key_of_the_express_mailbox_fits_to_what_is_very_urgent(world):
    sent(world, do_khan="Hỏa tốc")

    come_back(world)

    assert world.axis.queues[f"edoc.link.{NATIONAL}"][0].key == f"express.{AWAY}"
    assert delivery(world).state is DeliveryState.UNROUTABLE


def test_the_probe_to_one_of_many_tells_of_that_one(world):
    sent(world, AWAY, RECEIVER, data=bytes(200_000))
    item = item_of(world)
    probe = probe_of(envelope_of(world.sender.site, item))
    written = write_properties(probe, SENDER)

    world.axis.send_back(NATIONAL, INBOX, f"edoc.{AWAY}", written, probe.body)
    hear(world)

    assert delivery(world, AWAY).state is DeliveryState.UNROUTABLE
    assert delivery(world, RECEIVER).state is DeliveryState.SENT


def item_of(world):
    with world.sender.storage.reading() as work:
        return work.outbox.of(delivery(world).document, AWAY)


class Quick(MemoryPublisher):
    """What is sent has come back before its sender has written down the confirm."""

    def __init__(self, world):
        super().__init__(world.axis, SENDER)
        self.world, self.sent = world, 0

    def outcomes(self):
        known = super().outcomes()
        self.sent += len(known)
        come_back(self.world)
        return known


def test_what_comes_back_before_its_confirm_is_written_down_stays_unroutable(world):
    sealed(world)

    relay_now(world, Quick(world))

    assert delivery(world).state is DeliveryState.UNROUTABLE
    world.run()
    assert world.sender.recipients() == {AWAY: "Không có nơi nhận"}
    world.sender.check_nothing_is_left()


def test_no_more_segments_leave_when_the_first_has_come_back(world):
    world.sender.site = replace(world.sender.site, segment_bytes=2048)
    sealed(world, data=bytes(50_000))
    publisher = Quick(world)

    relay_now(world, publisher)

    assert item_of(world).packet_bytes > 20 * 2048
    assert publisher.sent == 1
    assert delivery(world).state is DeliveryState.UNROUTABLE


@pytest.mark.parametrize("how", ["sent", "on its way"])
def test_a_recall_asks_the_receiver_whatever_came_back(world, how):
    """That he has nothing is a word of brokers."""
    sealed(world)
    relay_now(world, Quick(world) if how == "on its way" else None)
    if how == "sent":
        come_back(world)

    with world.sender.storage.reading() as work:
        assert fate(work, delivery(world)) is ChangeState.ASKED


def test_a_race_for_the_delivery_lets_it_come_again(world, monkeypatch):
    sent(world)
    moved = returned._write

    def late(*_):
        monkeypatch.setattr(returned, "_write", moved)
        raise LostRace(key="it")

    monkeypatch.setattr(returned, "_write", late)
    with pytest.raises(LostRace):
        come_back(world)
    assert delivery(world).state is DeliveryState.SENT

    hear(world)

    assert delivery(world).state is DeliveryState.UNROUTABLE
    assert len(facts(world)) == 1


def test_a_second_copy_changes_nothing(world):
    sent(world)

    come_back(world)
    come_back(world)

    assert len(facts(world)) == 1
    assert not world.axis.queues[INBOX]


def test_the_probe_of_who_looks_for_a_way_without_a_document_is_forgotten(world):
    sent(world)
    stray = probe_of(envelope_of(world.sender.site, item_of(world)))
    stray = replace(stray, message_id=MessageId("a-question"))

    world.axis.send_back(
        NATIONAL, INBOX, f"edoc.{AWAY}", write_properties(stray, SENDER), stray.body
    )
    hear(world)

    assert delivery(world).state is DeliveryState.SENT
    assert not world.axis.queues[INBOX]
