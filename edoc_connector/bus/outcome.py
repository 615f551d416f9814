"""What became of one message that was put on its way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from edoc_connector.errors import BusRefused, MailboxBusy, Unroutable

MEBIBYTE: Final = 1024 * 1024

Refusal = Unroutable | MailboxBusy | BusRefused


@dataclass(frozen=True, slots=True)
class Outcome:
    """The message of this ticket was taken by the broker, or why it was not.

    `key` is the one under which it was taken.
    """

    ticket: int
    refusal: Refusal | None = None
    key: str = ""

    def require(self) -> None:
        """Raise why it was not taken, if it was not."""
        if self.refusal is not None:
            raise self.refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much may be on its way and not confirmed: it is also what we may send twice.

    A message larger than all the room still goes, alone.
    """

    messages: int = 64
    bytes: int = 32 * MEBIBYTE
