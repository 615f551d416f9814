"""What an account of the axis may not do at its broker: refused, said, and no more."""

from __future__ import annotations

import base64
import http.client
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pika
import pytest
from pika.exceptions import ChannelClosedByBroker, UnroutableError

from edoc_connector.axis.names import (
    back_exchange,
    dead_queue,
    express_queue,
    home_exchange,
    inbox_queue,
    link_account,
    link_exchange,
    link_queue,
    return_queue,
)
from tests.support.enemies import (
    CENTRE,
    ENEMY,
    HERE,
    Ground,
    Honest,
    publish_as,
    wait_until,
)
from tests.support.messages import message
from tests.support.world import RECEIVER, SENDER

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]

NO_ACCESS, PRECONDITION = 403, 406
Attempt = Callable[[Any], object]

OTHERS = (
    inbox_queue(RECEIVER),
    express_queue(RECEIVER),
    dead_queue(RECEIVER),
    dead_queue(ENEMY),
    link_queue(CENTRE),
    return_queue(CENTRE),
    dead_queue(link_account(CENTRE)),
    "edoc.lost",
)
"""Every kind of queue that is not a mailbox of the enemy."""

OF_RETURNS = (back_exchange(CENTRE), home_exchange(CENTRE), return_queue(CENTRE))
EXCHANGES = (
    "edoc.axis",
    "edoc.dead",
    "edoc.lost",
    link_exchange(CENTRE),
    *OF_RETURNS,
)
OWN = inbox_queue(ENEMY)
WANTED = f"edoc.{RECEIVER}"


def refused(ground: Ground, attempt: Attempt, reply: int = NO_ACCESS) -> None:
    """It is refused, and the operator of the broker reads by whom it was tried."""
    before = len(ground.log(ENEMY))

    def tried(channel: Any) -> None:
        attempt(channel)
        channel.connection.process_data_events()

    with ground.channel(ENEMY) as channel, pytest.raises(ChannelClosedByBroker) as told:
        tried(channel)

    assert told.value.reply_code == reply
    wait_until(lambda: f"user: '{ENEMY}'" in ground.log(ENEMY)[before:])


READING: dict[str, Callable[[Any, str], object]] = {
    "consume": lambda channel, queue: channel.basic_consume(queue, print),
    "get": lambda channel, queue: channel.basic_get(queue),
    "purge": lambda channel, queue: channel.queue_purge(queue),
}


@pytest.mark.parametrize("queue", OTHERS)
@pytest.mark.parametrize("how", READING)
def test_no_queue_of_another_is_read_or_purged(
    ground: Ground, honest: Honest, how: str, queue: str
) -> None:
    with honest.going_on():
        refused(ground, lambda channel: READING[how](channel, queue))


TAKING: dict[str, Callable[[Any, str], object]] = {
    "delete": lambda channel, queue: channel.queue_delete(queue),
    "declare it as another": lambda channel, queue: channel.queue_declare(
        queue, durable=True, arguments={"x-max-length": 1}
    ),
}


@pytest.mark.parametrize("queue", OTHERS)
@pytest.mark.parametrize("how", TAKING)
def test_no_queue_of_another_is_deleted_or_declared(
    ground: Ground, honest: Honest, how: str, queue: str
) -> None:
    with honest.going_on():
        refused(ground, lambda channel: TAKING[how](channel, queue))


MAKING: dict[str, Attempt] = {
    "a queue": lambda it: it.queue_declare("edoc.inbox.H20.99", durable=True),
    "a queue without a name": lambda it: it.queue_declare("", exclusive=True),
    "an exchange": lambda it: it.exchange_declare("edoc.from.nowhere", "topic"),
}


@pytest.mark.parametrize("what", MAKING)
def test_nothing_new_is_declared(ground: Ground, honest: Honest, what: str) -> None:
    with honest.going_on():
        refused(ground, MAKING[what])


@pytest.mark.parametrize("exchange", EXCHANGES)
def test_no_exchange_is_deleted_or_declared(
    ground: Ground, honest: Honest, exchange: str
) -> None:
    arguments = {"alternate-exchange": "edoc.axis"}
    with honest.going_on():
        refused(ground, lambda it: it.exchange_delete(exchange))
        refused(
            ground,
            lambda it: it.exchange_declare(
                exchange, "topic", durable=True, arguments=arguments
            ),
        )


BINDING: dict[str, Attempt] = {
    "the own mailbox to the code of another": lambda it: it.queue_bind(
        OWN, "edoc.axis", WANTED
    ),
    "the own mailbox to all codes": lambda it: it.queue_bind(OWN, "edoc.axis", "#"),
    "the own mailbox to what a link brings": lambda it: it.queue_bind(
        OWN, link_exchange(CENTRE), WANTED
    ),
    "the own mailbox to what is sent back": lambda it: it.queue_bind(
        OWN, home_exchange(CENTRE), f"sender.{SENDER}"
    ),
    "what is sent back to the exchange": lambda it: it.exchange_bind(
        "edoc.axis", back_exchange(CENTRE), "#"
    ),
    "the own mailbox to dead letters": lambda it: it.queue_bind(
        OWN, "edoc.dead", dead_queue(RECEIVER)
    ),
    "the mailbox of another": lambda it: it.queue_bind(
        inbox_queue(RECEIVER), "edoc.axis", f"edoc.{SENDER}"
    ),
    "the queue of a link": lambda it: it.queue_bind(
        link_queue(CENTRE), "edoc.axis", WANTED
    ),
    "the exchange to another": lambda it: it.exchange_bind(
        "edoc.lost", "edoc.axis", "#"
    ),
    "what a link brings to the exchange": lambda it: it.exchange_bind(
        "edoc.axis", link_exchange(CENTRE), "#"
    ),
    "the mailbox of another no more": lambda it: it.queue_unbind(
        inbox_queue(RECEIVER), "edoc.axis", WANTED
    ),
    "the queue of a link no more": lambda it: it.queue_unbind(
        link_queue(CENTRE), "edoc.axis", "edoc.H26.#"
    ),
    "exchanges no more": lambda it: it.exchange_unbind("edoc.lost", "edoc.axis", "#"),
}


@pytest.mark.parametrize("what", BINDING)
def test_nothing_is_bound_or_unbound(ground: Ground, honest: Honest, what: str) -> None:
    with honest.going_on():
        refused(ground, BINDING[what])


def published(exchange: str, key: str) -> Attempt:
    sent = message(sender=ENEMY, recipient=RECEIVER)
    return lambda it: publish_as(it, ENEMY, sent, key=key, exchange=exchange)


ELSEWHERE = {
    "": inbox_queue(RECEIVER),
    link_exchange(CENTRE): WANTED,
    **dict.fromkeys(OF_RETURNS, WANTED),
    "edoc.dead": dead_queue(RECEIVER),
    dead_queue(link_account(CENTRE)): WANTED,
    "edoc.lost": WANTED,
    "amq.topic": WANTED,
    "amq.direct": WANTED,
    "amq.fanout": WANTED,
    "amq.headers": WANTED,
    "amq.rabbitmq.trace": WANTED,
}


@pytest.mark.parametrize("exchange", ELSEWHERE)
def test_nothing_is_published_past_the_exchange_of_the_axis(
    ground: Ground, honest: Honest, exchange: str
) -> None:
    with honest.going_on():
        refused(ground, published(exchange, ELSEWHERE[exchange]))


@pytest.mark.parametrize(
    "key",
    [
        "secret.H20.28.05",
        "edoc",
        "#",
        "EDOC.H20.28.05",
        "x.edoc.H20",
        "dead.H20",
    ],
)
def test_nothing_is_published_under_a_key_of_an_unknown_kind(
    ground: Ground, honest: Honest, key: str
) -> None:
    with honest.going_on():
        refused(ground, published("edoc.axis", key))


def test_the_key_by_which_a_message_finds_back_leads_nowhere_by_itself(
    ground: Ground, honest: Honest
) -> None:
    only = published("edoc.axis", f"sender.{RECEIVER}")

    with (
        honest.going_on(),
        ground.channel(ENEMY) as channel,
        pytest.raises(UnroutableError),
    ):
        only(channel)


@pytest.mark.parametrize("copies", ["CC", "BCC"])
def test_a_copy_under_a_key_of_an_unknown_kind_reaches_nobody(
    ground: Ground, honest: Honest, copies: str
) -> None:
    """RabbitMQ 4 refuses the message for it; 3.10 has nowhere to lead it."""
    sent = message(sender=ENEMY, recipient=ENEMY)
    headers = {copies: ["#", f"secret.{RECEIVER}"]}

    with ground.channel(ENEMY) as channel, suppress(ChannelClosedByBroker):
        publish_as(channel, ENEMY, sent, headers=headers)

    assert ground.held() in ({}, {OWN: 1})
    ground.empty()
    with honest.going_on():
        pass


@pytest.mark.parametrize("account", [SENDER, link_account(CENTRE), "operator", "guest"])
@pytest.mark.parametrize("copy", ["", "CC", "BCC"])
def test_nobody_publishes_under_the_account_of_another(
    ground: Ground, honest: Honest, account: str, copy: str
) -> None:
    """The broker compares `user_id` with the account, for every copy at once."""
    sent = message(sender=SENDER, recipient=RECEIVER)
    headers = {copy: [f"status.{RECEIVER}", f"edoc.{SENDER}"]} if copy else {}
    with honest.going_on():
        refused(
            ground,
            lambda it: publish_as(it, account, sent, headers=headers),
            PRECONDITION,
        )


def test_the_management_of_the_broker_knows_no_node(
    ground: Ground, honest: Honest
) -> None:
    port = ground.linked.brokers[HERE].management_port
    login = base64.b64encode(f"{ENEMY}:".encode()).decode()
    with honest.going_on():
        asking = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        asking.request(
            "GET", "/api/queues", headers={"Authorization": f"Basic {login}"}
        )
        assert asking.getresponse().status == 401
        asking.close()


def test_nobody_signs_in_with_a_certificate_alone_as_another(ground: Ground) -> None:
    """EXTERNAL has no name to claim: the account is that of the certificate."""
    with ground.channel(ENEMY) as channel, pytest.raises(ChannelClosedByBroker):
        channel.basic_consume(inbox_queue(SENDER), print)


def test_the_account_of_a_link_has_no_password(ground: Ground) -> None:
    broker = ground.linked.brokers[HERE]
    with pytest.raises(pika.exceptions.ProbableAuthenticationError):
        pika.BlockingConnection(
            pika.ConnectionParameters(
                host="127.0.0.1",
                port=broker.port,
                virtual_host="edoc",
                credentials=pika.PlainCredentials(link_account(CENTRE), ""),
            )
        )


def test_how_many_messages_wait_for_another_is_all_that_anybody_learns(
    ground: Ground, honest: Honest
) -> None:
    """RabbitMQ has no permission for that question; see what stays."""
    with honest.going_on(), ground.channel(ENEMY) as channel:
        found = channel.queue_declare(inbox_queue(RECEIVER), passive=True)
        assert found.method.queue == inbox_queue(RECEIVER)
