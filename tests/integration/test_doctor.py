"""Each fault of a broker, made on a real one, and what the doctor says of it."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from edoc_connector.axis.names import dead_queue, inbox_queue
from edoc_connector.bus.management import Management
from edoc_connector.demo.broker import PrivateBroker
from edoc_connector.demo.listeners import MANAGEMENT, Listeners
from edoc_connector.doctor import clocks, mailbox, overseer, routes
from edoc_connector.doctor.finding import State
from edoc_connector.secret import Secret
from tests.support.broker import (
    ACCOUNTS,
    OPERATOR,
    axis_of,
    changed_queue,
    control,
    definitions_for_tests,
    empty_queues,
    need_broker,
    operating,
    password_of,
)
from tests.support.patients import Ward, text_of
from tests.support.stages import wait_for
from tests.support.storage import outgoing

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]

GREEN, AMBER, RED, UNSEEN = State
OURS = "H20"
SHOVELS = ("rabbitmq_shovel", "rabbitmq_shovel_management")
HIGH, LOW = "0.6", "0.00001"


@pytest.fixture(scope="module")
def managed(tmp_path_factory) -> Iterator[PrivateBroker]:
    """A broker with its management plugin."""
    need_broker()
    folder = tmp_path_factory.mktemp("managed")
    plan = definitions_for_tests(axis_of(*ACCOUNTS))
    listeners = Listeners(plugins=(MANAGEMENT, *SHOVELS))
    with PrivateBroker(folder, plan, listeners) as private:
        yield private


@pytest.fixture
def ward(managed, tmp_path):
    empty_queues(managed)
    ward = Ward(tmp_path, port=managed.port)
    (ward.site.folder / "axis.password").write_text(password_of(OURS))
    url = f"http://127.0.0.1:{managed.management_port}"
    ward.management = Management(url, OPERATOR, Secret(password_of(OPERATOR)))
    yield ward
    ward.close()


def seen(ward, look, code, state):
    """Wait until the doctor sees it so: statistics of a broker are some seconds old."""
    wait_for(lambda: ward.states(look, code) == {state}, 30)
    return text_of(ward.look(look, code))


def test_a_broker_as_planned_is_well_for_an_account_of_its_own(ward):
    found = [*mailbox.look(ward.patient())]

    assert {it.state for it in found} == {GREEN}, text_of(found)


def test_a_broker_as_planned_is_well_for_who_oversees_it(ward):
    for code in ("broker-alarm", "queue-unsafe", "mail-set-aside", "link-down"):
        seen(ward, overseer.look, code, GREEN)
    assert ward.states(overseer.look, "consumer-timeout") == {UNSEEN}


def test_a_broker_that_does_not_let_us_in_is_bad_and_the_rest_not_seen(ward):
    (ward.site.folder / "axis.password").write_text("another")

    assert ward.states(mailbox.look, "broker-away") == {RED}
    assert ward.states(mailbox.look, "mailbox-unsafe") == {UNSEEN}


def test_an_alarm_of_memory_is_bad_both_for_us_and_for_who_oversees(ward, managed):
    control(managed, "set_vm_memory_high_watermark", LOW)
    try:
        assert "bus-blocked" in seen(ward, mailbox.look, "broker-blocked", RED)
        assert "memory" in seen(ward, overseer.look, "broker-alarm", RED)
    finally:
        control(managed, "set_vm_memory_high_watermark", HIGH)
    seen(ward, overseer.look, "broker-alarm", GREEN)


@contextmanager
def limit_of_messages(broker, size):
    """Have the broker take nothing larger, from now on."""
    # RabbitMQ 4 remembers from its start what 3.10 looks up each time.
    set_limit = (
        "application:set_env(rabbit, max_message_size, {0}),"
        " persistent_term:put(max_message_size, {0})."
    )
    control(broker, "eval", set_limit.format(size))
    try:
        yield
    finally:
        control(broker, "eval", set_limit.format(16 * 1024 * 1024))


def test_a_limit_below_our_messages_is_told_with_the_limit(ward, managed):
    with limit_of_messages(managed, 1_000_000):
        [found] = ward.look(mailbox.look, "message-limit")

    assert found.state is AMBER
    assert found.reason.details["limit"] == "1000000"


@pytest.mark.parametrize(
    ("changes", "argument"),
    [
        ({"x-queue-type": "classic", "x-delivery-limit": None}, "x-queue-type"),
        ({"x-dead-letter-exchange": None}, "x-dead-letter-exchange"),
    ],
)
def test_a_mailbox_that_would_lose_documents_is_bad(ward, managed, changes, argument):
    with changed_without(managed, inbox_queue(OURS), changes):
        own = text_of(ward.look(mailbox.look, "mailbox-unsafe"))
        overseen = seen(ward, overseer.look, "queue-unsafe", RED)

    assert "mailbox-unsafe" in own
    assert str(RED) in own
    assert argument in overseen


@contextmanager
def changed_without(broker, name, changes):
    """The same as `changed_queue`, where None takes an argument away."""
    kept = json.loads((broker._folder / "definitions.json").read_text())
    (queue,) = (it for it in kept["queues"] if it["name"] == name)
    values = {**queue["arguments"], **changes}
    if None in values.values():
        # Which needs the others, RabbitMQ says.
        values.pop("x-dead-letter-strategy")
    if values["x-dead-letter-exchange"] is None:
        values.pop("x-dead-letter-routing-key")
    with changed_queue(broker, name):
        with operating(broker) as channel:
            channel.queue_delete(name)
            left = {key: it for key, it in values.items() if it is not None}
            if left.get("x-queue-type") == "classic":
                left.pop("x-overflow", None)
            channel.queue_declare(name, durable=True, arguments=left)
        yield


def test_what_is_set_aside_is_bad_and_counted(ward, managed):
    with operating(managed) as channel:
        channel.basic_publish("", dead_queue(OURS), b"x")
    try:
        assert dead_queue(OURS) in seen(ward, overseer.look, "mail-set-aside", RED)
    finally:
        with operating(managed) as channel:
            channel.queue_purge(dead_queue(OURS))
    seen(ward, overseer.look, "mail-set-aside", GREEN)


def test_a_mailbox_that_nobody_reads_is_told_and_bad_where_mail_waits(ward, managed):
    seen(ward, overseer.look, "queue-leftover", AMBER)
    with operating(managed) as channel:
        channel.basic_publish("", inbox_queue("G22"), b"x")
    try:
        wait_for(lambda: RED in ward.states(overseer.look, "queue-leftover"), 30)
    finally:
        with operating(managed) as channel:
            channel.queue_purge(inbox_queue("G22"))


@pytest.mark.parametrize("queue", ["edoc.link.national", "edoc.return.national"])
def test_a_link_without_a_shovel_that_runs_is_bad(ward, managed, queue):
    with operating(managed) as channel:
        channel.queue_declare(queue, durable=True)
    try:
        found = seen(ward, overseer.look, "link-down", RED)
    finally:
        with operating(managed) as channel:
            channel.queue_delete(queue)

    assert queue in found


def test_a_recipient_for_whom_no_queue_takes_mail_is_bad(ward):
    document = outgoing(taken_at=datetime.now(UTC))
    with ward.storage.work() as work:
        work.documents.add(document, document.document.recipients)

    found = ward.look(routes.look, "code-unroutable")

    # H20.14 has a mailbox, the commune H20.14.7 has none.
    assert [it.details.get("recipient") for it in found] == ["H20.14.7"]
    assert [it.state for it in found] == [RED]


def test_the_clock_of_the_broker_is_seen_to_agree(ward):
    assert ward.states(clocks.look, "clock-broker") == {GREEN}


class Slow(BaseHTTPRequestHandler):
    """A management plugin on a computer whose clock is ten minutes behind."""

    def date_time_string(self, timestamp=None):  # noqa: ARG002  (its own form)
        return super().date_time_string(time.time() - 600)

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


def test_a_broker_whose_clock_is_behind_is_bad(ward):
    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        slow = Management(url, "any", Secret("x"))

        [found] = ward.look(clocks.look, "clock-broker", management=slow)
        server.shutdown()

    assert found.state is RED
    assert -602 <= int(found.details["seconds"]) <= -598


def test_who_may_not_oversee_sees_nothing_and_is_told_so(ward):
    wrong = Management(ward.management.url, "nobody", Secret("x"))

    found = [*overseer.look(ward.patient(management=wrong))]

    assert {it.state for it in found} == {UNSEEN}
    assert {it.code for it in found} == set(overseer.CODES)
