"""An axis inside one process, for tests: the broker's promises without a broker.

It keeps what a broker keeps (queues, bindings, unacknowledged messages, the account of
a sender) and passes messages as properties and bytes, so that the same reader judges
them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from edoc_connector.bus.message import Delivery, Foreign, Message
from edoc_connector.bus.outcome import Outcome, Room
from edoc_connector.bus.port import WAIT_SECONDS
from edoc_connector.bus.properties import (
    Properties,
    read_message,
    write_properties,
)
from edoc_connector.bus.returned import BACK_EXCHANGE, COPIES, Returned
from edoc_connector.bus.turns import Turns
from edoc_connector.bus.way import LINK_ACCOUNT
from edoc_connector.bus.ways import Ways
from edoc_connector.errors import (
    BusRefused,
    BusUnavailable,
    MailboxBusy,
    MessageTooLarge,
    Unroutable,
)

ADDRESS = "memory"
HEADER_BYTES = 100_000


@dataclass(slots=True)
class Held:
    """One message in a queue."""

    properties: Properties
    body: bytes
    key: str = ""
    exchange: str = ""
    deliveries: int = 0


@dataclass(slots=True)
class MemoryAxis:
    """Queues, bindings and accounts; `available` is the wire."""

    available: bool = True
    queues: dict[str, deque[Held]] = field(default_factory=dict)
    readers: dict[str, str] = field(default_factory=dict)
    bindings: dict[str, set[str]] = field(default_factory=dict)
    full: set[str] = field(default_factory=set)
    """Queues that take nothing more now."""
    most_bytes: int = 2**24
    """The largest body that is taken."""

    def attach(self, account: str, queue: str, *routing_keys: str) -> None:
        """Give the account a queue of its own that takes mail for these keys."""
        self.queues.setdefault(queue, deque())
        self.readers[queue] = account
        for key in routing_keys:
            self.bindings.setdefault(key, set()).add(queue)

    def route(
        self, account: str, routing_key: str, properties: Properties, body: bytes
    ) -> bool:
        """Put a message into every queue bound for the key; False if there is none.

        The keys of its header `CC` count like that one, and a queue gets it once.
        Raises `BusRefused` where it claims another account than the sender's, and
        `MailboxBusy` where one of them is full.
        """
        self.require_wire()
        if properties.user_id not in {None, account}:
            raise BusRefused(problem=f"user_id is not {account}")
        keys = [routing_key, *_copies(properties)]
        queues: set[str] = set().union(*(self.bindings.get(key, ()) for key in keys))
        if queues & self.full:
            raise MailboxBusy(address=ADDRESS, recipient=routing_key.partition(".")[2])
        for queue in queues:
            self.queues[queue].append(Held(properties, body, routing_key))
        return bool(queues)

    def send_back(
        self, link: str, queue: str, key: str, properties: Properties, body: bytes
    ) -> None:
        """Put a message into a queue as the link of this broker brings it back."""
        account = f"{LINK_ACCOUNT}{link}"
        exchange = f"{BACK_EXCHANGE}{link}"
        brought = replace(properties, user_id=account)
        self.queues[queue].append(Held(brought, body, key, exchange))

    def require_wire(self) -> None:
        """Raise `BusUnavailable` while the axis is away."""
        if not self.available:
            raise BusUnavailable(address=ADDRESS, problem="it is switched off")


def _copies(properties: Properties) -> Sequence[str]:
    headers = properties.headers
    return headers.get(COPIES, ()) if isinstance(headers, Mapping) else ()


class MemoryPublisher:
    """The way out of one account."""

    most_header_bytes = HEADER_BYTES

    def __init__(
        self, axis: MemoryAxis, account: str, room: Room | None = None
    ) -> None:
        self.most_bytes = 0
        self._axis = axis
        self._account = account
        self._room = room or Room()
        self._known: list[Outcome] = []
        self._ways = Ways()
        self._bytes = 0

    @property
    def is_full(self) -> bool:
        """Whether so much was sent that its outcomes are to be asked for."""
        is_many = len(self._known) >= self._room.messages
        return is_many or self._bytes >= self._room.bytes

    def way_to(self, keys: tuple[str, ...]) -> str:
        """Return the key under which it was put into a queue a short while ago."""
        return self._ways.to(keys)

    def send(self, ticket: int, message: Message, keys: Sequence[str] = ()) -> None:
        """Put the message into the queues bound for its recipients."""
        try:
            key = self._route(message, keys)
        except BusUnavailable as error:
            if not isinstance(error, MailboxBusy):
                self.close()
                raise
            self._ways.forget_all()
            self._known.append(Outcome(ticket, error))
        except (Unroutable, BusRefused) as error:
            self._ways.forget_all()
            self._known.append(Outcome(ticket, error))
        else:
            if not message.others:
                self._ways.prove(message.routing_keys, key)
            self._known.append(Outcome(ticket, key=key))
        self._bytes += len(message.body)

    def outcomes(self, wait_seconds: float = WAIT_SECONDS) -> Sequence[Outcome]:
        """Return what became of all that was sent; nobody waits for it."""
        del wait_seconds
        if self._known and not self._axis.available:
            self.close()
            self._axis.require_wire()
        known, self._known, self._bytes = self._known, [], 0
        return known

    def publish(self, message: Message) -> None:
        """Send one message alone."""
        self.send(0, message)
        for outcome in self.outcomes():
            outcome.require()

    def _route(self, message: Message, keys: Sequence[str]) -> str:
        properties = write_properties(message, self._account, keys)
        self._check_size(message)
        for key in keys[:1] or message.routing_keys:
            if self._axis.route(self._account, key, properties, message.body):
                return key
        raise Unroutable(recipient=message.recipient)

    def _check_size(self, message: Message) -> None:
        size, limit = len(message.body), self._axis.most_bytes
        if size > limit:
            self.most_bytes = limit
            problem = f"message size {size} is larger than max size {limit}"
            raise MessageTooLarge(limit=limit, problem=problem)

    def keep_alive(self) -> None:
        """There is no connection to keep."""

    def close(self) -> None:
        """Forget what nobody has asked for, and all ways."""
        self._known.clear()
        self._ways.forget_all()
        self._bytes = 0


class MemoryConsumer:
    """The way in of one account, from its queue and from its express queue."""

    is_held_up = False

    def __init__(
        self, axis: MemoryAxis, queue: str, account: str, express: str = ""
    ) -> None:
        self._axis = axis
        self._queue = queue
        self._express = express
        self._account = account
        self._turns = Turns()
        self._tags = count(1)
        self._unacknowledged: dict[int, tuple[str, Held]] = {}

    def receive(
        self,
        wait_seconds: float,  # noqa: ARG002
    ) -> Delivery | Foreign | Returned | None:
        """Return the next message; what is not there will not come by waiting."""
        ordinary, express = self._waiting(self._queue), self._waiting_express()
        if not (ordinary or express):
            return None
        is_express = self._turns.is_express(
            express=bool(express), ordinary=bool(ordinary)
        )
        held = (express if is_express else ordinary).popleft()
        held.deliveries += 1
        tag = next(self._tags)
        queue = self._express if is_express else self._queue
        self._unacknowledged[tag] = queue, held
        return read_message(
            held.properties,
            held.body,
            tag=tag,
            redelivered=held.deliveries > 1,
            mailboxes=(self._queue, self._express),
            exchange=held.exchange,
            key=held.key,
        )

    def acknowledge(self, *deliveries: Delivery | Foreign | Returned) -> None:
        """Forget the messages."""
        self._require_wire()
        known = [self._unacknowledged.pop(it.tag, None) for it in deliveries]
        if None in known:
            raise BusUnavailable(address=ADDRESS, problem="it came another way")

    def set_aside(self, *deliveries: Delivery | Foreign | Returned) -> None:
        """There is room for all."""
        del deliveries

    def close(self) -> None:
        """Give back what was not acknowledged, in order, before what came after it."""
        for queue, held in reversed(self._unacknowledged.values()):
            self._axis.queues[queue].appendleft(held)
        self._unacknowledged.clear()

    def _waiting_express(self) -> deque[Held]:
        """Return what waits there; a node without an express queue has nothing."""
        is_there = self._axis.readers.get(self._express) == self._account
        return self._waiting(self._express) if is_there else deque()

    def _waiting(self, queue: str) -> deque[Held]:
        self._require_wire()
        if self._axis.readers.get(queue) != self._account:
            raise BusRefused(problem=f"{self._account} may not read {queue}")
        return self._axis.queues[queue]

    def _require_wire(self) -> None:
        """Give back what was under way when the wire was cut, as a broker does."""
        try:
            self._axis.require_wire()
        except BusUnavailable:
            self.close()
            raise
