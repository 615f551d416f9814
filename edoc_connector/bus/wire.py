"""One AMQP connection with one channel.

Every wait on a wire ends, whatever the broker does, with the awaited, with nothing, or
with an error of ours.  A wire belongs to one thread.  While that one works on something
else, a second thread answers heartbeats; a lock lets only one of them move the
connection.  A wire that failed is closed and another one made.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any, Final

import pika
import pika.exceptions
import pika.frame
import pika.spec

from edoc_connector.baton import baton
from edoc_connector.bus.address import RabbitAddress
from edoc_connector.bus.channel import Channel, Prepare, values_of
from edoc_connector.bus.failure import cause_of, raw, told_of
from edoc_connector.bus.frames import message_frames
from edoc_connector.bus.guarded import BoundedContent, Connection
from edoc_connector.bus.properties import APPLICATION, Properties
from edoc_connector.bus.tls import Handshake, handshake_for
from edoc_connector.bus.valve import Valve
from edoc_connector.errors import BusRefused, BusUnavailable, EdocError

log = logging.getLogger(__name__)

PERSISTENT: Final = 2
CLOSE_SECONDS: Final = 2.0
PULSES_PER_HEARTBEAT: Final = 4
HUNG_UP: Final = pika.exceptions.AMQPHeartbeatTimeout("no goodbye")
LOST: Final = (
    pika.exceptions.StreamLostError,
    pika.exceptions.IncompatibleProtocolError,
)

UNSENT_BYTES: Final = 65_536
"""What is smaller together is not sent before somebody waits: each time costs as much
as the message."""


def _never() -> bool:
    return False


class Wire:
    """A connection from its opening to its end."""

    def __init__(
        self,
        address: RabbitAddress,
        refusals: frozenset[int],
        prepare: Prepare,
        is_full: Callable[[], bool] = _never,
    ) -> None:
        """Begin to connect.

        `refusals` are the reply codes that mean "no" for as long as nothing changes.
        While `is_full` nothing is read; the broker waits, and hears our heartbeats.
        """
        self._address = address
        self._handshake = handshake_for(address, datetime.now(UTC))
        self._refusals = refusals
        self._prepare = prepare
        self._channel: Channel = None
        self._is_ready = False
        self.is_blocked = False
        self._unsent_bytes = 0
        self._failure: Exception | None = None
        self._closed = threading.Event()
        self._lock = threading.RLock()
        self._is_full = is_full
        self._loop = Valve()
        self._loop.activate_poller()
        self._connection = Connection(
            _parameters(address, self._handshake),
            on_open_callback=self._on_open,
            on_open_error_callback=self._on_close,
            on_close_callback=self._on_close,
            custom_ioloop=self._loop,
        )

    def open(self) -> None:
        """Return when the channel is ready for use."""
        seconds = self._address.timeout_seconds
        if not self.wait(lambda: self._is_ready, seconds):
            raise self.unavailable(f"no answer within {seconds:g} s")
        threading.Thread(target=self._pulse, name="amqp-pulse", daemon=True).start()

    @property
    def frame_bytes(self) -> int:
        """The largest frame the broker and we have agreed on."""
        return int(self._connection.params.frame_max)

    def publish(self, routing_key: str, properties: Properties, body: bytes) -> None:
        """Put a persistent, mandatory message on its way to the exchange.

        What is small may wait for what comes after it, or for who waits for a confirm.
        """
        with self._held():
            if not self._channel.is_open:
                raise pika.exceptions.ChannelWrongStateError("the channel is closed")
            number = self._channel.channel_number
            pieces = message_frames(
                self._head_of(number, routing_key, properties, len(body)),
                body,
                channel=number,
                frame_bytes=self.frame_bytes,
            )
            # pika's own way would copy the body four times.
            self._connection._output_marshaled_frames(pieces)  # noqa: SLF001
            self._unsent_bytes += len(body)
        if self._unsent_bytes >= UNSENT_BYTES:
            self.glance()

    def _head_of(
        self, channel: int, routing_key: str, properties: Properties, size: int
    ) -> bytes:
        """Return the frames before a body."""
        method = pika.spec.Basic.Publish(
            exchange=self._address.exchange, routing_key=routing_key, mandatory=True
        )
        written = pika.BasicProperties(
            delivery_mode=PERSISTENT, **values_of(properties)
        )
        header = pika.frame.Header(channel, size, written)
        return bytes(pika.frame.Method(channel, method).marshal() + header.marshal())

    def acknowledge(self, up_to: int, others: Iterable[int] = ()) -> None:
        """Have the broker forget all messages `up_to` a tag (0: none), and others."""
        with self._held():
            if up_to:  # to the broker 0 would be all there are
                self._channel.basic_ack(up_to, multiple=True)
            for tag in others:
                self._channel.basic_ack(tag)
        self.glance()

    def wait(self, is_done: Callable[[], bool], seconds: float) -> bool:
        """Move the connection until it is done; False if the time ran out first.

        Raises what became of the connection if it failed before.
        """
        with self._lock:
            expired: list[bool] = []
            timer = self._loop.call_later(seconds, lambda: expired.append(True))

            def is_over() -> bool:
                return is_done() or bool(expired or self._failure)

            if not is_over():
                self._glance()
            if not is_over():
                self._sit(is_over)
            self._loop.remove_timeout(timer)
            if is_done():
                return True
        self.check()
        return False

    def glance(self) -> None:
        """Send and read what is ready, without waiting; raise what went wrong."""
        with self._lock:
            self._glance()
        self.check()

    def _glance(self) -> None:
        self._unsent_bytes = 0
        self._loop.call_later(0, lambda: None)
        self._turn()

    def _sit(self, is_over: Callable[[], bool]) -> None:
        """Let others compute meanwhile, and wait for them once, not at each piece."""
        with baton.laid_down():
            while not is_over():
                self._turn()

    def check(self) -> None:
        """Raise what became of the connection, if it failed."""
        if self._failure is not None:
            raise self._translated(self._failure) from self._failure

    def check_certificates(self) -> None:
        """Raise `BusCertificate` where one of them has ended since the handshake."""
        if self._handshake is not None:
            self._handshake.check_still_valid(datetime.now(UTC))

    def close(self) -> None:
        """Say goodbye if the broker still listens, and hang up in any case.

        But leave it to the end of the process where another thread is still at work on
        it: that one waits for the broker, perhaps for long.
        """
        self._closed.set()
        if self._lock.acquire(timeout=CLOSE_SECONDS):
            try:
                self._hang_up()
            finally:
                self._lock.release()

    def _hang_up(self) -> None:
        # Its answer to a goodbye stands behind all that we have no room for.
        if self._connection.is_open and not self._is_full():
            self._connection.close()
            self._turn_until_closed()
        if not self._connection.is_closed:
            # pika has no public way to leave a broker that does not answer.
            self._connection._terminate_stream(HUNG_UP)  # noqa: SLF001
            self._is_full = _never  # nothing is read from here on
            self._turn_until_closed()
        self._loop.close()

    def unavailable(self, problem: str) -> BusUnavailable:
        """Return the error that names this broker."""
        return BusUnavailable(address=self._address, problem=problem)

    @contextmanager
    def _held(self) -> Iterator[None]:
        """Keep the other thread away, and translate what pika raises meanwhile."""
        with self._lock:
            try:
                yield
            except pika.exceptions.AMQPError as error:
                self._fail(error)
                # The other thread may have met what is behind this one.
                raise self._translated(self._failure or error) from error

    def _turn(self) -> None:
        """Let pika wait for the next event and handle what is due."""
        try:
            self._read_or_not()
            self._loop.poll()
            self._loop.process_timeouts()
        except Exception as error:  # noqa: BLE001  (a broken peer breaks pika anyhow)
            self._fail(error)

    def _read_or_not(self) -> None:
        """Leave unread what we have no room for.

        That we hear nothing then is no sign that the broker is gone, for which pika's
        check of heartbeats would take it.  A line that breaks meanwhile is found broken
        when we read again: until then nobody waits for anything from it.
        """
        is_full = self._is_full()
        self._loop.shut(is_shut=is_full)
        if is_full:
            self._connection.bytes_received += 1

    def _turn_until_closed(self) -> None:
        # The clock decides: a loop that is broken would not call us back.
        deadline = time.monotonic() + CLOSE_SECONDS
        self._loop.call_later(CLOSE_SECONDS, lambda: None)
        while not self._connection.is_closed and time.monotonic() < deadline:
            self._turn()

    def _pulse(self) -> None:
        """Answer heartbeats while the owner of the connection does other work."""
        rest = self._address.heartbeat_seconds / PULSES_PER_HEARTBEAT
        while not self._closed.wait(rest):
            if self._lock.acquire(blocking=False):
                try:
                    self._beat()
                finally:
                    self._lock.release()

    def _beat(self) -> None:
        if not self._closed.is_set():
            # The owner meets what went wrong at the next call.
            with suppress(EdocError):
                self.glance()

    def _on_open(self, connection: Any) -> None:  # noqa: ANN401
        connection.add_on_connection_blocked_callback(self._on_blocked)
        connection.add_on_connection_unblocked_callback(self._on_unblocked)
        connection.channel(on_open_callback=self._on_channel)

    def _on_channel(self, channel: Channel) -> None:
        self._channel = channel
        channel._content_assembler = BoundedContent()  # noqa: SLF001  (pika has no other way)
        channel.add_on_close_callback(self._on_close)
        channel.add_on_cancel_callback(self._on_cancel)
        self._prepare(channel, self._on_ready)

    def _on_ready(self, _: object) -> None:
        self._is_ready = True

    def _on_blocked(self, _: object, frame: Any) -> None:  # noqa: ANN401
        """Know that the broker reads nothing of what we publish.

        It says so to who publishes while an alarm of its memory or disk is on.
        """
        self.is_blocked = True
        cause = str(frame.method.reason)
        extra = {"address": str(self._address), "cause": cause}
        log.warning("broker_blocked", extra=extra)

    def _on_unblocked(self, _: object, __: object) -> None:
        self.is_blocked = False
        log.info("broker_unblocked", extra={"address": str(self._address)})

    def _on_cancel(self, _: object) -> None:
        self._fail(pika.exceptions.ConsumerCancelled())

    def _on_close(self, _: object, reason: Exception) -> None:
        self._fail(reason)

    def _fail(self, error: Exception) -> None:
        """Remember the first thing that went wrong; the rest follows from it."""
        self._failure = self._failure or error

    def _translated(self, error: Exception) -> EdocError:
        closed = pika.exceptions.ChannelClosedByBroker
        if isinstance(error, closed) and error.reply_code in self._refusals:
            return BusRefused(problem=error.reply_text, reply=error.reply_code)
        is_lost = isinstance(error, LOST)
        if self._handshake and (told := self._handshake.told(is_lost=is_lost)):
            return told
        cause = cause_of(error)
        log.debug(
            "broker_gone", extra={"address": str(self._address), "cause": raw(cause)}
        )
        return self.unavailable(told_of(cause))


def _parameters(address: RabbitAddress, handshake: Handshake | None) -> Any:  # noqa: ANN401
    """Return the address as pika wants it; every step of connecting has its limit."""
    return pika.ConnectionParameters(
        host=address.host,
        port=address.port,
        virtual_host=address.vhost,
        credentials=_credentials(address),
        ssl_options=pika.SSLOptions(handshake, address.host) if handshake else None,
        heartbeat=address.heartbeat_seconds,
        socket_timeout=address.timeout_seconds,
        stack_timeout=address.timeout_seconds,
        blocked_connection_timeout=address.timeout_seconds,
        client_properties={"connection_name": APPLICATION},
    )


def _credentials(address: RabbitAddress) -> Any:  # noqa: ANN401
    """Return the certificate (SASL EXTERNAL) where there is one, else the password."""
    if address.tls is not None and address.tls.certificate is not None:
        return pika.credentials.ExternalCredentials()
    return pika.PlainCredentials(address.account, address.password)
