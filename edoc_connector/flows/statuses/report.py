"""What our register does with a document that arrived, told to its sender in order.

Status, answer and fact are one transaction; the register is told after it, so a crash
between the two has it name again what was said, which is known by its digest.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime, timedelta
from typing import Final

from edoc_connector.clock import VIETNAM
from edoc_connector.dms.port import DmsStatuses, RegisterStatus
from edoc_connector.errors import (
    DmsRefused,
    EdocError,
    Reason,
    SettingsInvalid,
    StatusOutOfTurn,
    StatusWordUnknown,
)
from edoc_connector.flows.each import each, reason_of
from edoc_connector.flows.plain import plain
from edoc_connector.flows.reading_on import read_on
from edoc_connector.flows.site import Site
from edoc_connector.flows.statuses.answer import give, statement
from edoc_connector.ledger.facts import StatusGiven, StatusWithheld
from edoc_connector.model.business import may_follow
from edoc_connector.model.delivery import InboxState
from edoc_connector.model.document import Staff
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.status import StatusCode
from edoc_connector.storage import Storage
from edoc_connector.storage.records import Arrival, InboxEntry

log = logging.getLogger(__name__)

MOST_WORD: Final = 60
MOST_STAFF: Final = 300
ONE_SECOND: Final = timedelta(seconds=1)


def report(site: Site, register: DmsStatuses, storage: Storage, *, limit: int) -> int:
    """Tell senders up to `limit` statuses of the register; return how many it did.

    What cannot be told is kept with its reason and disturbs no other document.  Raises
    `DmsUnavailable` and, where the whole mapping does not fit, `DmsRefused`; where no
    status can be sealed, `KeyUnusable`.
    """
    with storage.reading() as work:
        withheld = work.arrivals.withheld()
    # Rows that stay named must not hide the others: those with something withheld are
    # counted; of those that may just be arriving nobody knows how many there are.
    return read_on(
        register.statuses,
        lambda named: _report_all(site, register, storage, named),
        named=lambda it: it.row_id,
        limit=limit + withheld,
    )


def _report_all(
    site: Site, register: DmsStatuses, storage: Storage, named: Sequence[RegisterStatus]
) -> int:
    # What follows in a row waits until what was before it is ticked off.
    return each(
        named,
        lambda it: _report_one(site, register, storage, it),
        tell=lambda it, error: log.error(
            "status_not_told", extra={"row": it.row_id}, exc_info=error
        ),
        named=lambda it: {"row": it.row_id},
        put_off=lambda it, error: _put_off(storage, it, reason_of(error)),
        shared=(SettingsInvalid,),
    )


def _put_off(storage: Storage, said: RegisterStatus, reason: Reason) -> bool:
    """Keep why it could not be told; False where that is known."""
    with storage.reading() as work:
        arrival = work.arrivals.of_row(said.row_id)
    if arrival is None:
        return True
    if arrival.withheld == reason:
        return False
    with storage.work() as work:
        work.arrivals.withhold(arrival, reason)
    return True


def _report_one(
    site: Site, register: DmsStatuses, storage: Storage, said: RegisterStatus
) -> bool:
    """Tell its sender, then tick it off; return False where it stays named."""
    with storage.reading() as work:
        arrival = work.arrivals.of_row(said.row_id)
        if arrival is None and work.inbox.in_state(InboxState.ACCEPTED, 1):
            # It may be in the register and, after a crash, not in our books yet.
            return False
    if arrival is None:
        return _ignore(site, register, said)
    if arrival.status_line != line_of(said) and not _settle(
        site, storage, arrival, said
    ):
        return False
    # A crash here has it named again; the line is known, and nobody is told twice.
    return _tick_off(site, register, storage, said)


def line_of(said: RegisterStatus) -> str:
    """Return a digest of all that the register says at once."""
    at = said.at.isoformat() if said.at else ""
    staff = astuple(said.staff) if said.staff else ()
    parts = (said.word, said.text, at, said.event_id, *staff)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _ignore(site: Site, register: DmsStatuses, said: RegisterStatus) -> bool:
    """Say once that nobody can be told of a document that did not come through us."""
    log.warning("status_of_unknown_row", extra={"row": said.row_id})
    try:
        register.told(said, at=site.clock())
    except DmsRefused as error:
        extra = {"row": said.row_id, "reason": error.code}
        log.exception("status_not_ticked_off", extra=extra)
        return False
    return True


def _settle(
    site: Site, storage: Storage, arrival: Arrival, said: RegisterStatus
) -> bool:
    """Tell its sender what is new, or write down why not; False leaves it open."""
    if said.code is None and arrival.status == StatusCode.TAKEN_BACK:
        return True  # whatever it calls what was taken back: its sender knows by 15
    if said.code is None:
        word = plain(said.word, MOST_WORD)
        _withhold(storage, arrival, StatusWordUnknown(word=word).reason)
        return False
    before = StatusCode(arrival.status)
    if may_follow(before, said.code):
        _give(site, storage, arrival, said, said.code)
    elif before is not said.code:
        _refuse(site, storage, arrival, said, said.code)
    elif arrival.withheld is not None:  # the same again is no news, and the cause gone
        with storage.work() as work:
            work.arrivals.withhold(arrival, None)
    return True


def _withhold(storage: Storage, arrival: Arrival, reason: Reason) -> None:
    """Write it down once: it is named until somebody has mended the cause."""
    if arrival.withheld is not None and arrival.withheld.code == reason.code:
        return
    with storage.work() as work:
        work.arrivals.withhold(arrival, reason)
    extra = {"row": arrival.row_id, "reason": reason.code}
    log.error("status_withheld", extra=extra)


def _refuse(
    site: Site,
    storage: Storage,
    arrival: Arrival,
    said: RegisterStatus,
    code: StatusCode,
) -> None:
    reason = StatusOutOfTurn(status=code, before=arrival.status).reason
    with storage.work() as work:
        entry = work.inbox.get(arrival.inbox_id)
        work.arrivals.withhold(arrival, reason, line=line_of(said))
        fact = StatusWithheld(
            message_id=entry.message_id,
            account=entry.account,
            recipient=arrival.sender,
            status=code,
            reason=reason.code,
        )
        work.ledger.append(fact, site.clock())
    extra = {"row": arrival.row_id, "status": code, "reason": reason.code}
    log.warning("status_withheld", extra=extra)


def _give(
    site: Site,
    storage: Storage,
    arrival: Arrival,
    said: RegisterStatus,
    code: StatusCode,
) -> None:
    with storage.reading() as work:
        entry = work.inbox.get(arrival.inbox_id)
    at = _moment(site, arrival, said)
    answer = statement(
        site,
        storage,
        entry,
        arrival,
        code=code,
        description=said.text,
        staff=_staff(said.staff),
        at=at,
    )
    # A crash here leaves a packet nobody names; the status is sealed again.
    with storage.work() as work:
        work.arrivals.say(arrival, status=code, at=at, line=line_of(said))
        give(site, work, answer)
        fact = _fact(entry, arrival, status=code, answer=answer.message_id)
        work.ledger.append(fact, site.clock())
    extra = {"message_id": entry.message_id, "row": arrival.row_id, "status": code}
    log.info("status_given", extra=extra)


def _fact(
    entry: InboxEntry, arrival: Arrival, *, status: StatusCode, answer: MessageId
) -> StatusGiven:
    return StatusGiven(
        message_id=entry.message_id,
        account=entry.account,
        recipient=arrival.sender,
        status=status,
        answer=answer,
    )


def _moment(site: Site, arrival: Arrival, said: RegisterStatus) -> datetime:
    """Return when it is said: as the register has it, yet after what was said before.

    Registers write 03 and 05 in one moment, or only the day; a status has whole seconds
    and everybody sorts by them.  Nothing is said of the future.
    """
    now = site.clock()
    earliest = (arrival.status_at or arrival.arrived_at) + ONE_SECOND
    at = max(min(said.at or now, now), earliest)
    return at.astimezone(VIETNAM).replace(microsecond=0)


def _staff(staff: Staff | None) -> Staff | None:
    if staff is None:
        return None
    return Staff(
        department=plain(staff.department, MOST_STAFF),
        staff=plain(staff.staff, MOST_STAFF),
    )


def _tick_off(
    site: Site, register: DmsStatuses, storage: Storage, said: RegisterStatus
) -> bool:
    """Have the register name it no more; where it refuses, it is named again."""
    with storage.reading() as work:
        arrival = work.arrivals.of_row(said.row_id)
    try:
        register.told(said, at=site.clock())
    except DmsRefused as error:
        if arrival is not None:
            _withhold(storage, arrival, error.reason)
        return False
    # These are said of the register's answer or of a failure, which both are over.
    passing = (DmsRefused.code, EdocError.code)
    if arrival and arrival.withheld and arrival.withheld.code in passing:
        with storage.work() as work:
            work.arrivals.withhold(arrival, None)
    return True
