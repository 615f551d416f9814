"""Who shares a mailbox with somebody who is away gets mail all the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from edoc_connector.axis.names import inbox_queue
from edoc_connector.bus.rabbit import RabbitConsumer, RabbitPublisher
from edoc_connector.demo.broker import PrivateBroker
from edoc_connector.flows.incoming.sorting import Sorter, Tray
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from tests.support.broker import address_of
from tests.support.messages import message

pytestmark = [pytest.mark.broker, pytest.mark.timeout(120)]

SENDER, ACCOUNT = "H20.14", "H20"
AWAY, THERE = OrganizationCode("H20"), OrganizationCode("H20.99")
LARGE = b"x" * 100_000
PREFETCH, ROOM = 4, 3 * len(LARGE)
COUNT = 25
SECONDS, REST_SECONDS = 10.0, 0.3


def send(axis: PrivateBroker, *recipients: OrganizationCode) -> list[str]:
    """Send one large packet to each; all of them come by the same mailbox."""
    ids = [f"message-{number:03}" for number in range(len(recipients))]
    with closing(RabbitPublisher(address_of(axis, SENDER))) as publisher:
        for name, recipient in zip(ids, recipients, strict=True):
            mail = message(
                message_id=MessageId(name),
                recipient=recipient,
                body=LARGE,
                packet_bytes=len(LARGE),
            )
            publisher.send(0, mail, [f"edoc.{ACCOUNT}"])
            while not publisher.outcomes():
                pass
    return ids


@pytest.fixture
def sorter(axis: PrivateBroker) -> Iterator[Sorter]:
    address = address_of(axis, ACCOUNT)
    consumer = RabbitConsumer(
        address, inbox_queue(ACCOUNT), PREFETCH, prefetch_bytes=ROOM
    )
    with closing(consumer):
        yield Sorter(consumer, [(AWAY,), (THERE,)])


def taken(tray: Tray) -> list[str]:
    names = []
    while (arrived := tray.receive(0)) is not None:
        names.append(arrived.message.message_id)  # type: ignore[union-attr]
        tray.acknowledge(arrived)
    return names


def test_mail_behind_that_of_somebody_who_is_away_comes_through_and_none_is_lost(
    axis: PrivateBroker, sorter: Sorter
) -> None:
    ids = send(axis, *[AWAY] * COUNT, THERE)
    away, there = sorter.trays

    found: list[str] = []
    for _ in range(10 * COUNT):
        sorter.fetch(SECONDS, PREFETCH)
        if found := taken(there):
            break
    assert found == [ids[-1]]

    come: list[str] = []
    while len(come) < COUNT:
        assert sorter.fetch(REST_SECONDS, PREFETCH) or away.waiting
        come += taken(away)
    assert come == ids[:COUNT]
    assert sorter.fetch(REST_SECONDS, PREFETCH) == 0
