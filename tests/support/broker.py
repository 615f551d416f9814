"""One private RabbitMQ per test session, emptied for every test that uses it.

Fixtures: `broker` (session) and `axis` (the same, emptied).  Where RabbitMQ is missing
these tests are skipped; in CI a skipped test is a failed one.
"""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pika
import pytest

from edoc_connector.axis.definitions import Definitions, definitions
from edoc_connector.axis.description import Axis, Broker, Level, Login, Node
from edoc_connector.axis.names import VHOST, dead_queue, express_queue, inbox_queue
from edoc_connector.axis.passwords import Secrets, hashed
from edoc_connector.bus.address import RabbitAddress
from edoc_connector.demo.broker import PrivateBroker
from edoc_connector.demo.rabbitmq import find_programs
from edoc_connector.errors import BrokerMissing

ACCOUNTS = ("G22", "H20", "H20.14", "H20.14.05", "H20.28.05")
"""Four levels: ministry, province, departments, commune."""

OPERATOR = "operator"
"""An account that may do everything: tests look into queues with it."""

HOST = "127.0.0.1"

ALONE = "alone"
"""The broker of an axis that has no other."""


def password_of(account: str) -> str:
    return f"password of {account}"


def axis_of(*accounts: str) -> Axis:
    """One broker, where every account serves the organisation of the same name."""
    return Axis(
        broker=(
            Broker(name=ALONE, level=Level.CENTRAL, address="amqp://[::1]", serves=()),
        ),
        node=tuple(
            Node(account=account, broker=ALONE, codes=(account,), login=Login.PASSWORD)
            for account in accounts
        ),
    )


def definitions_for_tests(axis: Axis, broker: str = ALONE) -> dict[str, Any]:
    """What the product would load, and one account more."""
    passwords = {it.account: password_of(it.account) for it in axis.nodes_at(broker)}
    return with_operator(definitions(axis, broker, Secrets.of(passwords, {})))


def with_operator(plan: Definitions) -> dict[str, Any]:
    """The same, with an account that may do everything."""
    user = {
        "name": OPERATOR,
        "password_hash": hashed(OPERATOR, password_of(OPERATOR)),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": "administrator",
    }
    rights = {
        "user": OPERATOR,
        "vhost": VHOST,
        "configure": ".*",
        "write": ".*",
        "read": ".*",
    }
    return {
        **plan,
        "users": [*plan["users"], user],
        "permissions": [*plan["permissions"], rights],
    }


def address_of(broker: PrivateBroker, account: str, **changes: Any) -> RabbitAddress:
    """How an account reaches a private broker."""
    address = RabbitAddress(
        host=HOST,
        port=broker.port,
        vhost=VHOST,
        account=account,
        password=password_of(account),
    )
    return replace(address, **changes)


def raw_connection(broker: PrivateBroker, account: str) -> pika.BlockingConnection:
    """AMQP without our adapter: for what a stranger could do."""
    return pika.BlockingConnection(
        pika.ConnectionParameters(
            host=HOST,
            port=broker.port,
            virtual_host=VHOST,
            credentials=pika.PlainCredentials(account, password_of(account)),
        )
    )


def control(broker: PrivateBroker, *arguments: str) -> str:
    """Run `rabbitmqctl` as the operator of the broker does, and return what it says."""
    return broker.control(*arguments)


@contextmanager
def operating(broker: PrivateBroker) -> Iterator[Any]:
    """A channel on which everything may be done."""
    with closing(raw_connection(broker, OPERATOR)) as connection:
        yield connection.channel()


def declare_again(broker: PrivateBroker) -> None:
    """Bring back what a test has deleted or changed; `rabbitmqctl` takes seconds."""
    definitions = json.loads((broker._folder / "definitions.json").read_text())
    with operating(broker) as channel:
        for it in definitions["exchanges"]:
            channel.exchange_declare(it["name"], it["type"], durable=True)
        for it in definitions["queues"]:
            channel.queue_declare(it["name"], durable=True, arguments=it["arguments"])
        for it in definitions["bindings"]:
            channel.queue_bind(it["destination"], it["source"], it["routing_key"])
    put_on_disk(broker)


def put_on_disk(broker: PrivateBroker) -> None:
    """Let what was declared outlive a kill: for 2 s the broker has it in memory only.

    (`disk_log` of Erlang/OTP delays its writes; `mnesia:sync_log/0`, `dets:sync/1`.)
    """
    control(
        broker,
        "eval",
        "ok = mnesia:sync_log(), [ok = dets:sync(T) || T <- dets:all()], ok.",
    )


@contextmanager
def changed_queue(broker: PrivateBroker, name: str, **changes: Any) -> Iterator[None]:
    """Have a queue with other arguments for a while; what is in it moves nowhere."""
    definitions = json.loads((broker._folder / "definitions.json").read_text())
    (queue,) = (it for it in definitions["queues"] if it["name"] == name)
    bindings = [it for it in definitions["bindings"] if it["destination"] == name]
    arguments = queue["arguments"] | changes
    with operating(broker) as channel:
        channel.queue_delete(name)
        channel.queue_declare(name, durable=True, arguments=arguments)
        for it in bindings:
            channel.queue_bind(name, it["source"], it["routing_key"])
    try:
        yield
    finally:
        with operating(broker) as channel:
            channel.queue_delete(name)
        declare_again(broker)


def empty_queues(broker: PrivateBroker) -> None:
    with closing(raw_connection(broker, OPERATOR)) as connection:
        channel = connection.channel()
        for account in ACCOUNTS:
            channel.queue_purge(inbox_queue(account))
            channel.queue_purge(express_queue(account))
            channel.queue_purge(dead_queue(account))


def need_broker() -> None:
    """Skip on a laptop without RabbitMQ; in CI a skip is a failure."""
    try:
        find_programs()
    except BrokerMissing as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateBroker]:
    """A broker with the four accounts, for as long as the tests run."""
    folder: Path = tmp_path_factory.mktemp("broker")
    need_broker()
    with PrivateBroker(folder, definitions_for_tests(axis_of(*ACCOUNTS))) as private:
        yield private


@pytest.fixture
def axis(broker: PrivateBroker) -> PrivateBroker:
    """The broker of the session, running and with empty queues."""
    if not broker.pid:
        broker.start()
    empty_queues(broker)
    return broker
