"""Where one recipient of a document of ours stands.

It follows from the transport, the queue, the partner, the deadline and what was asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from edoc_connector.flows.inspecting.standing import Situation
from edoc_connector.model.delivery import DeliveryState


class Queued(StrEnum):
    """Whether a packet waits to leave for a recipient, and for what."""

    NO = "no"
    DUE = "due"
    POSTPONED = "postponed"
    HELD = "held"


class Asked(StrEnum):
    """What has become of the change that was asked of a recipient, as far as it acts.

    FAILED and SET_ASIDE: the packet that asks did not come there; it has a story of
    its own.
    """

    NOTHING = "nothing"
    OPEN = "open"
    FAILED = "failed"
    SET_ASIDE = "set-aside"
    REFUSED = "refused"


ASKED_IN_VAIN: Final[Mapping[Asked, Situation]] = {
    Asked.FAILED: Situation.CHANGE_FAILED,
    Asked.SET_ASIDE: Situation.CHANGE_SET_ASIDE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """All that decides where one recipient of a document stands."""

    state: DeliveryState
    queued: Queued = Queued.NO
    is_barred: bool = False
    is_late: bool = False
    is_receipt_refused: bool = False
    is_frozen: bool = False
    asked: Asked = Asked.NOTHING
    is_turned_down: bool = False
    """The clerk there refuses what has arrived."""


LEAVING: Final[Mapping[Queued, Situation]] = {
    Queued.DUE: Situation.QUEUED,
    Queued.POSTPONED: Situation.POSTPONED,
    Queued.HELD: Situation.HELD,
}

AT_REST: Final[Mapping[DeliveryState, Situation]] = {
    DeliveryState.TAKEN: Situation.TO_SEAL,
    DeliveryState.SEALED: Situation.MISLAID,
    DeliveryState.SENT: Situation.AWAITED,
    DeliveryState.DELIVERED: Situation.ARRIVED,
    DeliveryState.REFUSED: Situation.NOT_ACCEPTED,
    DeliveryState.UNROUTABLE: Situation.NO_MAILBOX,
    DeliveryState.PARKED: Situation.SET_ASIDE,
    DeliveryState.EXPIRED: Situation.EXPIRED,
    DeliveryState.WITHDRAWN: Situation.WITHDRAWN,
}
"""Where nothing waits to leave."""

LAID_TO_REST: Final = frozenset(
    {
        DeliveryState.SEALED,
        DeliveryState.REFUSED,
        DeliveryState.UNROUTABLE,
        DeliveryState.PARKED,
        DeliveryState.EXPIRED,
    }
)
"""A recalled document is not sent again, so here nobody has anything to do."""

CHANGE_IS_AWAITED: Final = frozenset({DeliveryState.SEALED, DeliveryState.DELIVERED})
"""Here it is the answer to a change that is waited for."""


def of_recipient(it: Recipient) -> Situation:
    """Return the situation of one recipient of a document of ours."""
    if it.queued is not Queued.NO:
        return _leaving(it)
    if it.asked in ASKED_IN_VAIN:
        return ASKED_IN_VAIN[it.asked]
    if it.state is DeliveryState.SENT:
        return _awaited(it)
    if it.asked is Asked.OPEN and it.state in CHANGE_IS_AWAITED:
        return Situation.CHANGE_AWAITED
    if it.is_frozen and it.state in LAID_TO_REST:
        return Situation.FROZEN
    return _arrived(it) if it.state is DeliveryState.DELIVERED else AT_REST[it.state]


def _arrived(it: Recipient) -> Situation:
    if it.asked is Asked.REFUSED:
        return Situation.CHANGE_REFUSED
    is_clerks = it.is_turned_down and not it.is_frozen
    return Situation.TURNED_DOWN if is_clerks else Situation.ARRIVED


def _leaving(it: Recipient) -> Situation:
    if it.is_barred and it.queued is not Queued.HELD:
        return Situation.BARRED
    return LEAVING[it.queued]


def _awaited(it: Recipient) -> Situation:
    if it.is_receipt_refused:
        return Situation.RECEIPT_REFUSED
    return Situation.LATE if it.is_late else Situation.AWAITED
