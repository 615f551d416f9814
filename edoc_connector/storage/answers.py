"""Sealed answers we gave; who asks again gets the original."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from edoc_connector.errors import LostRace
from edoc_connector.storage.records import Answer
from edoc_connector.storage.rows import Rows, row_of
from edoc_connector.storage.tables import answers


class Answers:
    """What we answered, one per message id."""

    def __init__(self, connection: sa.Connection) -> None:
        self._rows = Rows(connection, answers, Answer)

    def add(self, *given: Answer) -> None:
        """Remember these answers.  Raises `LostRace` if a message id is known."""
        if self._rows.add_all([*map(row_of, given)]) != len(given):
            raise LostRace(key=given[0].message_id)

    def of(self, inbox_id: int) -> tuple[Answer, ...]:
        """Return our answers to this inbox entry, in the order they were given."""
        return self._rows.by(inbox_id=inbox_id)

    def of_all(self, inbox_ids: Collection[int]) -> Sequence[Answer]:
        """Return our answers to these, in the order they were given."""
        return self._rows.among("inbox_id", inbox_ids)
