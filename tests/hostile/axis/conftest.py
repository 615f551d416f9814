"""One axis for all tests of the enemy, with empty queues for each of them."""

from collections.abc import Iterator

import pytest

from edoc_connector.axis.names import express_queue, inbox_queue
from tests.support import enemies
from tests.support.broker import need_broker, operating
from tests.support.enemies import ENEMY, Ground, Honest


@pytest.fixture(autouse=True)
def network() -> None:
    """These tests speak to brokers of this computer, unlike others of this folder."""


@pytest.fixture(scope="session")
def brokers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    need_broker()
    with enemies.ground(tmp_path_factory.mktemp("axis")) as ground:
        yield ground


@pytest.fixture
def doomed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Brokers for one test alone: what is done to them lasts."""
    need_broker()
    with enemies.ground(tmp_path_factory.mktemp("doomed")) as ground:
        yield ground


@pytest.fixture
def ground(brokers: Ground) -> Ground:
    """The brokers as planned, and empty."""
    brokers.empty()
    return brokers


@pytest.fixture
def as_planned(ground: Ground) -> Iterator[None]:
    """Bring back what the enemy does to its own queues."""
    yield
    broker = ground.broker_of(ENEMY)
    with operating(broker) as channel:
        channel.queue_delete(inbox_queue(ENEMY))
        channel.queue_delete(express_queue(ENEMY))
    broker.import_definitions()


@pytest.fixture(scope="session")
def at_work(brokers: Ground) -> Iterator[Honest]:
    honest = Honest(brokers)
    yield honest
    honest.close()


@pytest.fixture
def honest(at_work: Honest, ground: Ground) -> Iterator[Honest]:  # noqa: ARG001
    """The sender and the receiver, as they were before the enemy came."""
    yield at_work
    at_work.consumer.close()
