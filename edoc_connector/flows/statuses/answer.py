"""What we tell a sender: a sealed status, given once and repeated as it was."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Final

from edoc_connector.clock import VIETNAM
from edoc_connector.envelope.read import read
from edoc_connector.errors import N_, KeyUnusable, Reason, SettingsInvalid
from edoc_connector.flows.directory.routes import routes_in
from edoc_connector.flows.each import each
from edoc_connector.flows.plain import plain
from edoc_connector.flows.sealing.keys import key_for_seal
from edoc_connector.flows.sealing.packing import Packed, keep_in, pack, sign_with
from edoc_connector.flows.site import Site
from edoc_connector.flows.statuses.addressed import (
    addressed_in,
    answering_as,
    said_for,
)
from edoc_connector.language import say_to_others, translate, word_of
from edoc_connector.model.document import (
    BusinessType,
    Day,
    Document,
    Priority,
    ResponseFor,
    Staff,
    Unread,
)
from edoc_connector.model.identifiers import DocumentId, MessageId, message_id_of_answer
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.route import Route
from edoc_connector.model.stages import Kind
from edoc_connector.model.status import Status, StatusCode
from edoc_connector.model.tables import STATUSES
from edoc_connector.signature.ports import SealKey
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.content import ContentBatch
from edoc_connector.storage.records import Answer, Arrival, InboxEntry, OwedAnswer
from edoc_connector.storage.resting import PAUSE

log = logging.getLogger(__name__)

MOST_ID: Final = 100
MOST_DESCRIPTION: Final = 500

ARRIVED: Final = N_("Arrived: the document software has received it")


Given = Answer | OwedAnswer
"""What is told a sender: sealed, or owed while our key is away."""


@dataclass(frozen=True, slots=True)
class _Unsealed:
    """What is to be said about an entry, and under which id."""

    entry: InboxEntry
    status: Status
    message_id: MessageId


def arrivals(
    site: Site, storage: Storage, arrived: Sequence[tuple[InboxEntry, Document]]
) -> Sequence[Given]:
    """Prepare the 01 (đã đến) for each of these documents that are in our DMS."""
    said = ((entry, _arrived(site, storage, document)) for entry, document in arrived)
    unsealed = [
        _Unsealed(entry, status, _message_id(site, entry, status))
        for entry, status in said
    ]
    return _answers(site, storage, unsealed)


def _arrived(site: Site, storage: Storage, document: Document) -> Status:
    response = ResponseFor(
        organization=document.sender.code,
        code=document.code.text,
        document_id=document.document_id,
        promulgation_date=_known(document.promulgation_date),
    )
    addressed = addressed_in(site, storage, document)
    description = said_for(site, addressed, translate(ARRIVED, site.language))
    return replace(
        _status(site, response, "01", description),
        sender=answering_as(site, addressed),
    )


def statement(  # noqa: PLR0913  (who says what of which document, and when)
    site: Site,
    storage: Storage,
    entry: InboxEntry,
    arrival: Arrival,
    *,
    code: StatusCode,
    description: str,
    staff: Staff | None,
    at: datetime,
) -> Given:
    """Prepare a status of a document that has arrived, as our register says it.

    Each one said at another time is a message of its own.  Where an earlier one is
    still owed this one is owed as well, so that they leave in their order.
    """
    first = _first_answer(storage, arrival)
    status = Status(
        sender=first.sender if first else site.organization,
        response_for=first.response_for if first else _response_of(arrival),
        staff=staff,
        code=code,
        description=plain(description, MOST_DESCRIPTION)
        or word_of(STATUSES[code], site.language),
        at=at,
    )
    said = f"{code}|{at.isoformat()}"
    message_id = message_id_of_answer(site.organization.code, f"{entry.id}", said)
    with storage.reading() as work:
        is_owed = bool(work.owed_answers.of(entry.id))
    if is_owed:
        return OwedAnswer(inbox_id=entry.id, message_id=message_id, status=status)
    return _answer(site, storage, entry, status, message_id)


def _first_answer(storage: Storage, arrival: Arrival) -> Status | None:
    """Return our first answer: they all say the same of the document and of us."""
    with storage.reading() as work:
        owed = work.owed_answers.of(arrival.inbox_id)
        given = work.answers.of(arrival.inbox_id)
    if given:
        with storage.content.mapped(given[0].packet) as body:
            content = read(body, max_bytes=given[0].packet_bytes).envelope.content
        if isinstance(content, Status):
            return content
    return owed[0].status if owed else None


def _response_of(arrival: Arrival) -> ResponseFor:
    return ResponseFor(
        organization=arrival.sender,
        code=arrival.label,
        document_id=arrival.document_id,
    )


def change_answer(  # noqa: PLR0913  (to which request, what and why)
    site: Site,
    storage: Storage,
    entry: InboxEntry,
    *,
    response: ResponseFor,
    reason: Reason,
    is_agreed: bool,
) -> Given:
    """Prepare the 15 (đồng ý) or 16 (từ chối) to a request about a document here."""
    code = StatusCode.CHANGE_AGREED if is_agreed else StatusCode.CHANGE_REFUSED
    description = plain(say_to_others(reason, site.language), MOST_DESCRIPTION)
    return _answer(site, storage, entry, _status(site, response, code, description))


def _known(day: Day) -> Day:
    """Return the day, if it is one: what others write badly is not repeated."""
    return None if isinstance(day, Unread) else day


def refusal(site: Site, storage: Storage, entry: InboxEntry, reason: Reason) -> Given:
    """Prepare the 02 (từ chối) for a packet that cannot be delivered.

    It goes to whom the broker authenticated, since what the packet says of its sender
    is not to be believed, and quotes the document id of the message's properties.
    """
    response = ResponseFor(
        organization=_sender_of(site, entry),
        code=plain(entry.correlation_id.rpartition(",")[2], MOST_ID),
        document_id=DocumentId(plain(entry.correlation_id, MOST_ID)),
    )
    description = plain(say_to_others(reason, site.language), MOST_DESCRIPTION)
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
    site: Site,
    storage: Storage,
    entry: InboxEntry,
    status: Status,
    message_id: MessageId | None = None,
) -> Given:
    """Seal the status, or owe it while our key is away: the post does not wait."""
    message_id = message_id or _message_id(site, entry, status)
    return _answers(site, storage, [_Unsealed(entry, status, message_id)])[0]


def _answers(
    site: Site, storage: Storage, unsealed: Sequence[_Unsealed]
) -> Sequence[Given]:
    """Seal all with one look for the key, and bring them to the disk together."""
    try:
        key = key_for_seal(site, storage)
    except KeyUnusable as error:
        return [_owed(it, error) for it in unsealed]
    with storage.content.batch() as batch:
        return [_sealed_or_owed(site, storage, it, key, batch) for it in unsealed]


def _sealed_or_owed(
    site: Site, storage: Storage, it: _Unsealed, key: SealKey, batch: ContentBatch
) -> Given:
    try:
        signed = sign_with(site, key, it.status)
    except KeyUnusable as error:
        return _owed(it, error)
    return _answer_of(site, it, keep_in(batch, site, storage, signed))


def _owed(it: _Unsealed, error: KeyUnusable) -> OwedAnswer:
    if not error.retryable:
        raise error
    extra = {"message_id": it.entry.message_id, "reason": error.code}
    log.warning("answer_owed", extra=extra)
    return OwedAnswer(inbox_id=it.entry.id, message_id=it.message_id, status=it.status)


def _answer_of(site: Site, it: _Unsealed, packed: Packed) -> Answer:
    entry, status = it.entry, it.status
    return Answer(
        message_id=it.message_id,
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


def give(site: Site, work: Work, *given: Given) -> None:
    """Keep answers and queue them, in the transaction that makes them true.

    Raises `LostRace` where one was given before.
    """
    for it in given:
        if isinstance(it, OwedAnswer):
            work.owed_answers.add(it)
    sealed = [it for it in given if isinstance(it, Answer)]
    if sealed:
        work.answers.add(*sealed)
        _post(site, work, *sealed)


def give_once(site: Site, work: Work, answer: Given) -> None:
    """Give an answer unless it was given: what waits here is opened several times."""
    given = work.answers.of(answer.inbox_id)
    if all(it.message_id != answer.message_id for it in given):
        give(site, work, answer)


def settle(site: Site, storage: Storage, *, limit: int) -> int:
    """Seal up to `limit` answers that are owed, and return how many were.

    What fails rests, with all that is owed after it to the same entry, and the others
    go on.  Raises `KeyUnusable` while there is still no key.
    """
    with storage.reading() as work:
        owed = work.owed_answers.oldest(limit, site.clock())
    return each(
        owed,
        lambda it: _settle(site, storage, it),
        tell=lambda it, error: log.error(
            "answer_not_sealed", extra={"row": it.inbox_id}, exc_info=error
        ),
        named=lambda it: {"row": it.inbox_id},
        put_off=lambda it, _: _put_off(site, storage, it),
        shared=(SettingsInvalid,),
    )


def _settle(site: Site, storage: Storage, owed: OwedAnswer) -> bool:
    with storage.reading() as work:
        entry = work.inbox.get(owed.inbox_id)
    message_id = owed.message_id or _message_id(site, entry, owed.status)
    answer = _seal(site, storage, _Unsealed(entry, owed.status, message_id))
    # A crash here leaves a packet nobody names; the answer is sealed again.
    with storage.work() as work:
        if work.owed_answers.remove(owed):
            give_once(site, work, answer)
    return True


def _seal(site: Site, storage: Storage, it: _Unsealed) -> Answer:
    return _answer_of(site, it, pack(site, storage, it.status))


def _put_off(site: Site, storage: Storage, owed: OwedAnswer) -> bool:
    with storage.work() as work:
        work.owed_answers.rest(owed, until=site.clock() + PAUSE)
    return True


def answer_again(site: Site, work: Work, inbox_id: int) -> None:
    """Queue the original answers to this packet once more; there may be none yet."""
    for answer in work.answers.of(inbox_id):
        # Once is enough for many repetitions.
        if not work.outbox.is_waiting(answer.message_id):
            _post(site, work, answer)


def _post(site: Site, work: Work, *answers: Answer) -> None:
    now = site.clock()
    route_of = cache(routes_in(work, now))
    packets = (_queued(it, route_of(it.recipient)) for it in answers)
    work.outbox.add_all(list(packets), at=now)


def _queued(answer: Answer, route: Route) -> dict[str, object]:
    return {
        "message_id": answer.message_id,
        "kind": Kind.STATUS,
        "sender": answer.sender,
        "recipient": answer.recipient,
        "correlation_id": answer.correlation_id,
        "business_type": BusinessType.NEW,
        "priority": Priority.NORMAL,
        "packet": answer.packet,
        "packet_bytes": answer.packet_bytes,
        "answers": answer.answers,
        "goes_to": route.goes_to,
    }
