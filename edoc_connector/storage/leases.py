"""What of the outbox a relay has in hand, and what it would take next.

A lease keeps the other relays of a shared database away for a while.  Who goes on
working renews it; what died lets go of all by its end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

import sqlalchemy as sa

from edoc_connector.model.document import Priority
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from edoc_connector.storage.keys_given import is_one_of
from edoc_connector.storage.outbox import LONGEST_PAUSE, ORDER, WAITING
from edoc_connector.storage.records import OutboxItem
from edoc_connector.storage.rows import Rows, selected
from edoc_connector.storage.tables import outbox

MOST_TOGETHER: Final = 5000
"""So many recipients of the documents that are claimed come along."""

LOOKED_AT: Final = 4
"""So many rows are looked at for each message that is wanted besides the first one: a
document has one for each of its recipients, and most have few."""


class Leases:
    """Leases on what waits in the outbox."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, outbox, OutboxItem)

    def claim(  # noqa: PLR0913  (who takes, how much, of what)
        self,
        limit: int,
        *,
        worker: str,
        now: datetime,
        lease_seconds: float,
        to: OrganizationCode | None = None,
        resting: Collection[OrganizationCode] = (),
    ) -> tuple[OutboxItem, ...]:
        """Lease up to `limit` messages due to this worker.

        The most urgent first, then the oldest.  `to` takes only what goes there.  To
        whom is `resting` goes only what cannot wait.  Nobody else gets it before the
        lease ends.  The worker itself gets it again at once, so that after a crash it
        goes on where it stopped.  With a document come all its recipients who are due:
        they may share one upload.
        """
        asked = _asked(worker, now) | {"to": to, "resting": list(resting)}
        first = asked | {"most": 1 + LOOKED_AT * (limit - 1)}
        ids = _of_few(limit, self._due(first, to, resting, beside=False))
        if not ids:
            return ()
        more = asked | {"most": MOST_TOGETHER, "those": ids}
        ids += [it for it, _ in self._due(more, to, resting, beside=True)]
        until = now + timedelta(seconds=lease_seconds)
        taken = self._rows.all(TAKE, those=ids, worker=worker, now=now, until=until)
        return tuple(sorted(taken, key=lambda it: (-it.priority, it.id)))

    def _due(
        self,
        asked: dict[str, Any],
        to: OrganizationCode | None,
        resting: Collection[OrganizationCode],
        *,
        beside: bool,
    ) -> Sequence[tuple[int, MessageId]]:
        query = _due(to=to is not None, resting=bool(resting), beside=beside)
        return self._connection.execute(query, asked).all()

    def in_hand(self, ids: Collection[int], worker: str) -> frozenset[int]:
        """Return which of these still wait for this worker.

        Of the others somebody has taken some out, or holds them back; or the lease has
        come to its end and another worker has them.
        """
        asked = {"those": list(ids), "worker": worker}
        return frozenset(self._connection.scalars(IN_HAND, asked))

    def most_urgent(
        self,
        worker: str,
        now: datetime,
        *,
        above: int,
        resting: Collection[OrganizationCode] = (),
        but: Collection[int] = (),
    ) -> int | None:
        """Return the priority of what would be claimed first now, if it is `above`.

        Of these things none counts, because they are under way.
        """
        asked = _asked(worker, now) | {"above": above, "but": list(but)}
        query = _more_urgent(resting=bool(resting))
        found = self._connection.scalar(query, asked | {"resting": list(resting)})
        return None if found is None else int(found)

    def renew(
        self, ids: Collection[int], worker: str, now: datetime, *, lease_seconds: float
    ) -> None:
        """Keep what is in hand for so long from now on."""
        until = now + timedelta(seconds=lease_seconds)
        asked = {"those": list(ids), "worker": worker, "until": until}
        self._connection.execute(RENEW, asked)

    def advance(  # noqa: PLR0913  (how far which of them are)
        self,
        ids: Collection[int],
        worker: str,
        *,
        segment_bytes: int,
        segments_sent: int,
        at: datetime,
        lease_seconds: float,
    ) -> frozenset[int]:
        """Remember what the broker has taken of a packet; return who is to go on.

        They are leased anew.
        """
        going_on = self.in_hand(ids, worker)
        self._connection.execute(
            sa.update(outbox)
            .where(outbox.c.id.in_(going_on))
            .values(
                segment_bytes=segment_bytes,
                segments_sent=segments_sent,
                segment_sent_at=at,
                leased_until=at + timedelta(seconds=lease_seconds),
            )
        )
        return going_on


def _of_few(most: int, found: Iterable[tuple[int, MessageId]]) -> list[int]:
    """Return the rows of so many messages, the first that are named."""
    few: set[MessageId] = set()
    chosen = []
    for it, message in found:
        if message in few or len(few) < most:
            few.add(message)
            chosen.append(it)
    return chosen


def _asked(worker: str, now: datetime) -> dict[str, Any]:
    """Return what may be tried now; what is put off longer was so by a clock ahead."""
    return {"worker": worker, "now": now, "ahead": now + LONGEST_PAUSE}


# Made once: to put a statement together costs more than to run it.
THOSE: Final = is_one_of(outbox.c.id, "those")
MINE: Final = outbox.c.leased_by == sa.bindparam("worker")
TAKE: Final = (
    sa.update(outbox)
    .where(THOSE, WAITING)
    .values(
        leased_by=sa.bindparam("worker"),
        leased_until=sa.bindparam("until"),
        # From here on it may leave: nobody stops it here any more.
        claimed_at=sa.func.coalesce(
            outbox.c.claimed_at, sa.bindparam("now", type_=outbox.c.claimed_at.type)
        ),
    )
    .returning(*selected(outbox, OutboxItem).selected_columns)
)
RENEW: Final = (
    sa.update(outbox)
    .where(THOSE, WAITING, MINE)
    .values(leased_until=sa.bindparam("until"))
)
IN_HAND: Final = sa.select(outbox.c.id).where(
    THOSE, WAITING, MINE, outbox.c.parked_at.is_(None)
)
IS_DUE: Final = sa.and_(
    # A first try waits for nothing, wherever the clock has gone since it was queued.
    sa.or_(
        outbox.c.attempts == 0,
        outbox.c.next_attempt_at <= sa.bindparam("now"),
        outbox.c.next_attempt_at > sa.bindparam("ahead"),
    ),
    outbox.c.parked_at.is_(None),
)
IS_FREE: Final = sa.or_(
    outbox.c.leased_by.is_(None),
    outbox.c.leased_by == sa.bindparam("worker"),
    outbox.c.leased_until <= sa.bindparam("now"),
)
CAN_WAIT: Final = sa.or_(
    outbox.c.priority >= Priority.EXPRESS,
    outbox.c.recipient.not_in(sa.bindparam("resting", expanding=True)),
)
BESIDE: Final = sa.and_(
    outbox.c.message_id.in_(
        sa.select(outbox.c.message_id).where(THOSE, outbox.c.kind == Kind.EDOC)
    ),
    ~THOSE,
)
"""The other recipients of the documents among those."""


@cache
def _due(*, to: bool, resting: bool, beside: bool) -> sa.Select[Any]:
    chosen = [WAITING, IS_DUE, IS_FREE]
    if to:
        chosen.append(outbox.c.recipient == sa.bindparam("to"))
    if resting:
        chosen.append(CAN_WAIT)
    if beside:
        chosen.append(BESIDE)
    # SQLite has no row locks and needs none: its writers come one after the other.
    return (
        sa.select(outbox.c.id, outbox.c.message_id)
        .where(*chosen)
        .order_by(*ORDER)
        .limit(sa.bindparam("most"))
        .with_for_update(skip_locked=True)
    )


@cache
def _more_urgent(*, resting: bool) -> sa.Select[Any]:
    chosen = [CAN_WAIT] if resting else []
    return (
        sa.select(outbox.c.priority)
        .where(
            WAITING,
            outbox.c.priority > sa.bindparam("above"),
            ~is_one_of(outbox.c.id, "but"),
            IS_DUE,
            IS_FREE,
            *chosen,
        )
        .order_by(*ORDER)
        .limit(1)
    )
