"""An axis as it is described: its brokers, their nodes, and the limits of all.

`config/axis/national.toml` explains each key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, ClassVar, Final

from edoc_connector.axis.marks import Account, BrokerAddress, BrokerName
from edoc_connector.axis.names import LINK, VHOST
from edoc_connector.checks import Filled, Identifier, Limits
from edoc_connector.secret import SecretReference

Code = Annotated[str, Identifier()]
Text = Annotated[str, Filled()]

MEBIBYTE: Final = 1024 * 1024
FILES_ON_SERVER: Final = "/etc/rabbitmq/tls"


class Level(StrEnum):
    """Where a broker stands in the order of the state."""

    CENTRAL = "central"
    MINISTRY = "ministry"
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"


class Login(StrEnum):
    """By what a node proves to its broker who it is."""

    CERTIFICATE = "certificate"
    PASSWORD = "password"  # noqa: S105  (the word, not one)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What the whole axis is called."""

    name: Text = "edoc"
    """For people."""
    vhost: Text = VHOST
    """The virtual host of all brokers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisLimits:
    """What the brokers take, and how often they try."""

    delivery_limit: Annotated[int, Limits(20, 1_000_000)] = 1000
    """Deliveries of one message before it is set aside.

    Written down because the default differs: none in RabbitMQ 3, 20 in RabbitMQ 4.
    Every lost connection counts, so it must outlast a bad day and still end a crash
    loop.
    """
    message_bytes: Annotated[int, Limits(MEBIBYTE, 512 * MEBIBYTE)] = 16 * MEBIBYTE
    """The largest message; connectors cut packets into smaller ones."""
    mailbox_bytes: Annotated[int, Limits(0, 2**50)] = 0
    """The most bytes in one mailbox; then the sender waits.  0: no limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """One RabbitMQ of the axis."""

    CALLED: ClassVar = "name"

    name: Annotated[str, BrokerName()]
    """Its name here, in the names of its links and of its folder."""
    level: Level
    """Where it stands."""
    address: Annotated[str, BrokerAddress()]
    """Where its neighbours and nodes reach it: `amqps://host:port`."""
    serves: tuple[Code, ...]
    """The roots of the codes that are served here: each, and all below it."""
    parent: str = ""
    """The name of the broker above it; empty: this one is the root of the tree."""
    certificate: Text = f"{FILES_ON_SERVER}/certificate.pem"
    """Where its certificate is on its server, PEM."""
    key: Text = f"{FILES_ON_SERVER}/key.pem"
    """Where the key of it is."""
    authorities: Text = f"{FILES_ON_SERVER}/authorities.pem"
    """Where the authorities are by which it believes certificates."""
    link_password: SecretReference | None = None
    """By what it signs in to its neighbours in place of its certificate: for tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One connector: its account at a broker and the organisations it serves."""

    CALLED: ClassVar = "account"

    account: Annotated[str, Account(LINK)]
    """What its certificate calls it (CN)."""
    broker: str
    """The broker it signs in to."""
    codes: Annotated[tuple[Code, ...], Filled()]
    """The organisations it serves."""
    aliases: tuple[Code, ...] = ()
    """Other codes of the same organisations: older ones, those of closed bodies."""
    login: Login = Login.CERTIFICATE
    """By what it proves who it is."""
    password: SecretReference | None = None
    """The password, by reference, where it signs in by one."""
    password_hash: SecretReference | None = None
    """Or what `rabbitmqctl hash_password` makes of it, by reference."""

    @property
    def all_codes(self) -> tuple[str, ...]:
        """Every code that leads to its mailbox."""
        return (*self.codes, *self.aliases)


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """The whole axis, with a table `[[broker]]` or `[[node]]` for each of them."""

    axis: Heading = Heading()
    limits: AxisLimits = AxisLimits()
    broker: Annotated[tuple[Broker, ...], Filled()]
    node: tuple[Node, ...] = ()

    @property
    def vhost(self) -> str:
        """The virtual host of all brokers."""
        return self.axis.vhost

    @property
    def brokers(self) -> Mapping[str, Broker]:
        """Each broker by its name."""
        return {broker.name: broker for broker in self.broker}

    def nodes_at(self, broker: str) -> tuple[Node, ...]:
        """Return the nodes of a broker, as they are listed."""
        return tuple(node for node in self.node if node.broker == broker)
