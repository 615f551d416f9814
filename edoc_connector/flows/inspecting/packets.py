"""Where a packet stands that came here, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from edoc_connector.flows.inspecting.standing import Situation
from edoc_connector.model.delivery import InboxState


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
