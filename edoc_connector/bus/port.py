"""What the flows ask of the axis.  Two adapters: `rabbit` and, for tests, `memory`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from edoc_connector.bus.message import Delivery, Foreign, Message
from edoc_connector.bus.outcome import Outcome
from edoc_connector.bus.returned import Returned

WAIT_SECONDS: Final = 10.0
"""How long an outcome is waited for before somebody looks up."""


class Publisher(Protocol):
    """One thread's way out.  Connects when first used and again after a failure.

    What is very urgent goes to the express mailbox of its recipient, or to the ordinary
    one where there is none.  Messages are put on their way in the order of `send`, and
    several are on their way at a time.
    """

    @property
    def is_full(self) -> bool:
        """Whether so much is on its way that `send` would wait."""
        ...

    @property
    def most_bytes(self) -> int:
        """The largest body that the broker takes, once it has said so; else 0."""
        ...

    @property
    def most_header_bytes(self) -> int:
        """How much room there is for the recipients of one message, and their keys."""
        ...

    def way_to(self, keys: tuple[str, ...]) -> str:
        """Return under which of these keys one recipient was reached a short while ago.

        Empty where that is not known: nothing went there alone, or something was
        refused since, or the line is another one.
        """
        ...

    def send(self, ticket: int, message: Message, keys: Sequence[str] = ()) -> None:
        """Put a message on its way; what becomes of it is an outcome of this ticket.

        Without `keys` those of its recipient are tried in turn.  A message to several
        needs the key under which a probe reached each, in their order: it is uploaded
        once, and the broker copies it.  It is returned only where it reaches nobody.
        Raises `BusUnavailable`: then nothing is known of all that was on its way and
        of all outcomes that nobody asked for.  It may have been taken all the same.
        """
        ...

    def outcomes(self, wait_seconds: float = WAIT_SECONDS) -> Sequence[Outcome]:
        """Return what has become known, each message once; wait so long for the first.

        A message is taken only by the broker's confirm of its own.  Else its refusal is
        `Unroutable` (no queue at all takes it), `BusRefused` (this message will never
        be taken as it is) or `MailboxBusy` (a basic.nack: this one again, later).
        Nothing is returned where nothing is on its way, or nothing known yet of it: who
        waits for a slow line has something else to do now and then.  Raises as `send`
        does, and where the broker says nothing for as long as nothing explains.
        """
        ...

    def publish(self, message: Message) -> None:
        """Send one message alone; return when it is taken, or raise its refusal."""
        ...

    def keep_alive(self) -> None:
        """Answer heartbeats; call it at every rest.  Never raises."""
        ...

    def close(self) -> None:
        """Let go of the connection and of what is on its way.  Never raises."""
        ...


class Consumer(Protocol):
    """One thread's way in, from the two queues that are ours: express first.

    Whatever claims to be urgent, the others come in between.
    """

    def receive(self, wait_seconds: float) -> Delivery | Foreign | Returned | None:
        """Return the next message, or None after waiting.

        Where what is in hand leaves no room for another, nothing comes.  What has not
        been acknowledged comes again after a crash or a new connection, marked
        `redelivered`.  A message whose properties are not of the contract comes as
        `Foreign`, and one of ours that a link has brought back as `Returned`.
        Raises `BusUnavailable`, or `BusRefused` where the account may not read the
        queue.
        """
        ...

    def acknowledge(self, *deliveries: Delivery | Foreign | Returned) -> None:
        """Tell the broker to forget them; after `BusUnavailable` they come again."""
        ...

    def set_aside(self, *deliveries: Delivery | Foreign | Returned) -> None:
        """Leave these with the broker for now, and let others come in their place.

        They take no room here any more, and can be acknowledged as ever.  They come
        again, in their order, after `close`.
        """
        ...

    @property
    def is_held_up(self) -> bool:
        """Whether so much is set aside that little else comes, until after `close`."""
        ...

    def close(self) -> None:
        """Let go of the connection; unacknowledged messages go back.  Never raises."""
        ...
