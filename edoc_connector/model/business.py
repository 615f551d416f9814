"""What a receiver has done with a document: which status may follow which.

The business status (01 to 06) is kept apart from the transport: a document may be with
its receiver and refused, and one on its way has no business status at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, Protocol, TypeVar

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


class Statement(Protocol):
    """A status as somebody said it."""

    @property
    def status(self) -> str: ...  # noqa: D102

    @property
    def stated_at(self) -> datetime: ...  # noqa: D102

    @property
    def message_id(self) -> str: ...  # noqa: D102


StatementT = TypeVar("StatementT", bound=Statement)


def newest(statements: Iterable[StatementT]) -> StatementT | None:
    """Return the one that holds, in whatever order and however often they came.

    By the time stated, then by rank; what was said twice in one second under two ids
    is settled by the id, because something has to.  Answers to changes are not counted.
    """
    said = (it for it in statements if it.status in RANKS)
    return max(said, key=_order, default=None)


def _order(statement: Statement) -> tuple[datetime, int, str]:
    rank = RANKS[StatusCode(statement.status)]
    return statement.stated_at, rank, statement.message_id
