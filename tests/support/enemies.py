"""An axis of three brokers where all sign in by certificate, and one node is an enemy.

Its certificate is as good as any other's: only what the broker and the receivers do
keeps it from what it tries.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import pika

from edoc_connector.axis.description import Axis, Broker, Level, Login, Node
from edoc_connector.axis.names import (
    VHOST,
    express_queue,
    inbox_queue,
    link_account,
)
from edoc_connector.axis.queues import queues
from edoc_connector.bus.address import RabbitAddress
from edoc_connector.bus.message import Delivery, Message
from edoc_connector.bus.properties import write_properties
from edoc_connector.bus.rabbit import RabbitConsumer, RabbitPublisher
from edoc_connector.demo.broker import PrivateBroker
from edoc_connector.demo.linked import CERTIFIED, LinkedBrokers
from edoc_connector.demo.listeners import MANAGEMENT, Certificates
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from tests.support.axis_pki import AxisAuthority
from tests.support.broker import operating, with_operator
from tests.support.linked import ANYWHERE
from tests.support.messages import message
from tests.support.world import RECEIVER, SENDER

CENTRE, HERE, AWAY = "quoc-gia", "dong-thap", "ha-noi"
MINISTRY = OrganizationCode("G22")
ENEMY = OrganizationCode("H20.30")
"""A department of the same province: at the broker of the sender and the receiver."""

FAR_ENEMY = OrganizationCode("H26.14")
"""A department of another province: two links away."""

AT = {MINISTRY: CENTRE, SENDER: HERE, RECEIVER: HERE, ENEMY: HERE, FAR_ENEMY: AWAY}
LINKS = frozenset(map(link_account, (CENTRE, HERE, AWAY)))
SECONDS = 30.0


def _broker(name: str, serves: str, level: Level, parent: str = "") -> Broker:
    return Broker(
        name=name, level=level, address=ANYWHERE, serves=(serves,), parent=parent
    )


AXIS = Axis(
    broker=(
        _broker(CENTRE, "G22", Level.CENTRAL),
        _broker(HERE, "H20", Level.PROVINCE, CENTRE),
        _broker(AWAY, "H26", Level.PROVINCE, CENTRE),
    ),
    node=tuple(
        Node(account=code, broker=at, codes=(code,), login=Login.CERTIFICATE)
        for code, at in AT.items()
    ),
)


@dataclass(frozen=True, slots=True)
class Ground:
    """The brokers, and whoever has a certificate."""

    folder: Path
    authority: AxisAuthority
    linked: LinkedBrokers

    def broker_of(self, account: str) -> PrivateBroker:
        """Where a node signs in."""
        return self.linked.brokers[AT[OrganizationCode(account)]]

    def address(self, account: str, **changes: Any) -> RabbitAddress:
        """How a node reaches its broker: by its certificate."""
        pair = self.authority.issue(account)
        address = RabbitAddress(
            host=CERTIFIED,
            port=self.broker_of(account).tls_port,
            vhost=VHOST,
            account=account,
            tls=self.authority.tls(pair),
        )
        return replace(address, **changes)

    def connect(self, account: str) -> tuple[RabbitPublisher, RabbitConsumer]:
        """The way out and the way in of a node."""
        address = self.address(account)
        mailboxes = inbox_queue(account), 8, express_queue(account)
        return RabbitPublisher(address), RabbitConsumer(address, *mailboxes)

    @contextmanager
    def channel(self, account: str, at: str = "") -> Iterator[Any]:
        """AMQP without our adapter, by the certificate of a node, with confirms.

        At its own broker, or `at` another one where the account is that of a link.
        """
        broker = self.linked.brokers[at] if at else self.broker_of(account)
        pair = self.authority.issue(account)
        context = ssl.create_default_context(cafile=str(self.authority.anchor))
        context.load_cert_chain(pair.certificate, pair.key)
        connection = pika.BlockingConnection(
            pika.ConnectionParameters(
                host=CERTIFIED,
                port=broker.tls_port,
                virtual_host=VHOST,
                credentials=pika.credentials.ExternalCredentials(),
                ssl_options=pika.SSLOptions(context, CERTIFIED),
            )
        )
        try:
            channel = connection.channel()
            channel.confirm_delivery()
            yield channel
        finally:
            if connection.is_open:
                connection.close()

    def log(self, account: str) -> str:
        """What the operator of a node's broker reads."""
        folder = self.folder / AT[OrganizationCode(account)]
        return "".join(it.read_text("utf-8") for it in folder.glob("log/*.log"))

    def empty(self) -> None:
        """Take out whatever is in any queue of any broker."""
        for name, broker in self.linked.brokers.items():
            with operating(broker) as channel:
                for queue in queues(AXIS, name):
                    channel.queue_purge(queue["name"])

    def held(self, name: str = HERE) -> dict[str, int]:
        """How many messages are in each queue that is not empty."""
        counts = {}
        with operating(self.linked.brokers[name]) as channel:
            for queue in queues(AXIS, name):
                found = channel.queue_declare(queue["name"], passive=True)
                counts[str(queue["name"])] = found.method.message_count
        return {queue: number for queue, number in counts.items() if number}


@contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    """Run the three brokers."""
    authority = AxisAuthority(folder)
    certificates = {it: _files(authority, it) for it in AXIS.brokers}
    linked = LinkedBrokers(
        folder,
        AXIS,
        passwords={},
        certificates=certificates,
        plugins=(MANAGEMENT,),
        change=with_operator,
    )
    with linked:
        yield Ground(folder, authority, linked)


def _files(authority: AxisAuthority, broker: str) -> Certificates:
    pair = authority.issue(link_account(broker), hosts=(CERTIFIED,))
    return Certificates(
        certificate=pair.certificate, key=pair.key, authorities=authority.anchor
    )


NUMBERS = count(1)


@dataclass
class Honest:
    """The sender and the receiver, whose mail has to go on whatever others do."""

    ground: Ground
    sender: OrganizationCode = SENDER
    recipient: OrganizationCode = RECEIVER

    @cached_property
    def publisher(self) -> RabbitPublisher:
        return RabbitPublisher(self.ground.address(self.sender))

    @cached_property
    def consumer(self) -> RabbitConsumer:
        address, recipient = self.ground.address(self.recipient), self.recipient
        mailboxes = inbox_queue(recipient), 8, express_queue(recipient)
        return RabbitConsumer(address, *mailboxes)

    def send(self, **changes: Any) -> MessageId:
        """Send one, and return how it is known."""
        sent = MessageId(f"honest-{next(NUMBERS)}")
        self.publisher.publish(
            message(
                message_id=sent,
                sender=self.sender,
                recipient=self.recipient,
                **changes,
            )
        )
        return sent

    def take(self, seconds: float = SECONDS) -> Delivery | None:
        """Take the next one out of the receiver's mailboxes."""
        delivery = self.consumer.receive(seconds)
        if delivery is not None:
            self.consumer.acknowledge(delivery)
        assert delivery is None or isinstance(delivery, Delivery), delivery
        return delivery

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Whatever happens in between: each arrives, once, and nothing else does."""
        sent = [self.send()]
        yield
        sent.append(self.send())
        found = [self.take() for _ in sent]
        assert [it.message.message_id for it in found if it] == sent
        assert {it.account for it in found if it} == {self.sender}
        assert self.ground.held() == {}

    def close(self) -> None:
        self.publisher.close()
        self.consumer.close()


def publish_as(
    channel: Any,
    account: str,
    sent: Message,
    *,
    key: str = "",
    headers: dict[str, Any] | None = None,
    **changes: Any,
) -> None:
    """Publish by hand, with properties that our adapter would never write."""
    written = write_properties(sent, account)
    values = {name: getattr(written, name) for name in written.__slots__}
    values |= {"delivery_mode": 2, "headers": {**values["headers"], **(headers or {})}}
    channel.basic_publish(
        changes.pop("exchange", "edoc.axis"),
        key or sent.routing_key,
        sent.body,
        pika.BasicProperties(**values | changes),
        mandatory=changes.get("mandatory", True),
    )


def wait_until(is_so: Callable[[], object], seconds: float = SECONDS) -> None:
    """Wait for it; fail where it does not become so."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not become so in time"
        time.sleep(0.05)
