"""Several packets on their way at a time, each settled by its own confirm.

Of one packet only one segment is on its way: what a cut line costs is one segment.  To
several recipients a packet is uploaded once, after a probe has reached each of them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import count
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
from edoc_connector.flows.outgoing.company import Company, Probe, Trial, companies_of
from edoc_connector.flows.outgoing.parcel import Parcel
from edoc_connector.flows.outgoing.settling import Desk, forgo, settle, to_go
from edoc_connector.model.delivery import DeliveryEvent
from edoc_connector.model.stages import Kind
from edoc_connector.storage.records import OutboxItem

LEASE_SECONDS: Final = 120.0
"""For how long nobody else takes what this relay has in hand; after a crash it takes it
again at once, because it is the only one of its state folder."""

MOST_TRIALS: Final = 2
"""So often the ways of several are tried; what is refused after that goes to each."""


class Passage:
    """These packets, until all are settled or something more urgent has come."""

    def __init__(self, desk: Desk, items: Sequence[OutboxItem]) -> None:
        self._desk = desk
        self._companies = deque(companies_of(items))
        self._begun = 0
        self._is_stopped = False
        self._ready: deque[Parcel | Probe] = deque()
        """Begun, and with something to send."""
        self._under_way: dict[int, Parcel | Probe] = {}
        self._tickets = count(1)
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
            for each in self._packets():
                self._desk.retry.note(each, error)
            raise
        except BaseException:
            # What is on its way would speak to the next passage, which has not sent it.
            self._desk.publisher.close()
            raise
        return self._begun

    def _packets(self) -> Sequence[Company]:
        """Return who waits for what is begun, each packet once."""
        begun = (*self._under_way.values(), *self._ready)
        return tuple({each.items[0].id: each.items for each in begun}.values())

    def _send_some(self) -> bool:
        """Fill the window; return whether anything is on its way."""
        publisher = self._desk.publisher
        while not publisher.is_full and (departure := self._next()) is not None:
            self._send(departure)
        return bool(self._under_way or self._ready)

    def _next(self) -> Parcel | Probe | None:
        while not self._ready and self._companies and not self._is_stopped:
            if self._begun and self._is_overtaken(self._companies[0][0]):
                self._is_stopped = True
                break
            company = self._companies.popleft()
            self._begun += len(company)
            self._begin(to_go(self._desk, company))
        return self._ready.popleft() if self._ready else None

    def _is_overtaken(self, item: OutboxItem) -> bool:
        desk = self._desk
        now, worker = desk.site.clock(), desk.site.worker
        with desk.storage.reading() as work:
            resting = [one.recipient for one in work.destinations.resting()]
            return work.outbox.is_overtaken(item, worker, now, resting=resting)

    def _begin(self, company: Company) -> None:
        if company:
            desk = self._desk
            parcel = Parcel.of(desk.site, company, desk.publisher.most_bytes)
            self._go(parcel)

    def _go(self, parcel: Parcel) -> None:
        """Put it where it is sent from; to several only when each was reached."""
        if len(parcel.items) == 1:
            self._ready.append(parcel)
        elif parcel.trials < MOST_TRIALS:
            self._ready.extend(Trial(parcel).probes())
        else:
            self._ready.extend(parcel.apart())

    def _send(self, departure: Parcel | Probe) -> None:
        desk, ticket = self._desk, next(self._tickets)
        self._under_way[ticket] = departure
        try:
            message = departure.message(desk.site, desk.storage)
            desk.publisher.send(ticket, message, departure.keys)
        except ContentMissing as error:
            del self._under_way[ticket]
            self._settle_unsent(departure.items, error)
        except Exception as error:
            # Against the rule, knowingly: a defect that one packet finds is not to keep
            # all the others here.
            if isinstance(error, EdocError) and (error.retryable or error.fatal):
                raise
            del self._under_way[ticket]
            self._suffer(departure, error)

    def _suffer(self, departure: Parcel | Probe, defect: Exception) -> None:
        is_probe = isinstance(departure, Probe)
        for item in (departure.item,) if is_probe else departure.items:
            poison = self._desk.retry.unexpected(item, defect)
            if poison is not None:
                settle(self._desk, (item,), DeliveryEvent.PARK, poison)
        if isinstance(departure, Probe):
            self._judge(departure, key="")

    def _hear_all(self, outcomes: Sequence[Outcome]) -> None:
        try:
            for outcome in outcomes:
                self._hear(outcome)
        except Exception:
            self._settle_confirmed()
            raise
        self._settle_confirmed()

    def _hear(self, outcome: Outcome) -> None:
        departure = self._under_way.pop(outcome.ticket)
        if isinstance(departure, Probe):
            if outcome.refusal is not None:
                self._refuse(departure.item, outcome.refusal)
            self._judge(departure, "" if outcome.refusal else outcome.key)
        elif outcome.refusal is None:
            self._go_on(departure.one_more())
        else:
            self._take_back(departure, outcome.refusal)

    def _judge(self, probe: Probe, key: str) -> None:
        """Upload it when something is known of all its recipients."""
        trial = probe.trial
        trial.hear(probe.item, key)
        if trial.is_over:
            room = self._desk.publisher.most_header_bytes
            # It was its turn before: what has waited since does not go first.
            self._ready.extendleft(reversed(list(trial.uploads(room))))

    def _go_on(self, parcel: Parcel) -> None:
        desk = self._desk
        if parcel.is_sent:
            self._confirmed.extend(parcel.items)
            return
        with desk.storage.work() as work:
            going_on = work.outbox.advance(
                [item.id for item in parcel.items],
                segment_bytes=parcel.segment_bytes,
                segments_sent=parcel.sent,
                at=desk.site.clock(),
                lease_seconds=LEASE_SECONDS,
            )
        if (left := parcel.to(going_on)) is not None:
            self._ready.append(left)

    def _settle_confirmed(self) -> None:
        # A crash here publishes the last segments twice.  The receivers drop the
        # second copies by message id: twice is repairable, never is not.
        confirmed, self._confirmed = self._confirmed, []
        settle(self._desk, confirmed, DeliveryEvent.CONFIRM)

    def _take_back(self, parcel: Parcel, refusal: Refusal) -> None:
        if isinstance(refusal, MessageTooLarge):
            smaller = parcel.smaller(self._desk.publisher.most_bytes)
            if smaller is not None:
                self._ready.append(smaller)
                return
        if len(parcel.items) > 1 and not isinstance(refusal, BusRefused):
            # One of them takes nothing, or all are gone; which, their ways tell.
            self._go(parcel.once_more())
            return
        for item in parcel.items:
            self._refuse(item, refusal)

    def _refuse(self, item: OutboxItem, refusal: Refusal) -> None:
        if not isinstance(refusal, MailboxBusy):
            self._settle_unsent((item,), refusal)
        elif not self._desk.retry.postpone(item, refusal):
            self._is_stopped = True

    def _settle_unsent(
        self, items: Company, error: Unroutable | BusRefused | ContentMissing
    ) -> None:
        desk, kind = self._desk, items[0].kind
        if kind is Kind.RECONCILIATION and isinstance(error, Unroutable):
            forgo(desk, items[0], error)
        elif kind is not Kind.EDOC:
            if not desk.retry.answer(items[0], error):
                self._is_stopped = True
        else:
            is_returned = isinstance(error, Unroutable)
            event = DeliveryEvent.RETURN if is_returned else DeliveryEvent.PARK
            settle(desk, items, event, error.reason)
