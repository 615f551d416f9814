"""Where each open item stands: why, since when, when next, and whose turn it is.

What decides is data: a situation follows from what is seen of the item (`recipients`,
`packets`), and each situation says who must act.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from edoc_connector.errors import Reason


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
    CHANGE_REFUSED = "change-refused"
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
    Situation.CHANGE_REFUSED: Actor.CLERK,
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
