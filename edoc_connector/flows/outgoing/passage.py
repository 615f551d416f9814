"""Several packets on their way at a time, each settled by its own confirm.

Of one packet only one segment is on its way: what a cut line costs is one segment.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final

from edoc_connector.bus.outcome import Outcome, Refusal
from edoc_connector.errors import (
    BusRefused,
    BusUnavailable,
    ContentMissing,
    EdocError,
    MailboxBusy,
    MessageTooLarge,
    Unroutable,
)
from edoc_connector.flows.outgoing.parcel import Parcel
from edoc_connector.flows.outgoing.settling import (
    Desk,
    forgo,
    is_held_back,
    settle,
    settle_confirmed,
)
from edoc_connector.model.delivery import DeliveryEvent
from edoc_connector.model.stages import Kind
from edoc_connector.storage.records import OutboxItem

LEASE_SECONDS: Final = 120.0
"""For how long nobody else takes what this relay has in hand; after a crash it takes it
again at once, because it is the only one of its state folder."""


class Passage:
    """These packets, until all are settled or something more urgent has come."""

    def __init__(self, desk: Desk, items: Sequence[OutboxItem]) -> None:
        self._desk = desk
        self._items = deque(items)
        self._begun = 0
        self._is_stopped = False
        self._ready: deque[Parcel] = deque()
        """Begun, and with another segment to send."""
        self._under_way: dict[int, Parcel] = {}
        self._confirmed: list[OutboxItem] = []
        """What the broker has, and nobody has written down yet."""

    def run(self) -> int:
        """Return how many were begun; none of them is on its way any more.

        Raises `BusUnavailable`, after which none is known to have left.
        """
        try:
            while self._send_some():
                self._hear_all(self._desk.publisher.outcomes())
        except BusUnavailable as error:
            for parcel in self._under_way.values():
                self._desk.retry.note(parcel.item, error)
            raise
        except BaseException:
            # What is on its way would speak to the next passage, which has not sent it.
            self._desk.publisher.close()
            raise
        return self._begun

    def _send_some(self) -> bool:
        """Fill the window; return whether anything is on its way."""
        publisher = self._desk.publisher
        while not publisher.is_full and (parcel := self._next()) is not None:
            self._send(parcel)
        return bool(self._under_way or self._ready)

    def _next(self) -> Parcel | None:
        if self._ready:
            return self._ready.popleft()
        while self._items and not self._is_stopped:
            if self._begun and self._is_overtaken(self._items[0]):
                self._is_stopped = True
                break
            item = self._items.popleft()
            self._begun += 1
            if not is_held_back(self._desk, item):
                most_bytes = self._desk.publisher.most_bytes
                return Parcel.of(self._desk.site, item, most_bytes)
        return None

    def _is_overtaken(self, item: OutboxItem) -> bool:
        desk = self._desk
        now, worker = desk.site.clock(), desk.site.worker
        with desk.storage.reading() as work:
            resting = [one.recipient for one in work.destinations.resting()]
            return work.outbox.is_overtaken(item, worker, now, resting=resting)

    def _send(self, parcel: Parcel) -> None:
        desk, item = self._desk, parcel.item
        self._under_way[item.id] = parcel
        try:
            message = parcel.message(desk.site, desk.storage)
            desk.publisher.send(item.id, message)
        except ContentMissing as error:
            self._settle_unsent(item, error)
        except Exception as error:
            # Against the rule, knowingly: a defect that one packet finds is not to keep
            # all the others here.
            if isinstance(error, EdocError) and (error.retryable or error.fatal):
                raise
            del self._under_way[item.id]
            poison = desk.retry.unexpected(item, error)
            if poison is not None:
                settle(desk, item, DeliveryEvent.PARK, poison)

    def _hear_all(self, outcomes: Sequence[Outcome]) -> None:
        try:
            for outcome in outcomes:
                self._hear(outcome)
        except Exception:
            self._settle_confirmed()
            raise
        self._settle_confirmed()

    def _hear(self, outcome: Outcome) -> None:
        parcel = self._under_way[outcome.ticket]
        if outcome.refusal is None:
            self._go_on(parcel.one_more())
        else:
            self._take_back(parcel, outcome.refusal)

    def _go_on(self, parcel: Parcel) -> None:
        desk, item = self._desk, parcel.item
        if parcel.is_sent:
            del self._under_way[item.id]
            self._confirmed.append(item)
            return
        del self._under_way[item.id]
        with desk.storage.work() as work:
            goes_on = work.outbox.advance(
                item.id,
                segment_bytes=parcel.segment_bytes,
                segments_sent=parcel.sent,
                at=desk.site.clock(),
                lease_seconds=LEASE_SECONDS,
            )
        if goes_on:
            self._ready.append(parcel)

    def _settle_confirmed(self) -> None:
        # A crash here publishes the last segments twice.  The receiver drops the
        # second copies by message id: twice is repairable, never is not.
        confirmed, self._confirmed = self._confirmed, []
        settle_confirmed(self._desk, confirmed)

    def _take_back(self, parcel: Parcel, refusal: Refusal) -> None:
        item = parcel.item
        if isinstance(refusal, MessageTooLarge):
            smaller = parcel.smaller(self._desk.publisher.most_bytes)
            if smaller is not None:
                del self._under_way[item.id]
                self._ready.append(smaller)
                return
        if not isinstance(refusal, MailboxBusy):
            self._settle_unsent(item, refusal)
            return
        del self._under_way[item.id]
        if not self._desk.retry.postpone(item, refusal):
            self._is_stopped = True

    def _settle_unsent(
        self, item: OutboxItem, error: Unroutable | BusRefused | ContentMissing
    ) -> None:
        desk = self._desk
        del self._under_way[item.id]
        if item.kind is Kind.RECONCILIATION and isinstance(error, Unroutable):
            forgo(desk, item, error)
        elif item.kind is not Kind.EDOC:
            if not desk.retry.answer(item, error):
                self._is_stopped = True
        else:
            is_returned = isinstance(error, Unroutable)
            event = DeliveryEvent.RETURN if is_returned else DeliveryEvent.PARK
            settle(desk, item, event, error.reason)
