"""What a receiver has done with a document: which status may follow which.

The business status (01 to 06) is kept apart from the transport: a document may be with
its receiver and refused, and one on its way has no business status at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from edoc_connector.model.status import StatusCode

WORKING: Final = frozenset(
    {
        StatusCode.ARRIVED,
        StatusCode.ACCEPTED,
        StatusCode.ASSIGNED,
        StatusCode.PROCESSING,
        StatusCode.FINISHED,
    }
)
"""Who says one of these has the document."""

FOLLOWS: Final[Mapping[StatusCode, frozenset[StatusCode]]] = {
    StatusCode.ARRIVED: frozenset(
        {
            StatusCode.REFUSED,
            StatusCode.ACCEPTED,
            StatusCode.ASSIGNED,
            StatusCode.PROCESSING,
            StatusCode.FINISHED,
        }
    ),
    StatusCode.ACCEPTED: frozenset(
        {
            StatusCode.REFUSED,
            StatusCode.ASSIGNED,
            StatusCode.PROCESSING,
            StatusCode.FINISHED,
        }
    ),
    StatusCode.ASSIGNED: frozenset(
        {StatusCode.ASSIGNED, StatusCode.PROCESSING, StatusCode.FINISHED}
    ),
    StatusCode.PROCESSING: frozenset(
        {StatusCode.ASSIGNED, StatusCode.PROCESSING, StatusCode.FINISHED}
    ),
    # A clerk who refused by mistake may take it in after all.
    StatusCode.REFUSED: frozenset({StatusCode.ACCEPTED}),
    # Work that is taken up again.
    StatusCode.FINISHED: frozenset({StatusCode.PROCESSING}),
}
"""What a register may say next of a document it has; registers skip steps."""

RANKS: Final[Mapping[StatusCode, int]] = {
    code: rank
    for rank, code in enumerate(
        (
            StatusCode.ARRIVED,
            StatusCode.ACCEPTED,
            StatusCode.ASSIGNED,
            StatusCode.PROCESSING,
            StatusCode.FINISHED,
            StatusCode.REFUSED,
        )
    )
}
"""Which of two that were said in the same second is the later one."""


def may_follow(before: StatusCode, after: StatusCode) -> bool:
    """Whether a register that said `before` of a document may say `after` of it."""
    return after in FOLLOWS.get(before, frozenset())
