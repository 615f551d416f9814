"""One behaviour of the axis, whichever adapter: a real broker, or the one in memory."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Any, Protocol

import pika
import pytest

from edoc_connector.axis.names import EXCHANGE, express_queue, inbox_queue
from edoc_connector.bus.memory import MemoryAxis, MemoryConsumer, MemoryPublisher
from edoc_connector.bus.message import (
    Delivery,
    Foreign,
    Message,
    Segment,
    probe_of,
)
from edoc_connector.bus.outcome import Refusal
from edoc_connector.bus.port import Consumer, Publisher
from edoc_connector.bus.properties import Properties, write_properties
from edoc_connector.bus.rabbit import RabbitConsumer, RabbitPublisher
from edoc_connector.demo.broker import PrivateBroker
from edoc_connector.errors import (
    BusRefused,
    BusUnavailable,
    MessageTooLarge,
    Unroutable,
)
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from tests.support.broker import ACCOUNTS, OPERATOR, address_of, raw_connection
from tests.support.messages import message

WAIT_SECONDS = 10.0
NOTHING_SECONDS = 0.3
SENDER = "H20.14"
RECIPIENT = "H20"


class Scene(Protocol):
    """What a test needs of an axis beside its ports."""

    def publisher(self, account: str) -> Publisher: ...

    def consumer(self, account: str, queue: str) -> Consumer: ...

    def slip_in(self, account: str, key: str, properties: Properties) -> None:
        """Publish as a stranger with an account would."""
        ...

    @contextmanager
    def away(self) -> Iterator[None]: ...

    @contextmanager
    def without_express(self, account: str) -> Iterator[None]:
        """As on an axis that was set up before there were express mailboxes."""
        ...


class MemoryScene:
    def __init__(self) -> None:
        self.axis = MemoryAxis()
        for account in ACCOUNTS:
            keys = [f"{kind}.{account}" for kind in Kind]
            self.axis.attach(account, inbox_queue(account), *keys)
            self.axis.attach(account, express_queue(account), f"express.{account}")

    def publisher(self, account: str) -> Publisher:
        return MemoryPublisher(self.axis, account)

    def consumer(self, account: str, queue: str) -> Consumer:
        return MemoryConsumer(self.axis, queue, account, express_queue(account))

    def slip_in(self, account: str, key: str, properties: Properties) -> None:
        assert self.axis.route(account, key, properties, b"foreign")

    @contextmanager
    def without_express(self, account: str) -> Iterator[None]:
        bindings = self.axis.bindings.pop(f"express.{account}")
        yield
        self.axis.bindings[f"express.{account}"] = bindings

    @contextmanager
    def away(self) -> Iterator[None]:
        self.axis.available = False
        yield
        self.axis.available = True


class RabbitScene:
    def __init__(self, broker: PrivateBroker) -> None:
        self.broker = broker
        self.opened: list[Any] = []

    def publisher(self, account: str) -> Publisher:
        self.opened.append(RabbitPublisher(address_of(self.broker, account)))
        return self.opened[-1]

    def consumer(self, account: str, queue: str) -> Consumer:
        address = address_of(self.broker, account)
        express = express_queue(account)
        self.opened.append(RabbitConsumer(address, queue, 20, express))
        return self.opened[-1]

    def slip_in(self, account: str, key: str, properties: Properties) -> None:
        connection = raw_connection(self.broker, account)
        channel = connection.channel()
        channel.confirm_delivery()
        try:
            channel.basic_publish(
                EXCHANGE, key, b"foreign", pika.BasicProperties(**asdict(properties))
            )
        except pika.exceptions.ChannelClosedByBroker as error:
            raise BusRefused(problem=error.reply_text) from error
        finally:
            connection.close()

    @contextmanager
    def without_express(self, account: str) -> Iterator[None]:
        binding = (express_queue(account), EXCHANGE, f"express.{account}")
        connection = raw_connection(self.broker, OPERATOR)
        channel = connection.channel()
        channel.queue_unbind(*binding)
        yield
        channel.queue_bind(*binding)
        connection.close()

    @contextmanager
    def away(self) -> Iterator[None]:
        self.broker.kill()
        yield
        self.broker.start()


@pytest.fixture(params=["memory", pytest.param("rabbit", marks=pytest.mark.broker)])
def scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    if request.param == "memory":
        yield MemoryScene()
        return
    rabbit = RabbitScene(request.getfixturevalue("axis"))
    yield rabbit
    for opened in rabbit.opened:
        opened.close()


@pytest.fixture
def publisher(scene: Scene) -> Publisher:
    return scene.publisher(SENDER)


@pytest.fixture
def consumer(scene: Scene) -> Consumer:
    return scene.consumer(RECIPIENT, inbox_queue(RECIPIENT))


def received(consumer: Consumer) -> Delivery:
    arrived = consumer.receive(WAIT_SECONDS)
    assert isinstance(arrived, Delivery)
    return arrived


def test_what_is_published_arrives_whole_and_under_the_senders_account(
    publisher: Publisher, consumer: Consumer
) -> None:
    sent = message(answers="an-earlier-message", business_type=3, priority=4)

    publisher.publish(sent)

    delivery = received(consumer)
    assert delivery.message == sent
    assert delivery.account == SENDER
    assert not delivery.redelivered


def test_messages_arrive_in_the_order_in_which_they_were_confirmed(
    publisher: Publisher, consumer: Consumer
) -> None:
    ids = [MessageId(f"message-{number}") for number in range(50)]

    for message_id in ids:
        publisher.publish(message(message_id=message_id))

    assert [_taken(consumer).message.message_id for _ in ids] == ids


def _taken(consumer: Consumer) -> Delivery:
    delivery = received(consumer)
    consumer.acknowledge(delivery)
    return delivery


def test_documents_and_statuses_reach_the_same_mailbox(
    publisher: Publisher, consumer: Consumer
) -> None:
    for kind in Kind:
        publisher.publish(message(kind=kind))

    assert [_taken(consumer).message.kind for _ in Kind] == list(Kind)


def test_a_recipient_without_a_mailbox_is_known_at_once_and_stops_nobody(
    publisher: Publisher, consumer: Consumer
) -> None:
    with pytest.raises(Unroutable, match=r"H20\.99"):
        publisher.publish(message(recipient=OrganizationCode("H20.99")))

    publisher.publish(message())
    assert received(consumer).message == message()


def test_what_cannot_wait_overtakes_what_is_in_the_queue(
    publisher: Publisher, consumer: Consumer
) -> None:
    for number in range(60):
        publisher.publish(message(message_id=MessageId(f"normal-{number}"), priority=1))
    express = message(message_id=MessageId("express"), priority=2)
    publisher.publish(express)

    first = [_taken(consumer).message for _ in range(5)]

    # One message may already have been handed over before the other queue is asked.
    assert express in first


def test_who_claims_that_all_is_express_keeps_nobody_waiting_for_ever(
    publisher: Publisher, consumer: Consumer
) -> None:
    for number in range(15):
        publisher.publish(message(message_id=MessageId(f"e-{number}"), priority=4))
    publisher.publish(message(message_id=MessageId("normal"), priority=0))

    ids = [_taken(consumer).message.message_id for _ in range(16)]

    assert ids.index(MessageId("normal")) < 10
    assert [it for it in ids if it != "normal"] == [f"e-{it}" for it in range(15)]


def test_a_recipient_without_an_express_mailbox_gets_it_in_the_ordinary_one(
    scene: Scene, publisher: Publisher, consumer: Consumer
) -> None:
    with scene.without_express(RECIPIENT):
        publisher.publish(message(priority=4))

    assert _taken(consumer).message == message(priority=4)
    assert consumer.receive(NOTHING_SECONDS) is None


def test_an_express_document_to_nobody_is_unroutable_like_any_other(
    publisher: Publisher,
) -> None:
    with pytest.raises(Unroutable, match=r"H20\.99"):
        publisher.publish(message(recipient=OrganizationCode("H20.99"), priority=4))


def sent_and_heard(
    publisher: Publisher, *messages: Message
) -> dict[int, Refusal | None]:
    """Several on their way at a time, and what became of each."""
    for ticket, each in enumerate(messages):
        publisher.send(ticket, each)
    heard: dict[int, Refusal | None] = {}
    while outcomes := publisher.outcomes():
        for outcome in outcomes:
            assert outcome.ticket not in heard
            heard[outcome.ticket] = outcome.refusal
    return heard


def test_each_of_many_on_their_way_has_an_outcome_of_its_own(
    publisher: Publisher, consumer: Consumer
) -> None:
    nobody = OrganizationCode("H20.99")
    many = [message(message_id=MessageId(f"m-{number}")) for number in range(10)]
    many[3] = message(message_id=MessageId("m-3"), recipient=nobody)
    many[5] = message(message_id=MessageId("m-5"), correlation_id="ữ" * 100)
    many[8] = message(message_id=MessageId("m-8"), recipient=nobody, priority=4)

    heard = sent_and_heard(publisher, *many)

    kinds = {ticket: type(it) for ticket, it in heard.items() if it is not None}
    assert kinds == {3: Unroutable, 5: BusRefused, 8: Unroutable}
    assert len(heard) == 10
    ids = [_taken(consumer).message.message_id for _ in range(7)]
    assert ids == [f"m-{number}" for number in (0, 1, 2, 4, 6, 7, 9)]


@pytest.fixture
def both(scene: Scene) -> tuple[Consumer, Consumer]:
    """The mailboxes of two recipients of one upload."""
    return (
        scene.consumer(RECIPIENT, inbox_queue(RECIPIENT)),
        scene.consumer("G22", inbox_queue("G22")),
    )


SEVERAL = message(others=(OrganizationCode("G22"),))


def test_one_upload_comes_to_each_of_its_recipients_once(
    publisher: Publisher, both: tuple[Consumer, Consumer]
) -> None:
    publisher.send(1, SEVERAL, ("edoc.H20", "edoc.G22"))

    assert [it.refusal for it in publisher.outcomes()] == [None]
    for consumer in both:
        assert _taken(consumer).message == SEVERAL
        assert consumer.receive(NOTHING_SECONDS) is None


def test_each_gets_it_in_the_mailbox_in_which_it_was_reached(
    scene: Scene, publisher: Publisher, both: tuple[Consumer, Consumer]
) -> None:
    urgent = replace(SEVERAL, priority=4)

    with scene.without_express("G22"):
        publisher.send(1, urgent, ("express.H20", "edoc.G22"))
        assert [it.refusal for it in publisher.outcomes()] == [None]

    assert [_taken(it).message for it in both] == [urgent, urgent]


def test_the_way_of_what_was_taken_is_known_and_of_several_it_is_of_none(
    publisher: Publisher,
) -> None:
    urgent = message(priority=4)
    publisher.send(1, SEVERAL, ("edoc.H20", "edoc.G22"))
    assert [it.refusal for it in publisher.outcomes()] == [None]
    assert publisher.way_to(("edoc.H20",)) == publisher.way_to(("edoc.G22",)) == ""

    publisher.publish(urgent)
    publisher.publish(message())

    assert publisher.way_to(urgent.routing_keys) == "express.H20"
    assert publisher.way_to(("edoc.H20",)) == "edoc.H20"
    publisher.close()
    assert publisher.way_to(("edoc.H20",)) == ""


def test_a_way_without_an_express_mailbox_is_known_as_such(
    scene: Scene, publisher: Publisher
) -> None:
    urgent = message(priority=4)

    with scene.without_express(RECIPIENT):
        publisher.publish(urgent)

    assert publisher.way_to(urgent.routing_keys) == "edoc.H20"


def test_no_way_is_known_any_more_where_one_of_many_was_not_taken(
    publisher: Publisher,
) -> None:
    publisher.publish(message())

    publisher.send(1, SEVERAL, ("edoc.H20.99", "edoc.H20.98"))

    assert [type(it.refusal) for it in publisher.outcomes()] == [Unroutable]
    assert publisher.way_to(("edoc.H20",)) == ""


def test_a_probe_tells_under_which_key_it_was_taken_and_what_has_no_way(
    scene: Scene, publisher: Publisher
) -> None:
    codes = ["H20", "G22", "H20.99"]
    many = [
        probe_of(message(recipient=OrganizationCode(code), priority=4))
        for code in codes
    ]

    with scene.without_express("G22"):
        for ticket, probe in enumerate(many):
            publisher.send(ticket, probe)
        heard = {}
        while outcomes := publisher.outcomes():
            heard |= {it.ticket: it for it in outcomes}

    assert [heard[ticket].key for ticket in (0, 1)] == ["express.H20", "edoc.G22"]
    assert isinstance(heard[2].refusal, Unroutable)


def test_an_upload_that_reaches_one_at_least_does_not_come_back(
    publisher: Publisher, both: tuple[Consumer, Consumer]
) -> None:
    """Which is why each way is tried before."""
    nowhere = message(others=(OrganizationCode("H20.99"),))
    nobody = replace(nowhere, recipient=OrganizationCode("H20.98"))

    publisher.send(1, nowhere, ("edoc.H20", "edoc.H20.99"))
    publisher.send(2, nobody, ("edoc.H20.98", "edoc.H20.99"))

    heard: dict[int, Refusal | None] = {}
    while outcomes := publisher.outcomes():
        heard |= {it.ticket: it.refusal for it in outcomes}
    assert heard[1] is None
    assert isinstance(heard[2], Unroutable)
    assert _taken(both[0]).message == nowhere


def test_segments_that_no_queue_takes_come_back_each_for_itself(
    publisher: Publisher,
) -> None:
    parts = [
        message(recipient=OrganizationCode("H20.99"), segment=Segment(number, 3))
        for number in (1, 2, 3)
    ]

    heard = sent_and_heard(publisher, *parts)

    assert {type(it) for it in heard.values()} == {Unroutable}


def test_of_many_each_urgent_one_finds_its_other_box(
    scene: Scene, publisher: Publisher, consumer: Consumer
) -> None:
    many = [
        message(message_id=MessageId(f"m-{number}"), priority=4 * (number % 2))
        for number in range(6)
    ]

    with scene.without_express(RECIPIENT):
        heard = sent_and_heard(publisher, *many)

    assert heard == dict.fromkeys(range(6))
    ids = {_taken(consumer).message.message_id for _ in range(6)}
    assert ids == {f"m-{number}" for number in range(6)}
    assert consumer.receive(NOTHING_SECONDS) is None


def test_one_that_is_too_large_is_refused_and_the_others_around_it_arrive(
    publisher: Publisher, consumer: Consumer
) -> None:
    many = [message(message_id=MessageId(f"m-{number}")) for number in range(5)]
    many[2] = message(message_id=MessageId("m-2"), body=bytes(16 * 1024 * 1024 + 1))

    heard = sent_and_heard(publisher, *many)

    assert [it for it in heard if heard[it] is None] == [0, 1, 3, 4]
    assert isinstance(heard[2], MessageTooLarge)
    assert publisher.most_bytes == 16 * 1024 * 1024
    ids: set[str] = set()
    while len(ids) < 4:  # what was on its way with it may come twice
        ids.add(_taken(consumer).message.message_id)
    assert ids == {"m-0", "m-1", "m-3", "m-4"}


def test_while_the_axis_is_away_nothing_is_known_of_what_was_on_its_way(
    scene: Scene, publisher: Publisher
) -> None:
    def send_and_hear() -> None:
        publisher.send(2, message())
        publisher.outcomes()

    publisher.send(1, message())
    with scene.away(), pytest.raises(BusUnavailable):
        send_and_hear()

    publisher.send(3, message())
    assert [it.ticket for it in publisher.outcomes()] == [3]


def test_an_express_message_that_was_not_acknowledged_comes_again(
    publisher: Publisher, consumer: Consumer
) -> None:
    publisher.publish(message(priority=3))
    received(consumer)

    consumer.close()

    again = _taken(consumer)
    assert (again.message, again.redelivered) == (message(priority=3), True)
    assert consumer.receive(NOTHING_SECONDS) is None


def test_an_empty_queue_gives_nothing(consumer: Consumer) -> None:
    assert consumer.receive(NOTHING_SECONDS) is None


def test_what_was_not_acknowledged_comes_again_and_says_so(
    publisher: Publisher, consumer: Consumer
) -> None:
    publisher.publish(message())
    received(consumer)

    consumer.close()

    again = received(consumer)
    assert again.message == message()
    assert again.redelivered


def test_what_was_acknowledged_does_not_come_again(
    publisher: Publisher, consumer: Consumer
) -> None:
    publisher.publish(message())
    _taken(consumer)

    consumer.close()

    assert consumer.receive(NOTHING_SECONDS) is None


def test_several_are_acknowledged_at_once_and_nothing_else_with_them(
    publisher: Publisher, consumer: Consumer
) -> None:
    ids = [MessageId(f"message-{number}") for number in range(6)]
    for message_id in ids:
        publisher.publish(message(message_id=message_id))
    first, second, third, fourth = [received(consumer) for _ in range(4)]

    consumer.acknowledge(fourth, first, third)
    consumer.close()

    left = [_taken(consumer).message.message_id for _ in range(3)]
    assert left == [second.message.message_id, *ids[4:]]
    assert consumer.receive(NOTHING_SECONDS) is None


def test_what_is_set_aside_keeps_no_place_and_comes_again_in_its_order(
    publisher: Publisher, consumer: Consumer
) -> None:
    ids = [MessageId(f"message-{number:02}") for number in range(60)]
    for message_id in ids:
        publisher.publish(message(message_id=message_id))

    aside = _set_aside(consumer, ids[:50])
    others = [_taken(consumer).message.message_id for _ in range(10)]
    consumer.acknowledge(aside[7])
    consumer.close()

    assert others == ids[50:]
    again = [_taken(consumer) for _ in range(49)]
    assert [it.message.message_id for it in again] == ids[:7] + ids[8:50]
    assert all(it.redelivered for it in again)
    assert consumer.receive(NOTHING_SECONDS) is None


def _set_aside(consumer: Consumer, ids: list[MessageId]) -> list[Delivery]:
    """Set these aside, in which they come again now and then."""
    aside: list[Delivery] = []
    while len(aside) < len(ids):
        aside.append(received(consumer))
        consumer.set_aside(aside[-1])
        if consumer.is_held_up:
            consumer.close()
            aside.clear()
    assert [it.message.message_id for it in aside] == ids
    return aside


def test_an_express_message_in_hand_is_not_forgotten_with_what_came_after_it(
    publisher: Publisher, consumer: Consumer
) -> None:
    publisher.publish(message(message_id=MessageId("express"), priority=4))
    express = received(consumer)
    publisher.publish(message(message_id=MessageId("ordinary")))

    consumer.acknowledge(received(consumer))
    consumer.close()

    assert _taken(consumer).message == express.message
    assert consumer.receive(NOTHING_SECONDS) is None


def test_an_acknowledgement_of_an_earlier_connection_touches_no_other_message(
    publisher: Publisher, consumer: Consumer
) -> None:
    publisher.publish(message())
    earlier = received(consumer)
    consumer.close()
    later = received(consumer)

    with pytest.raises(BusUnavailable):
        consumer.acknowledge(earlier)

    consumer.acknowledge(later)
    consumer.close()
    assert consumer.receive(NOTHING_SECONDS) is None


def test_nobody_reads_the_mailbox_of_another(scene: Scene) -> None:
    intruder = scene.consumer("G22", inbox_queue(RECIPIENT))

    with pytest.raises(BusRefused):
        intruder.receive(NOTHING_SECONDS)


def test_nobody_writes_under_the_name_of_another(
    scene: Scene, consumer: Consumer
) -> None:
    forged = write_properties(message(), "G22")

    with pytest.raises(BusRefused):
        scene.slip_in(SENDER, "edoc.H20", forged)

    assert consumer.receive(NOTHING_SECONDS) is None


def test_a_message_that_is_not_of_the_contract_is_handed_over_whole(
    scene: Scene, consumer: Consumer
) -> None:
    scene.slip_in(SENDER, "edoc.H20", Properties(user_id=SENDER, type="letter"))

    foreign = consumer.receive(WAIT_SECONDS)

    assert isinstance(foreign, Foreign)
    assert (foreign.account, foreign.body) == (SENDER, b"foreign")
    consumer.acknowledge(foreign)
    consumer.close()
    assert consumer.receive(NOTHING_SECONDS) is None


def test_a_message_of_nobody_is_foreign(scene: Scene, consumer: Consumer) -> None:
    scene.slip_in(SENDER, "edoc.H20", Properties(type="edoc"))

    foreign = consumer.receive(WAIT_SECONDS)

    assert isinstance(foreign, Foreign)
    assert foreign.account == ""
    assert "user_id" in foreign.problem


def test_what_has_no_room_in_amqp_is_refused_and_not_cut(publisher: Publisher) -> None:
    with pytest.raises(BusRefused, match="correlation_id"):
        publisher.publish(message(correlation_id="ữ" * 100))


def test_resting_and_closing_never_fail(
    publisher: Publisher, consumer: Consumer
) -> None:
    publisher.keep_alive()
    publisher.close()
    consumer.close()

    publisher.publish(message())
    publisher.keep_alive()
    publisher.close()
    publisher.close()

    publisher.publish(message())
    assert _taken(consumer).message == _taken(consumer).message


def test_after_an_outage_the_same_objects_work_again_and_nothing_is_lost(
    scene: Scene, publisher: Publisher, consumer: Consumer
) -> None:
    publisher.publish(message(message_id=MessageId("before")))
    unacknowledged = received(consumer)

    with scene.away():
        attempts: list[Callable[[], object]] = [
            lambda: publisher.publish(message(message_id=MessageId("meanwhile"))),
            lambda: consumer.receive(NOTHING_SECONDS),
            lambda: consumer.acknowledge(unacknowledged),
        ]
        for attempt in attempts:
            with pytest.raises(BusUnavailable):
                attempt()
        publisher.keep_alive()

    publisher.publish(message(message_id=MessageId("after")))
    ids = [_taken(consumer).message.message_id for _ in range(2)]
    assert ids == ["before", "after"]
