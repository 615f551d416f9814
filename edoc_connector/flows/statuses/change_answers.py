"""What receivers answer to our recalls, updates and replacements: 15, 16, 13, 02.

An answer counts for one request and one recipient, its own sender: which request, the
message says that it names, as far as the sealed document id bears it out.  Answers come
late, twice and out of order; what was agreed stays agreed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain
from typing import Final

from edoc_connector.dms.port import Step
from edoc_connector.errors import ChangeRefusedByReceiver, Reason
from edoc_connector.flows.plain import plain
from edoc_connector.flows.site import Site
from edoc_connector.flows.statuses.answer import MOST_DESCRIPTION
from edoc_connector.flows.statuses.teller import Teller
from edoc_connector.flows.telling import tell
from edoc_connector.ledger.facts import ChangeAgreed, ChangeRefused
from edoc_connector.model.change import CHANGE_MOVES, ChangeEvent, ChangeState
from edoc_connector.model.document import BusinessType
from edoc_connector.model.status import Status, StatusCode
from edoc_connector.storage import Work
from edoc_connector.storage.records import Change, InboxEntry, OutgoingDocument

log = logging.getLogger(__name__)

EVENTS: Final[Mapping[StatusCode, ChangeEvent]] = {
    StatusCode.CHANGE_AGREED: ChangeEvent.AGREE,
    StatusCode.CHANGE_REFUSED: ChangeEvent.REFUSE,
    # Some receivers say "taken back" of what they were asked to give back.
    StatusCode.TAKEN_BACK: ChangeEvent.AGREE,
    # The packet of the request itself was refused.
    StatusCode.REFUSED: ChangeEvent.REFUSE,
}

MOST_NAME: Final = 200

SKEW: Final = timedelta(minutes=5)
"""By how much the clock of a receiver may be behind ours."""

WRONG_ZONE: Final = timedelta(hours=12)
"""As much where there is one request only: some write the time of another zone."""


def record_change_answer(
    site: Site, work: Work, entry: InboxEntry, status: Status
) -> bool:
    """Write down what a receiver says to a request of ours; False if it says nothing.

    The seal of the status was verified: it is its sender's word, and counts for no
    other recipient.
    """
    event = EVENTS.get(status.code)
    row = _answered(site, work, entry, status) if event else None
    if event is None or row is None or event not in CHANGE_MOVES[row.state]:
        return False
    reason = _reason(status) if event is ChangeEvent.REFUSE else None
    after = work.changes.move(row, event, at=site.clock(), reason=reason)
    if after is not row.state:
        _write(site, work, entry, row, after=after, reason=reason)
    return True


def _answered(
    site: Site, work: Work, entry: InboxEntry, status: Status
) -> Change | None:
    """Return the request it answers: the one it names, else the newest open one."""
    found = list(_asked(site, work, status))
    # A word from before a request was made, sent once more, is no answer to it.
    said = status.at if isinstance(status.at, datetime) else site.clock()
    is_plain = len(found) == 1 and status.code is not StatusCode.REFUSED
    skew = WRONG_ZONE if is_plain else SKEW
    found = [(it, row) for it, row in found if it.taken_at - skew <= said]
    named = [row for it, row in found if it.key == entry.answers]
    if status.code is StatusCode.REFUSED:  # it may as well be about the original
        return next(iter(named), None)
    open_ = [row for _, row in found if row.state is ChangeState.ASKED]
    return next(iter([*named, *open_]), None)


def _asked(
    site: Site, work: Work, status: Status
) -> Iterator[tuple[OutgoingDocument, Change]]:
    """Yield what was asked of who says the status under this document id, newest first.

    A 13 (lấy lại) can be about nothing but a recall.
    """
    document_id = status.response_for.document_id
    teller = Teller(work, status.sender.code, site.clock())
    sent = (work.documents.by_document_id(code, document_id) for code in site.codes)
    for document in chain.from_iterable(sent):
        is_recall = document.business_type == BusinessType.RECALL
        if document.business_type == BusinessType.NEW or not (
            is_recall or status.code is not StatusCode.TAKEN_BACK
        ):
            continue
        for row in work.changes.of(document.key):
            if teller.speaks_for(row.change, row.recipient):
                yield document, row


def _reason(status: Status) -> Reason:
    return ChangeRefusedByReceiver(
        organization=plain(status.sender.name or status.sender.code, MOST_NAME),
        description=plain(status.description, MOST_DESCRIPTION),
    ).reason


def _write(  # noqa: PLR0913  (who answered what, by which message, with what outcome)
    site: Site,
    work: Work,
    entry: InboxEntry,
    row: Change,
    *,
    after: ChangeState,
    reason: Reason | None,
) -> None:
    """Put the answer into the ledger, and tell the DMS."""
    is_agreed = after is ChangeState.AGREED
    kind = ChangeAgreed if is_agreed else ChangeRefused
    fact = kind(
        document=row.original,
        change=row.change,
        recipient=row.recipient,
        business_type=row.business_type,
        receipt=entry.message_id,
    )
    work.ledger.append(fact, site.clock())
    tell(
        site,
        work,
        work.documents.get(row.change).row_id,
        Step.CHANGE_AGREED if is_agreed else Step.CHANGE_REFUSED,
        recipient=row.recipient,
        reason=reason,
        business_type=row.business_type,
    )
    log.info("change_answered", extra={"document": row.change, "step": after})
