"""The plan of a real axis: all sign in by certificate, `rabbitmq.conf` as written."""

from contextlib import closing
from dataclasses import replace

import pytest

from edoc_connector.axis.configuration import configuration, enabled_plugins
from edoc_connector.axis.definitions import definitions
from edoc_connector.axis.description import Login
from edoc_connector.axis.names import VHOST, inbox_queue
from edoc_connector.bus.address import RabbitAddress
from edoc_connector.bus.message import Delivery
from edoc_connector.bus.rabbit import RabbitConsumer, RabbitPublisher
from edoc_connector.demo.broker import PrivateBroker
from edoc_connector.demo.linked import CERTIFIED, LinkedBrokers
from edoc_connector.demo.listeners import Certificates, Listeners, Ports
from edoc_connector.model.organization_code import OrganizationCode
from tests.support.axis_pki import AxisAuthority
from tests.support.broker import need_broker
from tests.support.linked import AXIS, NODES
from tests.support.messages import message

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]

BY_CERTIFICATE = replace(
    AXIS, node=tuple(replace(it, login=Login.CERTIFICATE) for it in AXIS.node)
)


@pytest.fixture
def authority(tmp_path):
    need_broker()
    return AxisAuthority(tmp_path)


def files_of(authority, broker):
    pair = authority.issue(f"link.{broker}", hosts=(CERTIFIED,))
    return Certificates(
        certificate=pair.certificate, key=pair.key, authorities=authority.anchor
    )


def address(authority, port, account):
    return RabbitAddress(
        host=CERTIFIED,
        port=port,
        vhost=VHOST,
        account=account,
        tls=authority.tls(authority.issue(account)),
    )


def test_a_message_goes_over_two_links_where_nobody_has_a_password(tmp_path, authority):
    certificates = {name: files_of(authority, name) for name in AXIS.brokers}
    linked = LinkedBrokers(
        tmp_path / "brokers", BY_CERTIFICATE, passwords={}, certificates=certificates
    )
    with linked:
        here, there = (
            address(authority, linked.brokers[NODES[it]].tls_port, it)
            for it in ("H53.14.5", "H26.7")
        )
        with (
            closing(RabbitPublisher(here)) as publisher,
            closing(RabbitConsumer(there, inbox_queue("H26.7"), 8)) as consumer,
        ):
            publisher.publish(
                message(
                    sender=OrganizationCode("H53.14.5"),
                    recipient=OrganizationCode("H26.7"),
                )
            )
            delivery = consumer.receive(30)

    assert isinstance(delivery, Delivery)
    assert delivery.account == "link.national"


def test_a_broker_runs_with_the_files_as_they_are_planned(tmp_path, authority):
    ports, files = Ports.free(), files_of(authority, "tay-ninh")
    brokers = tuple(
        replace(
            it,
            address=f"amqps://{it.name}.example:{ports.tls}",
            certificate=str(files.certificate),
            key=str(files.key),
            authorities=str(files.authorities),
        )
        for it in AXIS.broker
    )
    axis = replace(BY_CERTIFICATE, broker=brokers)
    plugins = enabled_plugins(axis, "tay-ninh").strip("[].\n").split(",")
    settings = configuration(axis, "tay-ninh")
    # Only where the management plugin listens is changed: other tests run here too.
    listeners = Listeners(plugins=tuple(plugins), settings=settings)
    plan = definitions(axis, "tay-ninh")

    with PrivateBroker(tmp_path / "broker", plan, listeners, ports) as broker:
        here = address(authority, broker.tls_port, "H53")
        with closing(RabbitPublisher(here)) as publisher:
            publisher.publish(message(recipient=OrganizationCode("H53")))
        shown = broker.control("environment")

    assert f"{{max_message_size,{axis.limits.message_bytes}}}" in shown
    assert "{fail_if_no_peer_cert,true}" in shown
    assert "{auth_mechanisms,['EXTERNAL']}" in shown
