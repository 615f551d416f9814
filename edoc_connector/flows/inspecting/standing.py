"""Where each open item stands: why, since when, when next, and whose turn it is.

What decides is data: a situation follows from the transport, the queue, the partner,
the deadline and what was asked, and each situation says who must act.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from edoc_connector.errors import Reason
from edoc_connector.model.change import ChangeState
from edoc_connector.model.delivery import DeliveryState, InboxState


class Actor(StrEnum):
    """Who must act next."""

    NOBODY = "nobody"
    CONNECTOR = "connector"
    AXIS = "axis"
    RECEIVER = "receiver"
    CLERK = "clerk"
    OPERATOR = "operator"
    SENDER = "sender"


class Situation(StrEnum):
    """How things are with one item; `wording.NEXT` says of each what happens next."""

    # A row of the register that is to become a document.
    UNFIT = "unfit"
    SUPERSEDED = "superseded"
    # One recipient of a document of ours.
    TO_SEAL = "to-seal"
    QUEUED = "queued"
    POSTPONED = "postponed"
    BARRED = "barred"
    HELD = "held"
    MISLAID = "mislaid"
    AWAITED = "awaited"
    LATE = "late"
    RECEIPT_REFUSED = "receipt-refused"
    ARRIVED = "arrived"
    CHANGE_AWAITED = "change-awaited"
    CHANGE_FAILED = "change-failed"
    CHANGE_SET_ASIDE = "change-set-aside"
    TURNED_DOWN = "turned-down"
    NOT_ACCEPTED = "not-accepted"
    NO_MAILBOX = "no-mailbox"
    SET_ASIDE = "set-aside"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    FROZEN = "frozen"
    # A packet that was received.
    TO_JUDGE = "to-judge"
    JUDGED_AGAIN = "judged-again"
    DOUBTED = "doubted"
    DELIVERED = "in-register"
    RECALLED_HERE = "recalled-here"
    REPLACED_HERE = "replaced-here"
    REFUSED_HERE = "refused-here"
    REQUEST = "request"
    RECORDED = "recorded"
    SENDER_TOLD = "sender-told"
    SENDER_NOT_TOLD = "sender-not-told"
    REJECTED = "rejected"
    ANSWER_OWED = "answer-owed"
    ORDER_ASKED = "order-asked"
    STATUS_WITHHELD = "status-withheld"
    STATUS_OUT_OF_TURN = "status-out-of-turn"
    ORIGINAL_AWAITED = "original-awaited"
    # A change request of ours, at one recipient.
    CHANGE_ASKED = "change-asked"
    CHANGE_AGREED = "change-agreed"
    CHANGE_REFUSED = "change-refused"
    CHANGE_NEEDLESS = "change-needless"
    # What the sending register is still to be told.
    STEP_DUE = "step-due"
    STEP_REFUSED = "step-refused"
    # A difference between what we and a partner say of one day.
    CASE_OPEN = "case-open"
    CASE_CLOSED = "case-closed"


MUST_ACT: Final[Mapping[Situation, Actor]] = {
    Situation.UNFIT: Actor.CLERK,
    Situation.SUPERSEDED: Actor.NOBODY,
    Situation.TO_SEAL: Actor.CONNECTOR,
    Situation.QUEUED: Actor.CONNECTOR,
    Situation.POSTPONED: Actor.AXIS,
    Situation.BARRED: Actor.AXIS,
    Situation.HELD: Actor.OPERATOR,
    Situation.MISLAID: Actor.OPERATOR,
    Situation.AWAITED: Actor.RECEIVER,
    Situation.LATE: Actor.RECEIVER,
    Situation.RECEIPT_REFUSED: Actor.OPERATOR,
    Situation.ARRIVED: Actor.NOBODY,
    Situation.CHANGE_AWAITED: Actor.RECEIVER,
    Situation.CHANGE_FAILED: Actor.CLERK,
    Situation.CHANGE_SET_ASIDE: Actor.OPERATOR,
    Situation.TURNED_DOWN: Actor.CLERK,
    Situation.NOT_ACCEPTED: Actor.CLERK,
    Situation.NO_MAILBOX: Actor.CLERK,
    Situation.SET_ASIDE: Actor.OPERATOR,
    Situation.EXPIRED: Actor.CLERK,
    Situation.WITHDRAWN: Actor.NOBODY,
    Situation.FROZEN: Actor.NOBODY,
    Situation.TO_JUDGE: Actor.CONNECTOR,
    Situation.JUDGED_AGAIN: Actor.CONNECTOR,
    # Held for an answer about revocation: only a person opens the way to it.
    Situation.DOUBTED: Actor.OPERATOR,
    Situation.DELIVERED: Actor.NOBODY,
    Situation.RECALLED_HERE: Actor.NOBODY,
    Situation.REPLACED_HERE: Actor.NOBODY,
    Situation.REFUSED_HERE: Actor.NOBODY,
    Situation.REQUEST: Actor.NOBODY,
    Situation.RECORDED: Actor.NOBODY,
    Situation.SENDER_TOLD: Actor.SENDER,
    # Whoever was not told cannot mend it.
    Situation.SENDER_NOT_TOLD: Actor.OPERATOR,
    Situation.REJECTED: Actor.NOBODY,
    Situation.ANSWER_OWED: Actor.OPERATOR,
    Situation.ORDER_ASKED: Actor.CLERK,
    # The mapping does not know a word, or does not get its ticks into the register.
    Situation.STATUS_WITHHELD: Actor.OPERATOR,
    Situation.STATUS_OUT_OF_TURN: Actor.CLERK,
    Situation.ORIGINAL_AWAITED: Actor.SENDER,
    Situation.CHANGE_ASKED: Actor.RECEIVER,
    Situation.CHANGE_AGREED: Actor.NOBODY,
    Situation.CHANGE_REFUSED: Actor.CLERK,
    Situation.CHANGE_NEEDLESS: Actor.NOBODY,
    Situation.STEP_DUE: Actor.CONNECTOR,
    Situation.STEP_REFUSED: Actor.OPERATOR,
    Situation.CASE_OPEN: Actor.OPERATOR,
    Situation.CASE_CLOSED: Actor.NOBODY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one item stands; `next_at` is when something is tried or looked at next."""

    situation: Situation
    since: datetime
    reason: Reason | None = None
    next_at: datetime | None = None

    @property
    def must_act(self) -> Actor:
        """Who."""
        return MUST_ACT[self.situation]

    @property
    def is_open(self) -> bool:
        """Whether anybody must act at all."""
        return self.must_act is not Actor.NOBODY


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


class Fate(StrEnum):
    """What became of a packet after it was taken in.

    REQUEST: it brings no document of its own, but asks for a change of another.
    """

    KEPT = "kept"
    RECALLED = "recalled"
    REPLACED = "replaced"
    REFUSED = "refused"
    REQUEST = "request"


FATES: Final[Mapping[Fate, Situation]] = {
    Fate.KEPT: Situation.DELIVERED,
    Fate.RECALLED: Situation.RECALLED_HERE,
    Fate.REPLACED: Situation.REPLACED_HERE,
    Fate.REFUSED: Situation.REFUSED_HERE,
    Fate.REQUEST: Situation.REQUEST,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """All that decides where a received packet stands."""

    state: InboxState
    is_doubted: bool = False
    is_retried: bool = False
    is_answered: bool = False
    is_answer_owed: bool = False
    is_order_asked: bool = False
    is_status_withheld: bool = False
    is_status_out_of_turn: bool = False
    is_original_awaited: bool = False
    fate: Fate = Fate.KEPT


def of_packet(it: Packet) -> Situation:
    """Return the situation of a packet that was received."""
    if it.state is InboxState.ACCEPTED:
        return _to_judge(it)
    if it.is_order_asked:
        return Situation.ORDER_ASKED
    if it.is_answer_owed:
        return Situation.ANSWER_OWED
    if it.state is InboxState.QUARANTINED:
        return Situation.SENDER_TOLD if it.is_answered else Situation.SENDER_NOT_TOLD
    return _registered(it)


def _registered(it: Packet) -> Situation:
    if it.is_status_out_of_turn:
        return Situation.STATUS_OUT_OF_TURN
    if it.is_status_withheld:
        return Situation.STATUS_WITHHELD
    return FATES[it.fate] if it.state is InboxState.DELIVERED else JUDGED[it.state]


def _to_judge(it: Packet) -> Situation:
    if it.is_doubted:
        return Situation.DOUBTED
    if it.is_original_awaited:
        return Situation.ORIGINAL_AWAITED
    return Situation.JUDGED_AGAIN if it.is_retried else Situation.TO_JUDGE


JUDGED: Final[Mapping[InboxState, Situation]] = {
    InboxState.RECORDED: Situation.RECORDED,
    InboxState.REJECTED: Situation.REJECTED,
}

OF_CHANGES: Final[Mapping[ChangeState, Situation]] = {
    ChangeState.ASKED: Situation.CHANGE_ASKED,
    ChangeState.AGREED: Situation.CHANGE_AGREED,
    ChangeState.REFUSED: Situation.CHANGE_REFUSED,
    ChangeState.STOPPED: Situation.CHANGE_NEEDLESS,
    ChangeState.MOOT: Situation.CHANGE_NEEDLESS,
}


def of_step(*, attempts: int) -> Situation:
    """Return the situation of a step the sending register is to be told."""
    return Situation.STEP_REFUSED if attempts else Situation.STEP_DUE


def of_case(*, is_closed: bool) -> Situation:
    """Return the situation of a difference between partners."""
    return Situation.CASE_CLOSED if is_closed else Situation.CASE_OPEN
