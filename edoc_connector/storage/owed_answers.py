"""Answers that wait for a key; what they answer is decided and does not wait."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from edoc_connector.storage.records import OwedAnswer
from edoc_connector.storage.resting import is_rested
from edoc_connector.storage.rows import Rows
from edoc_connector.storage.tables import owed_answers


class OwedAnswers:
    """What we have to tell senders, each answer once."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, owed_answers, OwedAnswer)

    def add(self, answer: OwedAnswer) -> None:
        """Owe an answer; the first one stands."""
        values = {"message_id": answer.message_id, "status": answer.status}
        self._rows.add({"inbox_id": answer.inbox_id, **values})

    def of(self, inbox_id: int) -> tuple[OwedAnswer, ...]:
        """Return what is owed to this inbox entry, in the order it came to be."""
        query = self._rows.select().where(owed_answers.c.inbox_id == inbox_id)
        return self._rows.all(query.order_by(owed_answers.c.id))

    def oldest(self, limit: int, now: datetime) -> tuple[OwedAnswer, ...]:
        """Return what is owed, in the order in which it came to be.

        What has failed rests first, and with it all that is owed to the same entry.
        """
        table = owed_answers
        is_awake = is_rested(table.c.next_attempt_at, now)
        resting = sa.select(table.c.inbox_id).where(~is_awake)
        query = self._rows.select().where(table.c.inbox_id.not_in(resting))
        return self._rows.all(query.order_by(table.c.id).limit(limit))

    def rest(self, answer: OwedAnswer, *, until: datetime) -> None:
        """Let an answer rest that could not be sealed."""
        self._connection.execute(
            sa.update(owed_answers).where(*_is(answer)).values(next_attempt_at=until)
        )

    def owes(self, inbox_id: int) -> bool:
        """Whether an answer to this entry waits for a key."""
        query = sa.select(owed_answers.c.id).where(owed_answers.c.inbox_id == inbox_id)
        return self._connection.scalar(query.limit(1)) is not None

    def remove(self, answer: OwedAnswer) -> bool:
        """Strike an answer off, or return False if another worker was faster."""
        gone = self._connection.execute(sa.delete(owed_answers).where(*_is(answer)))
        return gone.rowcount == 1


def _is(answer: OwedAnswer) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        owed_answers.c.inbox_id == answer.inbox_id,
        owed_answers.c.message_id == answer.message_id,
    )
