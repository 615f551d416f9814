"""A change request (recall, update, replace): its states, seen from either side.

A change is a document of its own, on its way like any other; this is what becomes of
what it asks, one state per recipient at the sender, and one at the receiver.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class ChangeState(StrEnum):
    """What has become of a request.

    STOPPED: the original never left for this recipient, so no request leaves either.
    MOOT: there is nothing to change there; it had refused the original or never could
    get it.
    """

    ASKED = "asked"
    AGREED = "agreed"
    REFUSED = "refused"
    STOPPED = "stopped"
    MOOT = "moot"


class ChangeEvent(StrEnum):
    """What happens to it."""

    AGREE = "agree"
    REFUSE = "refuse"


CHANGE_MOVES: Final[Mapping[ChangeState, Mapping[ChangeEvent, ChangeState]]] = {
    ChangeState.ASKED: {
        ChangeEvent.AGREE: ChangeState.AGREED,
        ChangeEvent.REFUSE: ChangeState.REFUSED,
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

CLOSED: Final = frozenset(
    {ChangeState.AGREED, ChangeState.REFUSED, ChangeState.STOPPED, ChangeState.MOOT}
)
"""Nobody is waited for any more."""
