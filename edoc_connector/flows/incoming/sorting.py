"""One mailbox for several organisations: each message goes to whom it is for.

The broker is told to forget a message when every organisation concerned has said that
it has it, and not before.  Each of them has a `Tray`, which is a mailbox like any
other: the flow that accepts knows nothing of the others.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from edoc_connector.bus.message import Delivery, Foreign
from edoc_connector.bus.port import Consumer
from edoc_connector.bus.returned import Returned
from edoc_connector.errors import EdocError
from edoc_connector.flows.incoming.strangers import Strangers
from edoc_connector.model.organization_code import OrganizationCode

log = logging.getLogger(__name__)

Arrived = Delivery | Foreign | Returned

Recognises = Callable[[Sequence[OrganizationCode]], bool]
"""Whether one of the codes means an organisation by what its directory knows."""


def by_no_other_code(codes: Sequence[OrganizationCode]) -> bool:
    """Know of no other code: for whom no directory can be asked."""
    del codes
    return False


@dataclass(slots=True)
class Tray:
    """What has come for one organisation and is not acknowledged; a `Consumer`."""

    codes: tuple[OrganizationCode, ...]
    sorter: Sorter
    recognises: Recognises = by_no_other_code
    waiting: deque[Arrived] = field(default_factory=deque)
    in_hand: dict[int, Arrived] = field(default_factory=dict)
    called: set[str] = field(default_factory=set)
    """By which codes, in one writing, its directory alone has known it: a few."""
    is_behind: bool = False
    """Whether more of its mail is with the broker, set aside behind what waits here."""
    is_silent: bool = False
    """Whether its directory could not be asked when it was last tried."""
    is_missed: bool = False
    """Whether it was silent when nobody could say whose some mail is."""
    is_held_up: ClassVar[bool] = False
    """Never: what is set aside holds up all, and is the affair of the sorter."""

    def receive(self, wait_seconds: float) -> Arrived | None:
        """Return the next message, if there is one; nobody waits here."""
        del wait_seconds
        if not self.waiting:
            return None
        arrived = self.waiting.popleft()
        self.in_hand[arrived.tag] = arrived
        return arrived

    def acknowledge(self, *deliveries: Arrived) -> None:
        """Say that this organisation has them.  Raises `BusUnavailable`."""
        # By their tags: who has stored a body may have let go of it.
        for it in deliveries:
            del self.in_hand[it.tag]
        self.sorter.settle(*deliveries)

    def set_aside(self, *deliveries: Arrived) -> None:
        """Leave them with the broker, and of all that waits keep the first one.

        By that one is seen when the others can come again.
        """
        self.sorter.set_aside(*deliveries)
        self.is_behind |= len(self.waiting) > 1
        while len(self.waiting) > 1:
            self.waiting.pop()

    def serves(self, code: OrganizationCode) -> bool:
        """Whether mail for this code is for this organisation, by its settings."""
        return any(own.is_same_body(code) for own in self.codes)

    def knows(self, codes: Sequence[OrganizationCode]) -> bool:
        """Whether its directory knows one of the codes, as far as it can be asked."""
        if not self.is_silent:
            try:
                return self.recognises(codes)
            except EdocError:
                self.is_silent = True
        return False

    def is_meant(self, codes: Sequence[OrganizationCode]) -> bool:
        """Whether its directory knows one of the codes, or knew it when last asked.

        What comes again while that cannot be asked is still for whom it was.
        """
        was_meant = not self.called.isdisjoint(it.routing_words for it in codes)
        if not self.knows(codes):
            return self.is_silent and was_meant
        if not was_meant:
            self.called |= {it.routing_words for it in codes if self.knows([it])}
        return True

    def close(self) -> None:
        """Keep what could not be accepted for the next time, in its order.

        The line to the broker stays: it is that of all the others too.
        """
        self.waiting.extendleft(reversed(self.in_hand.values()))
        self.in_hand.clear()

    def empty(self) -> None:
        """Forget all: it comes again by another line."""
        self.waiting.clear()
        self.in_hand.clear()
        self.is_behind = self.is_missed = False


class Sorter:
    """Reads the mailbox that several organisations share, and fills their trays.

    Mail for nobody here, and what is no message of the contract, goes to the first:
    there it is judged, refused with its reason, and shown to a person.
    """

    def __init__(
        self,
        consumer: Consumer,
        codes: Sequence[tuple[OrganizationCode, ...]],
        strangers: Strangers | None = None,
    ) -> None:
        self._consumer = consumer
        self._strangers = strangers or Strangers()
        self._named = {code.routing_words for each in codes for code in each}
        self._owed: dict[int, int] = {}
        self._unclear: dict[OrganizationCode, None] = {}
        """For which bodies there is mail of which nobody could say yet whose it is; a
        set in its order."""
        self.trays = tuple(Tray(each, self) for each in codes)

    def fetch(self, wait_seconds: float, limit: int) -> int:
        """Sort up to `limit` messages, waiting for the first only; return how many.

        What somebody has not taken in its turn is set aside first: it is not to keep
        the mail of the others.  Raises `BusUnavailable`; what was in the trays comes
        again then.
        """
        self._make_room()
        for number in range(limit):
            arrived = self._receive(0 if number else wait_seconds)
            if arrived is None:
                return number
            self._put(arrived)
        return limit

    def _make_room(self) -> None:
        for tray in self.trays:
            tray.is_silent = False
            # With one in hand it is here, and a defect at that one has kept the others.
            if tray.waiting and not tray.in_hand:
                tray.set_aside(*tray.waiting)
        is_back = any(it.is_behind and not it.waiting for it in self.trays)
        if is_back or self._is_clearer_now() or self._consumer.is_held_up:
            # A crash here, or this, brings again what nobody has acknowledged.
            self.close()

    def _is_clearer_now(self) -> bool:
        """Whether more can be said of mail of which nobody could say whose it is."""
        if not self._unclear:
            return False
        is_clear = self._recognised([next(iter(self._unclear))]) is not None
        return is_clear or any(it.is_missed and not it.is_silent for it in self.trays)

    def _put(self, arrived: Arrived) -> None:
        trays = self._trays_of(arrived)
        if trays is None:
            self._leave_unclear(arrived)
            return
        self._owed[arrived.tag] = len(trays)
        for tray in trays:
            if tray.is_behind:
                # Nothing overtakes what was set aside.
                self.set_aside(arrived)
            else:
                tray.waiting.append(arrived)

    def _leave_unclear(self, arrived: Arrived) -> None:
        self._unclear |= dict.fromkeys(it.canonical for it in addressees(arrived))
        for tray in self.trays:
            tray.is_missed |= tray.is_silent
        self.set_aside(arrived)

    def set_aside(self, *deliveries: Arrived) -> None:
        """Have the broker keep what one of them cannot take now."""
        self._consumer.set_aside(*deliveries)

    def _receive(self, wait_seconds: float) -> Arrived | None:
        try:
            return self._consumer.receive(wait_seconds)
        except EdocError:
            self.close()
            raise

    def _recognised(self, codes: Sequence[OrganizationCode]) -> list[Tray] | None:
        """Return whose directory knows one of the codes, else one that cannot be asked.

        That one waits for its database, and says then whether the mail is its own.  Of
        several that cannot be asked none is guessed, who might refuse what is another
        one's: None.
        """
        known = [it for it in self.trays if it.knows(codes)]
        unsure = [it for it in self.trays if it.is_silent]
        return known or (None if len(unsure) > 1 else unsure)

    def settle(self, *deliveries: Arrived) -> None:
        """Have the broker forget those that nobody else has still to accept."""
        done = [it for it in deliveries if self._is_the_last_to_have(it)]
        try:
            self._consumer.acknowledge(*done)
        except EdocError:
            self.close()
            raise

    def _is_the_last_to_have(self, delivery: Arrived) -> bool:
        self._owed[delivery.tag] -= 1
        if self._owed[delivery.tag]:
            return False
        del self._owed[delivery.tag]
        return True

    def close(self) -> None:
        """Let go of the line and empty the trays: what is in them comes again."""
        self._consumer.close()
        self._owed.clear()
        self._unclear.clear()
        for tray in self.trays:
            tray.empty()

    def _trays_of(self, arrived: Arrived) -> Sequence[Tray] | None:
        """Return who gets it, or None while that cannot be said."""
        codes = addressees(arrived)
        found = [it for it in self.trays if any(map(it.serves, codes))]
        if not found and not isinstance(arrived, Foreign):
            # Only of a code that no settings name are the directories asked.
            return self._by_directory(arrived, codes)
        return [*found, *self._beside(found, codes)] or self.trays[:1]

    def _beside(
        self, found: Sequence[Tray], codes: Sequence[OrganizationCode]
    ) -> Sequence[Tray]:
        """Return for whom it is too, by a code that only a directory knows.

        Who cannot be asked is left out: most of the codes are those of others, and all
        that is for many would wait for one.
        """
        others = (it for it in codes if it.routing_words not in self._named)
        strange = self._strangers.to_ask_for(others)
        if not strange:
            return ()
        known = [it for it in self.trays if it not in found and it.is_meant(strange)]
        if not known:
            self._strangers.add(strange)
        return known

    def _by_directory(
        self, arrived: Delivery | Returned, codes: Sequence[OrganizationCode]
    ) -> Sequence[Tray] | None:
        if any(it.canonical in self._unclear for it in codes):
            return None  # nothing overtakes
        found = self._recognised(codes)
        if found is None or found:
            return found
        log.warning(
            "message_for_nobody_here",
            extra={
                "message_id": arrived.message.message_id,
                "account": arrived.account,
                "recipient": codes[0],
            },
        )
        return self.trays[:1]


def addressees(arrived: Arrived) -> tuple[OrganizationCode, ...]:
    """Return for whom it is, in whatever writing; of no contract is for nobody.

    One upload may be for several, and what comes back is for who has sent it.
    """
    if isinstance(arrived, Foreign):
        return ()
    message = arrived.message
    return (message.sender,) if isinstance(arrived, Returned) else message.recipients
