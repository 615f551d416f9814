"""Two departments ping each other over an axis in memory."""

import json
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from edoc_connector.bus.ping import ping_message, pong_message, read_pong
from edoc_connector.errors import BusBlocked, Unroutable
from edoc_connector.flows.incoming.accept import accept
from edoc_connector.flows.pinging.answer import REST, Answering
from edoc_connector.flows.pinging.ask import ask, judged, wait
from edoc_connector.flows.pinging.flood import MOST_OF_SENDER
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.ping import PING_BYTES
from edoc_connector.model.stages import Kind
from edoc_connector.signature.pong import sign_pong
from tests.support import pki
from tests.support.world import NOWHERE, RECEIVER, SENDER, World


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    for code in (SENDER, RECEIVER):
        # As the plan binds them: a ping has no key of its own.
        for kind in (Kind.PING, Kind.PONG):
            world.axis.bindings.pop(f"{kind}.{code}")
    yield world
    for department in (world.sender, world.receiver):
        department.stop()


def take_in(department):
    """One step of the way in, as the service takes it; how many were taken."""
    answering = Answering(department.publisher)
    steps = [department.site, department.consumer, department.storage]
    return accept(*steps, wait_seconds=0, limit=20, answering=answering)


def send(world, code=RECEIVER):
    sender = world.sender
    return ask(sender.site, sender.publisher, sender.storage, code)


def heard(world, sent):
    """What the asker makes of what came back."""
    sender = world.sender
    take_in(sender)
    return wait(sender.site, sender.storage, sent, seconds=0)


def test_a_ping_is_answered_and_the_seal_of_who_answers_is_proven(world):
    sent = send(world)
    take_in(world.receiver)

    found = heard(world, sent)

    assert (found.by, found.is_proven, found.account) == (RECEIVER, True, RECEIVER)
    assert 0 < found.seconds < 5
    assert abs(found.clock_ahead_seconds) < found.seconds


def test_how_far_another_clock_is_off_is_told(world):
    receiver = world.receiver
    ahead = lambda: world.clock() + timedelta(minutes=3)  # noqa: E731
    receiver.site = replace(receiver.site, clock=ahead)

    sent = send(world)
    take_in(receiver)

    assert heard(world, sent).clock_ahead_seconds == pytest.approx(180, abs=1)


def test_a_ping_leaves_no_trace_among_the_mail(world):
    sent = send(world)
    take_in(world.receiver)
    heard(world, sent)

    for department in (world.sender, world.receiver):
        with department.storage.reading() as work:
            assert work.inbox.recent(Kind.PING, 9) == ()
            assert work.inbox.recent(Kind.PONG, 9) == ()
            facts = {entry.kind for entry in work.ledger.entries()}
            # That a key came into use is a fact whatever it signs first.
            assert facts <= {"key:used"}


def test_mail_that_waits_is_taken_in_and_not_disturbed(world):
    world.sender.write(7, RECEIVER)
    world.sender.steps()
    sent = send(world)

    assert take_in(world.receiver) == 2
    assert heard(world, sent).is_proven
    world.receiver.steps()
    assert len(world.receiver.arrived()) == 1


def test_a_code_without_a_mailbox_is_returned_by_our_own_broker(world):
    with pytest.raises(Unroutable):
        send(world, NOWHERE)


def test_silence_is_no_answer(world):
    assert heard(world, send(world)) is None


def test_no_pong_is_larger_than_its_ping(world):
    send(world)
    take_in(world.receiver)

    [pong] = world.axis.queues[f"edoc.inbox.{SENDER}"]
    assert len(pong.body) <= PING_BYTES


def test_a_small_ping_is_not_answered_by_something_larger(world):
    ping = message_of(world, SENDER)
    small = json.dumps({"asked_at": json.loads(ping.body)["asked_at"]}).encode()
    world.sender.publisher.publish(replace(ping, body=small, packet_bytes=len(small)))

    assert take_in(world.receiver) == 1
    assert not world.axis.queues[f"edoc.inbox.{SENDER}"]


def message_of(world, sender, number=0):
    return ping_message(
        MessageId(f"ping-{number}"),
        sender=sender,
        recipient=RECEIVER,
        asked_at=world.clock(),
    )


def test_a_flood_of_pings_is_answered_a_few_times_and_all_of_it_is_taken(world):
    for number in range(MOST_OF_SENDER * 3):
        world.sender.publisher.publish(message_of(world, SENDER, number))

    answering = Answering(world.receiver.publisher)
    receiver = world.receiver
    steps = [receiver.site, receiver.consumer, receiver.storage]
    accept(*steps, wait_seconds=0, limit=99, answering=answering)

    assert len(world.axis.queues[f"edoc.inbox.{SENDER}"]) == MOST_OF_SENDER
    assert not world.axis.queues[f"edoc.inbox.{RECEIVER}"]


def test_who_asks_in_the_name_of_another_is_not_answered(world):
    world.sender.publisher.publish(message_of(world, NOWHERE))
    world.axis.attach(NOWHERE, "elsewhere", f"status.{NOWHERE}")

    take_in(world.receiver)

    assert not world.axis.queues["elsewhere"]


def test_through_a_link_whoever_it_brings_is_answered(world):
    receiver = world.receiver
    policy = replace(receiver.site.policy, links=frozenset({SENDER}))
    receiver.site = replace(receiver.site, policy=policy)

    sent = send(world)
    take_in(receiver)

    assert heard(world, sent).is_proven


def test_a_pong_that_nobody_asked_for_is_forgotten(world):
    sent = send(world)
    take_in(world.receiver)
    with world.sender.storage.work() as work:
        work.connection.exec_driver_sql("DELETE FROM pings")

    assert take_in(world.sender) == 1
    assert not world.axis.queues[f"edoc.inbox.{SENDER}"]
    with world.sender.storage.reading() as work:
        assert work.pings.answers(sent.ping) == ()


def answer(world, sent, key, **changes):
    """Answer in the place of the receiver, with this key."""
    take_in(world.receiver)
    queue = world.axis.queues[f"edoc.inbox.{SENDER}"]
    true = read_pong(queue.pop().body)
    forged = sign_pong(replace(true.heard, **changes), key)
    world.receiver.publisher.publish(pong_message(forged, MessageId("forged")))
    return heard(world, sent)


def test_an_answer_with_the_key_of_another_body_is_not_believed(world):
    found = answer(world, send(world), pki.p256_sealer(SENDER))

    assert not found.is_proven
    assert found.doubt.code == "sender-mismatch"


def test_an_answer_with_a_key_of_no_authority_is_not_believed(world):
    found = answer(world, send(world), pki.stranger())

    assert not found.is_proven


def test_the_true_answer_counts_also_where_a_false_one_came_first(world):
    sent = send(world)
    take_in(world.receiver)
    queue = world.axis.queues[f"edoc.inbox.{SENDER}"]
    true = read_pong(queue[0].body)
    forged = sign_pong(true.heard, pki.stranger())
    world.receiver.publisher.publish(pong_message(forged, MessageId("forged")))
    queue.rotate()

    assert heard(world, sent).is_proven


def test_an_answer_that_was_changed_is_not_believed(world):
    sent = send(world)
    take_in(world.receiver)
    heard(world, sent)
    with world.sender.storage.reading() as work:
        [kept] = work.pings.answers(sent.ping)
    changed = kept.body.replace('"way":[]', '"way":["other"]')
    assert changed != kept.body

    found = judged(world.sender.site, sent, replace(kept, body=changed))

    assert found.doubt.code == "signature-wrong"


def test_the_answer_to_another_ping_is_not_believed(world):
    first, second = send(world), send(world)
    take_in(world.receiver)
    take_in(world.sender)
    with world.sender.storage.reading() as work:
        [kept] = work.pings.answers(first.ping)

    assert judged(world.sender.site, first, kept).is_proven
    assert judged(world.sender.site, second, kept).doubt.code == "pong-of-another"
    same_second = replace(first, ping=second.ping)
    assert judged(world.sender.site, same_second, kept).doubt.code == "pong-of-another"


@pytest.mark.parametrize("body", ["{}", "[1]", "\ufffd", '{"heard":{}}'])
def test_an_answer_that_is_none_is_said_to_be_so(world, body):
    sent = send(world)
    take_in(world.receiver)
    heard(world, sent)
    with world.sender.storage.reading() as work:
        [kept] = work.pings.answers(sent.ping)

    found = judged(world.sender.site, sent, replace(kept, body=body))

    assert found.doubt.code == "message-foreign"


def test_a_way_out_that_fails_keeps_no_mail_waiting(world):
    class Broken:
        def publish(self, message):
            raise Unroutable(recipient=message.recipient)

        def close(self):
            pass

    send(world)
    receiver = world.receiver
    steps = [receiver.site, receiver.consumer, receiver.storage]

    with closing(Broken()) as broken:
        assert accept(*steps, wait_seconds=0, answering=Answering(broken)) == 1

    assert not world.axis.queues[f"edoc.inbox.{RECEIVER}"]


class Blocked:
    """A way out that takes nothing, as while an alarm of the broker is on."""

    def __init__(self, publisher):
        self.publisher = publisher
        self.is_blocked = True
        self.asked = 0

    def publish(self, message):
        self.asked += 1
        if self.is_blocked:
            raise BusBlocked(address="broker", since="08:30 23/11/2026")
        self.publisher.publish(message)

    def close(self):
        pass


def test_a_broker_that_takes_nothing_is_tried_once_for_all_pings_and_mail_goes_on(
    world,
):
    for number in range(3):
        world.sender.publisher.publish(message_of(world, SENDER, number))
    world.sender.write(7, RECEIVER)
    world.sender.steps()
    receiver, out = world.receiver, Blocked(world.receiver.publisher)
    steps = [receiver.site, receiver.consumer, receiver.storage]
    answering = Answering(out)

    accept(*steps, wait_seconds=0, limit=9, answering=answering)

    assert out.asked == 1
    assert not world.axis.queues[f"edoc.inbox.{RECEIVER}"]
    out.is_blocked = False
    world.now += REST
    world.sender.publisher.publish(message_of(world, SENDER, 9))
    accept(*steps, wait_seconds=0, limit=9, answering=answering)
    assert len(world.axis.queues[f"edoc.inbox.{SENDER}"]) == 1


def test_who_has_no_mailbox_keeps_nobody_else_from_an_answer(world):
    links = replace(world.receiver.site.policy, links=frozenset({SENDER}))
    world.receiver.site = replace(world.receiver.site, policy=links)
    world.sender.publisher.publish(message_of(world, NOWHERE))
    sent = send(world)

    answering = Answering(world.receiver.publisher)
    receiver = world.receiver
    steps = [receiver.site, receiver.consumer, receiver.storage]
    accept(*steps, wait_seconds=0, limit=9, answering=answering)

    assert heard(world, sent).is_proven
