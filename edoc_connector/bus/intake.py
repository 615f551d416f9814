"""What one consumer has in memory: messages that came and are not acknowledged yet."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from edoc_connector.bus.channel import Arrived
from edoc_connector.bus.turns import Turns

MOST_BYTES: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Settled:
    """What to say to the broker: to forget all `up_to` a tag (0: none), and others."""

    up_to: int
    others: tuple[int, ...]


class Intake:
    """Messages of two mailboxes, and how many bytes they are until they are let go."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._ordinary: deque[Arrived] = deque()
        self._express: deque[Arrived] = deque()
        self.bytes = 0
        self._most_bytes = most_bytes
        self._in_hand: dict[int, int] = {}
        self._aside: set[int] = set()
        self._turns = Turns()

    @property
    def is_full(self) -> bool:
        """Whether nothing more is to be read before something was acknowledged."""
        return self.bytes >= self._most_bytes

    @property
    def has_mail(self) -> bool:
        """Whether there is something to hand out."""
        return bool(self._express or self._ordinary)

    @property
    def is_in_hand(self) -> bool:
        """Whether something was handed out and not acknowledged."""
        return bool(self._in_hand)

    @property
    def aside(self) -> int:
        """How many were handed out and are with the broker only."""
        return len(self._aside)

    def arrive(self, arrived: Arrived) -> None:
        """Keep what came."""
        self.bytes += len(arrived.body)
        self._ordinary.append(arrived)

    def arrive_express(self, arrived: Arrived) -> None:
        """Keep what came by the mailbox for what cannot wait."""
        self.bytes += len(arrived.body)
        self._express.append(arrived)

    def hand_out(self) -> Arrived:
        """Return the next one; there must be one."""
        is_express = self._turns.is_express(
            express=bool(self._express), ordinary=bool(self._ordinary)
        )
        arrived = (self._express if is_express else self._ordinary).popleft()
        self._in_hand[arrived.tag] = len(arrived.body)
        return arrived

    def set_aside(self, tags: Collection[int]) -> None:
        """Count no bytes of these any more; their tags are still to be kept."""
        for tag in tags:
            if tag in self._in_hand:
                self.bytes -= self._in_hand[tag]
                self._in_hand[tag] = 0
                self._aside.add(tag)

    def let_go(self, tags: Collection[int]) -> Settled:
        """Forget those that are acknowledged, and return how to say it in few words.

        AMQP can name all up to a message at once; that is meant only for what is older
        than anything still in hand or waiting here, in either mailbox.
        """
        for tag in tags:
            self.bytes -= self._in_hand.pop(tag, 0)
        self._aside.difference_update(tags)
        oldest = min(self._kept(), default=None)
        older = {it for it in tags if oldest is None or it < oldest}
        others = tuple(sorted(set(tags) - older))
        return Settled(max(older, default=0), others)

    def _kept(self) -> Iterator[int]:
        """Yield the tags of what is not to be forgotten, the oldest that wait first."""
        yield from self._in_hand
        yield from (it[0].tag for it in (self._ordinary, self._express) if it)

    def begin_anew(self) -> None:
        """Forget everything: what an earlier connection brought comes again."""
        self._ordinary.clear()
        self._express.clear()
        self._in_hand.clear()
        self._aside.clear()
        self.bytes = 0
