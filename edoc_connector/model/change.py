"""A change request (recall, update, replace): its states, seen from either side.

A change is a document of its own, on its way like any other; this is what becomes of
what it asks, one state per recipient at the sender, and one at the receiver.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from edoc_connector.model.document import BusinessType


class ChangeKind(StrEnum):
    """What is asked for: thu hồi, cập nhật, thay thế."""

    RECALL = "recall"
    UPDATE = "update"
    REPLACE = "replace"


KINDS: Final[Mapping[int, ChangeKind]] = {
    BusinessType.RECALL: ChangeKind.RECALL,
    BusinessType.UPDATE: ChangeKind.UPDATE,
    BusinessType.REPLACE: ChangeKind.REPLACE,
}
"""Which packets (BussinessDocType) ask for it."""


class ChangeState(StrEnum):
    """What has become of a request.

    STOPPED: the original never left for this recipient, so no request leaves either; or
    it was taken away before the request itself had left.
    MOOT: there is nothing to change there; it had refused the original or never could
    get it.
    """

    ASKED = "asked"
    AGREED = "agreed"
    REFUSED = "refused"
    STOPPED = "stopped"
    MOOT = "moot"


class ChangeMode(StrEnum):
    """What the receiver's connector does with a request of the original's sender."""

    APPLY = "apply"
    ASK = "ask"


class ChangeDecision(StrEnum):
    """What a clerk of the receiver says to it."""

    AGREE = "agree"
    REFUSE = "refuse"


class ChangeEvent(StrEnum):
    """What happens to it."""

    AGREE = "agree"
    REFUSE = "refuse"
    STOP = "stop"


CHANGE_MOVES: Final[Mapping[ChangeState, Mapping[ChangeEvent, ChangeState]]] = {
    ChangeState.ASKED: {
        ChangeEvent.AGREE: ChangeState.AGREED,
        ChangeEvent.REFUSE: ChangeState.REFUSED,
        # Its document is taken away, and it has not left.
        ChangeEvent.STOP: ChangeState.STOPPED,
    },
    # Answers come late, twice and out of order; what was agreed stays agreed.
    ChangeState.AGREED: {
        ChangeEvent.AGREE: ChangeState.AGREED,
        ChangeEvent.REFUSE: ChangeState.AGREED,
    },
    # A clerk who refused may agree after all.
    ChangeState.REFUSED: {
        ChangeEvent.AGREE: ChangeState.AGREED,
        ChangeEvent.REFUSE: ChangeState.REFUSED,
    },
    ChangeState.STOPPED: {},
    ChangeState.MOOT: {},
}
