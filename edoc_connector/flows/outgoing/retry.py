"""What is done about a packet that did not leave: again, later, or by a person."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from edoc_connector.errors import (
    AnswerGivenUp,
    EdocError,
    LostRace,
    Poison,
    Reason,
    Unroutable,
)
from edoc_connector.flows.backoff import Backoff
from edoc_connector.flows.outgoing.patience import Patience
from edoc_connector.flows.poison import MOST_TRIES
from edoc_connector.flows.site import Site
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import Destination, OutboxItem

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Retry:
    """The pauses and the patience of one relay."""

    site: Site
    storage: Storage
    backoff: Backoff
    patience: Patience

    def postpone(self, item: OutboxItem, error: EdocError) -> bool:
        """Try it again after a pause; return False where its recipient is to rest."""
        return self._again(item, error.reason, self.backoff, is_its_fault=True)

    def note(self, items: Collection[OutboxItem], error: EdocError) -> None:
        """Write down why these wait: their turn comes when the broker is back.

        Nothing is counted, because it is no fault of a packet or its recipient.
        """
        news = {item.id for item in items if item.reason != error.reason}
        if news:
            with suppress(EdocError), self.storage.work() as work:
                work.outbox.note(news, error.reason)

    def answer(self, item: OutboxItem, error: EdocError) -> bool:
        """Go on with what nobody would miss but its receiver, who waits for ever.

        A mailbox may come back, so it is tried for long; what can never be sent is
        given up at once.  A person sees both, and who releases it begins anew.
        """
        age = self.site.clock() - (item.released_at or item.added_at)
        if isinstance(error, Unroutable) and age < self.patience.answers:
            pauses = self.patience.answer_pauses
            return self._again(item, error.reason, pauses, is_its_fault=True)
        reason = error.reason
        if isinstance(error, Unroutable):
            given_up = AnswerGivenUp(recipient=item.recipient, days=age.days)
            reason = given_up.reason
        self._give_up(item, reason)
        return True

    def unexpected(self, item: OutboxItem, error: Exception) -> Reason | None:
        """Try it again after a defect; return why a document is to be set aside."""
        reason = self._count_defect(item, error)
        if reason is None or item.kind is Kind.EDOC:
            return reason
        self._give_up(item, reason)
        return None

    def unwritten(self, item: OutboxItem, error: Exception) -> None:
        """Try it again though it may have left: a defect keeps that out of the books.

        Its receiver drops the copy.  After three of them it stays in the queue and a
        person sees it; whether it has left its receipt will tell.
        """
        reason = self._count_defect(item, error)
        if reason is not None:
            self._give_up(item, reason)

    def _count_defect(self, item: OutboxItem, error: Exception) -> Reason | None:
        """Put it off; return why not once more, where it was the third time."""
        problem, times = type(error).__name__, _times(item) + 1
        log.error(
            "packet_defect",
            extra={"message_id": item.message_id, "attempts": times},
            exc_info=error,
        )
        if times >= MOST_TRIES:
            return Poison(attempts=times, problem=problem).reason
        again = EdocError(problem=problem, times=times).reason
        self._again(item, again, self.backoff, is_its_fault=False)
        return None

    def succeed(
        self, work: Work, recipients: Collection[OrganizationCode]
    ) -> Sequence[Destination]:
        """Let all go on to recipients that take mail again; return who was resting."""
        failing = [it for it in work.destinations.all() if it.recipient in recipients]
        for it in failing:
            work.destinations.succeed(it.recipient)
            work.outbox.hurry(it.recipient, self.site.clock())
        return failing

    def say_closed(self, back: Destination) -> None:
        """Log, after the commit, that a recipient takes mail again."""
        if back.open_until is not None:
            extra = {"recipient": back.recipient, "failures": back.failures}
            log.info("destination_closed", extra=extra)

    def _again(
        self, item: OutboxItem, reason: Reason, pauses: Backoff, *, is_its_fault: bool
    ) -> bool:
        now, rest = self.site.clock(), None
        pause = timedelta(seconds=pauses.seconds(item.attempts))
        # Who has settled it meanwhile knows better.
        with suppress(LostRace), self.storage.work() as work:
            work.outbox.postpone(item.id, until=now + pause, reason=reason)
            if is_its_fault:
                rest = self._count(work, item, reason, now)
        log.warning(
            "packet_postponed",
            extra={"message_id": item.message_id, "reason": reason.code},
        )
        if rest is None:
            return True
        seconds = round(rest.total_seconds(), 1)
        extra = {"recipient": item.recipient, "pause_seconds": seconds}
        log.warning("destination_open", extra=extra)
        return False

    def _count(
        self, work: Work, item: OutboxItem, reason: Reason, now: datetime
    ) -> timedelta | None:
        failures = work.destinations.count(item.recipient, reason, now)
        pause = self.patience.breaker.pause(failures)
        if pause is not None:
            work.destinations.rest(item.recipient, until=now + pause)
        return pause

    def _give_up(self, item: OutboxItem, reason: Reason) -> None:
        with suppress(LostRace), self.storage.work() as work:
            work.outbox.give_up(item.id, reason, self.site.clock())
        log.error(
            "answer_given_up",
            extra={"message_id": item.message_id, "reason": reason.code},
        )


def _times(item: OutboxItem) -> int:
    """Return how often a defect has kept it here, in a row."""
    if item.reason is None or item.reason.code != EdocError.code:
        return 0
    return int(item.reason.details.get("times", 0))
