"""A stranger with a good certificate says that it has taken over a body's mail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edoc_connector.model.delivery import DeliveryState, InboxState
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from edoc_connector.model.status import StatusCode
from tests.support import pki
from tests.support.changes import documents, say, send
from tests.support.lists import csv_list, imported
from tests.support.rings import ring_of_one
from tests.support.world import RECEIVER, World

HEIR, CLOSED = RECEIVER, "H20.27"
HEADINGS = "code,name,successor,closed_on"
ROWS = (f"{HEIR},Trung tâm,,", f"{CLOSED},Trung tâm Tin học,{HEIR},2026-07-01")


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def shown(world):
    with world.sender.storage.reading() as work:
        (delivery,) = work.deliveries.of(documents(world.sender)[0].key)
    return delivery


def received(world):
    with world.sender.storage.reading() as work:
        return work.inbox.recent(Kind.STATUS, 10)


def test_who_was_sent_the_document_may_answer_for_the_closed_body(world, tmp_path):
    imported(world.sender.storage, csv_list(tmp_path, *ROWS, headings=HEADINGS))
    world.sender.write(7, CLOSED)
    send(world.sender)

    say(world, StatusCode.FINISHED, documents(world.sender)[0])

    assert shown(world).status == StatusCode.FINISHED


def test_a_stranger_under_its_own_name_moves_nothing(world):
    world.sender.write(7, "H20.99.01")
    world.axis.attach("H20.99.01", "nobodys", "edoc.H20.99.01")
    send(world.sender)

    say(world, StatusCode.FINISHED, documents(world.sender)[0])

    assert shown(world).state is DeliveryState.SENT
    assert shown(world).status is None
    assert [it.reason.code for it in received(world)] == ["not-found"]


def test_a_stranger_under_the_successors_name_is_refused(world, tmp_path):
    imported(world.sender.storage, csv_list(tmp_path, *ROWS, headings=HEADINGS))
    world.sender.write(7, CLOSED)
    send(world.sender)
    stranger = ring_of_one(pki.p256_sealer(OrganizationCode("H20.66")))
    world.receiver.site = replace(world.receiver.site, ring=stranger)

    say(world, StatusCode.FINISHED, documents(world.sender)[0])

    assert shown(world).state is DeliveryState.SENT
    assert [it.state for it in received(world)] == [InboxState.QUARANTINED]


def test_a_packet_names_no_successor_that_the_receiver_would_believe(world, tmp_path):
    """The marked `To` is outside the seal: nobody is reached by it alone."""
    imported(world.sender.storage, csv_list(tmp_path, *ROWS, headings=HEADINGS))
    world.sender.write(7, CLOSED)

    world.run()  # the receiver has no directory, and its settings do not name CLOSED

    assert world.receiver.arrived() == []
    assert shown(world).state is DeliveryState.REFUSED
