"""The `rabbitmq.conf` and `enabled_plugins` of a broker."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from edoc_connector.axis.description import Axis, Broker, Login
from edoc_connector.axis.links import PORTS
from edoc_connector.axis.ways import neighbours

CONSUMER_TIMEOUT_MS: Final = 6 * 60 * 60 * 1000
"""A link holds messages while its neighbour takes none; half an hour, the default, is
a short night.  After it the broker closes the link's channel, and nothing is lost."""

PLUGINS: Final = ("rabbitmq_auth_mechanism_ssl", "rabbitmq_management")
LINK_PLUGINS: Final = ("rabbitmq_shovel", "rabbitmq_shovel_management")


def enabled_plugins(axis: Axis, broker: str) -> str:
    """Return the file `enabled_plugins`."""
    linked = LINK_PLUGINS if neighbours(axis, broker) else ()
    return f"[{','.join((*PLUGINS, *linked))}].\n"


def configuration(axis: Axis, name: str) -> str:
    """Return the file `rabbitmq.conf`."""
    broker = axis.brokers[name]
    url = urlsplit(broker.address)
    port = url.port or PORTS[url.scheme]
    listening = _tls(axis, broker, port) if url.scheme == "amqps" else _open(port)
    return f"""\
# The broker {name} of the axis {axis.axis.name}, as `edoc axis plan` makes it.
{listening}
# Larger messages are refused; connectors cut packets into smaller ones.
max_message_size = {axis.limits.message_bytes}
consumer_timeout = {CONSUMER_TIMEOUT_MS}

# For `edoc axis check`, on this computer only.
management.tcp.ip = 127.0.0.1
management.tcp.port = 15672
"""


def _open(port: int) -> str:
    return f"""
# On this computer only: nothing is encrypted.
listeners.tcp.1 = 127.0.0.1:{port}
"""


def _tls(axis: Axis, broker: Broker, port: int) -> str:
    must = "false" if _has_passwords(axis, broker.name) else "true"
    mechanisms = ["EXTERNAL", *(["PLAIN"] if must == "false" else [])]
    listed = "\n".join(
        f"auth_mechanisms.{number} = {it}" for number, it in enumerate(mechanisms, 1)
    )
    return f"""
listeners.tcp = none
listeners.ssl.default = {port}
ssl_options.certfile = {broker.certificate}
ssl_options.keyfile = {broker.key}
ssl_options.cacertfile = {broker.authorities}
ssl_options.versions.1 = tlsv1.3
ssl_options.versions.2 = tlsv1.2

# Who has no certificate of these authorities is nobody.
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = {must}
ssl_cert_login_from = common_name
{listed}
"""


def _has_passwords(axis: Axis, broker: str) -> bool:
    """Whether somebody signs in to this broker by a password."""
    return any(it.link_password for it in neighbours(axis, broker)) or any(
        node.login is Login.PASSWORD for node in axis.nodes_at(broker)
    )
