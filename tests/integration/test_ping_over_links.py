"""A ping from a commune to another province: over three real brokers."""

import time
from datetime import timedelta
from threading import Event, Thread

import pytest

from edoc_connector.axis.names import express_queue, inbox_queue
from edoc_connector.bus.rabbit import RabbitConsumer, RabbitPublisher
from edoc_connector.flows.incoming.accept import accept
from edoc_connector.flows.pinging.answer import Answering
from edoc_connector.flows.pinging.ask import ask, wait
from edoc_connector.flows.site import Site
from edoc_connector.language import Language
from edoc_connector.model.organization_code import OrganizationCode
from tests.support import pki
from tests.support.broker import address_of
from tests.support.builders import SENT_AT, organization
from tests.support.linked import HA_NOI, NATIONAL, NODES, TAY_NINH
from tests.support.rings import ring_of_one
from tests.support.world import migrated, open_storage

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]

LINKS = frozenset(f"link.{name}" for name in (NATIONAL, TAY_NINH, HA_NOI))
SECONDS = 30.0


class Node:
    """A connector as far as pings go, at its broker."""

    def __init__(self, linked, account, folder):
        folder.mkdir()
        (folder / "edoc.sqlite").write_bytes(migrated())
        self.storage = open_storage(folder)
        address = address_of(linked.brokers[NODES[account]], account)
        self.publisher = RabbitPublisher(address)
        self.consumer = RabbitConsumer(
            address, inbox_queue(account), 8, express_queue(account)
        )
        self.site = Site(
            organization=organization(account),
            ring=ring_of_one(pki.p256_sealer(OrganizationCode(account))),
            policy=pki.policy(links=LINKS),
            language=Language.ENGLISH,
            clock=running_clock,
            worker=account,
            max_packet_bytes=1 << 26,
            segment_bytes=1 << 22,
        )

    def take_in(self):
        answering = Answering(self.publisher)
        steps = [self.site, self.consumer, self.storage]
        return accept(*steps, wait_seconds=0.2, answering=answering)

    def serve(self, stop):
        while not stop.is_set():
            self.take_in()

    def close(self):
        self.consumer.close()
        self.publisher.close()
        self.storage.close()


def heard(node, code):
    """What the node hears when it asks there."""
    sent = ask(node.site, node.publisher, node.storage, code)
    parts = (node.site, node.storage, sent)
    return wait(*parts, seconds=SECONDS, meanwhile=node.take_in)


STARTED = time.monotonic()


def running_clock():
    """The days for which the certificates of the tests are good, at the usual pace."""
    return SENT_AT + timedelta(seconds=time.monotonic() - STARTED)


def test_a_ping_names_the_brokers_it_passed_and_is_proven(linked, tmp_path):
    commune = Node(linked, "H53.14.5", tmp_path / "commune")
    department = Node(linked, "H26.7", tmp_path / "department")
    stop = Event()
    serving = Thread(target=department.serve, args=(stop,))
    serving.start()
    try:
        found = heard(commune, OrganizationCode("H26.7"))
    finally:
        stop.set()
        serving.join()
        commune.close()
        department.close()

    assert found is not None
    assert found.is_proven, found.doubt
    assert found.way_there == (TAY_NINH, NATIONAL, HA_NOI)
    assert found.way_back == (HA_NOI, NATIONAL, TAY_NINH)
    assert found.account == f"link.{NATIONAL}"


def test_a_ping_to_a_code_that_is_nobodys_comes_back_and_says_from_where(
    linked, tmp_path
):
    commune = Node(linked, "H53.14.5", tmp_path / "commune")
    nobody = OrganizationCode("H26.99")
    try:
        found = heard(commune, nobody)
    finally:
        commune.close()

    assert found is not None
    assert found.is_sent_back
    assert found.doubt.details == {"broker": HA_NOI, "recipient": nobody}
    assert found.account == f"link.{NATIONAL}"
    assert found.seconds < SECONDS
