"""What waits for the axis: why, until when, and what a person may do about it."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from edoc_connector.errors import NothingQueued, NotQueued, Reason, SeveralPackets
from edoc_connector.flows.backoff import Backoff
from edoc_connector.ledger.facts import QueueParked, QueueReleased
from edoc_connector.model.document import Priority
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import Destination, OutboxItem

log = logging.getLogger(__name__)

EVERYTHING: Final = 1_000_000
AT_ONCE: Final = 200
"""How many are changed in one transaction: the connector goes on between two."""


class Waits(StrEnum):
    """For what an item waits."""

    TURN = "turn"
    PAUSE = "pause"
    RECIPIENT = "recipient"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """One packet for one recipient that has not left.

    `coming` are the next attempts, each at the latest then if all before it fail; there
    is none while a person holds it.  `rests_until` and `failures` are the recipient's.
    """

    id: int
    message_id: str
    kind: Kind
    document: str
    recipient: str
    priority: int
    waits_for: Waits
    since: datetime
    attempts: int
    coming: tuple[datetime, ...]
    reason: Reason | None
    parked_at: datetime | None
    failures: int
    rests_until: datetime | None


def list_queue(  # noqa: PLR0913  (what is wanted of what, and when it is now)
    work: Work,
    backoff: Backoff,
    *,
    now: datetime,
    limit: int = EVERYTHING,
    to: OrganizationCode | None = None,
    parked: bool = False,
) -> tuple[QueueLine, ...]:
    """Return what waits, in the order in which it is to leave."""
    failing = {it.recipient: it for it in work.destinations.all()}
    items = work.outbox.list_waiting(limit, to=to, parked=parked)
    return tuple(_line(it, failing.get(it.recipient), backoff, now) for it in items)


def show_queued(
    work: Work, backoff: Backoff, text: str, *, now: datetime
) -> tuple[QueueLine, ...]:
    """Return the items a person may mean.  Raises `NotQueued`, `SeveralPackets`."""
    items = _named(work, text)
    failing = {it.recipient: it for it in work.destinations.all()}
    return tuple(_line(it, failing.get(it.recipient), backoff, now) for it in items)


def _line(
    item: OutboxItem, failing: Destination | None, backoff: Backoff, now: datetime
) -> QueueLine:
    rests_until = failing.open_until if failing else None
    is_resting = rests_until is not None and rests_until > now
    waits_for = _waits_for(item, now, is_resting=is_resting)
    next_at = max(item.next_attempt_at, now)
    if waits_for is Waits.RECIPIENT and rests_until:
        next_at = max(next_at, rests_until)
    is_held = waits_for is Waits.PERSON
    return QueueLine(
        id=item.id,
        message_id=item.message_id,
        kind=item.kind,
        document=item.correlation_id.rpartition(",")[2],
        recipient=item.recipient,
        priority=item.priority,
        waits_for=waits_for,
        since=item.added_at,
        attempts=item.attempts,
        coming=() if is_held else backoff.coming(item.attempts, next_at),
        reason=item.reason or (failing.reason if failing and is_resting else None),
        parked_at=item.parked_at,
        failures=failing.failures if failing else 0,
        rests_until=rests_until if is_resting else None,
    )


def _waits_for(item: OutboxItem, now: datetime, *, is_resting: bool) -> Waits:
    if item.parked_at is not None:
        return Waits.PERSON
    if is_resting and item.priority < Priority.EXPRESS:
        return Waits.RECIPIENT
    return Waits.PAUSE if item.next_attempt_at > now else Waits.TURN


def park(
    storage: Storage,
    names: Sequence[str],
    to: OrganizationCode | None = None,
    *,
    at: datetime,
) -> tuple[OutboxItem, ...]:
    """Hold these items back, or all that wait for one recipient; return which.

    Nothing else happens to them until they are released.  Raises `NotQueued` for a
    name of nothing that waits, `SeveralPackets`, and `NothingQueued` for a recipient
    for whom nothing waits; then nothing is held.
    """
    items = _chosen(storage, names, to)
    if not items:
        raise NothingQueued(recipient=to)
    done: list[OutboxItem] = []
    for some in _portions(items):
        with storage.work() as work:
            held = [it for it in some if work.outbox.park(it.id, at)]
            for it in held:
                fact = QueueParked(message_id=it.message_id, recipient=it.recipient)
                work.ledger.append(fact, at)
        done += held
    log.info("queue_parked", extra={"count": len(done)})
    return tuple(done)


def release(
    storage: Storage,
    names: Sequence[str],
    to: OrganizationCode | None = None,
    *,
    at: datetime,
) -> tuple[OutboxItem, ...]:
    """Let these items go on at once, or all for one recipient; return which were held.

    A recipient released as such is tried again at once, whatever failed before.
    Raises as `park`.
    """
    items = _chosen(storage, names, to)
    if not items and not _fails(storage, to):
        raise NothingQueued(recipient=to)
    done: list[OutboxItem] = []
    for some in _portions(items):
        with storage.work() as work:
            let_go = [it for it in some if work.outbox.release(it.id, at)]
            for it in let_go:
                fact = QueueReleased(message_id=it.message_id, recipient=it.recipient)
                work.ledger.append(fact, at)
        done += let_go
    if to is not None and not names:
        with storage.work() as work:
            work.destinations.succeed(to)
            work.outbox.hurry(to, at)
    log.info("queue_released", extra={"count": len(done)})
    return tuple(done)


def _fails(storage: Storage, recipient: OrganizationCode | None) -> bool:
    """Whether it is at rest after failures, though nothing waits for it now."""
    with storage.reading() as work:
        return recipient is not None and work.destinations.get(recipient) is not None


def _portions(items: Sequence[OutboxItem]) -> Iterator[Sequence[OutboxItem]]:
    for first in range(0, len(items), AT_ONCE):
        yield items[first : first + AT_ONCE]


def _chosen(
    storage: Storage, names: Sequence[str], to: OrganizationCode | None
) -> tuple[OutboxItem, ...]:
    with storage.reading() as work:
        if not names:
            return work.outbox.list_waiting(EVERYTHING, to=to)
        return tuple({it.id: it for it in _named_for(work, names, to)}.values())


def _named_for(
    work: Work, names: Sequence[str], to: OrganizationCode | None
) -> Iterator[OutboxItem]:
    for name in names:
        found = [it for it in _named(work, name) if to in {None, it.recipient}]
        if not found:
            raise NotQueued(what=f"{name} ({to})")
        yield from found


def _named(work: Work, text: str) -> tuple[OutboxItem, ...]:
    """Return the copies of one packet, or one of them by its number."""
    found = work.outbox.find_waiting(text)
    if not found:
        raise NotQueued(what=text)
    if len({it.message_id for it in found}) > 1:
        numbers = ", ".join(f"{it.id}" for it in found)
        raise SeveralPackets(text=text, numbers=numbers)
    return found
