"""A partner's statement of a day: read, kept, and what it has found put before people.

Nothing of it reaches the register.  Its lists are compared later, by the loop.
"""

from __future__ import annotations

import logging
from typing import Final

import msgspec

from edoc_connector.errors import (
    N_,
    AttachmentTooLarge,
    EnvelopeMalformed,
)
from edoc_connector.flows.evidence.verdict import Judged, keep_verdict
from edoc_connector.flows.reconciliation.case import close_case, open_case
from edoc_connector.flows.reconciliation.comparison import is_true_of_us
from edoc_connector.flows.site import Site
from edoc_connector.json_text import from_json
from edoc_connector.model.delivery import InboxEvent
from edoc_connector.model.document import Document
from edoc_connector.model.identifiers import Digest
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.reconciliation import (
    FOUND_HERE,
    MOST_DIFFERENCES,
    DayStatement,
    Difference,
    problem_of,
    read_moment,
)
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import InboxEntry, Reconciliation

log = logging.getLogger(__name__)

FILE_NAME: Final = "doi-soat.json"
MOST_BYTES: Final = 64 * 1024 * 1024
THERE: Final = tuple(kind.mirrored for kind in FOUND_HERE)


def record_statement(
    site: Site, storage: Storage, judged: Judged, document: Document
) -> None:
    """Keep a verified statement; one that says what is known already changes nothing.

    Raises `EnvelopeRefused` for what is none.
    """
    statement, content = _read(site, storage, judged, document)
    peer = document.sender.code.canonical
    entry = judged.entry
    with storage.work() as work:
        if not judged.is_kept:
            keep_verdict(work, judged, at=site.clock())
        work.inbox.move(entry.id, InboxEvent.RECORD)
        kept = _row(site, entry, statement, content=content, peer=peer)
        if _keep(storage, work, kept, statement):
            _mirror(site, work, peer, statement)
    log.info(
        "reconciliation_received",
        extra={"peer": peer, "day": statement.day, "message_id": entry.message_id},
    )


def _read(
    site: Site, storage: Storage, judged: Judged, document: Document
) -> tuple[DayStatement, Digest]:
    """Return what a stranger states, and its bytes in our store."""
    files = document.attachments
    if len(files) != 1 or files[0].name != FILE_NAME:
        raise EnvelopeMalformed(problem=N_("it is no statement of a day"))
    if files[0].size > MOST_BYTES:
        raise AttachmentTooLarge(name=FILE_NAME, value=files[0].size, limit=MOST_BYTES)
    data = b"".join(judged.verified.contents.chunks(files[0]))
    statement = read_statement(data)
    problem = problem_of(
        statement,
        sender=document.sender.code,
        recipient=site.organization.code,
        now=site.clock(),
    )
    if problem:
        because = N_("the statement of a day does not fit: {part}")
        raise EnvelopeMalformed(because=because, part=problem)
    # A crash here leaves a file that nobody names; the packet is opened again.
    return statement, storage.content.add([data]).digest


def read_statement(data: bytes) -> DayStatement:
    """Read the JSON of a statement.  Raises `EnvelopeMalformed`."""
    try:
        return from_json(data, DayStatement)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        problem = N_("it is no statement of a day")
        raise EnvelopeMalformed(problem=problem) from error


def _row(
    site: Site,
    entry: InboxEntry,
    statement: DayStatement,
    *,
    content: Digest,
    peer: OrganizationCode,
) -> Reconciliation:
    return Reconciliation(
        id=0,
        peer=peer,
        day=statement.day,
        is_ours=False,
        sent=statement.sent.count,
        received=statement.received.count,
        digest=statement.sent.digest,
        message_id=entry.message_id,
        content=content,
        stated_at=site.clock(),
        compared_at=None,
    )


def _keep(
    storage: Storage, work: Work, row: Reconciliation, statement: DayStatement
) -> bool:
    """Keep it, unless a word of this day is known that is as new."""
    if work.reconciliations.add(row):
        return True
    seen = work.reconciliations.find(row.peer, row.day, is_ours=False)
    if seen is None or seen.content == row.content:
        return False
    before = read_statement(b"".join(storage.content.chunks(seen.content)))
    if _age(before) >= _age(statement):
        log.warning("reconciliation_replayed", extra={"message_id": row.message_id})
        return False
    work.reconciliations.replace(seen, row)
    return True


def _age(statement: DayStatement) -> float:
    at = read_moment(statement.stated_at)
    return at.timestamp() if at else 0.0


def _mirror(
    site: Site, work: Work, peer: OrganizationCode, statement: DayStatement
) -> None:
    """Open what our partner has found, and close what it finds no more.

    Only its newest day says what is open now.
    """
    newest = work.reconciliations.newest(peer, is_ours=False)
    if newest is not None and newest.day > statement.day:
        return
    now, told = site.clock(), set()
    for found in statement.differences[:MOST_DIFFERENCES]:
        if is_true_of_us(site, work, found, peer):
            mirrored = Difference(
                kind=found.kind.mirrored,
                message_id=found.message_id,
                document_id=found.document_id,
            )
            told.add((mirrored.kind, mirrored.message_id))
            open_case(work, peer, statement.day, mirrored, at=now)
    for case in work.cases.still_open(THERE, peer):
        if (case.kind, case.message_id) not in told:
            close_case(work, case, at=now)
