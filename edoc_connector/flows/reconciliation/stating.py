"""What we say of a day: one sealed statement to each partner, once."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, time

from edoc_connector.clock import VIETNAM
from edoc_connector.errors import LostRace
from edoc_connector.flows.reconciliation.statement import FILE_NAME
from edoc_connector.flows.reconciliation.traffic import (
    Traffic,
    found_here,
    traffic_of,
    with_news,
)
from edoc_connector.flows.sealing.packing import Packed, pack
from edoc_connector.flows.site import Site
from edoc_connector.json_text import to_json
from edoc_connector.ledger.facts import ReconciliationStated
from edoc_connector.model.document import (
    Attachment,
    BusinessType,
    Code,
    Document,
    Organization,
    Priority,
    official_document_id,
)
from edoc_connector.model.identifiers import Digest, message_id_of_reconciliation
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.reconciliation import (
    VERSION,
    DayStatement,
    Difference,
    days_to_state,
    side_of,
)
from edoc_connector.model.stages import Kind
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import Reconciliation

log = logging.getLogger(__name__)

SUBJECT = "Đối soát văn bản ngày {day}"


def state_days(site: Site, storage: Storage, at: time, told: set[date]) -> int:
    """State the days that are over and not yet `told`, and what is new of the last."""
    days, done = days_to_state(site.clock(), at), 0
    for day in days:
        if day not in told:
            with storage.reading() as work:
                passed = traffic_of(site, work, day)
            done += _state_day(site, storage, day, passed)
            told.add(day)
    with storage.reading() as work:
        news = {peer: Traffic() for peer in with_news(site, work)}
    return done + _state_day(site, storage, days[-1], news)


def _state_day(
    site: Site,
    storage: Storage,
    day: date,
    traffic: Mapping[OrganizationCode, Traffic],
) -> int:
    """State a day to each of these partners who has not heard of it yet."""
    with storage.reading() as work:
        todo = [
            (peer, passed, found_here(work, peer))
            for peer, passed in sorted(traffic.items(), key=lambda it: it[0])
            if work.reconciliations.find(peer, f"{day}", is_ours=True) is None
        ]
    for peer, passed, found in todo:
        statement = _statement(site, peer, day, passed, found)
        _post(site, storage, peer, day, statement)
    return len(todo)


def _statement(
    site: Site,
    peer: OrganizationCode,
    day: date,
    passed: Traffic,
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
        say_if_cut(row)


def say_if_cut(row: Reconciliation) -> None:
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
