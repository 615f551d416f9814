"""One AMQP connection with one channel: the only module that speaks to pika.

Every wait on a wire ends, whatever the broker does, with the awaited, with nothing, or
with an error of ours.  A wire belongs to one thread.  While that one works on something
else, a second thread answers heartbeats; a lock lets only one of them move the
connection.  A wire that failed is closed and another one made.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, Final

import pika
import pika.channel
import pika.exceptions
import pika.frame
import pika.spec
from pika.adapters.utils import io_services_utils

from edoc_connector.bus.address import RabbitAddress
from edoc_connector.bus.frames import message_frames
from edoc_connector.bus.properties import APPLICATION, Properties
from edoc_connector.bus.tls import Handshake, handshake_for
from edoc_connector.bus.valve import Valve
from edoc_connector.errors import N_, BusRefused, BusUnavailable, EdocError

log = logging.getLogger(__name__)

# What matters of it is raised as an error of ours, and logged once.
logging.getLogger("pika").setLevel(logging.CRITICAL)

PERSISTENT: Final = 2
CLOSE_SECONDS: Final = 2.0
PULSES_PER_HEARTBEAT: Final = 4
HUNG_UP: Final = pika.exceptions.AMQPHeartbeatTimeout("no goodbye")
LOST: Final = (
    pika.exceptions.StreamLostError,
    pika.exceptions.IncompatibleProtocolError,
)
PROPERTIES: Final = tuple(field.name for field in fields(Properties))

MOST_BODY_BYTES: Final = 512 * 1024 * 1024
"""RabbitMQ takes no message that is larger, however it is set up."""

MOST_FRAME_BYTES: Final = 1024 * 1024
"""Several times what is agreed on with a broker; all of it waits in memory."""

READ_BYTES: Final = 256 * 1024
"""So much is read at a time.  pika reads 4 KiB, and with each of them it begins anew to
put a frame together, of which 30 and more make one."""

UNSENT_BYTES: Final = 65_536
"""What is smaller together is not sent before somebody waits: each time costs as much
as the message."""

Channel = Any
"""pika has no types."""

Prepare = Callable[[Channel, Callable[[object], None]], None]
"""What a channel is asked for before its use; the second argument says it is done."""


def _never() -> bool:
    return False


class _TotalProperties(pika.spec.BasicProperties):  # type: ignore[misc] # untyped
    """Properties that can always be decoded, if need be without their headers.

    pika fails on header values it does not know (a date of the year 40000 will do),
    and would fail on every redelivery: one message could stop the whole queue.
    """

    def decode(self, encoded: bytes, offset: int = 0) -> object:
        try:
            return super().decode(encoded, offset)
        except Exception:  # noqa: BLE001  (whatever a stranger's bytes may cause)
            return super().decode(_without_headers(encoded, offset))


def _without_headers(encoded: bytes, offset: int) -> bytes:
    """Return the properties with an empty table in place of the headers."""
    flags = int.from_bytes(encoded[offset : offset + 2])
    start = offset + 2
    for flag in (
        pika.spec.BasicProperties.FLAG_CONTENT_TYPE,
        pika.spec.BasicProperties.FLAG_CONTENT_ENCODING,
    ):
        start += 1 + encoded[start] if flags & flag else 0
    end = start + 4 + int.from_bytes(encoded[start : start + 4])
    return encoded[offset:start] + bytes(4) + encoded[end:]


pika.spec.props[pika.spec.BasicProperties.INDEX] = _TotalProperties
io_services_utils._AsyncTransportBase._MAX_RECV_BYTES = READ_BYTES  # noqa: SLF001  (it cannot be set)


class _BoundedContent(pika.channel.ContentFrameAssembler):  # type: ignore[misc] # untyped
    """Puts a message together, and begins with none that would not end."""

    def process(self, frame_value: Any) -> object:  # noqa: ANN401  (pika's)
        is_header = isinstance(frame_value, pika.frame.Header)
        if is_header and frame_value.body_size > MOST_BODY_BYTES:
            raise pika.exceptions.BodyTooLongError(
                frame_value.body_size, MOST_BODY_BYTES
            )
        return super().process(frame_value)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as it came by the wire, not yet read."""

    tag: int
    redelivered: bool
    properties: Properties
    body: bytes
    exchange: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Confirm:
    """What the broker said of one message, or of all up to it."""

    tag: int
    up_to: bool
    is_taken: bool


def for_publishing(
    on_return: Callable[[str, Properties], None], on_confirm: Callable[[Confirm], None]
) -> Prepare:
    """Ask for confirms; a message that no queue takes returns before its confirm."""

    def returned(_: object, method: Any, properties: Any, __: object) -> None:  # noqa: ANN401
        on_return(method.routing_key, Properties(**_values(properties)))

    def confirmed(frame: Any) -> None:  # noqa: ANN401
        method = frame.method
        is_taken = isinstance(method, pika.spec.Basic.Ack)
        on_confirm(Confirm(method.delivery_tag, method.multiple, is_taken))

    def prepare(channel: Channel, ready: Callable[[object], None]) -> None:
        channel.add_on_return_callback(returned)
        channel.confirm_delivery(confirmed, callback=ready)

    return prepare


Arrival = Callable[[Arrived], None]


def for_consuming(mailboxes: Mapping[str, Arrival], prefetch: int) -> Prepare:
    """Ask for the messages of these queues, the first of them first.

    Of each `prefetch` come ahead of our acks.
    """

    def prepare(channel: Channel, ready: Callable[[object], None]) -> None:
        channel.basic_qos(prefetch_count=prefetch)
        last = ready
        for queue, on_arrival in reversed(tuple(mailboxes.items())):
            last = _consuming(channel, queue, on_arrival, last)
        last(None)

    return prepare


def _consuming(
    channel: Channel,
    queue: str,
    on_arrival: Arrival,
    ready: Callable[[object], None],
) -> Callable[[object], None]:
    """Return what asks for one queue; when the broker agrees, it is ready."""

    def arrive(_: object, method: Any, properties: Any, body: bytes) -> None:  # noqa: ANN401
        on_arrival(
            Arrived(
                method.delivery_tag,
                method.redelivered,
                Properties(**_values(properties)),
                body,
                method.exchange,
                method.routing_key,
            )
        )

    def consume(_: object) -> None:
        channel.basic_consume(queue, arrive, callback=ready)

    return consume


def _values(properties: Any) -> dict[str, Any]:  # noqa: ANN401  (pika's, or ours)
    return {name: getattr(properties, name) for name in PROPERTIES}


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
        self._connection = pika.SelectConnection(
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
        written = pika.BasicProperties(delivery_mode=PERSISTENT, **_values(properties))
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
            while not (is_done() or expired or self._failure):
                self._turn()
            self._loop.remove_timeout(timer)
            if is_done():
                return True
        self.check()
        return False

    def glance(self) -> None:
        """Send and read what is ready, without waiting; raise what went wrong."""
        with self._lock:
            self._unsent_bytes = 0
            self._loop.call_later(0, lambda: None)
            self._turn()
        self.check()

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
        if len(self._connection._frame_buffer) > MOST_FRAME_BYTES:  # noqa: SLF001
            # pika would wait for the end of what claims to be one frame.
            self._fail(pika.exceptions.InvalidFrameError("a frame without end"))

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
        channel._content_assembler = _BoundedContent()  # noqa: SLF001  (pika has no other way)
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
        cause = _cause(error)
        log.debug(
            "broker_gone", extra={"address": str(self._address), "cause": _raw(cause)}
        )
        return self.unavailable(_told(cause))


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


def _cause(error: BaseException) -> BaseException:
    """Return what went wrong at the bottom of pika's nested errors."""
    inner = (*error.args, getattr(error, "exception", None))
    for cause in (*inner, *reversed(getattr(error, "exceptions", ()))):
        if isinstance(cause, BaseException):
            return _cause(cause)
    return error


def _told(error: BaseException) -> str:
    """Say it in words that the catalogue has, where there are any."""
    if isinstance(error, ConnectionRefusedError):
        return N_("nobody listens there")
    if isinstance(error, pika.exceptions.ProbableAuthenticationError):
        return N_(
            "it does not let us in: it does not know this account, or the password or"
            " the certificate is not that of the account"
        )
    if isinstance(error, pika.exceptions.ProbableAccessDeniedError):
        return N_("this account has no right to the vhost of axis.url")
    if isinstance(error, pika.exceptions.AuthenticationError):
        return N_("it offers no way to sign in that we have (EXTERNAL, or PLAIN)")
    if isinstance(error, OSError):
        return error.strerror or _raw(error)
    return _raw(error)


def _raw(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".removesuffix(": ")
