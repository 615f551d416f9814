"""The post of an account at its broker, over RabbitMQ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import Final

from edoc_connector.axis.description import AxisLimits
from edoc_connector.axis.queues import mailbox_arguments
from edoc_connector.bus.address import Tls
from edoc_connector.bus.mailbox import look_at_mailbox
from edoc_connector.bus.outcome import Room
from edoc_connector.bus.port import Consumer, Publisher
from edoc_connector.bus.rabbit import RabbitAddress, RabbitConsumer, RabbitPublisher
from edoc_connector.flows.pinging.answer import Answering
from edoc_connector.secret import value_of
from edoc_connector.settings import Settings

ANSWER_SECONDS: Final = 3.0
"""How long a ping's answer may take, to connect and to confirm: mail waits for it."""


@dataclass(frozen=True, slots=True)
class Post:
    """The way out to the axis, and for another thread the way in.

    `answering` is the way out of the latter, and `check` is passed before it reads.
    """

    publisher: Publisher
    consumer: Consumer
    answering: Answering
    check: Callable[[], None]

    def close(self) -> None:
        """Let go of every connection.  Never raises."""
        for each in (self.publisher, self.consumer, self.answering.publisher):
            each.close()


@contextmanager
def opened_post(settings: Settings) -> Iterator[Post]:
    """Give the post of an account, and let go of it at the end of the block."""
    with closing(post_of(settings)) as post:
        yield post


def post_of(settings: Settings) -> Post:
    """Return the post of an account; nothing is connected yet."""
    address, axis = rabbit_address(settings), settings.axis
    room = Room(messages=axis.window, bytes=axis.window_bytes)
    return Post(
        RabbitPublisher(address, room),
        RabbitConsumer(
            address,
            axis.queue,
            axis.prefetch,
            axis.express_queue,
            prefetch_bytes=axis.prefetch_bytes,
        ),
        Answering(RabbitPublisher(_hasty(address))),
        mailbox_check(settings),
    )


def _hasty(address: RabbitAddress) -> RabbitAddress:
    """Return the same place for who is not to keep the mail waiting."""
    seconds = min(ANSWER_SECONDS, address.timeout_seconds)
    return replace(address, timeout_seconds=seconds)


def publisher_of(settings: Settings) -> RabbitPublisher:
    """Return a way out for who sends one thing; nothing is connected yet."""
    return RabbitPublisher(rabbit_address(settings))


def rabbit_address(settings: Settings) -> RabbitAddress:
    """Return where the broker is and how we sign in."""
    axis = settings.axis
    address = RabbitAddress.of_url(
        axis.url,
        # With a certificate none is sent, so none has to be there.
        password="" if axis.certificate else value_of(axis.password) or "",
        tls=Tls(
            certificate=axis.certificate,
            key=axis.key,
            key_password=axis.key_password,
            authorities=axis.authorities,
            crls=axis.crls,
        ),
        exchange=axis.exchange,
    )
    return address.patient(
        heartbeat_seconds=axis.heartbeat_seconds,
        timeout_seconds=axis.timeout_seconds,
        reconnect_seconds=axis.reconnect_hours * 3600,
    )


def mailbox_check(settings: Settings) -> Callable[[], None]:
    """Return what raises `MailboxUnsafe` where a queue of ours would lose documents.

    While the broker is away it raises `BusUnavailable`, and can be called again.
    """
    address = rabbit_address(settings)
    arguments = mailbox_arguments(address.account, AxisLimits().delivery_limit)

    def check() -> None:
        for queue in (settings.axis.queue, settings.axis.express_queue):
            look_at_mailbox(address, queue, arguments)

    return check


def reach_broker(settings: Settings, *, seconds: float) -> None:
    """Sign in to the broker and leave again; raise `BusUnavailable` if it fails."""
    patience = min(seconds, settings.axis.timeout_seconds)
    address = replace(rabbit_address(settings), timeout_seconds=patience)
    publisher = RabbitPublisher(address)
    try:
        publisher.connect()
    finally:
        publisher.close()
