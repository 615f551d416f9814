"""Whether a request about a received document is done, asked, refused, or waits.

Nobody but the body that sealed a document may have it changed.  Packets overtake each
other, so what counts is when they were sealed: a request is about what its sender had
sealed by then, and what is sealed later it leaves alone.  Thus a request that is
replayed changes nothing that came after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, assert_never

from edoc_connector.errors import (
    AlreadyRecalled,
    ChangeByHand,
    ChangeDone,
    ChangeOfNothing,
    ChangeOutdated,
    ChangeUnproven,
    ClerkAsked,
    EdocError,
    NothingToReplace,
    NothingToUpdate,
    NotTheIssuer,
    OriginalAwaited,
    Reason,
    RecallDone,
    RecallRemembered,
    RecallsTooMany,
    ReplaceDone,
    UpdateDone,
    UpdateOfRecalled,
    UpdateOvertaken,
)
from edoc_connector.flows.requests.request import Request
from edoc_connector.flows.site import Site
from edoc_connector.model.change import ChangeKind, ChangeMode, ChangeState
from edoc_connector.model.document import BusinessType
from edoc_connector.model.identifiers import DocumentId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.status import StatusCode
from edoc_connector.storage import Work
from edoc_connector.storage.records import Arrival, InboxEntry, Order

WAIT_FOR_ORIGINAL: Final = timedelta(hours=24)
"""How long an update waits for the document that it updates."""

REMEMBERED_DAYS: Final = 30
MOST_REMEMBERED: Final = 1000
"""How many recalls of documents that never came one sender may have in these days."""


class Verb(StrEnum):
    """What is to be done."""

    APPLY = "apply"
    AGREE = "agree"
    ASK = "ask"
    REFUSE = "refuse"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is to be done, why, and to which documents.

    AGREE: there is nothing to do, and that is what the sender wants.
    """

    verb: Verb
    reason: Reason
    arrivals: tuple[Arrival, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What is here of one body under one id, newest first, or why it is not meant."""

    arrivals: tuple[Arrival, ...] = ()
    refusal: EdocError | None = None


@dataclass(frozen=True, slots=True)
class Court:
    """What a ruling rests on.  `can`: what the mapping can do to the register."""

    site: Site
    work: Work
    can: frozenset[ChangeKind]
    now: datetime

    def rule(
        self, request: Request, entry: InboxEntry, *, is_agreed: bool = False
    ) -> Ruling:
        """Return what is to be done; who has agreed is not asked again."""
        if not request.targets and request.kind is not ChangeKind.REPLACE:
            return _ruling(Verb.REFUSE, ChangeOfNothing())
        found = [self._find(request, target, entry) for target in request.targets]
        arrivals = tuple(it for one in found for it in one.arrivals)
        if arrivals:
            return self._about(request, arrivals, is_agreed=is_agreed)
        for one in found:
            if one.refusal is not None:
                return _ruling(Verb.REFUSE, one.refusal)
        return self._about_nothing(request, entry, is_agreed=is_agreed)

    def _find(self, request: Request, target: DocumentId, entry: InboxEntry) -> Found:
        """Return what is here under this id that the request can be about."""
        everybodys = [
            it
            for it in self.work.arrivals.by_document_id(target)
            if it.inbox_id != entry.id  # no document replaces itself
        ]
        own = [it for it in everybodys if it.sender.is_same_body(request.sender)]
        meant = [
            it for it in own if not _is_later(self._sealed_at(it), request.sealed_at)
        ]
        if meant:
            newest = sorted(meant, key=self._said_at, reverse=True)
            return Found(tuple(newest))
        if own:
            return Found(refusal=ChangeOutdated())
        return Found(refusal=NotTheIssuer() if everybodys else None)

    def _sealed_at(self, arrival: Arrival) -> datetime | None:
        verdict = self.work.verdicts.latest(arrival.inbox_id)
        return verdict.sealed_at if verdict else None

    def _said_at(self, arrival: Arrival) -> datetime:
        return self._sealed_at(arrival) or arrival.arrived_at

    def _about(
        self, request: Request, arrivals: tuple[Arrival, ...], *, is_agreed: bool
    ) -> Ruling:
        settled = self._settled(request, arrivals[0])
        if settled is not None:
            return settled
        if request.kind is ChangeKind.UPDATE:
            arrivals = arrivals[:1]  # earlier versions stay what they are
        waits = None if is_agreed else self._asks(request)
        if waits is not None:
            return _ruling(Verb.ASK, waits, arrivals)
        return _ruling(Verb.APPLY, DONE[request.kind](), arrivals)

    def _settled(self, request: Request, arrival: Arrival) -> Ruling | None:
        """Return why there is nothing to do to a document that is here."""
        is_recalled = arrival.status == StatusCode.TAKEN_BACK
        match request.kind:
            # The newest was taken back last, so all were.
            case ChangeKind.RECALL if is_recalled:
                return _ruling(Verb.AGREE, AlreadyRecalled(), (arrival,))
            case ChangeKind.UPDATE if is_recalled:
                return _ruling(Verb.REFUSE, UpdateOfRecalled(), (arrival,))
            case ChangeKind.UPDATE if self._is_overtaken(request, arrival):
                return _ruling(Verb.AGREE, UpdateOvertaken(), (arrival,))
            case ChangeKind.RECALL | ChangeKind.UPDATE | ChangeKind.REPLACE:
                return None
            case other:
                assert_never(other)

    def _is_overtaken(self, request: Request, arrival: Arrival) -> bool:
        applied = (
            order.sealed_at
            for order in self.work.orders.about(arrival.key)
            if order.business_type == BusinessType.UPDATE
            and order.state is ChangeState.AGREED
        )
        return any(_is_later(sealed_at, request.sealed_at) for sealed_at in applied)

    def _asks(self, request: Request) -> EdocError | None:
        """Return why a person must decide first."""
        if not request.is_sealed:
            return ChangeUnproven()
        if request.kind not in self.can:
            return ChangeByHand(setting=f"changes.{request.kind}")
        if self.site.mode_of(request.kind) is ChangeMode.ASK:
            return ClerkAsked(setting=f"changes.{request.kind}")
        return None

    def _about_nothing(
        self, request: Request, entry: InboxEntry, *, is_agreed: bool
    ) -> Ruling:
        """Rule about a document that is not here: not yet, or never."""
        match request.kind:
            case ChangeKind.REPLACE:
                return _ruling(Verb.AGREE, NothingToReplace())
            case ChangeKind.UPDATE:
                return self._awaited(request, entry)
            case ChangeKind.RECALL if not request.is_sealed and not is_agreed:
                return _ruling(Verb.ASK, ChangeUnproven())
            case ChangeKind.RECALL:
                return self._remembered(request)
            case other:
                assert_never(other)

    def _awaited(self, request: Request, entry: InboxEntry) -> Ruling:
        if recall_of(
            self.work, request.sender, request.target, sealed_at=request.sealed_at
        ):
            return _ruling(Verb.REFUSE, UpdateOfRecalled())
        if self.now - entry.accepted_at >= WAIT_FOR_ORIGINAL:
            return _ruling(Verb.REFUSE, NothingToUpdate())
        return _ruling(Verb.WAIT, OriginalAwaited())

    def _remembered(self, request: Request) -> Ruling:
        since = self.now - timedelta(days=REMEMBERED_DAYS)
        count = self.work.orders.remembered(request.sender, since=since)
        if count >= MOST_REMEMBERED:
            error = RecallsTooMany(count=count, days=REMEMBERED_DAYS)
            return _ruling(Verb.REFUSE, error)
        return _ruling(Verb.AGREE, RecallRemembered())


DONE: Final[dict[ChangeKind, type[ChangeDone]]] = {
    ChangeKind.RECALL: RecallDone,
    ChangeKind.UPDATE: UpdateDone,
    ChangeKind.REPLACE: ReplaceDone,
}
"""What the sender is told of what was done."""


def recall_of(
    work: Work,
    sender: OrganizationCode,
    document_id: DocumentId,
    *,
    sealed_at: datetime | None,
) -> Order | None:
    """Return the recall by which its own sender takes back what it sealed at that time.

    One that was answered 16 because what is here under this id is another body's, or
    was sealed later, counts too: what its sender had sealed by then is unwanted.
    """
    recalls = work.orders.of_document(document_id, BusinessType.RECALL)
    return next(_standing(recalls, sender, sealed_at), None)


def replacements_of(
    work: Work,
    sender: OrganizationCode,
    document_id: DocumentId,
    *,
    sealed_at: datetime | None,
) -> Sequence[Order]:
    """Return what has replaced a document before it came, the oldest first."""
    replacing = work.orders.of_document(document_id, BusinessType.REPLACE)
    found = _standing(replacing, sender, sealed_at)
    return [order for order in found if order.arrival is None][::-1]


def _standing(
    orders: Iterable[Order], sender: OrganizationCode, sealed_at: datetime | None
) -> Iterator[Order]:
    return (
        order
        for order in orders
        if order.sender.is_same_body(sender)
        and _stands(order)
        and not _is_later(sealed_at, order.sealed_at)
    )


NOT_HERE: Final = {NotTheIssuer.code, ChangeOutdated.code}


def _stands(order: Order) -> bool:
    if order.state is ChangeState.REFUSED:
        return order.reason is not None and order.reason.code in NOT_HERE
    return order.state is ChangeState.AGREED


def _is_later(one: datetime | None, other: datetime | None) -> bool:
    """Whether one is known to have been sealed after the other."""
    return one is not None and other is not None and one > other


def _ruling(verb: Verb, why: EdocError, arrivals: Iterable[Arrival] = ()) -> Ruling:
    return Ruling(verb, why.reason, tuple(arrivals))
