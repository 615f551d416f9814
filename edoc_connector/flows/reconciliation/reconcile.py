"""Once a day: tell each partner what passed between us, and compare what it says.

What differs is looked at again for some hours before it becomes a case, because it may
only be under way.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from edoc_connector.clock import VIETNAM
from edoc_connector.errors import EdocError, LostRace
from edoc_connector.flows.reconciliation.case import close_case, open_case
from edoc_connector.flows.reconciliation.comparison import (
    differences,
    is_brought_by,
    received_from,
    sent_to,
)
from edoc_connector.flows.reconciliation.statement import FILE_NAME, read_statement
from edoc_connector.flows.sealing.packing import Packed, pack
from edoc_connector.flows.site import Site
from edoc_connector.json_text import to_json
from edoc_connector.ledger.facts import ReconciliationCompared, ReconciliationStated
from edoc_connector.model.document import (
    Attachment,
    BusinessType,
    Code,
    Document,
    Organization,
    Priority,
    official_document_id,
)
from edoc_connector.model.identifiers import (
    Digest,
    message_id_of_reconciliation,
)
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.reconciliation import (
    FOUND_HERE,
    LONGEST_PAST,
    MOST_DIFFERENCES,
    VERSION,
    CaseKind,
    DayStatement,
    Difference,
    Listed,
    bounds_of,
    days_to_state,
    side_of,
)
from edoc_connector.model.stages import Kind
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import Case, Reconciliation

log = logging.getLogger(__name__)

SUBJECT = "Đối soát văn bản ngày {day}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """From what time on the day before is stated, and how long a difference waits."""

    at: time = time(0, 30)
    wait: timedelta = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class _Traffic:
    """What passed between us and one partner."""

    sent: list[Listed] = field(default_factory=list)
    received: list[Listed] = field(default_factory=list)


def reconcile(
    site: Site, storage: Storage, *, schedule: Schedule, told: set[date], limit: int
) -> int:
    """Close what fits again, state days that are over, compare statements.

    `told` are days that this process has stated already, and more are added: nothing is
    added to the past, and to look again would mean to read a week's lists every time.
    Returns how much was done.  Raises `KeyUnusable` while there is no key.
    """
    closed = _close_what_fits(site, storage)
    # Before what others say is opened: our own word does not hang on it.
    stated = _state(site, storage, schedule.at, told)
    return closed + stated + _compare(site, storage, schedule.wait, limit)


# --- what we say --------------------------------------------------------------


def _state(site: Site, storage: Storage, at: time, told: set[date]) -> int:
    days, done = days_to_state(site.clock(), at), 0
    for day in days:
        if day not in told:
            with storage.reading() as work:
                passed = _traffic(site, work, day)
            done += _state_day(site, storage, day, passed)
            told.add(day)
    with storage.reading() as work:
        news = {peer: _Traffic() for peer in _with_news(site, work)}
    return done + _state_day(site, storage, days[-1], news)


def _state_day(
    site: Site,
    storage: Storage,
    day: date,
    traffic: Mapping[OrganizationCode, _Traffic],
) -> int:
    """State a day to each of these partners who has not heard of it yet."""
    with storage.reading() as work:
        todo = [
            (peer, passed, _found(work, peer))
            for peer, passed in sorted(traffic.items(), key=lambda it: it[0])
            if work.reconciliations.find(peer, f"{day}", is_ours=True) is None
        ]
    for peer, passed, found in todo:
        statement = _statement(site, peer, day, passed, found)
        _post(site, storage, peer, day, statement)
    return len(todo)


def _traffic(site: Site, work: Work, day: date) -> dict[OrganizationCode, _Traffic]:
    traffic: defaultdict[OrganizationCode, _Traffic] = defaultdict(_Traffic)
    since, until = bounds_of(day)
    for recipient, listed in work.reconciliations.sent(since, until):
        traffic[recipient.canonical].sent.append(listed)
    for account, sender, is_delivered, listed in work.reconciliations.received(
        since, until
    ):
        if is_brought_by(site, sender, account=account, is_delivered=is_delivered):
            traffic[sender.canonical].received.append(listed)
    traffic.pop(site.organization.code.canonical, None)
    return dict(traffic)


def _with_news(site: Site, work: Work) -> list[OrganizationCode]:
    """Return who is to hear of differences, or that there are none any more.

    What was closed so long ago that no statement speaks of it is taken back with the
    next one there is.
    """
    waiting = {case.peer for case in work.cases.still_open(FOUND_HERE)}
    since = site.clock() - LONGEST_PAST
    for peer, at in work.cases.closed_since(since, FOUND_HERE).items():
        stated = work.reconciliations.newest(peer, is_ours=True)
        if stated is None or stated.stated_at < at:
            waiting.add(peer)
    return sorted(waiting)


def _found(work: Work, peer: OrganizationCode) -> tuple[Difference, ...]:
    return tuple(
        Difference(
            kind=case.kind, message_id=case.message_id, document_id=case.document_id
        )
        for case in work.cases.still_open(FOUND_HERE, peer)[:MOST_DIFFERENCES]
    )


def _statement(
    site: Site,
    peer: OrganizationCode,
    day: date,
    passed: _Traffic,
    found: tuple[Difference, ...],
) -> DayStatement:
    return DayStatement(
        version=VERSION,
        sender=site.organization.code,
        recipient=peer,
        day=f"{day}",
        stated_at=site.clock().isoformat(timespec="seconds"),
        sent=side_of(passed.sent),
        received=side_of(passed.received),
        differences=found,
    )


def _post(
    site: Site,
    storage: Storage,
    peer: OrganizationCode,
    day: date,
    statement: DayStatement,
) -> None:
    stored = storage.content.add([to_json(statement).encode()])
    file = Attachment(
        content_id=f"{day}-1",
        name=FILE_NAME,
        content_type="application/json",
        size=stored.size,
        sha256=stored.digest,
    )
    document = _document(site, peer, day, file)
    packed = pack(site, storage, document)
    # A crash here leaves files that nobody names; the day is stated again.
    with suppress(LostRace), storage.work() as work:
        row = _row(site, peer, day, statement, stored.digest)
        if not work.reconciliations.add(row):
            raise LostRace(key=row.message_id)
        _queue(site, work, row, document=document, packed=packed)
        work.ledger.append(_fact(row), row.stated_at)
        log.info("reconciliation_stated", extra={"peer": peer, "day": row.day})
        _say_if_cut(row)


def _say_if_cut(row: Reconciliation) -> None:
    """Say whose day is too long: what is not listed is compared by nobody."""
    if row.is_cut:
        log.error(
            "reconciliation_cut",
            extra={
                "peer": row.peer,
                "day": row.day,
                "count": row.sent + row.received,
            },
        )


def _document(
    site: Site, peer: OrganizationCode, day: date, file: Attachment
) -> Document:
    sender, code = site.organization, Code(f"{day:%d%m%Y}", "DOISOAT")
    return Document(
        sender=sender,
        recipients=(Organization(code=peer),),
        document_id=official_document_id(sender.code, day, code),
        code=code,
        promulgation_date=site.clock().astimezone(VIETNAM).date(),
        subject=SUBJECT.format(day=f"{day:%d/%m/%Y}"),
        attachments=(file,),
    )


def _row(
    site: Site,
    peer: OrganizationCode,
    day: date,
    statement: DayStatement,
    content: Digest,
) -> Reconciliation:
    own = site.organization.code
    return Reconciliation(
        id=0,
        peer=peer,
        day=f"{day}",
        is_ours=True,
        sent=statement.sent.count,
        received=statement.received.count,
        digest=statement.sent.digest,
        message_id=message_id_of_reconciliation(own, peer, f"{day}"),
        content=content,
        stated_at=site.clock(),
        compared_at=None,
    )


def _queue(
    site: Site, work: Work, row: Reconciliation, *, document: Document, packed: Packed
) -> None:
    work.outbox.add(
        message_id=row.message_id,
        kind=Kind.RECONCILIATION,
        sender=site.organization.code,
        recipient=row.peer,
        correlation_id=document.document_id,
        business_type=BusinessType.NEW,
        priority=Priority.NORMAL,
        packet=packed.packet,
        packet_bytes=packed.packet_bytes,
        answers="",
        at=row.stated_at,
    )


def _fact(row: Reconciliation) -> ReconciliationStated:
    return ReconciliationStated(
        message_id=row.message_id,
        peer=row.peer,
        day=row.day,
        sent=row.sent,
        received=row.received,
        statement=row.content,
    )


# --- what they say ------------------------------------------------------------


def _compare(site: Site, storage: Storage, wait: timedelta, limit: int) -> int:
    with storage.reading() as work:
        waiting = work.reconciliations.to_compare(limit)
    return sum(_compare_or_leave(site, storage, row, wait) for row in waiting)


def _compare_or_leave(
    site: Site, storage: Storage, row: Reconciliation, wait: timedelta
) -> bool:
    """Compare one; what a person must mend is said at each look and stops no other.

    It counts as nothing done, so that the loop rests before it looks again.
    """
    try:
        return _compare_one(site, storage, row, wait)
    except LostRace:
        return False
    except EdocError as error:
        if error.retryable or error.fatal:
            raise
        log.exception(
            "reconciliation_not_compared",
            extra={"peer": row.peer, "day": row.day, "reason": error.code},
        )
        return False


def _compare_one(
    site: Site, storage: Storage, row: Reconciliation, wait: timedelta
) -> bool:
    statement = read_statement(b"".join(storage.content.chunks(row.content)))
    now = site.clock()
    with storage.reading() as work:
        found = differences(site, work, statement)
    if found and now < row.stated_at + wait:
        return False
    with storage.work() as work:
        # Once more: it may have come since.
        found = differences(site, work, statement) if found else found
        work.reconciliations.settle(row, at=now)
        for each in found[:MOST_DIFFERENCES]:
            open_case(work, row.peer, row.day, each, at=now)
        work.ledger.append(_compared(row, len(found)), now)
    log.log(
        logging.ERROR if found else logging.INFO,
        "reconciliation_compared",
        extra={"peer": row.peer, "day": row.day, "differences": len(found)},
    )
    _say_if_cut(row)
    return True


def _compared(row: Reconciliation, count: int) -> ReconciliationCompared:
    return ReconciliationCompared(
        message_id=row.message_id,
        peer=row.peer,
        day=row.day,
        differences=count,
        statement=row.content,
    )


# --- what fits again ----------------------------------------------------------


def _close_what_fits(site: Site, storage: Storage) -> int:
    with storage.reading() as work:
        fitting = [*_fitting(site, work, work.cases.still_open(FOUND_HERE))]
    for case in fitting:
        with suppress(LostRace), storage.work() as work:
            close_case(work, case, at=site.clock())
    return len(fitting)


def _fitting(site: Site, work: Work, opened: Iterable[Case]) -> Iterator[Case]:
    """Yield what fits again; each partner is asked about once, not each case."""
    groups: defaultdict[tuple[OrganizationCode, CaseKind], list[Case]]
    groups = defaultdict(list)
    for case in opened:
        groups[case.peer, case.kind].append(case)
    for (peer, kind), cases in groups.items():
        names = [case.message_id for case in cases]
        if kind is CaseKind.NOT_RECEIVED_HERE:
            known = received_from(site, work, peer, names)
        else:
            known = sent_to(work, peer, names)
        yield from (case for case in cases if case.message_id in known)
