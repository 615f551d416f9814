"""All that decides where documents stand, looked up for all of them at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from edoc_connector.errors import (
    EdocError,
    OriginalAwaited,
    Reason,
    RevocationUnknown,
    StatusOutOfTurn,
)
from edoc_connector.flows.inspecting.packets import Fate, Packet, of_packet
from edoc_connector.flows.inspecting.recipients import (
    Asked,
    Queued,
    Recipient,
    of_recipient,
)
from edoc_connector.flows.inspecting.standing import Situation, Standing
from edoc_connector.model.change import ChangeState
from edoc_connector.model.delivery import DeliveryState, DocumentState
from edoc_connector.model.status import StatusCode
from edoc_connector.storage import Work
from edoc_connector.storage.changes import TAKES_AWAY
from edoc_connector.storage.listing import FAILED

if TYPE_CHECKING:
    from edoc_connector.model.identifiers import MessageId
    from edoc_connector.storage.around import Barrier, Leg, Ordered
    from edoc_connector.storage.records import (
        Arrival,
        Change,
        InboxEntry,
        OutboxItem,
        OutgoingDelivery,
        OutgoingDocument,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AroundSent:
    """What stands around documents of ours."""

    deliveries: Mapping[str, tuple[OutgoingDelivery, ...]]
    superseded: frozenset[MessageId]
    queued: Mapping[Leg, OutboxItem]
    barriers: Mapping[str, Barrier]
    changes: Mapping[Leg, Change]
    outcomes: Mapping[Leg, Change]
    asking: Mapping[Leg, OutgoingDelivery]
    """Where the packets are that ask for a change of these documents."""
    refused: Mapping[str, tuple[InboxEntry, ...]]

    def recipients(self, document: OutgoingDocument) -> tuple[OutgoingDelivery, ...]:
        """Return the recipients of a document, in the order its sender named them."""
        return self.deliveries.get(document.key, ())

    def standing(self, it: OutgoingDelivery) -> Standing:
        """Return where one recipient of a document stands."""
        item = self.queued.get((it.document, it.recipient))
        situation = of_recipient(self._seen(it, item))
        return Standing(
            situation=situation,
            since=it.changed_at,
            reason=self._reason(it, item, situation),
            next_at=self._next_at(it, item, situation),
        )

    def _seen(self, it: OutgoingDelivery, item: OutboxItem | None) -> Recipient:
        original = self.changes.get((it.document, it.recipient))
        return Recipient(
            state=it.state,
            queued=_queued(item),
            is_barred=it.recipient in self.barriers,
            is_late=it.late_at is not None,
            is_receipt_refused=bool(self.refused_receipts(it)),
            is_frozen=original is not None and original.business_type in TAKES_AWAY,
            asked=self._asked(it),
            is_turned_down=it.status == StatusCode.REFUSED,
        )

    def _asked(self, it: OutgoingDelivery) -> Asked:
        leg = (it.document, it.recipient)
        both = [self.outcomes.get(leg), self.changes.get(leg)]
        states = [change.state for change in both if change is not None]
        packet = self._packet_that_asks(it)
        if packet is not None and packet.state in FAILED:
            is_parked = packet.state is DeliveryState.PARKED
            return Asked.SET_ASIDE if is_parked else Asked.FAILED
        if ChangeState.ASKED in states:
            return Asked.OPEN
        return Asked.REFUSED if ChangeState.REFUSED in states else Asked.NOTHING

    def _packet_that_asks(self, it: OutgoingDelivery) -> OutgoingDelivery | None:
        """Return where the packet is whose question is still open, if it is another."""
        change = self.changes.get((it.document, it.recipient))
        if change is None or change.state is not ChangeState.ASKED:
            return None
        return self.asking.get((change.change, change.recipient))

    def change(self, it: OutgoingDelivery) -> Change | None:
        """Return what was asked of this recipient: by this document, or of it."""
        leg = (it.document, it.recipient)
        return self.outcomes.get(leg) or self.changes.get(leg)

    def refused_receipts(self, it: OutgoingDelivery) -> tuple[InboxEntry, ...]:
        """Return what this recipient answered that was not believed here."""
        found = self.refused.get(it.document, ())
        return tuple(entry for entry in found if entry.sender == it.recipient)

    def _reason(
        self, it: OutgoingDelivery, item: OutboxItem | None, situation: Situation
    ) -> Reason | None:
        if situation is Situation.BARRED:
            return self.barriers[it.recipient].reason
        if situation is Situation.RECEIPT_REFUSED:
            return self.refused_receipts(it)[-1].reason
        if situation in {Situation.CHANGE_FAILED, Situation.CHANGE_SET_ASIDE}:
            packet = self._packet_that_asks(it)
            return packet.reason if packet else None
        if situation is Situation.CHANGE_REFUSED:
            return self._refusal(it)
        return item.reason if item is not None and item.reason else it.reason

    def _refusal(self, it: OutgoingDelivery) -> Reason | None:
        leg = (it.document, it.recipient)
        both = (self.outcomes.get(leg), self.changes.get(leg))
        refused = (it for it in both if it and it.state is ChangeState.REFUSED)
        return next((it.reason for it in refused), None)

    def _next_at(
        self, it: OutgoingDelivery, item: OutboxItem | None, situation: Situation
    ) -> datetime | None:
        if item is None:
            is_waited_for = it.state is DeliveryState.SENT and not it.is_unplanned
            return it.due_at if is_waited_for else None
        if situation is Situation.BARRED:
            return self.barriers[it.recipient].open_until
        return item.next_attempt_at if situation is Situation.POSTPONED else None

    def standing_of_row(self, document: OutgoingDocument) -> Standing | None:
        """Return where a row stands that could not become a document."""
        if document.state is not DocumentState.REFUSED:
            return None
        is_history = document.key in self.superseded
        return Standing(
            situation=Situation.SUPERSEDED if is_history else Situation.UNFIT,
            since=document.taken_at,
            reason=document.reason,
        )


def _queued(item: OutboxItem | None) -> Queued:
    if item is None:
        return Queued.NO
    if item.parked_at is not None:
        return Queued.HELD
    return Queued.POSTPONED if item.attempts else Queued.DUE


def around_sent(work: Work, documents: Sequence[OutgoingDocument]) -> AroundSent:
    """Look up what stands around these documents of ours."""
    keys = [it.key for it in documents]
    refused = [it for it in documents if it.state is DocumentState.REFUSED]
    changes = work.around.changes_of(keys)
    open_ = {it.change for it in changes.values() if it.state is ChangeState.ASKED}
    packets = work.around.deliveries(sorted(open_)) if open_ else {}
    return AroundSent(
        deliveries=work.around.deliveries(keys),
        superseded=work.around.superseded(refused),
        queued=work.around.queued(keys),
        barriers=work.around.barriers(),
        changes=changes,
        outcomes=work.around.changes_by(keys),
        asking={
            (it.document, it.recipient): it for some in packets.values() for it in some
        },
        refused=work.around.refused_receipts(keys),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AroundReceived:
    """What stands around packets that were received."""

    arrivals: Mapping[int, Arrival]
    answered: frozenset[int]
    owed: frozenset[int]
    orders: Mapping[int, Ordered]
    asked: frozenset[int] = frozenset()
    replaced: Mapping[int, str] = field(default_factory=dict)
    """What has replaced them, by the packets that were replaced."""

    def fate(self, entry: InboxEntry) -> Fate:
        """Return what became of a packet after it was taken in."""
        arrival = self.arrivals.get(entry.id)
        if arrival is None:
            return Fate.REQUEST if entry.id in self.orders else Fate.KEPT
        if arrival.status == StatusCode.TAKEN_BACK:
            return Fate.RECALLED
        if entry.id in self.replaced:
            return Fate.REPLACED
        is_refused = arrival.status == StatusCode.REFUSED
        return Fate.REFUSED if is_refused else Fate.KEPT

    def standing(self, entry: InboxEntry) -> Standing:
        """Return where a received packet stands."""
        arrival, order = self.arrivals.get(entry.id), self.orders.get(entry.id)
        withheld = arrival.withheld if arrival else None
        seen = Packet(
            state=entry.state,
            is_doubted=_is(entry.reason, RevocationUnknown),
            is_retried=entry.retry_at is not None or entry.attempts > 0,
            is_answered=entry.id in self.answered,
            is_answer_owed=entry.id in self.owed,
            is_order_asked=entry.id in self.asked
            or (order is not None and order.state is ChangeState.ASKED),
            is_original_awaited=_is(entry.reason, OriginalAwaited),
            is_status_withheld=withheld is not None,
            is_status_out_of_turn=_is(withheld, StatusOutOfTurn),
            fate=self.fate(entry),
        )
        return Standing(
            situation=of_packet(seen),
            since=arrival.arrived_at if arrival else entry.accepted_at,
            reason=withheld or entry.reason,
            next_at=entry.retry_at,
        )


def _is(reason: Reason | None, error: type[EdocError]) -> bool:
    return reason is not None and reason.code == error.code


def around_received(work: Work, entries: Sequence[InboxEntry]) -> AroundReceived:
    """Look up what stands around these packets."""
    ids = [it.id for it in entries]
    return AroundReceived(
        arrivals=work.around.arrivals(ids),
        answered=work.around.answered(ids),
        owed=work.around.owed(ids),
        orders=work.around.orders(ids),
        asked=work.around.asked(ids),
        replaced=work.around.replaced(ids),
    )
