"""What does not leave at once: again later, left alone for a while, or set aside."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from edoc_connector.errors import (
    BusRefused,
    BusUnavailable,
    MailboxBusy,
    Unroutable,
)
from edoc_connector.flows.backoff import Backoff
from edoc_connector.flows.inspecting.queue import release
from edoc_connector.flows.inspecting.telling import tell_story
from edoc_connector.flows.outgoing import relay as relay_module
from edoc_connector.flows.outgoing import settling
from edoc_connector.flows.outgoing.patience import Breaker, Patience
from edoc_connector.flows.outgoing.relay import relay
from edoc_connector.flows.outgoing.seal import seal
from edoc_connector.flows.outgoing.take import take
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from tests.support.publishers import OneByOne
from tests.support.storage import digest
from tests.support.world import NOWHERE, RECEIVER, SENDER, World

OTHER = OrganizationCode("H20.30")
STEADY = Backoff(10.0, 40.0, chance=lambda: 0.0)
PATIENCE = Patience(breaker=Breaker(3, Backoff(60.0, 300.0, chance=lambda: 0.0)))


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    world.axis.attach(OTHER, f"edoc.inbox.{OTHER}", f"edoc.{OTHER}", f"status.{OTHER}")
    yield world
    world.close()


class Axis(OneByOne):
    """A publisher whose mailboxes answer as they are told, and remembers the rest."""

    def __init__(self, **answers):
        super().__init__()
        self.answers = answers
        self.asked = []
        self.sent = []
        self.before = lambda _message: None

    def publish(self, message):
        self.before(message)
        self.asked.append(message.recipient)
        error = self.answers.get(message.recipient.replace(".", "_"))
        if error is not None:
            raise error
        self.sent.append(message)


def busy(recipient=RECEIVER):
    error = MailboxBusy(address="amqp://broker", recipient=recipient)
    return {recipient.replace(".", "_"): error}


def ready(world, *recipients, priority="Thường"):
    """A sealed document that waits for the axis."""
    number = len(world.sender.ask("SELECT id FROM van_ban_di")) + 1
    world.sender.write(number, *recipients, do_khan=priority)
    take(world.sender.site, world.sender.dms, world.sender.storage, limit=50)
    while seal(world.sender.site, world.sender.storage, limit=50):
        pass
    return number


def relay_at(world, axis, limit=50):
    return relay(
        world.sender.site,
        axis,
        world.sender.storage,
        limit=limit,
        backoff=STEADY,
        patience=PATIENCE,
    )


def waiting(world):
    with world.sender.storage.reading() as work:
        return work.outbox.list_waiting(100)


def destination(world, recipient=RECEIVER):
    with world.sender.storage.reading() as work:
        return work.destinations.get(recipient)


def answer_to(world, recipient, **changes):
    """A status of ours that waits for the axis."""
    world.sender.storage.content.add((b"status",))
    values = {
        "message_id": f"answer-to-{recipient}",
        "kind": Kind.STATUS,
        "sender": SENDER,
        "recipient": recipient,
        "correlation_id": "",
        "business_type": 0,
        "priority": 0,
        "packet": digest("status"),
        "packet_bytes": 6,
        "answers": "m-1",
        "at": world.now,
    }
    with world.sender.storage.work() as work:
        return work.outbox.add(**values | changes)


def test_what_is_postponed_says_why_how_often_and_when_again(world):
    ready(world, RECEIVER)
    axis = Axis(**busy())

    relay_at(world, axis)
    world.now += timedelta(seconds=11)
    relay_at(world, axis)

    (item,) = waiting(world)
    assert (item.reason.code, item.attempts) == ("mailbox-busy", 2)
    assert 19 < (item.next_attempt_at - world.now).total_seconds() <= 20


def test_a_broker_that_is_away_is_the_reason_and_counts_for_nobody(world):
    ready(world, RECEIVER)
    away = BusUnavailable(address="amqp://broker", problem="it is switched off")

    for _ in range(5):
        with pytest.raises(BusUnavailable):
            relay_at(world, Axis(H20_28_05=away))

    (item,) = waiting(world)
    assert (item.reason.code, item.attempts) == ("bus-unavailable", 0)
    assert destination(world) is None
    assert relay_at(world, Axis()) == 1


def test_a_recipient_that_fails_in_a_row_is_left_alone_and_the_others_go_on(
    world, caplog
):
    for _ in range(5):
        ready(world, RECEIVER)
    ready(world, OTHER)
    axis = Axis(**busy())

    relay_at(world, axis)

    assert axis.asked == [RECEIVER] * 3 + [OTHER]
    rests = destination(world)
    assert (rests.failures, rests.reason.code) == (3, "mailbox-busy")
    (logged,) = (it for it in caplog.records if it.message == "destination_open")
    assert (logged.recipient, logged.pause_seconds) == (RECEIVER, 60.0)


def rest(world, documents=5):
    """A recipient whose circuit is open."""
    for _ in range(documents):
        ready(world, RECEIVER)
    relay_at(world, Axis(**busy()))


def test_while_it_rests_nothing_is_tried_there(world):
    rest(world)
    world.now += timedelta(seconds=50)
    axis = Axis()

    assert relay_at(world, axis) == 0
    assert axis.asked == []


def test_after_the_pause_one_packet_is_tried_and_its_failure_makes_a_longer_one(world):
    rest(world)
    world.now += timedelta(seconds=61)
    axis = Axis(**busy())

    relay_at(world, axis)

    assert axis.asked == [RECEIVER]
    pause = destination(world).open_until - world.now
    assert 119 < pause.total_seconds() <= 120


def test_when_the_probe_gets_through_all_follow_at_once(world, caplog):
    caplog.set_level(logging.INFO)
    rest(world)
    world.now += timedelta(seconds=61)
    axis = Axis()

    assert [relay_at(world, axis) for _ in range(3)] == [1, 4, 0]

    assert axis.asked == [RECEIVER] * 5
    assert destination(world) is None
    (logged,) = (it for it in caplog.records if it.message == "destination_closed")
    assert logged.recipient == RECEIVER


def test_a_probe_whose_process_dies_leaves_the_recipient_resting_a_little_longer(world):
    rest(world)
    world.now += timedelta(seconds=61)
    axis = Axis()

    def die(_message):
        raise KeyboardInterrupt

    axis.before = die
    with pytest.raises(KeyboardInterrupt):
        relay_at(world, axis)
    axis.before = lambda _message: None

    assert relay_at(world, axis) == 0
    world.now += timedelta(seconds=31)
    assert [relay_at(world, axis) for _ in range(3)] == [1, 4, 0]


def test_an_urgent_document_is_tried_where_others_wait_and_may_open_the_way(world):
    rest(world)
    ready(world, RECEIVER, priority="Hỏa tốc")
    axis = Axis()

    relay_at(world, axis)
    relay_at(world, axis)

    assert [it.priority for it in axis.sent] == [3, 0, 0, 0, 0, 0]


def test_a_mailbox_that_is_always_full_is_asked_ever_more_seldom(world):
    for _ in range(5):
        ready(world, RECEIVER)
    axis = Axis(**busy())

    for _ in range(360):
        relay_at(world, axis)
        world.now += timedelta(seconds=10)

    assert 14 <= len(axis.asked) <= 18
    assert len(waiting(world)) == 5


def test_a_packet_that_is_refused_or_unroutable_is_never_tried_again(world):
    ready(world, RECEIVER, NOWHERE)
    refused = BusRefused(problem="too large")
    axis = Axis(H20_28_05=refused, H20_99=Unroutable(recipient=NOWHERE))

    relay_at(world, axis)
    world.now += timedelta(days=1)
    relay_at(world, axis)

    assert sorted(axis.asked) == [RECEIVER, NOWHERE]
    assert waiting(world) == ()


def test_an_answer_without_a_mailbox_is_tried_for_long_and_then_a_person_sees_it(world):
    answer_to(world, NOWHERE)
    axis = Axis(H20_99=Unroutable(recipient=NOWHERE))

    for _ in range(8 * 31):
        relay_at(world, axis)
        world.now += timedelta(hours=3)

    (item,) = waiting(world)
    assert 60 < len(axis.asked) < 249
    assert (item.reason.code, item.reason.details["days"]) == ("answer-given-up", "30")
    assert item.parked_at is not None


def test_an_answer_that_a_person_releases_is_tried_for_as_long_once_more(world):
    answer = answer_to(world, NOWHERE)
    world.now += timedelta(days=60)
    axis = Axis(H20_99=Unroutable(recipient=NOWHERE))
    relay_at(world, axis)
    release(world.sender.storage, [str(answer)], at=world.now)

    for _ in range(8 * 29):
        relay_at(world, axis)
        world.now += timedelta(hours=3)

    (item,) = waiting(world)
    assert 60 < len(axis.asked) == item.attempts + 1
    assert (item.parked_at, item.reason.code) == (None, "unroutable")
    world.now += timedelta(days=2)
    relay_at(world, axis)
    assert waiting(world)[0].parked_at is not None


def test_an_answer_that_can_never_be_sent_is_given_up_at_once(world):
    answer_to(world, RECEIVER, packet=digest("gone"))
    axis = Axis()

    relay_at(world, axis)

    (item,) = waiting(world)
    assert (item.reason.code, axis.asked) == ("content-missing", [])
    assert item.parked_at is not None


@pytest.mark.parametrize("is_document", [True, False])
def test_a_packet_at_which_something_breaks_is_set_aside_after_three_tries(
    world, caplog, is_document
):
    if is_document:
        ready(world, RECEIVER)
    else:
        answer_to(world, RECEIVER)
    ready(world, OTHER)
    axis = Axis(H20_28_05=ZeroDivisionError("a defect"))

    for _ in range(5):
        relay_at(world, axis)
        world.now += timedelta(minutes=1)

    assert axis.asked.count(RECEIVER) == 3
    assert len(axis.sent) == 1
    assert sum(it.message == "packet_defect" for it in caplog.records) == 3
    if is_document:
        with world.sender.storage.reading() as work:
            leg = tell_story(work, "1/UBND-VX").legs[0]
        assert (leg.state, leg.reason.code) == ("parked", "poison")
        assert waiting(world) == ()
    else:
        (item,) = waiting(world)
        assert item.parked_at is not None
        assert item.reason.details["problem"] == "ZeroDivisionError"


@pytest.mark.parametrize("is_document", [True, False])
def test_what_a_defect_keeps_out_of_the_books_is_sent_three_times_and_no_more(
    world, monkeypatch, caplog, is_document
):
    if is_document:
        ready(world, RECEIVER)
    else:
        answer_to(world, RECEIVER)
    ready(world, OTHER)
    written = settling._write

    def write(means, work, items, *given):
        if RECEIVER in {it.recipient for it in items}:
            raise ZeroDivisionError
        return written(means, work, items, *given)

    monkeypatch.setattr(settling, "_write", write)
    axis = Axis()

    for _ in range(5):
        relay_at(world, axis)
        world.now += timedelta(minutes=1)

    assert axis.asked.count(RECEIVER) == 3
    assert axis.asked.count(OTHER) == 1
    assert sum(it.message == "packet_defect" for it in caplog.records) == 3
    (item,) = waiting(world)
    assert item.parked_at is not None
    assert (item.reason.code, item.reason.details["problem"]) == (
        "poison",
        "ZeroDivisionError",
    )


def test_failures_of_another_kind_between_do_not_count_towards_the_three(world):
    ready(world, RECEIVER)
    broken, full = Axis(H20_28_05=ZeroDivisionError()), Axis(**busy())

    for axis in (broken, broken, full, broken, broken):
        relay_at(world, axis)
        world.now += timedelta(minutes=1)

    (item,) = waiting(world)
    assert item.reason.details["times"] == "2"


def test_an_urgent_document_waits_for_the_packet_in_hand_and_no_longer(world):
    for _ in range(5):
        ready(world, RECEIVER)
    axis = Axis()

    def come(_message):
        axis.before = lambda _message: None
        ready(world, RECEIVER, priority="Hỏa tốc")

    axis.before = come
    relay_at(world, axis)

    assert [it.priority for it in axis.sent] == [0, 3, 0, 0, 0, 0]


def test_what_waits_for_who_rests_is_not_looked_for_after_every_packet(
    world, monkeypatch
):
    rest(world)
    ready(world, RECEIVER, priority="Khẩn")
    for _ in range(4):
        ready(world, OTHER)
    real, claims = relay_module._claim, []
    monkeypatch.setattr(
        relay_module, "_claim", lambda *given: claims.append(1) or real(*given)
    )
    axis = Axis()

    relay_at(world, axis)

    assert axis.asked == [OTHER] * 4
    assert len(claims) == 1


class SlowLine(Axis):
    """Each packet takes a minute and a half, and somebody else looks for work."""

    def __init__(self, world):
        super().__init__()
        self.world, self.taken = world, []
        self.is_silent = False

    def outcomes(self, wait_seconds=0.0):
        self.world.now += timedelta(seconds=45)
        with self.world.sender.storage.work() as work:
            self.taken += work.leases.claim(
                50, worker="another", now=self.world.now, lease_seconds=120
            )
        self.is_silent = not self.is_silent
        return () if self.is_silent else super().outcomes(wait_seconds)


def test_on_a_slow_line_nobody_else_takes_what_is_in_hand(world):
    for _ in range(4):
        ready(world, RECEIVER)
    line = SlowLine(world)

    assert relay_at(world, line) == 4

    assert line.taken == []
    assert len(line.sent) == 4


def test_what_another_has_taken_because_we_stood_still_is_not_sent_by_us(world):
    for _ in range(3):
        ready(world, RECEIVER)
    axis = Axis()

    def stand_still(_message):
        axis.before = lambda _message: None
        world.now += timedelta(minutes=10)
        with world.sender.storage.work() as work:
            work.leases.claim(50, worker="another", now=world.now, lease_seconds=120)

    axis.before = stand_still
    relay_at(world, axis)

    assert len(axis.sent) == 1


def test_what_a_person_parks_meanwhile_does_not_leave(world):
    for _ in range(3):
        ready(world, RECEIVER)
    axis = Axis()

    def park(_message):
        axis.before = lambda _message: None
        with world.sender.storage.work() as work:
            assert work.outbox.park(2, world.now)

    axis.before = park
    relay_at(world, axis)

    assert len(axis.sent) == 2
    assert [it.id for it in waiting(world)] == [2]
