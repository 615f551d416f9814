"""What was asked of a received document, told to people: state, reason, whose turn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from edoc_connector.errors import ChangeWaits, Reason, kind_of
from edoc_connector.flows.inspecting.standing import Actor
from edoc_connector.model.change import KINDS, ChangeState
from edoc_connector.storage import Work
from edoc_connector.storage.records import InboxEntry, Order


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedChange:
    """What somebody asks of a received document: its state, why, whose turn.

    `wish` is the reason of who asks; `id` names the packet that asks, `inbox_id` the
    entry that it is here, `about` the number and notation of what it is asked of, and
    it `is_own` where this packet asks it itself.
    """

    id: str
    inbox_id: int
    kind: str
    sender: str
    state: str
    reason: Reason | None
    wish: str
    asked_at: datetime
    decided_at: datetime | None
    must_act: Actor
    about: str = ""
    is_own: bool = False

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided yet."""
        return self.must_act is Actor.CLERK


def asked_of(work: Work, entry: InboxEntry) -> tuple[AskedChange, ...]:
    """Return what was asked of the documents of this packet, or by it."""
    found = [work.orders.find(entry.id)]
    for arrival in work.arrivals.of(entry.id):
        found += work.orders.about(arrival.key)
    orders = {order.inbox_id: order for order in found if order is not None}
    return tuple(_asked(work, orders[id_], entry) for id_ in sorted(orders))


def is_only_asking(work: Work, entry: InboxEntry, others: set[int]) -> bool:
    """Whether it only asks something of a document that one of these has brought."""
    order = work.orders.find(entry.id)
    if order is None or order.arrival is None or work.arrivals.of(entry.id):
        return False
    return work.arrivals.get(order.arrival).inbox_id in others


def _asked(work: Work, order: Order, entry: InboxEntry) -> AskedChange:
    return AskedChange(
        id=work.inbox.get(order.inbox_id).message_id,
        inbox_id=order.inbox_id,
        kind=KINDS[order.business_type],
        sender=order.sender,
        state=order.state,
        reason=order.reason,
        wish=order.wish,
        asked_at=order.asked_at,
        decided_at=order.decided_at,
        must_act=_decider(order),
        about=work.arrivals.get(order.arrival).label if order.arrival else "",
        is_own=order.inbox_id == entry.id,
    )


def _decider(order: Order) -> Actor:
    if order.state is not ChangeState.ASKED:
        return Actor.NOBODY
    if order.decision is None:
        return Actor.CLERK
    # What is decided is carried out here, unless the register does not let us.
    is_stuck = order.reason is not None and not _is_waiting(order.reason)
    return Actor.OPERATOR if is_stuck else Actor.CONNECTOR


def _is_waiting(reason: Reason) -> bool:
    kind = kind_of(reason.code)
    return kind is not None and issubclass(kind, ChangeWaits)
