"""Real brokers, linked as planned: what goes over, what comes back, what is lost."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest

from edoc_connector.axis.names import express_queue, inbox_queue, link_queue
from edoc_connector.axis.queues import queues
from edoc_connector.bus.message import EXPRESS, Delivery, probe_of
from edoc_connector.bus.rabbit import RabbitConsumer, RabbitPublisher
from edoc_connector.bus.returned import Returned
from edoc_connector.demo.broker import PrivateBroker
from edoc_connector.demo.linked import LinkedBrokers
from edoc_connector.errors import Unroutable
from edoc_connector.model.document import Priority
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from tests.support.broker import address_of, control, operating
from tests.support.linked import HA_NOI, NATIONAL, NODES, TAY_NINH
from tests.support.messages import message

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]

WAIT_SECONDS = 30.0
QUIET_SECONDS = 1.0


class Node:
    """One account at its broker, with a way out and a way in."""

    def __init__(self, linked: LinkedBrokers, account: str) -> None:
        address = address_of(linked.brokers[NODES[account]], account)
        self.code = OrganizationCode(account)
        self.publisher = RabbitPublisher(address)
        self.consumer = RabbitConsumer(
            address, inbox_queue(account), 8, express_queue(account)
        )

    def send(self, recipient: str, **changes: Any) -> None:
        self.publisher.publish(
            message(sender=self.code, recipient=OrganizationCode(recipient), **changes)
        )

    def take(self, wait_seconds: float = WAIT_SECONDS) -> Delivery | None:
        delivery = self.consumer.receive(wait_seconds)
        if delivery is None:
            return None
        assert isinstance(delivery, Delivery)
        self.consumer.acknowledge(delivery)
        return delivery

    def close(self) -> None:
        self.publisher.close()
        self.consumer.close()


@pytest.fixture
def node(linked: LinkedBrokers) -> Iterator[Callable[[str], Node]]:
    with ExitStack() as stack:
        yield lambda account: stack.enter_context(closing(Node(linked, account)))


def test_a_commune_writes_to_a_ministry_and_to_a_department_of_another_province(node):
    commune, ministry, department = node("H53.14.5"), node("G22"), node("H26.7")

    commune.send("G22", message_id=MessageId("up"))
    commune.send("H26.7", message_id=MessageId("across"))

    up, across = ministry.take(), department.take()
    assert up.message.message_id == "up"
    assert across.message.message_id == "across"
    # Only the account of the link is vouched for: of the sender, only the seal.
    assert (up.account, across.account) == ("link.tay-ninh", "link.national")
    assert (up.way, across.way) == ((TAY_NINH, NATIONAL), (TAY_NINH, NATIONAL, HA_NOI))


def test_one_upload_for_several_goes_over_each_link_once(node, linked):
    ministry = node("G22")
    recipients = [node(code) for code in ("H53", "H53.14.5", "H26.7")]
    codes = [it.code for it in recipients]
    sent = message(sender=ministry.code, recipient=codes[0], others=tuple(codes[1:]))
    linked.brokers[TAY_NINH].kill()

    ministry.publisher.send(1, sent, [f"edoc.{code}" for code in codes])
    assert [it.refusal for it in ministry.publisher.outcomes()] == [None]

    with operating(linked.brokers[NATIONAL]) as channel:
        waiting = channel.queue_declare(link_queue(TAY_NINH), passive=True)
        assert waiting.method.message_count == 1
    linked.start()
    for each in recipients:
        assert each.take().message == sent
    assert [it.take(QUIET_SECONDS) for it in recipients] == [None] * 3


def test_an_answer_comes_back_down(node):
    commune, ministry = node("H53.14.5"), node("G22")

    ministry.send("H53.14.5")

    assert commune.take().account == "link.national"


def test_what_cannot_wait_is_in_the_express_mailbox_at_the_far_end_too(node, linked):
    commune = node("H53.14.5")

    commune.send("H26.7", priority=2)

    with operating(linked.brokers[HA_NOI]) as channel:
        wait_for(channel, express_queue("H26.7"))


def test_a_message_arrives_once_and_comes_back_to_nobody(node):
    everybody = {account: node(account) for account in NODES}
    sender, receiver = everybody["H53.14.5"], everybody["H26.7"]

    sender.send("H26.7", message_id=MessageId("one"))
    # The second one follows the first on every way.
    sender.send("H26.7", message_id=MessageId("two"))

    assert [receiver.take().message.message_id for _ in range(2)] == ["one", "two"]
    assert [it.take(QUIET_SECONDS) for it in everybody.values()] == [None] * 4


def back(node: Node) -> Returned:
    """The next thing that comes, which must be one that comes back."""
    returned = node.consumer.receive(WAIT_SECONDS)
    assert isinstance(returned, Returned)
    node.consumer.acknowledge(returned)
    return returned


@pytest.mark.parametrize(
    ("sender", "key", "way"),
    [
        ("H53.14.5", "edoc.H26.99", (NATIONAL, HA_NOI)),
        ("H53.14.5", "express.H26.99", (NATIONAL, HA_NOI)),
        ("H53.14.5", "edoc.G22.9", (NATIONAL, NATIONAL)),
        ("G22", "edoc.H53.99", (TAY_NINH, TAY_NINH)),
    ],
)
def test_a_document_to_a_code_that_nobody_has_comes_back_to_its_sender(
    node, linked, sender, key, way
):
    link, broker = way
    kind, _, recipient = key.partition(".")
    writer = node(sender)
    writer.send(
        recipient,
        message_id=MessageId("nowhere"),
        priority=Priority.VERY_URGENT if kind == EXPRESS else Priority.NORMAL,
    )

    returned = back(writer)

    assert returned.message.message_id == "nowhere"
    assert (returned.message.recipient, returned.key) == (recipient, key)
    assert (returned.account, returned.broker) == (f"link.{link}", broker)
    assert writer.take(QUIET_SECONDS) is None
    wait_until(lambda: waiting(linked) == {})


def test_the_probe_to_one_of_many_comes_back(node, linked):
    ministry = node("G22")
    sent = message(sender=ministry.code, recipient=OrganizationCode("H26.99"))
    ministry.publisher.publish(probe_of(sent))

    returned = back(ministry)

    assert returned.message.kind is Kind.PROBE
    assert returned.message.message_id == sent.message_id
    wait_until(lambda: waiting(linked) == {})


def test_what_cannot_come_back_is_kept_once(node, linked):
    """A status; and what says to be of somebody whom nobody knows either."""
    ministry = node("G22")
    nobody = OrganizationCode("H53.98")

    ministry.send("H26.99", kind=Kind.STATUS)
    wait_until(lambda: waiting(linked) == {(HA_NOI, "edoc.lost"): 1})
    ministry.publisher.publish(
        message(sender=nobody, recipient=OrganizationCode("H26.99"))
    )

    kept = {(HA_NOI, "edoc.lost"): 1, (TAY_NINH, "edoc.lost"): 1}
    wait_until(lambda: waiting(linked) == kept)


def waiting(linked: LinkedBrokers) -> dict[tuple[str, str], int]:
    """How many messages are in which queue of which broker."""
    counts = {}
    for name, broker in linked.brokers.items():
        with operating(broker) as channel:
            for queue in queues(linked.axis, name):
                found = channel.queue_declare(queue["name"], passive=True).method
                counts[name, str(queue["name"])] = found.message_count
    return {place: count for place, count in counts.items() if count}


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("code", ["H99.1", "H53.99"])
def test_a_code_under_no_root_and_one_of_our_own_nobody_has_return_at_once(node, code):
    with pytest.raises(Unroutable):
        node("H53.14.5").send(code)


def test_what_is_sent_while_the_broker_in_the_middle_is_down_arrives_once(node, linked):
    commune, department = node("H53.14.5"), node("H26.7")
    linked.brokers[NATIONAL].kill()

    for number in range(20):
        commune.send("H26.7", message_id=MessageId(f"message-{number}"))
    linked.start()

    found = [department.take().message.message_id for _ in range(20)]
    assert found == [f"message-{number}" for number in range(20)]
    assert department.take(QUIET_SECONDS) is None


@pytest.mark.parametrize("name", [NATIONAL, TAY_NINH])
def test_every_queue_is_of_the_kind_that_was_planned(linked, name):
    kinds = control(linked.brokers[name], "list_queues", "-p", "edoc", "name", "type")

    assert {line.split()[1] for line in kinds.splitlines()[1:]} == {"quorum"}, kinds


@pytest.mark.parametrize("name", [NATIONAL, TAY_NINH])
def test_importing_the_plan_again_changes_nothing(linked, name):
    broker = linked.brokers[name]
    before = state_of(broker)

    broker.import_definitions()

    assert state_of(broker) == before


def state_of(broker: PrivateBroker) -> list[str]:
    """All that the broker has by definition, and how it has it."""
    return [
        control(broker, *question)
        for question in (
            ("list_queues", "-p", "edoc", "name", "pid", "type", "arguments"),
            ("list_exchanges", "-p", "edoc", "name", "type", "arguments"),
            ("list_bindings", "-p", "edoc"),
            ("list_parameters", "-p", "edoc"),
            ("list_permissions", "-p", "edoc"),
            ("list_topic_permissions", "-p", "edoc"),
            ("list_users",),
        )
    ]


def wait_for(channel: Any, queue: str) -> Any:
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        method, properties, _ = channel.basic_get(queue, auto_ack=True)
        if method is not None:
            return properties
        channel.connection.sleep(0.05)
    raise AssertionError(f"nothing came into {queue}")


def test_what_is_in_the_queue_of_a_link_is_acknowledged_once_it_is_over(node, linked):
    node("H53.14.5").send("G22")
    assert node("G22").take()

    with operating(linked.brokers[TAY_NINH]) as channel:
        wait_until_empty(channel, link_queue(NATIONAL))


def wait_until_empty(channel: Any, queue: str) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while channel.queue_declare(queue, passive=True).method.message_count:
        assert time.monotonic() < deadline
        channel.connection.sleep(0.05)
