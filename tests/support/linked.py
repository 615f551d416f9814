"""Three linked brokers of a small state: national, and two provinces below it.

Fixture: `linked` (module), with empty queues for every test that uses it.
"""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from edoc_connector.axis.description import Axis, Broker, Level, Login, Node
from edoc_connector.axis.queues import queues
from edoc_connector.demo.linked import LinkedBrokers
from tests.support.broker import need_broker, operating, password_of, with_operator

NATIONAL, TAY_NINH, HA_NOI = "national", "tay-ninh", "ha-noi"

ANYWHERE = "amqp://127.0.0.1"
"""Where a broker is before it has a port."""

NODES = {
    "G22": NATIONAL,
    "H53": TAY_NINH,
    "H53.14.5": TAY_NINH,
    "H26.7": HA_NOI,
}
"""A ministry, a province, a commune of it, and a department of the other province."""

AXIS = Axis(
    broker=(
        Broker(name=NATIONAL, level=Level.CENTRAL, address=ANYWHERE, serves=("G22",)),
        Broker(
            name=TAY_NINH,
            level=Level.PROVINCE,
            address=ANYWHERE,
            serves=("H53",),
            parent=NATIONAL,
        ),
        Broker(
            name=HA_NOI,
            level=Level.PROVINCE,
            address=ANYWHERE,
            serves=("H26",),
            parent=NATIONAL,
        ),
    ),
    node=tuple(
        Node(account=code, broker=at, codes=(code,), login=Login.PASSWORD)
        for code, at in NODES.items()
    ),
)

PASSWORDS = {code: password_of(code) for code in NODES}


@pytest.fixture(scope="module")
def brokers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LinkedBrokers]:
    """The brokers of a module; each starts in some seconds."""
    need_broker()
    folder = tmp_path_factory.mktemp("linked")
    linked = LinkedBrokers(folder, AXIS, passwords=PASSWORDS, change=with_operator)
    with linked:
        yield linked


@pytest.fixture
def linked(brokers: LinkedBrokers) -> LinkedBrokers:
    """The same, running and with empty queues."""
    brokers.start()
    with ExitStack() as stack:
        for name, broker in brokers.brokers.items():
            channel = stack.enter_context(operating(broker))
            for queue in queues(AXIS, name):
                channel.queue_purge(queue["name"])
    return brokers


def description_of(axis: Axis) -> str:
    """The axis as somebody would have described it in a file."""
    lines: list[str] = []
    for broker in axis.broker:
        lines += [
            "[[broker]]",
            f'name = "{broker.name}"',
            f'level = "{broker.level}"',
            f'parent = "{broker.parent}"',
            f'address = "{broker.address}"',
            f"serves = {list(broker.serves)}",
            f'certificate = "{broker.certificate}"',
            f'key = "{broker.key}"',
            f'authorities = "{broker.authorities}"',
        ]
        if broker.link_password is not None:
            lines.append(f'link_password = "{broker.link_password}"')
    for node in axis.node:
        lines += [
            "[[node]]",
            f'account = "{node.account}"',
            f'broker = "{node.broker}"',
            f"codes = {list(node.codes)}",
            f'login = "{node.login}"',
        ]
        if node.login is Login.PASSWORD:
            lines.append('password = "env:NODE"')
    return "\n".join(lines)
