"""What our adapter makes of a real RabbitMQ on a bad day, and of bad guests."""

import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pika
import pytest

from edoc_connector.axis.names import EXCHANGE, dead_queue, inbox_queue
from edoc_connector.bus import wire as wire_module
from edoc_connector.bus.guarded import Connection
from edoc_connector.bus.message import Delivery, Foreign
from edoc_connector.bus.outcome import Room
from edoc_connector.bus.properties import write_properties
from edoc_connector.bus.rabbit import RabbitAddress, RabbitConsumer, RabbitPublisher
from edoc_connector.bus.wire import CLOSE_SECONDS, Wire
from edoc_connector.demo.broker import PrivateBroker
from edoc_connector.errors import (
    BusRefused,
    BusUnavailable,
    MailboxBusy,
    Unroutable,
)
from edoc_connector.language import say
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from tests.support.broker import OPERATOR, address_of, password_of, raw_connection
from tests.support.computing import Others
from tests.support.messages import message
from tests.support.proxy import Fate, Frame, Proxy

pytestmark = pytest.mark.broker

WAIT_SECONDS = 10.0
MEBIBYTE = 1024 * 1024
SENDER = "H20.14"
RECIPIENT = "H20"


@pytest.fixture
def publisher(axis: PrivateBroker) -> Iterator[RabbitPublisher]:
    publisher = RabbitPublisher(address_of(axis, SENDER))
    yield publisher
    publisher.close()


@pytest.fixture
def consumer(axis: PrivateBroker) -> Iterator[RabbitConsumer]:
    consumer = RabbitConsumer(
        address_of(axis, RECIPIENT), inbox_queue(RECIPIENT), prefetch=8
    )
    yield consumer
    consumer.close()


def taken(consumer: RabbitConsumer) -> Delivery:
    delivery = consumer.receive(WAIT_SECONDS)
    assert isinstance(delivery, Delivery)
    consumer.acknowledge(delivery)
    return delivery


def raw_properties(**changes: Any) -> pika.BasicProperties:
    """Our own properties, with what a stranger may have changed in them."""
    return pika.BasicProperties(
        delivery_mode=2, **asdict(write_properties(message(), SENDER)) | changes
    )


def raw_publish(broker: PrivateBroker, properties: pika.BasicProperties) -> None:
    with closing(raw_connection(broker, SENDER)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        with deep_recursion():
            channel.basic_publish(EXCHANGE, "edoc.H20", b"<edXML/>", properties)


@contextmanager
def deep_recursion() -> Iterator[None]:
    """A stranger's library may be able to write what ours cannot read."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    yield
    sys.setrecursionlimit(before)


# --- what is promised ---------------------------------------------------------


def test_what_was_confirmed_survives_a_power_cut(
    axis: PrivateBroker, publisher: RabbitPublisher, consumer: RabbitConsumer
) -> None:
    ids = [MessageId(f"message-{number}") for number in range(100)]
    for message_id in ids:
        publisher.publish(message(message_id=message_id))

    axis.kill()
    axis.start()

    assert [taken(consumer).message.message_id for _ in ids] == ids


def test_a_segment_of_four_mebibytes_passes(
    publisher: RabbitPublisher, consumer: RabbitConsumer
) -> None:
    sent = message(body=os.urandom(4 * MEBIBYTE))

    publisher.publish(sent)

    assert taken(consumer).message == sent


def test_more_than_the_broker_allows_is_refused_and_the_next_one_passes(
    publisher: RabbitPublisher, consumer: RabbitConsumer
) -> None:
    with pytest.raises(BusRefused):
        publisher.publish(message(body=bytes(17 * MEBIBYTE)))

    publisher.publish(message())
    assert taken(consumer).message == message()


def test_what_nobody_could_process_is_set_aside_and_not_dropped(
    axis: PrivateBroker, publisher: RabbitPublisher
) -> None:
    publisher.publish(message())
    reader = raw_connection(axis, RECIPIENT).channel()
    method, _, _ = _first_of(reader, inbox_queue(RECIPIENT))

    reader.basic_reject(method.delivery_tag, requeue=False)

    operator = raw_connection(axis, OPERATOR).channel()
    _, _, body = _first_of(operator, dead_queue(RECIPIENT))
    assert body == message().body
    for channel in (reader, operator):
        channel.connection.close()


def _first_of(channel: Any, queue: str) -> tuple[Any, Any, bytes]:
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        method, properties, body = channel.basic_get(queue)
        if method is not None:
            return method, properties, body
        channel.connection.sleep(0.05)
    raise AssertionError(f"nothing came into {queue}")


def test_a_broker_that_takes_no_more_says_so_and_the_message_waits(
    axis: PrivateBroker, publisher: RabbitPublisher
) -> None:
    """A full queue, or one without a leader: again, later."""
    recipient = OrganizationCode("H20.77")
    with closing(raw_connection(axis, OPERATOR)) as connection:
        channel = connection.channel()
        full = {"x-max-length": 1, "x-overflow": "reject-publish"}
        channel.queue_declare("full", exclusive=True, arguments=full)
        channel.queue_bind("full", EXCHANGE, f"edoc.{recipient}")
        publisher.publish(message(recipient=recipient))

        with pytest.raises(MailboxBusy):
            publisher.publish(message(recipient=recipient))


def test_of_many_only_those_that_a_full_queue_refuses_are_busy(
    axis: PrivateBroker, publisher: RabbitPublisher
) -> None:
    full_one = OrganizationCode("H20.77")
    with closing(raw_connection(axis, OPERATOR)) as connection:
        channel = connection.channel()
        full = {"x-max-length": 1, "x-overflow": "reject-publish"}
        channel.queue_declare("full", exclusive=True, arguments=full)
        channel.queue_bind("full", EXCHANGE, f"edoc.{full_one}")
        publisher.publish(message(recipient=full_one))
        for ticket in range(20):
            recipient = full_one if ticket % 4 == 0 else OrganizationCode(RECIPIENT)
            name = MessageId(f"m-{ticket}")
            publisher.send(ticket, message(message_id=name, recipient=recipient))
        heard = {}
        while outcomes := publisher.outcomes():
            heard |= {it.ticket: it.refusal for it in outcomes}

    assert sorted(heard) == [*range(20)]
    busy = sorted(it for it in heard if isinstance(heard[it], MailboxBusy))
    assert busy == [0, 4, 8, 12, 16]


def test_what_the_broker_says_while_the_message_is_being_sent_is_heard(
    publisher: RabbitPublisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def glance_for_long(wire: Wire) -> None:
        wire.wait(lambda: False, 0.5)

    monkeypatch.setattr(Wire, "glance", glance_for_long)
    publisher.send(1, message())
    assert [it.ticket for it in publisher.outcomes()] == [1]

    with pytest.raises(Unroutable):
        publisher.publish(message(recipient=OrganizationCode("H20.99")))


def test_a_refusal_that_the_other_thread_has_met_is_one_all_the_same(
    publisher: RabbitPublisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def beat(wire: Wire) -> None:
        with suppress(BusRefused):
            wire.wait(lambda: False, 0.5)

    monkeypatch.setattr(Wire, "glance", beat)
    publisher.send(0, message())
    assert len(publisher.outcomes()) == 1, "a line that carries two"
    publisher.send(1, message(body=bytes(17 * MEBIBYTE)))
    publisher.send(2, message())

    heard = {}
    while outcomes := publisher.outcomes():
        heard |= {it.ticket: it.refusal for it in outcomes}

    assert isinstance(heard[1], BusRefused)
    assert heard[2] is None


def test_who_closes_a_wire_does_not_wait_for_who_waits_at_it(
    axis: PrivateBroker,
) -> None:
    wire = Wire(address_of(axis, SENDER), frozenset(), lambda _, ready: ready(None))
    wire.open()
    is_waiting = threading.Event()

    def wait() -> None:
        with suppress(BusUnavailable):
            wire.wait(is_waiting.set, 3 * CLOSE_SECONDS)

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert is_waiting.wait(10)

    wire.close()

    assert waiting.is_alive()
    waiting.join()
    wire.close()


@pytest.mark.parametrize(("size", "expected"), [(8, 7), (400 * 1024, 3)])
def test_no_more_is_on_its_way_than_there_is_room_for(
    axis: PrivateBroker, size: int, expected: int
) -> None:
    """While nothing is confirmed, nothing more is put on the wire."""
    publishes: list[Frame] = []

    def judge(frame: Frame) -> Fate:
        publishes.extend([frame] if frame.is_publish else [])
        return Fate.LOSE if frame.is_confirm else Fate.PASS

    with Proxy(axis.port) as wire:
        publisher = RabbitPublisher(
            address_of(axis, SENDER, port=wire.port, timeout_seconds=1.0),
            Room(messages=7, bytes=1 * MEBIBYTE),
        )

        def send_many() -> None:
            for ticket in range(20):
                publisher.send(ticket, message(body=bytes(size)))

        send_many()
        while publisher.outcomes():
            pass
        wire.judge = judge
        with pytest.raises(BusUnavailable, match="not confirmed"):
            send_many()
        publisher.close()

    assert len(publishes) == expected


def test_a_message_is_persistent_and_carries_every_claim(
    axis: PrivateBroker, publisher: RabbitPublisher
) -> None:
    publisher.publish(message(answers="an-earlier-message"))

    reader = raw_connection(axis, RECIPIENT).channel()
    _, properties, _ = _first_of(reader, inbox_queue(RECIPIENT))
    reader.connection.close()

    assert properties.delivery_mode == 2
    assert properties.content_type == "application/edoc+xml"
    assert properties.app_id == "edoc-connector"
    assert properties.type == "edoc"
    assert properties.user_id == SENDER
    headers = {k: v for k, v in properties.headers.items() if k.startswith("edoc-")}
    assert headers == {
        "edoc-sender": "H20.14",
        "edoc-recipient": "H20",
        "edoc-business": 0,
        "edoc-packet-sha256": message().packet_digest,
        "edoc-packet-bytes": 8,
        "edoc-segment": 1,
        "edoc-segments": 1,
        "edoc-answers": "an-earlier-message",
    }


# --- what an account may not do -----------------------------------------------


@pytest.mark.parametrize(
    "attempt",
    [
        pytest.param(lambda c: c.queue_declare("mine"), id="declare a queue"),
        pytest.param(lambda c: c.exchange_declare("mine"), id="declare an exchange"),
        pytest.param(
            lambda c: c.queue_bind(inbox_queue(SENDER), EXCHANGE, "edoc.H20"),
            id="redirect the mail of another",
        ),
        pytest.param(lambda c: c.queue_purge(inbox_queue("H20")), id="purge another"),
        pytest.param(lambda c: c.queue_delete(inbox_queue("H20")), id="delete another"),
        pytest.param(
            lambda c: c.basic_get(dead_queue("H20")), id="read what is set aside"
        ),
        pytest.param(
            lambda c: c.basic_publish("", inbox_queue("H20"), b"x"),
            id="go round the exchange",
        ),
    ],
)
def test_an_account_can_only_send_and_read_its_own(
    axis: PrivateBroker, attempt: Callable[[Any], object]
) -> None:
    connection = raw_connection(axis, SENDER)
    channel = connection.channel()
    channel.confirm_delivery()

    with pytest.raises(pika.exceptions.ChannelClosedByBroker) as refused:
        attempt(channel)

    assert refused.value.reply_code == 403
    connection.close()


def test_while_the_exchange_is_not_there_everything_waits(axis: PrivateBroker) -> None:
    publisher = RabbitPublisher(address_of(axis, OPERATOR, exchange="edoc.nowhere"))

    with pytest.raises(BusUnavailable, match="NOT_FOUND"):
        publisher.publish(message())


def test_without_an_express_queue_urgent_mail_is_read_with_the_rest(
    axis: PrivateBroker, publisher: RabbitPublisher, caplog: pytest.LogCaptureFixture
) -> None:
    """A broker that was set up before there were such queues, or gives us no right."""
    publisher.publish(message())
    consumer = RabbitConsumer(
        address_of(axis, RECIPIENT), inbox_queue(RECIPIENT), 8, "edoc.express.none"
    )

    assert taken(consumer).message == message()
    publisher.publish(message(message_id=MessageId("second")))
    assert taken(consumer).message.message_id == "second"

    consumer.close()
    logged = [it for it in caplog.records if it.message == "express_queue_missing"]
    assert len(logged) == 1


def test_a_consumer_whose_queue_is_not_there_is_refused(axis: PrivateBroker) -> None:
    consumer = RabbitConsumer(address_of(axis, OPERATOR), "edoc.inbox.none", 8)

    with pytest.raises(BusRefused, match="NOT_FOUND"):
        consumer.receive(WAIT_SECONDS)


def test_a_wrong_password_is_no_fault_of_the_message_and_is_shown_to_nobody(
    axis: PrivateBroker,
) -> None:
    address = address_of(axis, SENDER, password="not the password")

    with pytest.raises(BusUnavailable) as refused:
        RabbitPublisher(address).publish(message())

    assert "not the password" not in f"{refused.value} {address!r} {address}"


# --- what strangers put into properties ---------------------------------------


class FarDate(datetime):
    """A date that AMQP can carry and Python cannot."""

    def utctimetuple(self) -> time.struct_time:
        hours = 40_000 * 366 * 24
        return time.struct_time((1970, 1, 1, hours, 0, 0, 0, 1, 0))


def nested(depth: int) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for _ in range(depth):
        table = {"": table}
    return table


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"headers": {"x": FarDate.now(UTC)}}, id="a date beyond Python"),
        pytest.param({"headers": nested(900)}, id="tables within tables"),
        pytest.param({"headers": {"x": b"\xff" * 40_000}}, id="large headers"),
        pytest.param({"headers": None}, id="no headers"),
        pytest.param({"timestamp": 2**63}, id="a time beyond Python"),
        pytest.param({"message_id": "../../etc/passwd"}, id="a path as a message id"),
        pytest.param({"message_id": "a\nb"}, id="a line break in a message id"),
        pytest.param({"type": "ữ" * 80}, id="another kind"),
        pytest.param({"priority": 255}, id="a priority that does not exist"),
    ],
)
def test_no_property_of_a_stranger_stops_the_queue(
    axis: PrivateBroker,
    publisher: RabbitPublisher,
    consumer: RabbitConsumer,
    changes: dict[str, Any],
) -> None:
    raw_publish(axis, raw_properties(**changes))
    publisher.publish(message())

    foreign = consumer.receive(WAIT_SECONDS)
    assert isinstance(foreign, Foreign)
    assert (foreign.account, foreign.body) == (SENDER, b"<edXML/>")
    consumer.acknowledge(foreign)
    assert taken(consumer).message == message()


# --- bad days -----------------------------------------------------------------


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def address_at(port: int, **changes: Any) -> RabbitAddress:
    values: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "vhost": "edoc",
        "account": SENDER,
        "password": password_of(SENDER),
        "timeout_seconds": 0.5,
    }
    return RabbitAddress(**values | changes)


def seconds_until_unavailable(attempt: Callable[[], object]) -> float:
    begun = time.monotonic()
    with pytest.raises(BusUnavailable):
        attempt()
    return time.monotonic() - begun


def test_a_broker_that_is_down_is_known_at_once() -> None:
    address = address_at(unused_port(), timeout_seconds=15)

    assert (
        seconds_until_unavailable(lambda: RabbitPublisher(address).publish(message()))
        < 2
    )
    assert (
        seconds_until_unavailable(lambda: RabbitConsumer(address, "q", 1).receive(15))
        < 2
    )


def test_the_error_names_the_broker_and_the_cause() -> None:
    port = unused_port()

    with pytest.raises(
        BusUnavailable, match=rf"127\.0\.0\.1:{port}/edoc.*nobody listens"
    ):
        RabbitPublisher(address_at(port)).publish(message())


def test_a_clerk_reads_no_name_of_an_exception_where_nobody_listens() -> None:
    with pytest.raises(BusUnavailable) as error:
        RabbitPublisher(address_at(unused_port())).publish(message())

    assert "không có máy chủ nào trả lời ở địa chỉ đó" in say(error.value, "vi")
    assert "Error" not in say(error.value, "vi") + say(error.value, "en")


def test_a_name_that_does_not_exist_is_a_broker_that_is_away() -> None:
    address = address_at(5672, host="broker.invalid", timeout_seconds=15)

    seconds_until_unavailable(lambda: RabbitPublisher(address).publish(message()))


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def test_somebody_who_listens_and_says_nothing_costs_no_more_than_the_limit(
    server: socket.socket,
) -> None:
    address = address_at(server.getsockname()[1])

    assert (
        seconds_until_unavailable(lambda: RabbitPublisher(address).publish(message()))
        < 6
    )


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"AMQP\x00\x00\x09\x00",
        b"\x01\x00\x00\x00\x00\x00\x04\xff\xff\xff\xff\xce",
        b"\x02\x00\x00\x00\x00\x00\x01\x00\xce",
    ],
)
def test_somebody_who_is_no_broker_is_a_broker_that_is_away(
    server: socket.socket, answer: bytes
) -> None:
    def talk() -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(100)
            connection.sendall(answer)
            connection.recv(100)

    talking = threading.Thread(target=talk)
    talking.start()

    seconds_until_unavailable(
        lambda: RabbitPublisher(address_at(server.getsockname()[1])).publish(message())
    )
    talking.join()


@pytest.fixture
def frozen(axis: PrivateBroker) -> Iterator[Callable[[], None]]:
    """Stop the broker in the middle of its work, as a full disk or a dead line does."""

    def freeze() -> None:
        os.kill(axis.pid, signal.SIGSTOP)
        while not all(map(_is_stopped, Path(f"/proc/{axis.pid}/task").iterdir())):
            os.sched_yield()

    yield freeze
    os.kill(axis.pid, signal.SIGCONT)


def _is_stopped(thread: Path) -> bool:
    """The signal is sent at once and obeyed a little later, thread by thread."""
    return (thread / "stat").read_text().rpartition(")")[2].split()[0] == "T"


def test_a_broker_that_stops_answering_holds_nobody_for_ever(
    axis: PrivateBroker, frozen: Callable[[], None]
) -> None:
    address = address_of(axis, SENDER, timeout_seconds=0.5)
    publisher = RabbitPublisher(address)
    publisher.publish(message())

    frozen()

    waited = seconds_until_unavailable(lambda: publisher.publish(message()))
    assert 0.5 <= waited < 6


def test_a_connection_lives_while_its_thread_is_busy_with_something_else(
    axis: PrivateBroker,
) -> None:
    """The broker hangs up after two heartbeats of silence; we are silent for four."""
    publisher = RabbitPublisher(address_of(axis, SENDER))
    consumer = RabbitConsumer(
        address_of(axis, RECIPIENT, heartbeat_seconds=1), inbox_queue(RECIPIENT), 8
    )
    publisher.publish(message())
    delivery = consumer.receive(WAIT_SECONDS)
    assert isinstance(delivery, Delivery)

    time.sleep(4)

    consumer.acknowledge(delivery)
    consumer.close()
    publisher.close()


def test_a_defect_below_us_is_a_broker_that_is_away_and_not_the_end(
    consumer: RabbitConsumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert consumer.receive(0) is None
    wire = consumer._line.wire
    assert wire is not None
    turn = wire._loop.process_timeouts
    defects = iter([KeyError("fd")])

    def turn_with_a_defect() -> None:
        for defect in defects:
            raise defect
        turn()

    # Of this wire alone: those of other tests would meet the defect as well.
    monkeypatch.setattr(wire._loop, "process_timeouts", turn_with_a_defect)

    with pytest.raises(BusUnavailable, match="KeyError"):
        consumer.receive(WAIT_SECONDS)
    assert consumer.receive(0) is None


def test_a_publisher_that_lost_its_connection_at_rest_says_nothing_and_sends(
    axis: PrivateBroker, consumer: RabbitConsumer
) -> None:
    publisher = RabbitPublisher(address_of(axis, SENDER))
    publisher.publish(message(message_id=MessageId("first")))
    axis.kill()
    axis.start()

    publisher.publish(message(message_id=MessageId("second")))

    assert [taken(consumer).message.message_id for _ in range(2)] == ["first", "second"]
    publisher.close()


def test_no_connection_and_no_thread_is_left_behind(
    publisher: RabbitPublisher, consumer: RabbitConsumer
) -> None:
    before = _pulses()
    for _ in range(3):
        publisher.publish(message())
        taken(consumer)
        publisher.close()
        consumer.close()

    deadline = time.monotonic() + WAIT_SECONDS
    while _pulses() - before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _pulses() - before == set()


def _pulses() -> set[threading.Thread]:
    return {it for it in threading.enumerate() if it.name == "amqp-pulse"}


def test_a_queue_that_is_deleted_under_a_reader_is_noticed(axis: PrivateBroker) -> None:
    operator = raw_connection(axis, OPERATOR).channel()
    operator.queue_declare("short-lived")
    consumer = RabbitConsumer(address_of(axis, OPERATOR), "short-lived", 8)
    assert consumer.receive(0) is None

    operator.queue_delete("short-lived")

    with pytest.raises(BusUnavailable):
        consumer.receive(WAIT_SECONDS)
    with pytest.raises(BusRefused):
        consumer.receive(WAIT_SECONDS)
    operator.connection.close()


def test_loading_the_definitions_again_changes_nothing(axis: PrivateBroker) -> None:
    """A restart loads them over what is there."""
    loaded = json.loads((axis._folder / "definitions.json").read_text())

    axis.stop()
    axis.start()

    connection = raw_connection(axis, OPERATOR)
    for queue in loaded["queues"]:
        channel = connection.channel()
        # A declaration that differs in any argument would be refused (406).
        channel.queue_declare(queue["name"], durable=True, arguments=queue["arguments"])
    connection.close()


def test_a_large_message_is_not_read_in_small_pieces(
    publisher: RabbitPublisher,
    consumer: RabbitConsumer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each piece costs as much as a whole frame; pika may name its limit otherwise."""
    pieces: list[int] = []
    arrive = Connection._on_data_available

    def counted(connection: object, data: bytes) -> None:
        pieces.append(len(data))
        arrive(connection, data)

    monkeypatch.setattr(Connection, "_on_data_available", counted)
    publisher.publish(message(body=bytes(4 * MEBIBYTE)))
    taken(consumer)

    assert max(pieces) > 32 * 1024


def test_others_compute_while_the_axis_is_waited_for(
    publisher: RabbitPublisher,
    consumer: RabbitConsumer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    others = Others(monkeypatch, wire_module)
    assert consumer.receive(0.0) is None
    publisher.connect()

    def send() -> None:
        with others.baton.held():
            publisher.publish(message())

    sending = threading.Thread(target=send)
    with others.baton.held():
        sending.start()
        delivery = consumer.receive(WAIT_SECONDS)
    sending.join()

    assert isinstance(delivery, Delivery)
    consumer.acknowledge(delivery)


def test_a_large_message_waits_for_those_who_compute_once(
    publisher: RabbitPublisher,
    consumer: RabbitConsumer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And not for each of its pieces, of which there are dozens."""
    assert consumer.receive(0.0) is None
    publisher.publish(message(body=bytes(4 * MEBIBYTE)))
    waits: list[object] = []
    counted = SimpleNamespace(laid_down=lambda: nullcontext(waits.append(consumer)))
    monkeypatch.setattr(wire_module, "baton", counted)

    assert isinstance(consumer.receive(WAIT_SECONDS), Delivery)

    assert len(waits) == 1
