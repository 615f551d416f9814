"""What the flows ask of the axis.  Two adapters: `rabbit` and, for tests, `memory`."""

from __future__ import annotations

from typing import Protocol

from edoc_connector.bus.message import Delivery, Foreign, Message


class Publisher(Protocol):
    """One thread's way out.  Connects when first used and again after a failure."""

    def publish(self, message: Message) -> None:
        """Return only when the broker has confirmed custody.

        What is very urgent goes to the express mailbox of its recipient, or to the
        ordinary one where there is none.  Raises `Unroutable` (no queue at all takes
        it), `BusRefused` (this message will never
        be taken as it is), `MailboxBusy` (a basic.nack: this one again, later) or
        `BusUnavailable` (all of them again, later).  After
        `BusUnavailable` the message may have been taken all the same.
        """
        ...

    def keep_alive(self) -> None:
        """Answer heartbeats; call it at every rest.  Never raises."""
        ...

    def close(self) -> None:
        """Let go of the connection.  Never raises."""
        ...


class Consumer(Protocol):
    """One thread's way in, from the two queues that are ours: express first.

    Whatever claims to be urgent, the others come in between.
    """

    def receive(self, wait_seconds: float) -> Delivery | Foreign | None:
        """Return the next message, or None after waiting.

        What has not been acknowledged comes again after a crash or a new connection,
        marked `redelivered`.  A message whose properties are not of the contract comes
        as `Foreign`.  Raises `BusUnavailable`, or `BusRefused` where the account may
        not read the queue.
        """
        ...

    def acknowledge(self, delivery: Delivery | Foreign) -> None:
        """Tell the broker to forget it; after `BusUnavailable` it comes again."""
        ...

    def close(self) -> None:
        """Let go of the connection; unacknowledged messages go back.  Never raises."""
        ...
