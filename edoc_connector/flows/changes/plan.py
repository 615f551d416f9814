"""Who is asked about a document that was sent, where it is stopped, where it is moot.

Pure over the store: nothing is written, so that a person can be shown it first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, assert_never

from edoc_connector.errors import (
    N_,
    ChangedAlready,
    ContentTakenBack,
    NotARecipient,
    NothingToChange,
    OriginalFrozen,
    OriginalUnknown,
    Reason,
    RecallOfRecall,
    ReplacedByItself,
    UpdateOfAnother,
)
from edoc_connector.ledger.facts import DocumentReturned, DocumentSent
from edoc_connector.model.change import ChangeState
from edoc_connector.model.delivery import DeliveryState, DocumentState
from edoc_connector.model.document import BusinessType, Document
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.storage import Work
from edoc_connector.storage.changes import TAKES_AWAY
from edoc_connector.storage.records import OutgoingDelivery, OutgoingDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants done to a document of ours.

    `document` is the new content of an update or a replacement.  `to` names some
    recipients; nobody means all.  `row_id` and `revision` name the request itself: a
    row of the register where it `is_row`, else the row of the original.
    """

    type: BusinessType
    original: OutgoingDocument
    reason: str
    row_id: str
    revision: str
    document: Document | None = None
    to: tuple[OrganizationCode, ...] = ()
    is_row: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What becomes of the wish at one recipient of the original.

    It `gets_packet` where the request, or the document that replaces, goes there.
    """

    recipient: OrganizationCode
    name: str
    was: DeliveryState
    state: ChangeState
    gets_packet: bool
    reason: Reason | None = None


REFUSED: Final = N_("it had refused the document")
NEVER_GOT: Final = N_("the document never reached it")
STOPPED_BEFORE: Final = N_("the document was stopped here before")


def root_of(work: Work, document: OutgoingDocument) -> OutgoingDocument:
    """Return the document itself, or the one that it updates: both have one id."""
    while document.business_type == BusinessType.UPDATE and document.changes:
        document = work.documents.get(document.changes)
    return document


def plan(work: Work, wish: Wish) -> tuple[Target, ...]:
    """Return what would become of the wish, per recipient of the original it is for.

    Raises a `RowBroken` error that says what to do, or `NotARecipient`.
    """
    _require_possible(wish)
    _require_standing(work, wish)
    deliveries = _chosen(work, wish)
    return tuple(_target(work, wish, delivery) for delivery in deliveries)


def _require_possible(wish: Wish) -> None:
    original, document = wish.original, wish.document
    if original.document is None or original.state is DocumentState.REFUSED:
        raise OriginalUnknown(original=original.label or original.row_id)
    if original.business_type == BusinessType.RECALL:
        raise RecallOfRecall(document=original.label)
    if original.frozen_at is not None and wish.type is not BusinessType.RECALL:
        raise OriginalFrozen(document=original.label)
    if document is None:
        return
    if wish.type is BusinessType.UPDATE and document.code != original.document.code:
        raise UpdateOfAnother(document=document.code.text, original=original.label)
    is_itself = document.document_id == original.document_id
    if wish.type is BusinessType.REPLACE and is_itself:
        raise ReplacedByItself(document=original.label)


def _require_standing(work: Work, wish: Wish) -> None:
    """Raise where what replaces the original bears the names of what was taken back.

    Receivers know a document by its id: they would give back both.
    """
    if wish.type is not BusinessType.REPLACE or wish.document is None:
        return
    sender, document_id = wish.original.sender, wish.document.document_id
    for sent in work.documents.by_document_id(sender, document_id):
        if is_taken_away(work, sent):
            raise ContentTakenBack(document=sent.label)


def is_taken_away(work: Work, document: OutgoingDocument) -> bool:
    """Whether it was recalled, or replaced for some recipient at least."""
    if document.frozen_at is not None:
        return True
    return bool(_taken_away(work, document))


def _chosen(work: Work, wish: Wish) -> Sequence[OutgoingDelivery]:
    """Return the deliveries it is for.  Raises `ChangedAlready`, `NotARecipient`."""
    everybody = work.deliveries.of(wish.original.key)
    gone = _taken_away(work, wish.original)
    named = list({it.recipient: it for it in _named(wish, everybody)}.values())
    found = named or [it for it in everybody if it.recipient not in gone]
    again = [it.recipient for it in named if it.recipient in gone]
    if again or not found:
        codes = again or [it.recipient for it in everybody]
        told = ", ".join(dict.fromkeys(codes))
        raise ChangedAlready(document=wish.original.label, recipients=told)
    return found


def _taken_away(work: Work, original: OutgoingDocument) -> set[OrganizationCode]:
    rows = work.changes.of_original(original.key)
    return {it.recipient for it in rows if it.business_type in TAKES_AWAY}


def _named(
    wish: Wish, everybody: Sequence[OutgoingDelivery]
) -> Iterator[OutgoingDelivery]:
    """Yield the deliveries that `to` means, in whatever form its codes are.

    A document that replaces another one may go to new recipients too.
    """
    for code in wish.to:
        found = [it for it in everybody if it.gets(code)]
        if not found and wish.type is not BusinessType.REPLACE:
            raise _not_a_recipient(wish, code, everybody)
        yield from found
    if wish.to and not any(it.gets(code) for it in everybody for code in wish.to):
        raise _not_a_recipient(wish, wish.to[0], everybody)


def _not_a_recipient(
    wish: Wish, code: OrganizationCode, everybody: Sequence[OutgoingDelivery]
) -> NotARecipient:
    return NotARecipient(
        recipient=code,
        document=wish.original.label,
        recipients=", ".join(it.recipient for it in everybody),
    )


def _target(work: Work, wish: Wish, delivery: OutgoingDelivery) -> Target:
    state = fate(work, delivery)
    if state is ChangeState.STOPPED and wish.type is BusinessType.UPDATE:
        # The old packet leaves first, and the update finds what it is about.
        state = ChangeState.ASKED
    reason = _moot_reason(delivery) if state is ChangeState.MOOT else None
    return Target(
        recipient=delivery.recipient,
        name=delivery.name,
        was=delivery.state,
        state=state,
        gets_packet=state is ChangeState.ASKED or wish.type is BusinessType.REPLACE,
        reason=reason,
    )


def fate(work: Work, delivery: OutgoingDelivery) -> ChangeState:
    """Return what a recall would come to: who may have the document is asked."""
    key, recipient = delivery.document, delivery.recipient
    match delivery.state:
        case DeliveryState.TAKEN:
            return ChangeState.STOPPED
        case DeliveryState.SEALED:
            has_left = work.outbox.may_have_left(key, recipient)
            return ChangeState.ASKED if has_left else ChangeState.STOPPED
        case DeliveryState.SENT | DeliveryState.DELIVERED | DeliveryState.EXPIRED:
            return ChangeState.ASKED
        case DeliveryState.UNROUTABLE | DeliveryState.PARKED:
            # A copy that failed does not undo one that had left before.
            was_sent = _was_sent(work, delivery)
            return ChangeState.ASKED if was_sent else ChangeState.MOOT
        case DeliveryState.REFUSED | DeliveryState.WITHDRAWN:
            return ChangeState.MOOT
        case other:
            assert_never(other)


def _was_sent(work: Work, delivery: OutgoingDelivery) -> bool:
    return any(
        entry.kind in HAD_LEFT and entry.details.get("recipient") == delivery.recipient
        for entry in work.ledger.of(delivery.document)
    )


HAD_LEFT: Final = frozenset({DocumentSent.kind, DocumentReturned.kind})
"""That it came back again is a word of brokers: its recipient is asked all the same."""


def _moot_reason(delivery: OutgoingDelivery) -> Reason:
    because = MOOT.get(delivery.state, NEVER_GOT)
    return NothingToChange(recipient=delivery.recipient, because=because).reason


MOOT: Final = {
    DeliveryState.REFUSED: REFUSED,
    DeliveryState.WITHDRAWN: STOPPED_BEFORE,
}
