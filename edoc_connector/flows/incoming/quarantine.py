"""What was set aside on the way in: who sent it, why, and what a person decides."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime

from edoc_connector.envelope.read import read
from edoc_connector.errors import (
    EdocError,
    NotQuarantined,
    Reason,
    RejectedHere,
    SeveralPackets,
)
from edoc_connector.flows.poison import is_poison
from edoc_connector.flows.site import Site
from edoc_connector.flows.statuses.answer import give, refusal
from edoc_connector.ledger.facts import QuarantineRejected, QuarantineReleased
from edoc_connector.model.delivery import InboxEvent, InboxState
from edoc_connector.model.deviations import Deviation
from edoc_connector.model.stages import Kind
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import InboxEntry, KeptVerdict

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """One packet that a person may have to look at; `is_told` is its sender."""

    id: int
    message_id: str
    kind: Kind
    state: InboxState
    document: str
    sender: str
    account: str
    since: datetime
    packet: str
    packet_bytes: int
    reason: Reason | None
    is_poison: bool
    is_told: bool
    verdict: KeptVerdict | None = None
    deviations: tuple[Deviation, ...] = ()


def list_set_aside(work: Work, limit: int) -> tuple[SetAside, ...]:
    """Return what is set aside, newest first."""
    entries = work.inbox.newest_in_state(InboxState.QUARANTINED, limit)
    return tuple(_set_aside(work, it) for it in entries)


def show_set_aside(
    storage: Storage, work: Work, text: str, *, max_bytes: int
) -> SetAside:
    """Return one packet with all that was found of it.

    It is read once more for how it departs from the standard, unless that may end the
    process.  Raises `NotQuarantined` or `SeveralPackets`.
    """
    entry = find(work, text)
    found = _set_aside(work, entry)
    deviations: tuple[Deviation, ...] = ()
    if not found.is_poison:
        deviations = _deviations(storage, entry, max_bytes)
    verdict = work.verdicts.latest(entry.id)
    return replace(found, verdict=verdict, deviations=deviations)


def _deviations(
    storage: Storage, entry: InboxEntry, max_bytes: int
) -> tuple[Deviation, ...]:
    try:
        with storage.content.mapped(entry.packet) as body:
            return read(body, max_bytes=max_bytes).deviations
    except EdocError:  # that is why it is here
        return ()


def _set_aside(work: Work, entry: InboxEntry) -> SetAside:
    return SetAside(
        id=entry.id,
        message_id=entry.message_id,
        kind=entry.kind,
        state=entry.state,
        document=entry.correlation_id.rpartition(",")[2],
        sender=entry.sender,
        account=entry.account,
        since=entry.accepted_at,
        packet=entry.packet,
        packet_bytes=entry.packet_bytes,
        reason=entry.reason,
        is_poison=is_poison(entry.reason),
        is_told=_is_told(work, entry),
    )


def _is_told(work: Work, entry: InboxEntry) -> bool:
    return bool(work.answers.of(entry.id)) or work.owed_answers.owes(entry.id)


def find(work: Work, text: str) -> InboxEntry:
    """Return the one packet that a number, a message id or the start of it means."""
    found = work.inbox.find_set_aside(text)
    if not found:
        raise NotQuarantined(what=text)
    if len(found) > 1:
        numbers = ", ".join(f"{it.id}" for it in found)
        raise SeveralPackets(text=text, numbers=numbers)
    return found[0]


def release(storage: Storage, text: str, *, at: datetime) -> InboxEntry:
    """Have a packet judged again as if it had just come, copies of poison with it."""
    with storage.work() as work:
        chosen = find(work, text)
        copies = work.inbox.with_packets([chosen.packet])
        for entry in copies:
            is_copy = entry.state is InboxState.QUARANTINED and is_poison(entry.reason)
            if entry.id == chosen.id or is_copy:
                work.inbox.move(entry.id, InboxEvent.RELEASE)
                work.ledger.append(_released(entry), at)
    log.info("quarantine_released", extra={"message_id": chosen.message_id})
    return chosen


@dataclass(frozen=True, slots=True)
class Rejection:
    """A packet that may be rejected, and whether its sender would be told."""

    packet: SetAside
    tells_sender: bool


def plan_rejection(work: Work, text: str) -> Rejection:
    """Return what a rejection would do.  Raises what `find` raises, writes nothing."""
    entry = _to_reject(work, text)
    return Rejection(_set_aside(work, entry), _owes_refusal(work, entry))


def _to_reject(work: Work, text: str) -> InboxEntry:
    entry = find(work, text)
    if entry.state is not InboxState.QUARANTINED:
        raise NotQuarantined(what=text)
    return entry


def reject(site: Site, storage: Storage, text: str, *, because: str) -> bool:
    """Have done with a packet for good, and return whether its sender is told now.

    A sealed 02 goes out where nothing was answered yet and somebody can be; of a status
    nobody is told.
    """
    with storage.reading() as work:
        entry = _to_reject(work, text)
        is_owed = _owes_refusal(work, entry)
    reason = RejectedHere(text=because).reason
    answer = refusal(site, storage, entry, reason) if is_owed else None
    # A crash here leaves a packet nobody names; the refusal is sealed again.
    causes = (entry.reason,) if entry.reason else ()
    now = site.clock()
    with storage.work() as work:
        kept = replace(reason, causes=causes)
        work.inbox.move(entry.id, InboxEvent.REJECT, reason=kept)
        if answer is not None:
            give(site, work, answer)
        work.ledger.append(_rejected(entry), now)
    log.info("quarantine_rejected", extra={"message_id": entry.message_id})
    return answer is not None


def _owes_refusal(work: Work, entry: InboxEntry) -> bool:
    if entry.kind is not Kind.EDOC or not entry.sender or _is_told(work, entry):
        return False
    # A damaged copy of what was delivered does not undo the arrival.
    return work.inbox.delivered(entry.account, entry.message_id) is None


def _released(entry: InboxEntry) -> QuarantineReleased:
    return QuarantineReleased(
        message_id=entry.message_id, account=entry.account, packet=entry.packet
    )


def _rejected(entry: InboxEntry) -> QuarantineRejected:
    return QuarantineRejected(
        message_id=entry.message_id, account=entry.account, packet=entry.packet
    )
