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
    MailboxBusy,
    MessageTooLarge,
    Unroutable,
)
from edoc_connector.flows.attempts import passes
from edoc_connector.flows.outgoing.company import Company, Probe, Trial
from edoc_connector.flows.outgoing.departures import LEASE_SECONDS, Departures
from edoc_connector.flows.outgoing.parcel import Parcel, keys_to
from edoc_connector.flows.outgoing.settling import Means, forgo, settle
from edoc_connector.model.delivery import DeliveryEvent
from edoc_connector.model.stages import Kind
from edoc_connector.storage.records import OutboxItem

MOST_TRIALS: Final = 2
"""So often the ways of several are tried; what is refused after that goes to each."""


class Passage:
    """These packets, until all are settled or something more urgent has come."""

    def __init__(self, means: Means, items: Sequence[OutboxItem]) -> None:
        self._means = means
        self._departures = Departures(means.site, means.storage, items)
        self._ready: deque[Parcel | Probe] = deque()
        """Begun, and with something to send."""
        self._under_way: dict[int, Parcel | Probe] = {}
        self._tickets = count(1)

    def run(self) -> int:
        """Return how many were begun; none of them is on its way any more.

        Raises `BusUnavailable`, after which none is known to have left.
        """
        try:
            while self._send_some():
                self._hear_all(self._means.publisher.outcomes())
                self._departures.keep(self._in_hand())
        except BusUnavailable as error:
            waiting = {it.id: it for some in self._in_hand() for it in some}
            self._means.retry.note(waiting.values(), error)
            raise
        except BaseException:
            # What is on its way would speak to the next passage, which has not sent it.
            self._means.publisher.close()
            raise
        return self._departures.begun

    def _in_hand(self) -> Sequence[Company]:
        """Return who has begun, and waits for what becomes of it."""
        return [each.items for each in (*self._under_way.values(), *self._ready)]

    def _send_some(self) -> bool:
        """Fill the window; return whether anything is on its way."""
        publisher = self._means.publisher
        while not publisher.is_full and (departure := self._next()) is not None:
            self._send(departure)
        self._departures.look_again()
        return bool(self._under_way or self._ready)

    def _next(self) -> Parcel | Probe | None:
        while not self._ready:
            company = self._departures.next(self._in_hand)
            if company is None:
                return None
            means = self._means
            self._go(Parcel.of(means.site, company, means.publisher.most_bytes))
        return self._ready.popleft()

    def _go(self, parcel: Parcel) -> None:
        """Put it where it is sent from; to several only when each was reached."""
        if len(parcel.items) == 1:
            self._ready.append(parcel)
        elif parcel.trials < MOST_TRIALS:
            self._try(Trial(parcel))
        else:
            self._ready.extend(parcel.apart())

    def _try(self, trial: Trial) -> None:
        """Probe those whose way is not known; after a refusal, each of them."""
        if not trial.parcel.trials and not self._means.site.policy.links:
            self._remember(trial)
        self._ready.extend(trial.probes())
        if trial.is_over:
            self._upload(trial)

    def _remember(self, trial: Trial) -> None:
        """Take the ways that were proven a short while ago for proven.

        Not where links bring mail: what comes back through them speaks of one document,
        so each needs a probe of its own.
        """
        for item in trial.parcel.items:
            if key := self._means.publisher.way_to(keys_to(item)):
                trial.hear(item, key)

    def _send(self, departure: Parcel | Probe) -> None:
        means, ticket = self._means, next(self._tickets)
        self._under_way[ticket] = departure
        try:
            message = departure.message(means.site, means.storage)
            means.publisher.send(ticket, message, departure.keys)
        except ContentMissing as error:
            del self._under_way[ticket]
            self._settle_unsent(departure.items, error)
        except Exception as error:
            # Against the rule, knowingly: a defect that one packet finds is not to keep
            # all the others here.
            if passes(error):
                raise
            del self._under_way[ticket]
            self._suffer(departure, error)

    def _suffer(self, departure: Parcel | Probe, defect: Exception) -> None:
        is_probe = isinstance(departure, Probe)
        for item in (departure.item,) if is_probe else departure.items:
            poison = self._means.retry.unexpected(item, defect)
            if poison is not None:
                settle(self._means, (item,), DeliveryEvent.PARK, poison)
        if isinstance(departure, Probe):
            self._judge(departure, key="")

    def _hear_all(self, outcomes: Sequence[Outcome]) -> None:
        """Write down first who has all of it: no failure at another sends it again."""
        heard = [(self._under_way.pop(it.ticket), it) for it in outcomes]
        sent = [it for it in heard if _has_left(*it)]
        # A crash here publishes the last segments twice.  The receivers drop the
        # second copies by message id: twice is repairable, never is not.
        items = [item for departure, _ in sent for item in departure.items]
        settle(self._means, items, DeliveryEvent.CONFIRM)
        for departure, outcome in heard:
            if not _has_left(departure, outcome):
                self._hear(departure, outcome)

    def _hear(self, departure: Parcel | Probe, outcome: Outcome) -> None:
        try:
            self._follow(departure, outcome)
        except Exception as error:
            if passes(error):
                raise
            self._suffer(departure, error)

    def _follow(self, departure: Parcel | Probe, outcome: Outcome) -> None:
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
            self._upload(trial)

    def _upload(self, trial: Trial) -> None:
        room = self._means.publisher.most_header_bytes
        # It was its turn before: what has waited since does not go first.
        self._ready.extendleft(reversed(list(trial.uploads(room))))

    def _go_on(self, parcel: Parcel) -> None:
        means = self._means
        with means.storage.work() as work:
            going_on = work.leases.advance(
                [item.id for item in parcel.items],
                means.site.worker,
                segment_bytes=parcel.segment_bytes,
                segments_sent=parcel.sent,
                at=means.site.clock(),
                lease_seconds=LEASE_SECONDS,
            )
        if (left := parcel.to(going_on)) is not None:
            self._ready.append(left)

    def _take_back(self, parcel: Parcel, refusal: Refusal) -> None:
        if isinstance(refusal, MessageTooLarge):
            smaller = parcel.smaller(self._means.publisher.most_bytes)
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
        elif not self._means.retry.postpone(item, refusal):
            self._departures.stop()

    def _settle_unsent(
        self, items: Company, error: Unroutable | BusRefused | ContentMissing
    ) -> None:
        means, kind = self._means, items[0].kind
        if kind is Kind.RECONCILIATION and isinstance(error, Unroutable):
            forgo(means, items[0], error)
        elif kind is not Kind.EDOC:
            if not means.retry.answer(items[0], error):
                self._departures.stop()
        else:
            is_returned = isinstance(error, Unroutable)
            event = DeliveryEvent.RETURN if is_returned else DeliveryEvent.PARK
            settle(means, items, event, error.reason)


def _has_left(departure: Parcel | Probe, outcome: Outcome) -> bool:
    """Whether the broker has the last of it."""
    if isinstance(departure, Probe) or outcome.refusal is not None:
        return False
    return departure.is_at_its_last
