"""One packet is opened and judged; what is left to do with it is done by others.

What is new and changes nothing waits for its company.  What changes a document that was
here before is done alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, assert_never

from edoc_connector.dms.port import DmsReceiver
from edoc_connector.envelope.read import read
from edoc_connector.errors import (
    N_,
    EnvelopeMalformed,
    LostRace,
    NotForUs,
    RevocationUnknown,
)
from edoc_connector.flows.directory.routes import addressed_as
from edoc_connector.flows.evidence.grace import asked_for
from edoc_connector.flows.evidence.verdict import (
    AGAIN_AFTER,
    Before,
    judge_entry,
    keep_verdict,
    may_go_on,
)
from edoc_connector.flows.incoming.claims import require_same_sender
from edoc_connector.flows.incoming.company import Guest
from edoc_connector.flows.incoming.delivered import (
    InRegister,
    answered,
    arrival_answers,
    write_delivered,
)
from edoc_connector.flows.incoming.inspection import require_pdfs
from edoc_connector.flows.plain import plain
from edoc_connector.flows.reconciliation.statement import record_statement
from edoc_connector.flows.requests.arriving import Opened, place
from edoc_connector.flows.requests.case import Case, ruled
from edoc_connector.flows.requests.orders import answer_of, obey, take_back
from edoc_connector.flows.requests.register import write_into_register
from edoc_connector.flows.requests.request import Request, request_of
from edoc_connector.flows.requests.settling import write_down
from edoc_connector.flows.site import Site
from edoc_connector.flows.statuses.answer import (
    MOST_ID,
)
from edoc_connector.flows.statuses.receipts import Answered, is_taking_back
from edoc_connector.model.change import ChangeKind
from edoc_connector.model.delivery import InboxEvent
from edoc_connector.model.deviations import Deviation
from edoc_connector.model.document import Document
from edoc_connector.model.stages import Kind
from edoc_connector.model.status import Status
from edoc_connector.model.verdict import Verdict
from edoc_connector.storage import Storage
from edoc_connector.storage.records import InboxEntry

log = logging.getLogger(__name__)

LONGEST_HOLD: Final = timedelta(hours=6)
"""How long a packet waits at the most before it is judged again."""

SHORT_STRING_BYTES: Final = 255
"""What the answer to a document may quote of it in a property (AMQP 0-9-1, 4.2.5.3)."""


@dataclass(frozen=True, slots=True)
class Apart:
    """A packet that changes what was there before it, and how it does so."""

    act: Callable[[], None]


def open_packet(
    site: Site,
    dms: DmsReceiver,
    storage: Storage,
    entry: InboxEntry,
    before: Before,
) -> Iterator[Guest | Apart]:
    """Open a packet and judge it, and yield what is left to do: of some, nothing is.

    `before` has the evidence of one that was judged before.  Raises what is wrong.
    """
    with storage.content.mapped(entry.packet) as body:
        received = read(body, max_bytes=site.max_packet_bytes)
    _note(entry, received.deviations)
    judged = judge_entry(site, received, entry, before)
    verified = judged.verified
    require_same_sender(entry, verified)
    if not (judged.is_kept or may_go_on(site, storage, verified.verdict)):
        _hold(site, storage, entry, verified.verdict)
        return
    match verified.envelope.content:
        case Document() as document if entry.kind is Kind.EDOC:
            _check(site, storage, document)
            require_pdfs(site, storage, entry.packet, verified)
            yield _document(site, dms, storage, Opened(judged, document))
        case Status() as status if entry.kind is Kind.STATUS:
            yield _status(site, dms, storage, Answered(judged, status))
        case Document() as document if entry.kind is Kind.RECONCILIATION:
            record_statement(site, storage, judged, document)
        case Document() | Status():
            because = N_("it says another thing than its message, which is {kind}")
            raise EnvelopeMalformed(because=because, kind=entry.kind)
        case other:
            assert_never(other)


def _document(
    site: Site, dms: DmsReceiver, storage: Storage, opened: Opened
) -> Opened | Apart:
    us = site.organization.code
    request = request_of(opened.judged.verified, opened.document, us)
    if request is None:
        return opened
    return Apart(lambda: _change(site, dms, storage, opened, request))


def _status(
    site: Site, dms: DmsReceiver, storage: Storage, answered: Answered
) -> Answered | Apart:
    judged, status = answered.judged, answered.status
    if not is_taking_back(site, storage, judged, status):
        return answered
    return Apart(lambda: take_back(site, dms, storage, judged, status))


def _hold(site: Site, storage: Storage, entry: InboxEntry, verdict: Verdict) -> None:
    """Leave it for later: nobody is at fault, and nothing is told to its sender yet."""
    reason = next(it for it in verdict.doubts if it.code == RevocationUnknown.code)
    now = site.clock()
    with suppress(LostRace), storage.work() as work:
        work.inbox.hold(entry.id, reason, until=now + _pause(entry, now))
    if entry.retry_at is not None:  # it was said when it was held first
        return
    log.error(
        "envelope_held",
        extra={
            "message_id": entry.message_id,
            "reason": reason.code,
            "address": asked_for(reason),
        },
    )


def _pause(entry: InboxEntry, now: datetime) -> timedelta:
    """Return a pause as long as it has waited, within bounds."""
    return min(max(now - entry.accepted_at, AGAIN_AFTER), LONGEST_HOLD)


def _note(entry: InboxEntry, deviations: tuple[Deviation, ...]) -> None:
    """Log who writes otherwise than the standard, so that its operator can be told."""
    if deviations:
        kinds = sorted({deviation.kind.value for deviation in deviations})
        log.info(
            "packet_deviates",
            extra={
                "message_id": entry.message_id,
                "account": entry.account,
                "deviations": " ".join(kinds),
            },
        )


def _change(
    site: Site, dms: DmsReceiver, storage: Storage, opened: Opened, request: Request
) -> None:
    """Do what a packet asks of a document that came before."""
    judged = opened.judged
    if not judged.is_kept:
        with storage.work() as work:
            keep_verdict(work, judged, at=site.clock())
    # A crash here leaves a verdict, and it stands when the packet is opened again.
    case = ruled(site, dms, storage, judged=judged, request=request)
    if request.kind is ChangeKind.REPLACE:
        _replace(site, dms, storage, opened, case)
        return
    arrived = arrival_answers(site, storage, [opened]).get(opened.entry.id)
    obey(site, dms, storage, case, event=InboxEvent.DELIVER, arrived=arrived)


def _replace(
    site: Site, dms: DmsReceiver, storage: Storage, opened: Opened, case: Case
) -> None:
    """Put a new document into the register in place of another one."""
    placed = place(site, dms, storage, opened, case)
    write_into_register(site, dms, case, new_row_id=placed.arrival.row_id)
    # A crash here does all of it again, which changes nothing.
    delivered = answered(site, storage, [InRegister(opened, placed)])
    answer = answer_of(site, storage, case)
    with storage.work() as work:
        write_delivered(site, work, delivered)
        write_down(site, work, case, answer)
    extra = {"message_id": opened.entry.message_id}
    log.info("document_delivered", extra=extra)


def _check(site: Site, storage: Storage, document: Document) -> None:
    """Refuse what is not for us, and what this release cannot apply."""
    codes = [recipient.code for recipient in document.recipients]
    if addressed_as(site, storage, codes) is None:
        raise NotForUs(recipients=plain(", ".join(codes[:5]), MOST_ID))
    text = document.document_id
    if text != plain(text, MOST_ID) or len(text.encode()) > SHORT_STRING_BYTES:
        raise EnvelopeMalformed(problem=N_("its DocumentId cannot be answered"))
