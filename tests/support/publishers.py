"""Publishers for tests that say what becomes of a message when it is published."""

from __future__ import annotations

from collections.abc import Sequence

from edoc_connector.bus.message import Message
from edoc_connector.bus.outcome import Outcome
from edoc_connector.errors import BusRefused, MailboxBusy, Unroutable


class OneByOne:
    """One message on its way at a time; `publish` is all that a test has to write."""

    most_bytes = 0
    most_header_bytes = 100_000

    def __init__(self) -> None:
        self._known: list[Outcome] = []

    @property
    def is_full(self) -> bool:
        return bool(self._known)

    def publish(self, message: Message) -> None:
        raise NotImplementedError

    def way_to(self, keys: tuple[str, ...]) -> str:
        del keys
        return ""

    def send(self, ticket: int, message: Message, keys: Sequence[str] = ()) -> None:
        try:
            self.publish(message)
        except (Unroutable, BusRefused, MailboxBusy) as error:
            self._known.append(Outcome(ticket, error))
        else:
            key = (keys or message.routing_keys)[0]
            self._known.append(Outcome(ticket, key=key))

    def outcomes(self, wait_seconds: float = 0.0) -> Sequence[Outcome]:
        del wait_seconds
        known, self._known = self._known, []
        return known

    def keep_alive(self) -> None:
        pass

    def close(self) -> None:
        self._known = []
