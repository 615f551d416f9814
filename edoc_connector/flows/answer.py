"""What we tell a sender: a sealed status, given once and repeated as it was."""

from __future__ import annotations

import logging
from typing import Final

from edoc_connector.clock import VIETNAM
from edoc_connector.errors import N_, KeyUnusable, Reason
from edoc_connector.flows.packing import pack
from edoc_connector.flows.plain import plain
from edoc_connector.flows.site import Site
from edoc_connector.language import say, translate
from edoc_connector.model.document import (
    BusinessType,
    Day,
    Document,
    Priority,
    ResponseFor,
    Unread,
)
from edoc_connector.model.identifiers import DocumentId, MessageId, message_id_of_answer
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from edoc_connector.model.status import Status, StatusCode
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import Answer, InboxEntry, OwedAnswer

log = logging.getLogger(__name__)

MOST_ID: Final = 100
MOST_DESCRIPTION: Final = 500

ARRIVED: Final = N_("Arrived: the document software has received it")


def arrival(
    site: Site, storage: Storage, entry: InboxEntry, document: Document
) -> Answer | OwedAnswer:
    """Prepare the 01 (đã đến) for a document that is in our DMS."""
    response = ResponseFor(
        organization=document.sender.code,
        code=document.code.text,
        document_id=document.document_id,
        promulgation_date=_known(document.promulgation_date),
    )
    description = translate(ARRIVED, site.language)
    return _answer(site, storage, entry, _status(site, response, "01", description))


def _known(day: Day) -> Day:
    """Return the day, if it is one: what others write badly is not repeated."""
    return None if isinstance(day, Unread) else day


def refusal(
    site: Site, storage: Storage, entry: InboxEntry, reason: Reason
) -> Answer | OwedAnswer:
    """Prepare the 02 (từ chối) for a packet that cannot be delivered.

    It goes to whom the broker authenticated, since what the packet says of its sender
    is not to be believed, and quotes the document id of the message's properties.
    """
    response = ResponseFor(
        organization=_sender_of(site, entry),
        code=plain(entry.correlation_id.rpartition(",")[2], MOST_ID),
        document_id=DocumentId(plain(entry.correlation_id, MOST_ID)),
    )
    description = plain(say(reason, site.language), MOST_DESCRIPTION)
    return _answer(site, storage, entry, _status(site, response, "02", description))


def _sender_of(site: Site, entry: InboxEntry) -> OrganizationCode:
    """Return who the message says has sent it, if its account may speak for them.

    The account of a link speaks for whoever writes from beyond it.
    """
    spoken_for = site.policy.speaks_for(entry.account)
    if entry.sender in spoken_for or entry.account in site.policy.links:
        return entry.sender
    return next(iter(spoken_for), OrganizationCode(entry.account))


def _status(site: Site, response: ResponseFor, code: str, description: str) -> Status:
    return Status(
        sender=site.organization,
        response_for=response,
        code=StatusCode(code),
        description=description,
        at=site.clock().astimezone(VIETNAM).replace(microsecond=0),
    )


def _answer(
    site: Site, storage: Storage, entry: InboxEntry, status: Status
) -> Answer | OwedAnswer:
    """Seal the status, or owe it while our key is away: the post does not wait."""
    try:
        return _seal(site, storage, entry, status)
    except KeyUnusable as error:
        if not error.retryable:
            raise
        log.warning(
            "answer_owed", extra={"message_id": entry.message_id, "reason": error.code}
        )
        message_id = _message_id(site, entry, status)
        return OwedAnswer(inbox_id=entry.id, message_id=message_id, status=status)


def _seal(site: Site, storage: Storage, entry: InboxEntry, status: Status) -> Answer:
    packed = pack(site, storage, status)
    return Answer(
        message_id=_message_id(site, entry, status),
        inbox_id=entry.id,
        sender=site.organization.code,
        recipient=status.response_for.organization,
        status=status.code,
        packet=packed.packet,
        packet_bytes=packed.packet_bytes,
        certificate=packed.certificate,
        correlation_id=status.response_for.document_id,
        answers=entry.message_id,
    )


def _message_id(site: Site, entry: InboxEntry, status: Status) -> MessageId:
    """Return the id of this answer: the same at every try."""
    return message_id_of_answer(site.organization.code, f"{entry.id}", status.code)


def give(site: Site, work: Work, answer: Answer | OwedAnswer) -> None:
    """Keep the answer and queue it, in the transaction that makes it true."""
    if isinstance(answer, OwedAnswer):
        work.owed_answers.add(answer)
        return
    work.answers.add(answer)
    _post(site, work, answer)


def settle(site: Site, storage: Storage, *, limit: int) -> int:
    """Seal up to `limit` answers that are owed, and return how many were.

    Raises `KeyUnusable` while there is still no key.
    """
    with storage.reading() as work:
        owed = work.owed_answers.oldest(limit)
        entries = [work.inbox.get(one.inbox_id) for one in owed]
    for one, entry in zip(owed, entries, strict=True):
        answer = _seal(site, storage, entry, one.status)
        # A crash here leaves a packet nobody names; the answer is sealed again.
        with storage.work() as work:
            if work.owed_answers.remove(one):
                give(site, work, answer)
    return len(owed)


def answer_again(site: Site, work: Work, inbox_id: int) -> None:
    """Queue the original answers to this packet once more; there may be none yet."""
    for answer in work.answers.of(inbox_id):
        _post(site, work, answer)


def _post(site: Site, work: Work, answer: Answer) -> None:
    if work.outbox.is_waiting(answer.message_id):  # once is enough for many repetitions
        return
    work.outbox.add(
        message_id=answer.message_id,
        kind=Kind.STATUS,
        sender=answer.sender,
        recipient=answer.recipient,
        correlation_id=answer.correlation_id,
        business_type=BusinessType.NEW,
        priority=Priority.NORMAL,
        packet=answer.packet,
        packet_bytes=answer.packet_bytes,
        answers=answer.answers,
        at=site.clock(),
    )
