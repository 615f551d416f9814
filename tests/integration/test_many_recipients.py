"""What a packet for many recipients costs on the wire, over a real broker."""

from __future__ import annotations

from collections import Counter

import pytest

from edoc_connector.axis.names import EXCHANGE, express_queue, inbox_queue
from edoc_connector.bus.rabbit import RabbitConsumer, RabbitPublisher
from edoc_connector.flows.backoff import Backoff
from edoc_connector.flows.outgoing.relay import relay
from edoc_connector.flows.outgoing.seal import seal
from edoc_connector.flows.outgoing.take import take
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from tests.support.broker import ACCOUNTS, address_of, operating
from tests.support.proxy import Fate, Proxy, Way
from tests.support.world import SENDER, World

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]

TWO_MEGABYTES = b"%PDF-1.7 " + bytes(range(256)) * 8192
NODES = tuple(OrganizationCode(it) for it in ACCOUNTS if it != SENDER)
OTHERS = tuple(OrganizationCode(f"H20.77.{number}") for number in range(1, 296))
NOWHERE = OrganizationCode("H20.99")
OTHERS_QUEUE = "others"


@pytest.fixture
def wire(axis):
    with Proxy(axis.port) as proxy:
        yield proxy


@pytest.fixture
def world(axis, wire, tmp_path):
    def connect(code):
        address = address_of(axis, code, port=wire.port)
        queues = inbox_queue(code), 8, express_queue(code)
        return RabbitPublisher(address), RabbitConsumer(address, *queues)

    world = World(tmp_path, connect=connect)
    yield world
    world.sender.publisher.close()
    world.close()


@pytest.fixture
def channel(axis):
    """An operator's; one queue of it stands for the mailboxes of many."""
    with operating(axis) as channel:
        channel.queue_declare(OTHERS_QUEUE, exclusive=True)
        for code in OTHERS:
            channel.queue_bind(OTHERS_QUEUE, EXCHANGE, f"edoc.{code}")
        yield channel


def ready(world, *recipients):
    sender = world.sender
    sender.write(7, *recipients, data=TWO_MEGABYTES)
    take(sender.site, sender.dms, sender.storage, limit=5)
    seal(sender.site, sender.storage, limit=5)


def taken_from(channel, queue):
    """Everything that lies there, by its type."""
    found = Counter()
    while True:
        method, properties, _ = channel.basic_get(queue, auto_ack=True)
        if method is None:
            return found
        found[properties.type] += 1


def test_three_hundred_recipients_cost_one_body_on_the_wire(world, wire, channel):
    ready(world, *NODES, *OTHERS, NOWHERE)
    with world.sender.storage.reading() as work:
        items = work.outbox.list_waiting(1000)
    sent = []

    def count(frame):
        sent.extend([len(frame.data)] if frame.way is Way.OUT else [])
        return Fate.PASS

    wire.judge = count
    sender = world.sender
    relay(
        sender.site, sender.publisher, sender.storage, limit=10, backoff=Backoff(1, 1)
    )

    assert len(items) == 300
    packet_bytes = items[0].packet_bytes
    assert packet_bytes < sum(sent) < packet_bytes * 1.15
    for code in NODES:
        assert taken_from(channel, inbox_queue(code)) == {Kind.EDOC: 1, Kind.PROBE: 1}
    assert taken_from(channel, OTHERS_QUEUE) == {Kind.EDOC: 1, Kind.PROBE: len(OTHERS)}
    facts = sender.facts()
    assert facts.count("document:sent") == 299
    assert facts.count("document:unroutable") == 1
