"""One upload for the many recipients of a packet, and each with a state of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from edoc_connector.bus.memory import MemoryPublisher
from edoc_connector.errors import BusUnavailable
from edoc_connector.flows.backoff import Backoff
from edoc_connector.flows.outgoing import settling
from edoc_connector.flows.outgoing.company import Trial, companies_of
from edoc_connector.flows.outgoing.parcel import Parcel
from edoc_connector.flows.outgoing.relay import relay
from edoc_connector.flows.outgoing.seal import seal
from edoc_connector.flows.outgoing.take import take
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from tests.support.world import NOWHERE, SENDER, World

STEADY = Backoff(10.0, 40.0, chance=lambda: 0.0)
LARGE = b"%PDF-1.7 " + bytes(60_000)
THREE = tuple(OrganizationCode(f"H20.3{number}") for number in range(3))


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    for code in THREE:
        world.axis.attach(code, queue_of(code), f"edoc.{code}")
    yield world
    world.close()


def queue_of(code):
    return f"edoc.inbox.{code}"


class Watched(MemoryPublisher):
    """Remembers what was sent, and to whom."""

    def __init__(self, axis):
        super().__init__(axis, SENDER)
        self.sent, self.before = [], lambda _message: None

    def send(self, ticket, message, keys=()):
        self.before(message)
        super().send(ticket, message, keys)
        self.sent.append(message)

    @property
    def uploads(self):
        return [it for it in self.sent if it.kind is Kind.EDOC]

    @property
    def probed(self):
        return [it.recipient for it in self.sent if it.kind is Kind.PROBE]


def ready(world, *recipients, data=LARGE, **columns):
    number = len(world.sender.ask("SELECT id FROM van_ban_di")) + 1
    world.sender.write(number, *recipients, data=data, **columns)
    take(world.sender.site, world.sender.dms, world.sender.storage, limit=50)
    while seal(world.sender.site, world.sender.storage, limit=50):
        pass


def relay_at(world, publisher, limit=50):
    site, storage = world.sender.site, world.sender.storage
    return relay(site, publisher, storage, limit=limit, backoff=STEADY)


def states(world):
    with world.sender.storage.reading() as work:
        (document,) = work.documents.recent(1)
        return {it.recipient: it.state for it in work.deliveries.of(document.key)}


def waiting(world):
    with world.sender.storage.reading() as work:
        return {it.recipient: it for it in work.outbox.list_waiting(100)}


def mail_of(world, code, kind=Kind.EDOC):
    """What lies in a mailbox, by its segments."""
    held = [it.properties for it in world.axis.queues[queue_of(code)]]
    return [it.headers["edoc-segment"] for it in held if it.type == kind]


def test_many_recipients_cost_one_upload_and_each_has_its_own_state(world):
    ready(world, *THREE, NOWHERE)
    publisher = Watched(world.axis)

    assert relay_at(world, publisher) == 4

    assert sorted(publisher.probed) == sorted((*THREE, NOWHERE))
    (upload,) = publisher.uploads
    assert set(upload.recipients) == set(THREE)
    assert states(world) == dict.fromkeys(THREE, "sent") | {NOWHERE: "unroutable"}
    facts = world.sender.facts()
    assert facts.count("document:sent") == 3
    assert facts.count("document:unroutable") == 1
    assert [mail_of(world, code) for code in THREE] == [[1]] * 3
    assert waiting(world) == {}


def test_one_recipient_and_a_small_packet_go_without_a_probe(world):
    ready(world, THREE[0])
    ready(world, *THREE[:2], data=b"%PDF-1.7")
    publisher = Watched(world.axis)

    relay_at(world, publisher)

    assert publisher.probed == []
    assert [len(it.recipients) for it in publisher.uploads] == [1, 1, 1]


def test_the_one_that_is_busy_goes_later_and_alone(world):
    world.axis.full.add(queue_of(THREE[1]))
    ready(world, *THREE)
    publisher = Watched(world.axis)

    relay_at(world, publisher)

    assert set(publisher.uploads[0].recipients) == {THREE[0], THREE[2]}
    assert waiting(world)[THREE[1]].reason.code == "mailbox-busy"
    world.axis.full.clear()
    world.now += timedelta(minutes=1)
    relay_at(world, publisher)
    assert [it.recipients for it in publisher.uploads[1:]] == [(THREE[1],)]
    assert [mail_of(world, code) for code in THREE] == [[1]] * 3


def test_all_recipients_of_a_document_go_together_whatever_the_limit(world):
    ready(world, *THREE)
    ready(world, *THREE)
    publisher = Watched(world.axis)

    relay_at(world, publisher, limit=1)

    assert [len(it.recipients) for it in publisher.uploads] == [3]
    assert len(waiting(world)) == 3


def test_what_a_person_holds_back_is_not_among_them(world):
    ready(world, *THREE)
    held = waiting(world)[THREE[0]]
    with world.sender.storage.work() as work:
        assert work.outbox.park(held.id, world.now)
    publisher = Watched(world.axis)

    relay_at(world, publisher)

    assert set(publisher.uploads[0].recipients) == set(THREE[1:])
    assert set(waiting(world)) == {THREE[0]}


def test_a_mailbox_that_fills_up_between_is_found_by_trying_again(world):
    ready(world, *THREE)
    publisher = Watched(world.axis)

    def fill(message):
        if message.kind is Kind.EDOC:
            world.axis.full.add(queue_of(THREE[2]))

    publisher.before = fill
    relay_at(world, publisher)

    assert set(publisher.uploads[-1].recipients) == set(THREE[:2])
    assert len(publisher.uploads) == 2
    assert waiting(world)[THREE[2]].reason.code == "mailbox-busy"
    assert states(world)[THREE[0]] == states(world)[THREE[1]] == "sent"


def test_who_cannot_be_found_by_trying_gets_it_alone(world):
    """A mailbox with room for a probe and for nothing more."""
    ready(world, *THREE)
    publisher = Watched(world.axis)

    def fill(message):
        is_full = message.kind is Kind.EDOC and THREE[1] in message.recipients
        world.axis.full = {queue_of(THREE[1])} if is_full else set()

    publisher.before = fill
    relay_at(world, publisher)

    assert [len(it.recipients) for it in publisher.uploads] == [3, 3, 1, 1, 1]
    assert states(world) == {
        THREE[0]: "sent",
        THREE[1]: "sealed",
        THREE[2]: "sent",
    }


def test_mailboxes_that_are_all_gone_between_are_unroutable(world):
    ready(world, *THREE)
    publisher = Watched(world.axis)

    def close_all(message):
        if message.kind is Kind.EDOC:
            world.axis.bindings.clear()

    publisher.before = close_all
    relay_at(world, publisher)

    assert states(world) == dict.fromkeys(THREE, "unroutable")


def test_after_a_cut_all_go_on_together_where_they_stopped(tmp_path):
    world = World(tmp_path, segment_bytes=16_384)
    for code in THREE:
        world.axis.attach(code, queue_of(code), f"edoc.{code}")
    ready(world, *THREE)
    publisher = Watched(world.axis)

    def cut(message):
        if message.segment.number == 3:
            world.axis.available = False

    publisher.before = cut
    with pytest.raises(BusUnavailable):
        relay_at(world, publisher)
    assert {it.segments_sent for it in waiting(world).values()} == {2}
    assert {it.reason.code for it in waiting(world).values()} == {"bus-unavailable"}
    world.axis.available = True
    publisher.before = lambda _message: None

    relay_at(world, publisher)

    numbers = [it.segment.number for it in publisher.uploads]
    assert numbers == list(range(1, publisher.uploads[0].segment.total + 1))
    assert {mail == numbers for mail in (mail_of(world, it) for it in THREE)} == {True}
    world.close()


def test_a_person_takes_one_out_between_two_segments_and_the_others_go_on(tmp_path):
    world = World(tmp_path, segment_bytes=16_384)
    for code in THREE:
        world.axis.attach(code, queue_of(code), f"edoc.{code}")
    ready(world, *THREE)
    publisher = Watched(world.axis)
    item = waiting(world)[THREE[0]]

    def hold(message):
        if message.segment.number == 2:
            with world.sender.storage.work() as work:
                work.outbox.park(item.id, world.now)

    publisher.before = hold
    relay_at(world, publisher)

    assert set(waiting(world)) == {THREE[0]}
    assert [len(it.recipients) for it in publisher.uploads][:3] == [3, 3, 2]
    world.close()


def test_one_that_was_taken_out_on_the_way_does_not_keep_the_others(world):
    ready(world, *THREE)
    publisher = Watched(world.axis)
    item = waiting(world)[THREE[0]]

    def stop(message):
        if message.kind is Kind.EDOC:
            with world.sender.storage.work() as work:
                work.outbox.stop(item.message_id, THREE[0], at=world.now)

    publisher.before = stop
    relay_at(world, publisher)

    assert states(world) == dict.fromkeys(THREE, "sent"), "it has left all the same"


def test_a_defect_in_the_books_of_one_does_not_keep_the_others_from_theirs(
    world, monkeypatch
):
    ready(world, *THREE)
    written = settling._record

    def record(site, work, items, *given, **books):
        if THREE[0] in {item.recipient for item in items}:
            raise ZeroDivisionError
        written(site, work, items, *given, **books)

    monkeypatch.setattr(settling, "_record", record)

    relay_at(world, Watched(world.axis))

    assert states(world) == dict.fromkeys(THREE[1:], "sent") | {THREE[0]: "sealed"}
    (left,) = waiting(world).values()
    assert (left.recipient, left.reason.details["times"]) == (THREE[0], "1")


def test_who_was_reached_a_short_while_ago_is_not_probed_again(world):
    publisher = Watched(world.axis)
    ready(world, *THREE)
    relay_at(world, publisher)
    ready(world, *THREE[:2], NOWHERE)
    relay_at(world, publisher)

    assert sorted(publisher.probed) == sorted((*THREE, NOWHERE))
    assert [set(it.recipients) for it in publisher.uploads] == [
        set(THREE),
        set(THREE[:2]),
    ]
    assert states(world) == dict.fromkeys(THREE[:2], "sent") | {NOWHERE: "unroutable"}


def test_where_links_bring_mail_each_document_has_probes_of_its_own(world):
    """What comes back through a link says of one document that it found nobody."""
    site = world.sender.site
    policy = replace(site.policy, links=frozenset({"link.centre"}))
    world.sender.site = replace(site, policy=policy)
    publisher = Watched(world.axis)
    for _ in range(2):
        ready(world, *THREE)
        relay_at(world, publisher)

    assert sorted(publisher.probed) == sorted((*THREE, *THREE))


def test_a_mailbox_that_vanishes_is_looked_for_again_when_an_upload_comes_back(world):
    publisher = Watched(world.axis)
    ready(world, *THREE)
    relay_at(world, publisher)
    world.axis.bindings.clear()
    ready(world, *THREE)

    relay_at(world, publisher)

    assert sorted(publisher.probed) == sorted((*THREE, *THREE))
    assert states(world) == dict.fromkeys(THREE, "unroutable")


def test_a_line_that_was_lost_has_proven_nothing(world):
    publisher = Watched(world.axis)
    ready(world, *THREE)
    relay_at(world, publisher)
    publisher.close()
    ready(world, *THREE)

    relay_at(world, publisher)

    assert sorted(publisher.probed) == sorted((*THREE, *THREE))


def items_of(world, *recipients, **changes):
    ready(world, *recipients)
    items = tuple(waiting(world).values())
    return tuple(replace(item, **changes) for item in items)


def test_one_body_twice_goes_twice(world):
    items = items_of(world, *THREE)
    again = replace(items[0], id=99, recipient=OrganizationCode("000.00.30.H20"))

    companies = list(companies_of((*items, again)))

    assert companies == [items, (again,)]


def test_of_whom_the_broker_has_not_as_much_goes_apart(world):
    items = items_of(world, *THREE)
    ahead = replace(items[0], segments_sent=2, segment_bytes=4096)

    assert list(companies_of((ahead, *items[1:]))) == [(ahead,), items[1:]]


def test_more_than_have_room_in_one_message_are_uploaded_to_in_parts(world):
    items = items_of(world, *THREE)
    trial = Trial(Parcel.of(world.sender.site, items, 0))
    for item in items:
        trial.hear(item, f"edoc.{item.recipient}")

    parts = list(trial.uploads(70))

    assert [len(it.items) for it in parts] == [2, 1]
    assert [key for it in parts for key in it.keys] == [f"edoc.{it}" for it in THREE]
    assert [len(it.items) for it in trial.uploads(0)] == [1, 1, 1]


def test_a_defect_at_one_probe_does_not_keep_the_others(world):
    ready(world, *THREE)
    publisher = Watched(world.axis)

    def fail(message):
        if message.kind is Kind.PROBE and message.recipient == THREE[1]:
            raise ZeroDivisionError

    publisher.before = fail
    relay_at(world, publisher)

    assert set(publisher.uploads[0].recipients) == {THREE[0], THREE[2]}
    assert set(waiting(world)) == {THREE[1]}
